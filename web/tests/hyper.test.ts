import { expect, test } from "vitest";
import { axisOf, tintOf, numberAt } from "../src/hyper/axes";
import { brushOf, changed, inside, read, readAll, written } from "../src/hyper/brushes";
import { chosen, resultKey, sheetOf, tinting, type Column } from "../src/hyper/columns";
import { csvOf, jsonOf } from "../src/hyper/files";
import { heights, nearestLine } from "../src/hyper/lines";
import { nearestPoint, nextPoint, placed } from "../src/hyper/points";
import type { Results, RunLine, Tag } from "../src/messages";
import { compare, orderOf, pressed, sortingOf, type Cell } from "../src/parts/sorting";
import { linearTicks, logTicks } from "../src/ticks";

function run(id: number, hyperparameters: RunLine["hyperparameters"]): RunLine {
  return {
    id, name: `run-${id}`, read: true, status: "finished", hyperparameters, tags: [],
    began: 0, written: 1, damage: 0, race: false, graph: false, landscape: false,
  }; // prettier-ignore
}

const runs = [
  run(1, { lr: 0.001, rule: "adam", seed: 0 }),
  run(2, { lr: 1, rule: "gd", seed: 0, beta: 0.9 }),
  run(3, {}),
  run(4, { lr: "nan", rule: "gd", seed: 0 }),
];
const tags = new Map<number, Tag>([
  [7, { id: 7, name: "train/loss", kind: "scalars" }],
  [8, { id: 8, name: "test/loss", kind: "scalars" }],
  [9, { id: 9, name: "lr", kind: "scalars" }],
]);
const results: Results = {
  runs: [1, 2, 4],
  tags: [7, 8, 9],
  values: [[0.5, 0.25, null], [0.1, null, null], [null, null, null]], // prettier-ignore
};
const sheet = sheetOf(runs, tags, results);
const named = (key: string) => sheet.columns.find((c) => c.key === key)!;

const column = (cells: Cell[]): Column => ({
  key: "k",
  name: "k",
  result: false,
  numeric: cells.every((c) => c === null || typeof c === "number"),
  differs: true,
  cells,
});

test("a sheet has the runs that say something, and the results that some run has", () => {
  expect(sheet.runs.map((r) => r.id)).toEqual([1, 2, 4]);
  const keys = ["lr", "rule", "seed", "beta", resultKey("test/loss"), resultKey("train/loss")];
  expect(sheet.columns.map((c) => c.key)).toEqual(keys);
  expect(named("lr")).toMatchObject({ numeric: true, differs: true, cells: [0.001, 1, NaN] });
  expect(named(resultKey("test/loss")).cells).toEqual([0.25, null, null]);
});

test("columns in which all agree are hidden until asked for, others shown until hidden", () => {
  const keys = (hidden: string[], more: string[]) =>
    chosen(sheet.columns, hidden, more).map((c) => c.key);
  const differ = ["lr", "rule", resultKey("test/loss"), resultKey("train/loss")];
  expect(keys([], [])).toEqual(differ);
  expect(keys(["lr"], ["seed"])).toEqual(["rule", "seed", ...differ.slice(2)]);
});

test("a loss on test data colours unless another column is asked for", () => {
  expect(tinting(sheet.columns, "")?.name).toBe("test/loss");
  expect(tinting(sheet.columns, "rule")?.name).toBe("rule");
  expect(tinting([], "")).toBeUndefined();
});

test("numbers over decades are drawn in log, unless asked for the other way", () => {
  const axis = axisOf(column([0.01, 0.1, 1]));
  expect(axis.log).toBe(true);
  expect(axis.share(0.1)).toBeCloseTo(0.5);
  expect(axisOf(column([0.01, 0.1, 1]), true).log).toBe(false);
  expect(axisOf(column([1, 2])).log).toBe(false);
  expect(axisOf(column([0, 100])).log).toBe(false);
  expect(axisOf(column([0, 100]), true).log).toBe(false);
  expect(numberAt(axis, 0.5)).toBe(0.1);
});

test("what is no number has no place, and one value alone stands in the middle", () => {
  const axis = axisOf(column([3, null, NaN]));
  expect([3, null, NaN].map(axis.share)).toEqual([0.5, NaN, NaN]);
  expect(tintOf(axis, null, false)).toBeNull();
  expect(axisOf(column([null])).ticks).toEqual([]);
});

test("categories stand in order of their names", () => {
  const axis = axisOf(column(["b", "a", true]));
  expect(axis.categories).toEqual(["a", "b", "true"]);
  expect(axis.share("a")).toBeLessThan(axis.share(true));
  expect(axis.share(null)).toBeNaN();
});

test.each([
  { key: "a:b,%", range: [0.1, 2] as [number, number], numeric: true },
  { key: "rule", range: ["a=b:c", ""], numeric: false },
])("a range comes back from the address: $key", (brush) => {
  expect(read(written(brush))).toEqual(brush);
});

