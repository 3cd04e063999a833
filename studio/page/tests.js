// The tests of the rulebook: which pass, why the others fail, and what none of them reaches.
import { element } from "./dom.js";
import { findingList } from "./findings.js";

export function testParts(told, to) {
  return told.flatMap((report) => {
    const passed = report.tests.filter((test) => test.passed).length;
    return [
      element("h2", {}, report.tests.length ? `${passed} of ${report.tests.length} tests pass` : "The rulebook has no tests"),
      element("ul", { class: "tests" }, report.tests.map((test) => element("li", { class: test.passed ? "good" : "bad" }, element("strong", {}, test.passed ? "passed" : "FAILED"), " ", test.title, findings([...test.failures, ...test.remarks], to)))),
      element("h3", {}, "What the tests reach"),
      report.tests.length > 0 && (report.unreached.length ? [element("p", {}, "No test reaches these:"), findings(report.unreached, to)] : element("p", { class: "good" }, "Every step, every side of a guard and every branch is reached by some test.")),
      !report.tests.length && element("p", {}, "Write a test below the waterfall: an event, or members and a default, and what you expect to be paid."),
    ].flat().filter(Boolean);
  });
}

const findings = (list, to) => (list.length ? findingList(list, to) : null);
