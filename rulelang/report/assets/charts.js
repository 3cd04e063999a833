// Charts, drawn by BokehJS; data are replaced when the loss moves. Numbers become approximate here and nowhere else.
// `palette` is the element whose colours they take.
const makeCharts = (data, money, palette) => {
  const CLASSES = ["defaulters", "ccp", "parties", "survivors", "uncovered"];
  const NAMES = {
    defaulters: "Defaulters", ccp: "The CCP", parties: "Other parties", survivors: "Surviving members",
    uncovered: "Uncovered", loss: "Loss",
  };
  const shown = new Map();
  const narrow = new Set();
  const style = (name) => getComputedStyle(palette).getPropertyValue(`--${name}`).trim();
  const colour = (group) => style(`class-${group}`);
  // two dollar signs would begin a formula in a label
  const label = (text) => text.replaceAll("$", "$\u200b");

  const figure = (element, options) => {
    const plot = Bokeh.Plotting.figure({
      tools: "", toolbar_location: null, sizing_mode: "stretch_width", outline_line_color: null, ...options,
    });
    const view = Bokeh.Plotting.show(plot, element);
    shown.set(element, view);
    if (element.clientWidth < 600) narrow.add(plot);
    // a chart is a picture: what it says stands in its name and in the tables, so the keyboard passes it by
    view.then((each) => {
      each.canvas_view.events_el.tabIndex = -1;
    });
    return plot;
  };

  // a chart as a picture that stays sharp on paper
  const picture = async (element) => {
    const view = await shown.get(element);
    while (!view.has_finished()) await new Promise((resolve) => setTimeout(resolve, 20));
    return view.export("svg").to_blob();
  };

  const paint = (plot) => {
    const ink = style("ink");
    const faint = style("line");
    plot.background_fill_alpha = 0;
    plot.border_fill_alpha = 0;
    const [ticker] = plot.below.map((axis) => axis.ticker);
    if (narrow.has(plot) && ticker instanceof Bokeh.BasicTicker) ticker.desired_num_ticks = 4;
    for (const axis of [...plot.below, ...plot.left]) {
      axis.axis_label_text_color = ink;
      axis.major_label_text_color = ink;
      axis.axis_line_color = faint;
      axis.major_tick_line_color = faint;
      axis.minor_tick_line_color = null;
      axis.axis_label_text_font_style = "normal";
      axis.major_label_text_font_size = "12px";
      axis.axis_label_text_font_size = "12px";
      axis.axis_label_text_font = axis.major_label_text_font = "system-ui, sans-serif";
    }
    for (const grid of plot.center) {
      if (grid.grid_line_color !== undefined) grid.grid_line_color = faint;
    }
  };

  const short = (value) => value.toLocaleString("en", { maximumFractionDigits: value < 10 ? 2 : 1 });

  // a label on two or three lines, cut short where it is longer
  const wrapped = (text, width, most = 2) => {
    const lines = [""];
    for (const word of label(text).split(/\s+/)) {
      const last = lines[lines.length - 1];
      if (last !== "" && last.length + word.length >= width) lines.push(word);
      else lines[lines.length - 1] = last === "" ? word : `${last} ${word}`;
    }
    const shown = lines.slice(0, most).map((each) => (each.length > width + 4 ? `${each.slice(0, width + 3)}…` : each));
    if (lines.length > most) shown[most - 1] = `${shown[most - 1]}…`;
    return shown.join("\n");
  };

  // so many letters of a label stand beside a chart
  const roomFor = (element) => (element.clientWidth < 600 ? 18 : 30);

  const hover = (renderers, tooltips) => new Bokeh.HoverTool({ renderers, tooltips });

  // the rows of a waterfall: the loss, a bite for each step (all its segments together), what stays uncovered
  const bites = (version, result) => {
    const rows = [{ name: NAMES.loss, group: "loss", from: 0n, to: result.loss }];
    let left = result.loss;
    version.steps.forEach((step, number) => {
      const amount = exact.sum(result.turns.filter((_, place) => version.turns[place].step === number).map((t) => t.drawn));
      rows.push({ name: step.title ?? step.name, group: step.class, from: left - amount, to: left });
      left -= amount;
    });
    rows.push({ name: NAMES.uncovered, group: "uncovered", from: 0n, to: result.uncovered });
    return rows;
  };

  const waterfall = (element, version) => {
    const count = version.steps.length + 2;
    const upright = () => element.clientWidth / count >= 92;
    let plot = null;
    let source = null;
    let standing = null;
    let latest = null;

    const build = (rows) => {
      standing = upright();
      element.replaceChildren();
      source = new Bokeh.ColumnDataSource({ data: columns(rows) });
      const places = rows.map((_, place) => place);
      const names = new Map(rows.map((row, place) => [place, standing ? wrapped(row.name, 14, 3) : wrapped(row.name, roomFor(element))]));
      const along = { start: -0.6, end: count - 0.4 };
      const length = new Bokeh.Range1d({ start: 0, end: 1 });
      plot = figure(element, {
        height: standing ? 360 : 60 + (roomFor(element) > 20 ? 34 : 42) * count,
        x_range: standing ? new Bokeh.Range1d(along) : length,
        y_range: standing ? length : new Bokeh.Range1d({ start: along.end, end: along.start }),
      });
      const bars = plot.quad({
        left: { field: "left" }, right: { field: "right" }, top: { field: "top" }, bottom: { field: "bottom" },
        fill_color: { field: "colour" }, line_color: { field: "colour" }, line_width: 1,
        hatch_pattern: { field: "hatch" }, hatch_color: { value: style("paper") }, hatch_alpha: 0.55, source,
      });
      plot.text({
        x: { field: "text_x" }, y: { field: "text_y" }, text: { field: "text" }, source,
        text_align: standing ? "center" : { field: "align" }, text_baseline: standing ? "bottom" : "middle",
        text_font_size: "12px", text_color: { field: "ink" }, text_font: "system-ui, sans-serif",
        x_offset: standing ? { value: 0 } : { field: "offset" }, y_offset: { value: standing ? -3 : 0 },
      });
      plot.add_tools(hover([bars], [["step", "@name"], ["amount", "@amount"]]));
      const axis = standing ? plot.below[0] : plot.left[0];
      axis.ticker = new Bokeh.FixedTicker({ ticks: places });
      axis.major_label_overrides = names;
      (standing ? plot.xgrid : plot.ygrid).visible = false;
      (standing ? plot.left[0] : plot.below[0]).axis_label = money.scaleFor(rows[0].to).name;
      (standing ? plot.left[0] : plot.below[0]).formatter = new Bokeh.BasicTickFormatter({ use_scientific: false });
      paint(plot);
    };

    const columns = (rows) => {
      const { number } = money.scaleFor(rows[0].to);
      const top = number(rows[0].to);
      const table = {
        left: [], right: [], top: [], bottom: [], colour: [], hatch: [], name: [], amount: [], text: [],
        text_x: [], text_y: [], align: [], offset: [], ink: [],
      };
      rows.forEach((row, place) => {
        const [from, to] = [number(row.from), number(row.to)];
        table.left.push(standing ? place - 0.36 : from);
        table.right.push(standing ? place + 0.36 : to);
        table.bottom.push(standing ? from : place + 0.36);
        table.top.push(standing ? to : place - 0.36);
        table.colour.push(colour(row.group));
        table.hatch.push(row.group === "uncovered" ? "/" : " ");
        table.name.push(row.name);
        table.amount.push(money.show(row.to - row.from));
        table.text.push(short(to - from));
        // a label goes behind its bar, before it, or where neither has room into it
        const within = !standing && to > top * 0.7 && from < top * 0.2;
        const inward = !standing && to > top * 0.7 && !within;
        table.text_x.push(standing ? place : inward || within ? from : to);
        table.text_y.push(standing ? to : place);
        table.align.push(inward ? "right" : "left");
        table.offset.push(inward ? -5 : 5);
        table.ink.push(style(within ? "paper" : "ink"));
      });
      return table;
    };

    const update = (result) => {
      latest = result;
      const rows = bites(version, result);
      if (plot === null || upright() !== standing) build(rows);
      source.data = columns(rows);
      const { name, number } = money.scaleFor(rows[0].to);
      const range = standing ? plot.y_range : plot.x_range;
      range.end = number(rows[0].to) * (standing ? 1.1 : 1.04) || 1;
      (standing ? plot.left[0] : plot.below[0]).axis_label = name;
      const most = rows.slice(1).filter((row) => row.to > row.from);
      const told = most.map((row) => `${row.name} ${money.show(row.to - row.from)}`).join("; ");
      element.setAttribute("aria-label", `Waterfall of a loss of ${money.show(result.loss)}: ${told}.`);
    };

    addEventListener("resize", () => {
      // the pictures for paper are drawn and taken out of the page again
      if (plot !== null && palette.isConnected && upright() !== standing) update(latest);
    });
    return {
      update,
      rebuild() {
        plot = null;
        if (latest !== null) update(latest);
      },
    };
  };

  const payers = (element, most) => {
    let plot = null;
    let source = null;
    const rowsOf = (totals) => {
      const paying = totals.map((amount, place) => ({ amount, payer: data.payers[place] })).filter((row) => row.amount);
      paying.sort((a, b) => exact.sign(b.amount - a.amount));
      const rows = paying.slice(0, most).map(({ amount, payer }) => ({
        name: payer.name ?? payer.id, group: payer.class, amount,
      }));
      const rest = paying.slice(most);
      if (rest.length) {
        const amount = exact.sum(rest.map((row) => row.amount));
        rows.push({ name: `${rest.length} others`, group: "others", amount });
      }
      return rows;
    };
    const update = (totals) => {
      const rows = rowsOf(totals);
      const top = rows.reduce((found, row) => (row.amount > found ? row.amount : found), 1n);
      const { name, number } = money.scaleFor(top);
      const table = {
        y: rows.map((_, place) => place), right: rows.map((row) => number(row.amount)),
        colour: rows.map((row) => colour(row.group)), name: rows.map((row) => row.name),
        amount: rows.map((row) => money.show(row.amount)), text: rows.map((row) => short(number(row.amount))),
      };
      if (plot === null) {
        element.replaceChildren();
        source = new Bokeh.ColumnDataSource({ data: table });
        plot = figure(element, { height: 200, x_range: new Bokeh.Range1d({ start: 0, end: 1 }), y_range: new Bokeh.Range1d({ start: 1, end: 0 }) });
        const bars = plot.hbar({
          y: { field: "y" }, right: { field: "right" }, left: { value: 0 }, height: { value: 0.72 },
          fill_color: { field: "colour" }, line_color: null, source,
        });
        plot.text({
          x: { field: "right" }, y: { field: "y" }, text: { field: "text" }, x_offset: { value: 5 },
          text_baseline: "middle", text_font_size: "12px", text_color: { value: style("ink") }, source,
          text_font: "system-ui, sans-serif",
        });
        plot.add_tools(hover([bars], [["payer", "@name"], ["pays", "@amount"]]));
        plot.ygrid.visible = false;
        plot.below[0].formatter = new Bokeh.BasicTickFormatter({ use_scientific: false });
        paint(plot);
      }
      source.data = table;
      plot.left[0].ticker = new Bokeh.FixedTicker({ ticks: table.y });
      plot.left[0].major_label_overrides = new Map(rows.map((row, place) => [place, wrapped(row.name, roomFor(element))]));
      plot.below[0].axis_label = name;
      // room for the label behind the longest bar
      plot.x_range.end = number(top) * (1 + 50 / Math.max(element.clientWidth - 190, 100));
      plot.y_range.start = rows.length - 0.4;
      plot.y_range.end = -0.6;
      plot.height = 70 + 32 * Math.max(rows.length, 1);
      const told = rows.map((row) => `${row.name} ${money.show(row.amount)}`).join("; ");
      element.setAttribute("aria-label", rows.length ? `Payers, the largest amount first: ${told}.` : "Nobody pays anything.");
    };
    return { update, rebuild() { plot = null; } };
  };

  // what each class pays over the loss: the points at which it was run
  const course = (version, run, losses) => {
    const table = { loss: [], ...Object.fromEntries(CLASSES.map((name) => [name, []])) };
    for (const t of losses) {
      const sums = Object.fromEntries(CLASSES.map((name) => [name, 0n]));
      const result = run(t);
      result.turns.forEach((turn, place) => {
        sums[version.steps[version.turns[place].step].class] += turn.drawn;
      });
      sums.uncovered = result.uncovered;
      table.loss.push(t);
      for (const name of CLASSES) table[name].push(sums[name]);
    }
    return table;
  };

  // new less old, as far as there is a difference
  const difference = (after, before) => {
    const table = { loss: after.loss };
    for (const group of CLASSES) table[group] = after[group].map((amount, place) => amount - before[group][place]);
    return table;
  };

  const lastDifference = (table, top) => {
    const last = table.loss.findLastIndex((_, place) => CLASSES.some((group) => table[group][place] !== 0n));
    const beyond = last < 0 ? top : (table.loss[Math.min(last + 1, table.loss.length - 1)] * 23n) / 20n;
    return exact.least(beyond, top);
  };

  const overTheLoss = (element, top, tables, kind) => {
    let plot = null;
    let marker = null;
    let at = 0;
    const { name, number } = money.scaleFor(top);
    const size = (amount) => (amount < 0n ? -amount : amount);
    const most = tables.flatMap((table) => CLASSES.flatMap((group) => table[group])).map(size)
      .reduce((one, other) => (other > one ? other : one), 0n);
    const amounts = kind === "difference" ? money.scaleFor(most) : { name, number };
    const used = CLASSES.filter((group) => tables.some((table) => table[group].some((amount) => amount !== 0n)));
    const build = () => {
      element.replaceChildren();
      plot = figure(element, {
        height: 320, x_range: new Bokeh.Range1d({ start: 0, end: number(top) }),
        y_range: new Bokeh.DataRange1d(kind === "difference" ? {} : { start: 0 }),
      });
      if (kind === "stacked") areas(plot, tables[0]);
      else tables.forEach((table, version) => lines(plot, table, version === 1));
      marker = new Bokeh.Span({
        location: at, dimension: "height", line_color: style("ink"), line_width: 2, line_dash: [4, 3],
      });
      plot.add_layout(marker);
      plot.below[0].axis_label = `loss, ${name}`;
      plot.left[0].axis_label = `${kind === "difference" ? "more or less" : "paid"}, ${amounts.name}`;
      for (const axis of [plot.below[0], plot.left[0]]) {
        axis.formatter = new Bokeh.BasicTickFormatter({ use_scientific: false });
      }
      paint(plot);
    };
    const areas = (target, table) => {
      const below = table.loss.map(() => 0n);
      for (const group of used) {
        const upper = below.map((amount, place) => amount + table[group][place]);
        target.varea({
          x: table.loss.map(number), y1: below.map(number), y2: upper.map(number), fill_color: colour(group),
          fill_alpha: 0.9, hatch_pattern: group === "uncovered" ? "/" : " ", hatch_color: style("paper"), hatch_alpha: 0.4,
        });
        upper.forEach((amount, place) => {
          below[place] = amount;
        });
      }
    };
    const lines = (target, table, old) => {
      for (const group of used) {
        target.line({
          x: table.loss.map(number), y: table[group].map(amounts.number), line_color: colour(group),
          line_width: old ? 2 : 2.5, line_dash: old ? [6, 4] : [],
        });
      }
    };
    build();
    return {
      used,
      update(loss) {
        at = number(loss);
        marker.location = at;
        marker.visible = loss <= top;
      },
      rebuild: build,
    };
  };

  return { waterfall, payers, course, overTheLoss, difference, lastDifference, picture };
};