test("ranges that make no sense are none", () => {
  expect(readAll(["", "lr", "lr:1", "lr:2:1", "lr:a:b", "lr:1:2:3", "%E0%A4%A:1:2"])).toEqual([]);
});

test("a row lies inside if it lies in all ranges of columns that are there", () => {
  const brushes = (texts: string[]) => inside(sheet.columns, 3, readAll(texts));
  expect(brushes([])).toEqual([true, true, true]);
  expect(brushes(["lr:0.5:1"])).toEqual([false, true, false]);
  expect(brushes(["rule:=gd"])).toEqual([false, true, true]);
  expect(brushes(["rule:=gd", "beta:0:1", "gone:0:1"])).toEqual([false, true, false]);
  expect(changed(["lr:0:1", "beta:0:1"], "lr", null)).toEqual(["beta:0:1"]);
});

test("a range to an axis's end takes in the value there", () => {
  const axis = axisOf(column([0.00123456, 1.23456]));
  expect(brushOf(axis, 0, 1)!.range).toEqual([0.00123456, 1.23456]);
  expect(brushOf(axisOf(column(["a", "b"])), 0, 0.4)!.range).toEqual(["a"]);
  expect(brushOf(axisOf(column(["a", "b"])), 0.4, 0.6)).toBeNull();
});

test("lines go through their values, and the nearest one is found", () => {
  const axes = [axisOf(column([0, 10])), axisOf(column([0, null]))];
  const grid = { x: [0, 100], top: 0, bottom: 100, missing: 120 };
  const ys = heights(axes, [[0, 10], [0, null]], 2, grid); // prettier-ignore
  expect([...ys]).toEqual([100, 50, 0, 120]);
  expect(nearestLine(ys, grid, [0, 1], [50, 61], 5)).toBe(1);
  expect(nearestLine(ys, grid, [0], [50, 61], 5)).toBeNull();
  expect(nearestLine(ys, grid, [0, 1], [400, 50], 5)).toBe(0);
});

test("points have a place on both axes, and keys go from one to the next", () => {
  const axis = axisOf(column([0, 10, null]));
  const points = placed(axis, axis, [10, 0, null], [10, 0, 5], {
    left: 0, top: 0, width: 100, height: 100,
  }); // prettier-ignore
  expect(points).toEqual([{ row: 0, x: 100, y: 0 }, { row: 1, x: 0, y: 100 }]); // prettier-ignore
  expect(nearestPoint(points, 3, 97, 10)?.row).toBe(1);
  expect(nearestPoint(points, 50, 50, 10)).toBeUndefined();
  expect([nextPoint(points, null, 1), nextPoint(points, 1, 1), nextPoint(points, 0, 1)]).toEqual([
    1, 0, 0,
  ]);
  expect(nextPoint([], null, 1)).toBeNull();
});

test("tables put what is not there last, whichever way they go", () => {
  const cells = [2, null, "b", 1, "a", 10];
  expect(orderOf(cells, false)).toEqual([3, 0, 5, 4, 2, 1]);
  expect(orderOf(cells, true)).toEqual([5, 0, 3, 2, 4, 1]);
  expect(compare("run-2", "run-10", false)).toBeLessThan(0);
});

test("a press on a head goes from rising to falling to none", () => {
  expect(pressed("", "lr")).toBe("lr");
  expect(pressed("lr", "lr")).toBe("-lr");
  expect(pressed("-lr", "lr")).toBe("");
  expect(sortingOf("-lr")).toEqual({ key: "lr", falling: true });
});

test.each([
  [linearTicks(0, 1, 5), [0, 0.2, 0.4, 0.6, 0.8, 1]],
  [linearTicks(-3, 7, 5), [-2, 0, 2, 4, 6]],
  [linearTicks(2, 2), [2]],
  [logTicks(0.001, 10, 6), [0.001, 0.01, 0.1, 1, 10]],
  [logTicks(1e-9, 1, 5), [1e-9, 1e-7, 1e-5, 1e-3, 0.1]],
  [logTicks(0.08, 0.6, 5), [0.1, 0.2, 0.5]],
  [logTicks(0.21, 0.26, 5), [0.22, 0.24, 0.26]],
])("ticks are round: %j", (found, expected) => {
  expect(found).toEqual(expected);
});

test("the table is a file: numbers with a point, quotes where they are needed", () => {
  const runs = [run(1, { lr: 0.5, note: 'a "b", c' }), run(2, { lr: 1e-7 })];
  const sheet = sheetOf(runs, new Map(), undefined);
  expect(csvOf(sheet, sheet.columns).split("\r\n")).toEqual([
    "run,lr,note",
    'run-1,0.5,"a ""b"", c"',
    "run-2,1e-7,",
    "",
  ]);
  expect(JSON.parse(jsonOf(sheet, sheet.columns))[1]).toEqual({
    run: "run-2",
    lr: 1e-7,
    note: null,
  });
});
