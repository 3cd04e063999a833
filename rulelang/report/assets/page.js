// The page: the loss on a slider, and everything that follows from it.
(() => {
  const data = JSON.parse(document.getElementById("report-data").textContent);
  const money = makeMoney(data.currency);
  const byId = (id) => document.getElementById(id);
  const eventLoss = BigInt(data.loss);
  const versions = [data.new, data.old].filter(Boolean);
  const varies = data.new.profile !== null;
  // where the page cannot be sure of the event's own loss, it shows the run that the interpreter gave
  const runs = versions.map((version) => {
    const given = () => givenRun(version, data.loss);
    if (!varies) return given;
    const run = makeRunner(version, data.losses);
    return (t) => {
      const found = run(t);
      return t === eventLoss && !found.exact ? given() : found;
    };
  });

  const setText = (element, text) => {
    if (element !== null && element.textContent !== text) element.textContent = text;
  };
  const setAmount = (cell, units) => {
    const text = units === null ? "" : String(units);
    if (cell.dataset.units === text) return;
    cell.dataset.units = text;
    cell.textContent = units === null ? "–" : money.grouped(units);
  };

  // ------------------------------------------------------------------------------------------------------- the loss

  const scale = varies ? makeScale(versions, eventLoss) : null;
  let loss = eventLoss;
  let results = [];

  // ------------------------------------------------------------------------------------------------------ the tables

  const tables = [...document.querySelectorAll("table[data-sortable]")].map((table) => {
    const made = makeTable(table);
    return table.dataset.filter === undefined ? made : made.withFilter();
  });
  const cellsOf = (id, name) => new Map(
    [...document.querySelectorAll(`#${id} tbody tr`)].map((row) => [
      Number(row.dataset[name]), Object.fromEntries([...row.querySelectorAll("[data-cell]")].map((cell) => [cell.dataset.cell, cell])),
    ]),
  );
  const stepCells = cellsOf("steps-table", "turn");
  const payerCells = cellsOf("payers-table", "payer");
  const changeCells = cellsOf("change-payers-table", "payer");
  const changeSteps = [...document.querySelectorAll("#change-steps-table tbody tr")];

  const putSteps = (result) => {
    result.turns.forEach((turn, place) => {
      const cells = stepCells.get(place);
      setAmount(cells.before, turn.before);
      setAmount(cells.capacity, turn.capacity);
      setAmount(cells.drawn, turn.drawn);
      setAmount(cells.after, turn.after);
      setText(cells.status, wordsOf(turn));
      cells.drawn.parentElement.classList.toggle("idle", turn.drawn === 0n);
    });
  };

  const wordsOf = (turn) => {
    if (turn.status !== "paid") return turn.status;
    if (turn.capacity === null) return "unlimited";
    if (turn.capacity === 0n) return "nothing to draw on";
    return turn.drawn === turn.capacity ? "used up" : "in part";
  };

  const putPayers = (totals, result) => {
    totals.forEach((amount, place) => {
      const cells = payerCells.get(place);
      setAmount(cells.total, amount);
      setText(cells.share, money.percent(amount, result.loss));
      cells.share.dataset.units = String(amount);
      cells.total.parentElement.classList.toggle("idle", amount === 0n);
    });
  };

  const putChange = (totals) => {
    for (const [place, cells] of changeCells) {
      const [after, before] = [totals[0][place], totals[1][place]];
      setAmount(cells.before, before);
      setAmount(cells.after, after);
      setAmount(cells.difference, after - before);
      cells.difference.parentElement.classList.toggle("idle", after === before);
    }
    for (const row of changeSteps) {
      const sums = ["new", "old"].map((which, place) => (row.dataset[which] === undefined ? null : exact.sum(
        results[place].turns.filter((_, at) => versions[place].steps[versions[place].turns[at].step].name === row.dataset[which])
          .map((turn) => turn.drawn))));
      const cells = Object.fromEntries([...row.querySelectorAll("[data-cell]")].map((cell) => [cell.dataset.cell, cell]));
      setAmount(cells.before, sums[1]);
      setAmount(cells.after, sums[0]);
      setAmount(cells.difference, (sums[0] ?? 0n) - (sums[1] ?? 0n));
    }
  };

  // ------------------------------------------------------------------------------------------- the steps one by one

  const openPayers = (result) => {
    for (const box of document.querySelectorAll("[data-payers-of]")) {
      const turn = result.turns[Number(box.dataset.payersOf)];
      setText(box.querySelector("[data-drawn]"), money.show(turn.drawn));
      if (!box.closest("details").open) continue;
      const rows = turn.payers.map((payer, index) => ({ payer, amount: turn.paid[index] })).filter((row) => row.amount !== 0n);
      rows.sort((a, b) => exact.sign(b.amount - a.amount) || a.payer - b.payer);
      box.querySelector("tbody").replaceChildren(...rows.map(payerRow));
      box.querySelector(".scroll").hidden = rows.length === 0;
    }
  };

  const payerRow = ({ payer, amount }) => {
    const row = document.createElement("tr");
    row.dataset.payer = payer;
    const name = document.createElement("th");
    name.scope = "row";
    const isolated = document.createElement("bdi");
    isolated.textContent = data.payers[payer].name ?? data.payers[payer].id;
    name.append(isolated);
    const id = document.createElement("td");
    id.textContent = data.payers[payer].id;
    const paid = document.createElement("td");
    paid.className = "number";
    setAmount(paid, amount);
    row.append(name, id, paid);
    return row;
  };

  // ------------------------------------------------------------------------------------------------------ the charts

  const samples = () => {
    const wanted = new Set([1n, scale.top]);
    for (const station of scale.stations) for (const near of [station - 1n, station, station + 1n]) wanted.add(near);
    return [...wanted].filter((t) => t > 0n && t <= scale.top).sort((a, b) => exact.sign(a - b));
  };

  // what the charts over the loss show; it does not change with the slider
  let known = null;
  const overAll = (charts) => {
    if (known === null) {
      const losses = samples();
      known = versions.map((version, place) => charts.course(version, runs[place], losses));
    }
    return known;
  };

  // All charts, each in the element that `place` gives for its name.
  const drawCharts = (palette, place) => {
    const charts = makeCharts(data, money, palette);
    const waterfall = charts.waterfall(place("waterfall-chart"), data.new);
    const payers = charts.payers(place("payers-chart"), 12);
    const overTheLoss = [];
    if (varies) {
      const courses = overAll(charts);
      overTheLoss.push(charts.overTheLoss(place("growth-chart"), scale.top, [courses[0]], "stacked"));
      if (data.old !== null) {
        const differing = charts.difference(...courses);
        const end = charts.lastDifference(differing, scale.top);
        overTheLoss.push(charts.overTheLoss(place("difference-chart"), end, [differing], "difference"));
        overTheLoss.push(charts.overTheLoss(place("change-chart"), scale.top, courses, "both"));
      }
    }
    return {
      picture: charts.picture,
      update(result) {
        waterfall.update(result);
        payers.update(totalsOf(result, data.payers.length));
        for (const chart of overTheLoss) chart.update(result.loss);
      },
      rebuild() {
        for (const chart of [waterfall, payers, ...overTheLoss]) chart.rebuild();
      },
    };
  };

  // Pictures of the charts for paper: at the event's own loss, in light colours, as wide as a page.
  const drawForPaper = async () => {
    const table = document.createElement("div");
    table.className = "paper-table";
    table.setAttribute("aria-hidden", "true");
    document.body.append(table);
    const sheets = new Map();
    const drawn = drawCharts(table, (name) => {
      const sheet = document.createElement("div");
      table.append(sheet);
      sheets.set(name, sheet);
      return sheet;
    });
    drawn.update(runs[0](eventLoss));
    for (const [name, sheet] of sheets) {
      const image = document.createElement("img");
      image.className = "on-paper";
      image.alt = sheet.getAttribute("aria-label") ?? byId(name).getAttribute("aria-label");
      image.src = URL.createObjectURL(await drawn.picture(sheet));
      await image.decode();
      byId(name).after(image);
      byId(name).classList.add("has-paper");
    }
    table.remove();
    document.documentElement.classList.add("printable");
  };

  // -------------------------------------------------------------------------------------------------------- all of it

  let speaking = null;
  const say = (text) => {
    clearTimeout(speaking);
    speaking = setTimeout(() => setText(byId("loss-said"), text), 250);
  };

  const outcomeOf = (result) => {
    if (result.uncovered === 0n) return "covered";
    const last = data.new.outcome;
    return last === null ? "uncovered" : last.title ?? last.name;
  };

  const sentence = (result) => {
    const covered = money.show(result.loss - result.uncovered);
    const paying = new Set(data.new.turns.filter((_, at) => result.turns[at].drawn !== 0n).map((turn) => turn.step));
    const last = result.turns.findLastIndex((turn) => turn.drawn !== 0n);
    const step = last < 0 ? null : data.new.steps[data.new.turns[last].step];
    const reach = step === null ? "Nobody pays." : `${paying.size === 1 ? "Only one step pays" : "The last step that pays is"}: ${step.title ?? step.name}.`;
    const rest = result.uncovered === 0n ? "Nothing stays uncovered." : `${money.show(result.uncovered)} stays uncovered.`;
    return `At a loss of ${money.show(result.loss)}, ${covered} is covered. ${reach} ${rest}`;
  };

  const render = () => {
    results = runs.map((run) => run(loss));
    const totals = results.map((result) => totalsOf(result, data.payers.length));
    const [result] = results;
    for (const place of document.querySelectorAll("[data-figure]")) {
      const figures = {
        loss: result.loss, covered: result.loss - result.uncovered, uncovered: result.uncovered,
      };
      setText(place, place.dataset.figure === "outcome" ? outcomeOf(result) : money.show(figures[place.dataset.figure]));
    }
    for (const cell of document.querySelectorAll("[data-class-total]")) {
      const amounts = totals[0].filter((_, place) => data.payers[place].class === cell.dataset.classTotal);
      setText(cell, money.show(exact.sum(amounts)));
    }
    for (const cell of document.querySelectorAll("[data-uncovered]")) setAmount(cell, result.uncovered);
    for (const cell of document.querySelectorAll("[data-loss]")) setAmount(cell, result.loss);
    putSteps(result);
    putPayers(totals[0], result);
    if (data.old !== null) putChange(totals);
    openPayers(result);
    for (const table of tables) table.refresh(setAmount);
    charts.update(result);
    const note = byId("not-exact");
    if (note !== null) note.hidden = results.every((each) => each.exact);
    if (varies) showLoss(sentence(result));
  };

  const showLoss = (words) => {
    const slider = byId("loss-slider");
    slider.value = String(scale.nearest(loss));
    slider.setAttribute("aria-valuetext", money.show(loss));
    setText(byId("loss-shown"), money.show(loss));
    const field = byId("loss-field");
    if (document.activeElement !== field) field.value = money.grouped(loss);
    byId("loss-previous").disabled = !scale.stations.some((station) => station < loss);
    byId("loss-next").disabled = !scale.stations.some((station) => station > loss);
    byId("loss-event").disabled = loss === eventLoss;
    document.body.classList.toggle("elsewhere", loss !== eventLoss);
    const happenings = data.new.breakpoints.find((row) => BigInt(row.loss) === loss);
    say(happenings === undefined ? words : `${words} Here: ${happenings.what.join("; ")}.`);
  };

  let waiting = null;
  const setLoss = (wanted, { now = true } = {}) => {
    loss = wanted;
    if (waiting !== null) cancelAnimationFrame(waiting);
    waiting = null;
    if (now) render();
    else waiting = requestAnimationFrame(render);
  };

  const listenToLoss = () => {
    const slider = byId("loss-slider");
    slider.addEventListener("input", () => setLoss(scale.lossAt(Number(slider.value)), { now: false }));
    byId("loss-previous").addEventListener("click", () => setLoss(scale.stations.findLast((each) => each < loss) ?? loss));
    byId("loss-next").addEventListener("click", () => setLoss(scale.stations.find((each) => each > loss) ?? loss));
    byId("loss-event").addEventListener("click", () => setLoss(eventLoss));
    byId("loss-form").addEventListener("submit", (submitted) => {
      submitted.preventDefault();
      const field = byId("loss-field");
      const wanted = money.parse(field.value);
      const beyond = wanted !== null && scale.bound !== null && wanted > scale.bound;
      field.setAttribute("aria-invalid", String(wanted === null || beyond));
      setText(byId("loss-problem"), wanted === null
        ? `This is no amount above zero in ${data.currency.code}, such as ${money.grouped(eventLoss)} or 150 million.`
        : beyond ? `This page goes up to ${money.show(scale.bound)}.` : "");
      if (wanted === null || beyond) return;
      setLoss(wanted);
      field.value = money.grouped(wanted);
    });
    for (const button of document.querySelectorAll("[data-go-to]")) {
      button.addEventListener("click", () => setLoss(BigInt(button.dataset.goTo)));
    }
    const ticks = byId("loss-ticks");
    for (const station of scale.stations) {
      const tick = document.createElement("span");
      tick.className = station === eventLoss ? "tick event" : "tick";
      tick.style.left = `${scale.nearest(station) / 10}%`;
      ticks.append(tick);
    }
  };

  // The page recomputes the event's own loss and holds it against the interpreter's run.
  const checkItself = () => {
    const told = (result) => JSON.stringify([String(result.uncovered), result.turns.map((turn) => [
      turn.status, String(turn.drawn), turn.payers.map((payer, at) => [payer, String(turn.paid[at])]).filter(([, paid]) => paid !== "0")
        .sort((a, b) => a[0] - b[0]),
    ])]);
    const same = versions.every((version, place) => told(runs[place](eventLoss)) === told(givenRun(version, data.loss)));
    const problem = byId("self-check");
    if (!same && problem !== null) problem.hidden = false;
    return same;
  };

  const themes = () => {
    const button = byId("theme");
    const root = document.documentElement;
    const system = matchMedia("(prefers-color-scheme: dark)");
    const dark = () => (root.dataset.theme ?? (system.matches ? "dark" : "light")) === "dark";
    const shown = () => {
      button.hidden = false;
      button.setAttribute("aria-pressed", String(dark()));
    };
    const redraw = () => {
      shown();
      charts.rebuild();
      render();
    };
    button.addEventListener("click", () => {
      root.dataset.theme = dark() ? "light" : "dark";
      redraw();
    });
    system.addEventListener("change", () => root.dataset.theme === undefined && redraw());
    shown();
  };

  // Paper shows the event's own loss, with everything unfolded.
  const printing = () => {
    let before = null;
    addEventListener("beforeprint", () => {
      before = { loss, open: [...document.querySelectorAll("details:not([open])")] };
      for (const each of before.open) each.open = true;
      setLoss(eventLoss);
    });
    addEventListener("afterprint", () => {
      if (before === null) return;
      for (const each of before.open) each.open = false;
      setLoss(before.loss);
      before = null;
    });
  };

  // In the page of a history this one has no address of its own: #… would lead to the page around it.
  const stayInFrame = () => document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href^='#']");
    if (!link) return;
    event.preventDefault();
    const to = byId(link.getAttribute("href").slice(1));
    if (!to) return;
    for (let one = to; one; one = one.parentElement) if (one.tagName === "DETAILS") one.open = true;
    to.scrollIntoView();
    if (to.tabIndex < 0) to.tabIndex = -1;
    to.focus({ preventScroll: true });
  });

  if (location.protocol === "about:") stayInFrame();
  document.documentElement.classList.add("lively");
  if (varies) listenToLoss();
  for (const each of document.querySelectorAll("details")) each.addEventListener("toggle", () => openPayers(results[0]));
  const charts = drawCharts(document.documentElement, byId);
  render();
  themes();
  printing();
  const agrees = checkItself();
  window.rulelangReport = {
    agrees,
    data,
    runAt: (units, version = 0) => runs[version](BigInt(units)),
    totalsAt: (units, version = 0) => totalsOf(runs[version](BigInt(units)), data.payers.length).map(String),
    setLoss: (units) => setLoss(BigInt(units)),
    loss: () => String(loss),
    makeRunner,
  };
  drawForPaper();
})();
