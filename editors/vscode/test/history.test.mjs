// What the commands of the extension take from an event or a history before they ask the program: its rulebook, its days.
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const built = buildSync({ entryPoints: [join(here, "../src/history.ts")], format: "esm", write: false });
const { daysOf, rulebookNamed } = await import(`data:text/javascript,${encodeURIComponent(built.outputFiles[0].text)}`);

const AUTUMN = `# under "none.rules"
history "Autumn"
under "september.rules"

opening 2018-09-01
    member A contribution = EUR 5
on 2018-09-11  # the first default
    default of A loss EUR 1
on 2018-09-14
    under "interim.rules"
`;

test("a history names its rulebook at its head", () => {
  assert.equal(rulebookNamed(AUTUMN), "september.rules");
  assert.equal(rulebookNamed('event "E"\r\nunder "../ccp.rules"\r\ndeclared 2018-09-11\r\n'), "../ccp.rules");
});

test("the rulebook that a later day puts in force is not the one of the history", () => {
  assert.equal(rulebookNamed(AUTUMN.replace('\nunder "september.rules"', "")), undefined);
});

test("the days are that of the opening and those behind it", () => {
  assert.deepEqual(daysOf(AUTUMN), ["2018-09-01", "2018-09-11", "2018-09-14"]);
});
