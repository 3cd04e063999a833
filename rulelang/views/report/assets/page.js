// The page: the loss on a slider, and everything that follows from it.
(() => {
  const data = JSON.parse(document.getElementById("report-data").textContent);
  const money = makeMoney(data.currency);
  const byId = (id) => document.getElementById(id);
  const eventLoss = BigInt(data.loss);
  const versions = [data.new, data.old].filter(Boolean);
  const varies = data.new.profile !== null;
  const runs = versions.map((version) =>
    varies ? makeRunner(version, data.losses) : () => givenRun(version, data.loss));

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

  // The slider has 1000 places, closer together where losses are small; every station has a place of its own.
  const makeScale = () => {
    const stations = [...new Set([...versions.flatMap((each) => each.breakpoints.map((row) => row.loss)), data.loss])]
      .map(BigInt).sort((a, b) => exact.sign(a - b));
    const bounds = versions.map((each) => each.profile.top).filter((top) => top !== null).map(BigInt);
    const bound = bounds.length ? bounds.reduce(exact.least) : null;
    const furthest = stations[stations.length - 1];
    const top = exact.least(bound, rounded((furthest * 5n) / 4n));
    const reach = Number(top);
    const bend = Math.max(Number(stations[0]) / reach, 0.02);
    const lossAt = (place) => {
      const part = place / 1000;
      const grown = bend * (Math.pow(1 + 1 / bend, part) - 1);
      return rounded((top * BigInt(Math.round(grown * 1e12))) / 1000000000000n);
    };
    const placeOf = (loss) => {
      const part = Number(loss) / reach;
      return Math.min(1000, Math.max(0, (1000 * Math.log1p(part / bend)) / Math.log1p(1 / bend)));
    };
    const held = new Map();
    const home = new Map();
    // the event's own loss first, so that it keeps its place
    for (const station of [eventLoss, ...stations.filter((each) => each !== eventLoss)]) {
      if (station > top) continue;
      let place = Math.round(placeOf(station));
      while (held.has(place)) place += 1;
      held.set(place, station);
      home.set(station, place);
    }
    const smallest = lossAt(1) || 1n;
    return {
      top, bound, stations: stations.filter((each) => each <= top), placeOf,
      nearest: (loss) => home.get(loss) ?? Math.round(placeOf(loss)),
      lossAt: (place) => {
        if (held.has(place)) return held.get(place);
        if (place <= 0) return smallest;
        return place >= 1000 ? top : lossAt(place);
      },
    };
  };

  // three leading digits, so that a loss set by hand is a round one
  function rounded(units) {
    const digits = String(units).length;
    if (digits <= 3) return units;
    const unit = 10n ** BigInt(digits - 3);
    return (units / unit) * unit;
  }

  const scale = varies ? makeScale() : null;
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

  const charts = makeCharts(data, money);
  const everyChart = [];
  let waterfallChart = null;
  let payersChart = null;
  const overTheLoss = [];

  const samples = () => {
    const wanted = new Set([1n, scale.top]);
    for (const station of scale.stations) for (const near of [station - 1n, station, station + 1n]) wanted.add(near);
    return [...wanted].filter((t) => t > 0n && t <= scale.top).sort((a, b) => exact.sign(a - b));
  };

  const buildCharts = () => {
    waterfallChart = charts.waterfall(byId("waterfall-chart"), data.new);
    payersChart = charts.payers(byId("payers-chart"), 12);
    everyChart.push(waterfallChart, payersChart);
    if (!varies) return;
    const losses = samples();
    const courses = versions.map((version, place) => charts.course(version, runs[place], losses));
    overTheLoss.push(charts.overTheLoss(byId("growth-chart"), scale.top, [courses[0]], true));
    if (data.old !== null) overTheLoss.push(charts.overTheLoss(byId("change-chart"), scale.top, courses, false));
    everyChart.push(...overTheLoss);
  };

  const drawCharts = (totals) => {
    waterfallChart.update(results[0]);
    payersChart.update(totals);
    for (const chart of overTheLoss) chart.update(loss);
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
    const paying = result.turns.filter((turn) => turn.drawn !== 0n);
    const last = result.turns.findLastIndex((turn) => turn.drawn !== 0n);
    const step = last < 0 ? null : data.new.steps[data.new.turns[last].step];
    const reach = step === null ? "Nobody pays." : `${paying.length === 1 ? "Only one step pays" : "The last step that pays is"}: ${step.title ?? step.name}.`;
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
    drawCharts(totals[0]);
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
      for (const chart of everyChart) chart.rebuild();
      render();
    };
    button.addEventListener("click", () => {
      root.dataset.theme = dark() ? "light" : "dark";
      redraw();
    });
    system.addEventListener("change", () => root.dataset.theme === undefined && redraw());
    shown();
  };

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

  document.documentElement.classList.add("lively");
  if (varies) listenToLoss();
  for (const each of document.querySelectorAll("details")) each.addEventListener("toggle", () => openPayers(results[0]));
  buildCharts();
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
  };
})();
