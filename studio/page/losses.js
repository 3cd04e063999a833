// Every loss: the profile as a picture, a slider over it, and the run at the loss that the slider is at.
import { button, drawn, element } from "./dom.js";
import { grouped, marks, rough, shown, units } from "./money.js";
import { key, payersTable } from "./pays.js";

const STOPS = 2000;

export class Losses {
  // `run(loss)` runs the event with another loss, in minor units as text; `why` explains a cell of that run.
  constructor(parent, run, why) {
    Object.assign(this, { parent, run, why });
    this.at = null;
    new ResizeObserver(() => this.profile && this.draw()).observe(parent);
  }

  show(profile) {
    const same = this.profile && profile.vary.value === this.profile.vary.value;
    this.profile = profile;
    const { decimals } = profile;
    this.own = units(profile.vary.value ?? "0", decimals);
    this.kinks = kinks(profile);
    const last = this.kinks.at(-1) ?? 0n, most = last > this.own ? last : this.own;
    this.top = profile.to === null ? (most * 5n) / 4n || 1n : units(profile.to, decimals);
    if (!same || this.at === null || this.at > this.top) this.at = this.own <= this.top ? this.own : this.top;
    this.build();
    this.draw();
    this.settle();
  }

  build() {
    const { currency } = this.profile;
    this.chart = element("div", { class: "chart" });
    this.slider = element("input", { type: "range", min: 0, max: STOPS, step: 1, "aria-label": `The loss in ${currency}`, oninput: () => this.move((this.top * BigInt(this.slider.value)) / BigInt(STOPS)) });
    this.readout = element("output", { class: "readout", "aria-live": "polite" });
    this.below = element("div", { class: "below" });
    this.parent.replaceChildren(
      element("h2", {}, `What everybody pays for every loss`),
      element("figure", {}, this.chart, element("figcaption", {}, key(Object.values(this.profile.classes), true), " The steps stacked on each other; above them what stays uncovered.")),
      element("div", { class: "loss-head" }, this.readout, element("span", { class: "loss-tools" },
        button("◀ kink", () => this.jump(-1), { "aria-label": "To the kink before" }),
        button("the event's loss", () => this.move(this.own)),
        button("kink ▶", () => this.jump(1), { "aria-label": "To the next kink" }))),
      this.slider,
      this.below,
    );
  }

  jump(way) {
    const all = way > 0 ? this.kinks.filter((kink) => kink > this.at) : this.kinks.filter((kink) => kink < this.at).reverse();
    if (all.length) this.move(all[0]);
  }

  move(loss) {
    this.at = loss;
    this.settle();
  }

  // Show where the slider is at once, and the run there as soon as it is done.
  async settle() {
    const { decimals, currency } = this.profile;
    const stop = String(Number((this.at * BigInt(STOPS)) / this.top));
    if (this.slider.value !== stop) this.slider.value = stop;
    this.slider.setAttribute("aria-valuetext", `${currency} ${shown(this.at, decimals)}`);
    this.readout.textContent = `Loss ${currency} ${shown(this.at, decimals)}`;
    this.place?.setAttribute("transform", `translate(${this.across(Number(this.at))} 0)`);
    const asked = this.at;
    const parts = await this.run(String(asked));
    if (parts === null || asked !== this.at) return;
    if (parts.allocation === undefined) this.below.replaceChildren(...parts.nodes);
    else {
      const { allocation } = parts;
      const uncovered = units(allocation.uncovered, decimals) > 0n;
      this.below.replaceChildren(
        element("p", { class: uncovered ? "bad" : "good" }, uncovered ? `${currency} ${grouped(allocation.uncovered)} stays uncovered.` : "Nothing stays uncovered."),
        payersTable(parts, (what) => this.why(what, String(asked))),
        element("div", { class: "why", id: "why-loss", "aria-live": "polite" }),
      );
    }
  }

  across(value) {
    return this.left + (this.wide * value) / Number(this.top);
  }

  draw() {
    const width = Math.max(280, this.parent.clientWidth), height = Math.min(320, Math.max(200, width * 0.4));
    const { profile } = this, { decimals } = profile, scale = 10 ** decimals;
    this.left = 8;
    this.wide = width - 16;
    const [above, below] = [8, 34], tall = height - above - below, top = Number(this.top);
    const up = (value) => above + tall * (1 - value / top);
    const bands = [...profile.steps.filter((step) => step.curve.some((point) => point.value !== profile.from || point.slope !== "0")).map((step) => ({ name: step.step, title: step.title, group: profile.classes[step.step], curve: step.curve })), { name: "uncovered", title: "Uncovered", group: "uncovered", curve: profile.uncovered }];
    const xs = [...new Set([0, top, ...bands.flatMap((band) => band.curve.map((point) => number(point.at) * scale))])].filter((x) => x <= top).sort((a, b) => a - b);
    let floor = xs.map(() => 0);
    const areas = bands.map((band) => {
      const lines = band.curve.map((point) => ({ at: number(point.at) * scale, value: number(point.value) * scale, slope: number(point.slope) }));
      const roof = xs.map((x, place) => floor[place] + valueAt(lines, x));
      const path = [...roof.map((y, place) => [xs[place], y]), ...floor.map((y, place) => [xs[place], y]).reverse()];
      floor = roof;
      return drawn("polygon", { class: `area ${band.group}`, points: path.map(([x, y]) => `${this.across(x).toFixed(1)},${up(y).toFixed(1)}`).join(" ") }, drawn("title", {}, band.title ? `${band.title} (${band.name})` : band.name));
    });
    const axis = marks(top / scale, width < 500 ? 4 : 8).map((value, place) =>
      drawn("g", {}, drawn("line", { class: "tick", x1: this.across(value * scale), x2: this.across(value * scale), y1: above + tall, y2: above + tall + 5 }),
        drawn("text", { x: this.across(value * scale), y: height - 12, "text-anchor": place === 0 ? "start" : this.across(value * scale) > width - 40 ? "end" : "middle" }, value === 0 ? "0" : rough(value))));
    const own = drawn("line", { class: "own", x1: this.across(Number(this.own)), x2: this.across(Number(this.own)), y1: above, y2: above + tall });
    this.place = drawn("g", {}, drawn("line", { class: "here", x1: 0, x2: 0, y1: 0, y2: above + tall }));
    this.place.setAttribute("transform", `translate(${this.across(Number(this.at))} 0)`);
    const svg = drawn("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `What each step pays for every loss up to ${profile.currency} ${rough(top / scale)}` }, areas, axis, own, this.place);
    svg.addEventListener("click", (event) => {
      const part = (event.clientX - svg.getBoundingClientRect().left - this.left) / this.wide;
      this.move((this.top * BigInt(Math.round(Math.min(1, Math.max(0, part)) * STOPS))) / BigInt(STOPS));
    });
    this.chart.replaceChildren(svg);
  }
}

const number = (text) => {
  const [above, below = "1"] = String(text).split("/");
  return Number(above) / Number(below);
};

function valueAt(lines, x) {
  let line = lines[0];
  for (const each of lines) if (each.at <= x) line = each;
  return line.value + line.slope * (x - line.at);
}

// The losses at which some line bends, as whole minor units.
function kinks(profile) {
  const all = [...profile.steps.map((step) => step.curve), ...profile.payers.map((payer) => payer.curve), profile.uncovered].flat().map((point) => units(point.at, profile.decimals));
  return [...new Set(all)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)).filter((each) => each > 0n);
}
