import { expect, test } from "vitest";
import type { Results, RunLine, Tag } from "../src/messages";
import { bytesText, fullMoment, momentText, percent, wholeText } from "../src/parts/texts";
import { hyperparameters, lastResults } from "../src/runs/comparison";
import { lasted, lastedText, sorted } from "../src/runs/lines";

const run = (name: string, given: Partial<RunLine> = {}): RunLine => ({
  id: name.length, name, read: true, status: "finished", hyperparameters: {}, tags: [],
  began: 100, written: 164, damage: 0, race: false, graph: false, landscape: false, ...given,
}); // prettier-ignore

test("runs are sorted by any column, those without a value last", () => {
  const runs = [run("b", { began: null }), run("aaa", { damage: 3 }), run("cc", { began: 1 })];
  const names = (by: string) => sorted(runs, by).map((r) => r.name);
  expect(names("")).toEqual(["b", "aaa", "cc"]);
  expect(names("nothing")).toEqual(["b", "aaa", "cc"]);
  expect(names("name")).toEqual(["aaa", "b", "cc"]);
  expect(names("-lasted")).toEqual(["cc", "aaa", "b"]);
  expect(names("-damage")[0]).toBe("aaa");
});

test("a run lasts from its first record to its last", () => {
  expect(lasted(run("a"))).toBe(64);
  expect(lastedText(run("a"))).toBe("1 min 4 s");
  expect(lastedText(run("a", { began: null, written: null }))).toBe("–");
});

test("two runs are compared in what either has, differences first", () => {
  const a = run("a", { hyperparameters: { lr: 0.1, rule: "adam", only: 1 } });
  const b = run("bb", { hyperparameters: { lr: 0.3, rule: "adam" } });
  const rows = hyperparameters(a, b);
  expect(rows.map((r) => [r.name, r.differs])).toEqual([["lr", true], ["only", true], ["rule", false]]); // prettier-ignore
  expect(rows[0]!.difference).toBeCloseTo(0.2);
  expect(rows[1]).toMatchObject({ one: 1, other: null, difference: null });
});

test("last results are compared where there are some", () => {
  const tag = (id: number, name: string): [number, Tag] => [id, { id, name, kind: "scalars" }];
  const tags = new Map([tag(1, "loss"), tag(2, "accuracy"), tag(3, "none")]);
  const results: Results = { runs: [1, 2], tags: [1, 2, 3], values: [[1, null, null], [0.5, 0.9, null]] }; // prettier-ignore
  const rows = lastResults(run("a"), run("bb"), tags, results);
  expect(rows.map((r) => [r.name, r.difference])).toEqual([["accuracy", null], ["loss", -0.5]]); // prettier-ignore
  expect(lastResults(run("a"), run("bb"), tags, undefined)).toEqual([]);
});

test("counts, sizes and moments are written shortly", () => {
  expect([wholeText(1234567), wholeText(0.5)]).toEqual(["1\u202f234\u202f567", "0.5"]);
  expect([0, 999, 444221, 12e9].map(bytesText)).toEqual(["0 B", "999 B", "444 KB", "12 GB"]);
  expect(percent(0.20351)).toBe("20.4 %");
  const now = new Date("2026-11-25T00:00:00Z");
  expect(momentText(null, "en", now)).toBe("–");
  expect(momentText(now.getTime() / 1000 - 40 * 86400, "en", now)).not.toContain("2026");
  expect(momentText(0, "en", now)).toMatch(/19(69|70)/);
  expect(fullMoment(null, "uk")).toBe("");
});
