import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { bestRows, columnsOf, laneText } from "../src/race/columns";
import { bestOfTries, curves, limits, stepSizes, worstStart } from "../src/race/figures";
import { laneRun, resultOf, type Entrant, type RaceResult, type Verdict } from "../src/race/result";
import { seedsText, termsOf } from "../src/race/terms";
import { aboutColumns, columnHeads, raceWords } from "../src/race/race.words";
import { additionText, causeText, silenceText, verdictText } from "../src/race/ukrainian";
import { differenceText, inOrder, pText, reach, spanOf } from "../src/race/verdicts";
import { additionKinds, causeKinds, silenceKinds } from "../src/messages";
import { language } from "../src/settings";

/** Three settings, of which the last diverged once; three seeds, of which the last is not done. */
const entrant: Entrant = {
  entrant: "adam",
  batch: 32,
  parameters: 10,
  settings: { lr: [0.1, 0.01, 1], b1: [0.9, 0.9, 0.9] },
  tuned: "lr",
  best: 0,
  seeds: [0, 1, 2],
  status: [
    ["finished", "finished", "diverged"],
    ["finished", "finished", "finished"],
    ["finished", "not run", "not run"],
  ],
  died: [
    [0, 0, 20],
    [0, 0, 0],
    [0, 0, 0],
  ],
  finite: [
    [true, true, false],
    [true, true, true],
    [true, false, false],
  ],
  steps: [0, 10, 20],
  epochs: [0, 1, 2],
  gradients: [0, 100, 200],
  start: { "validation/loss": [[2, 2, 2], [3, 3, 3], [9, null, null]] }, // prettier-ignore
  end: { "validation/loss": [[0.1, 0.4, 5], [0.3, 0.8, 7], [0, null, null]] }, // prettier-ignore
  curves: {
    "validation/loss": [
      [[2, 1, 0.1], [2, 1, 0.4], [2, 3, 5]],
      [[3, 1, 0.3], [3, 1, 0.8], [3, 8, 7]],
      [[9, 9, 9], [9, 9, 9], [9, 9, 9]],
    ], // prettier-ignore
    "validation/accuracy": [
      [[0, 0.5, 0.9], [0, 0, 0], [0, 0, 0]],
      [[0, 0.7, null], [0, 0, 0], [0, 0, 0]],
      [[0, 0, 0], [0, 0, 0], [0, 0, 0]],
    ], // prettier-ignore
  },
  "best of k tries": [
    [1, 0.5],
    [null, 0.7],
  ],
  final: null,
};

const row = {
  method: "Adam", entrant: "adam", batch: 32, lr: 0.1,
  "validation/loss": 0.2, "validation/loss low": 0.1, "validation/loss high": null,
  "test/loss": null, "test/loss low": 0.1, "test/loss high": null,
  "test/accuracy": 0.987, "test/accuracy low": 0.98, "test/accuracy high": 0.99,
  seeds: 2, coverage: 0.5, edge: "≥ ", tolerance: 0.3, "gradients to target": null,
  "epochs to target": 2, memory: 2, "µs a step": null, "chaos floor": 2e-7,
  "above start": 1, diverged: 1, lanes: 9, "diverged in the final": 0,
}; // prettier-ignore

const race = resultOf({
  lanes: [
    { entrant: "adam", role: "nudged", seed: 5, run: 1 },
    { entrant: "adam", role: "tuned", seed: 5, run: 2 },
  ],
  race: {
    problem: "digits",
    protocol: {
      problem: { kind: "classify", hidden: [32], data: null }, budget: 200, unit: "gradients of examples",
      epochs: 2, seconds: null, budgets: { adam: 20000 }, examples: { train: 60, test: 20 },
      split: "redrawn by each seed", fixed: false, tries: { adam: 3 }, schedule: "constant",
      search: "grid", "last batch": "", seeds: [0, 1, 2], "final seeds": [3, 4], margin: 0.01,
      target: null, device: "cpu",
    }, // prettier-ignore
    interrupted: false,
    sentences: [],
    silence: null,
    verdicts: [],
    best: [],
    target: 0.25,
    certificates: [],
    table: [row],
    entrants: [entrant],
  } satisfies Omit<RaceResult, "lanes"> as unknown as Record<string, unknown>,
});

test("loss against step size is of the seeds that are whole, rising, the best marked", () => {
  const [line] = stepSizes(race);
  expect([...line!.band.x]).toEqual([0.01, 0.1, 1]);
  expect(line!.band.middle[0]).toBeCloseTo(0.6);
  expect(line!.band.middle[1]).toBeCloseTo(0.2);
  expect(line!.band.middle[2]).toBe(Infinity);
  expect(line!.best).toBe(0.1);
  expect(line!.lost).toEqual([{ x: 1, count: 1, of: 2 }]);
});

test("settings that differ in another hyperparameter are left out of it", () => {
  const other = { ...entrant, settings: { lr: [0.1, 0.01, 1], b1: [0.9, 0.5, 0.9] } };
  expect([...stepSizes({ ...race, entrants: [other] })[0]!.band.x]).toEqual([0.1, 1]);
  expect(stepSizes({ ...race, entrants: [{ ...entrant, tuned: null }] })).toEqual([]);
});

test("curves are of the setting that won, infinite from a death on", () => {
  const [line] = curves(race, "gradients", "validation/loss");
  expect([...line!.band.x]).toEqual([100, 200]);
  expect([...line!.band.middle]).toEqual([1, 0.2]);
  const [dead] = curves(
    { ...race, entrants: [{ ...entrant, best: 2 }] },
    "epochs",
    "validation/loss",
  );
  expect([...dead!.band.high]).toEqual([2.75, 6.75, Infinity]);
});

test("of an accuracy what is not finite is the lowest", () => {
  const [line] = curves(race, "epochs", "validation/accuracy");
  expect(line!.band.middle[1]).toBeCloseTo(0.6);
  expect(line!.band.low[2]).toBe(-Infinity);
});

test("the best of k tries is infinite where a try of some seed is", () => {
  expect([...bestOfTries(race)[0]!.band.middle]).toEqual([Infinity, 0.6]);
});

test("a figure reaches little above the start", () => {
  const { y, log } = limits(stepSizes(race), worstStart(race, "validation/loss"));
  expect(log).toBe(true);
  expect(y[0]).toBeLessThan(0.15);
  expect(y[1]).toBeLessThan(20);
  expect(limits([], 1)).toEqual({ y: [0, 1], log: false });
});

test("the table says values, intervals, edges and what is not reached", () => {
  const columns = columnsOf(race);
  const text = (key: string) => columns.find((c) => c.key === key)!.text(row);
  expect(columns.map((c) => c.key).slice(0, 5)).toEqual([
    "batch",
    "lr",
    "test/loss",
    "validation/loss",
    "test/accuracy",
  ]);
  expect(text("lr")).toBe("≥ 0.1");
  expect(text("test/loss")).toBe("∞");
  expect(text("test/accuracy")).toBe("98.7 %");
  expect(text("gradients to target")).toBe("∞");
  expect(text("µs a step")).toBe("–");
  expect(text("diverged")).toBe("1 / 9");
  const loss = columns.find((c) => c.key === "validation/loss")!;
  expect(loss.interval!(row)).toBe("[0.1, ∞]");
});

test("the best of a column is marked unless all are", () => {
  const columns = columnsOf(race);
  const of = (key: string) => columns.find((c) => c.key === key)!;
  const other = { ...row, "validation/loss": 0.3, "test/accuracy": 0.99 };
  expect([...bestRows([row, other], of("validation/loss"))]).toEqual([row]);
  expect([...bestRows([row, other], of("test/accuracy"))]).toEqual([other]);
  expect(bestRows([row, other], of("memory")).size).toBe(0);
  expect(bestRows([row, other], of("test/loss")).size).toBe(0);
});

test("a lane's run is that of the tuned setting", () => {
  expect(laneRun(race, "adam", 5)).toBe(2);
  expect(laneRun(race, "adam", 6)).toBeUndefined();
  const final = { ...entrant, end: { "test/loss": [[0.12345], [null], [0.3]] } };
  expect([0, 1].map((s) => laneText(final, s, "died"))).toEqual(["0.123", "died"]);
});

const verdict: Verdict = {
  kind: "beats", a: "Adam", b: "GD", difference: 0.2, low: 0.1, high: null, p: 0.0004,
  margin: 0.01, additions: [], sentence: "",
}; // prettier-ignore

test("verdicts stand on one scale, differences first", () => {
  const none: Verdict = { ...verdict, kind: "cannot tell" };
  expect(inOrder([none, verdict])[0]).toBe(verdict);
  expect(reach([{ ...verdict, high: 0.4 }])).toBeCloseTo(0.432);
  expect(reach([verdict])).toBe(1);
  expect(spanOf(verdict, 0.5)).toEqual({ low: 0.2, middle: 0.4, high: 1, margin: 0.02 });
  expect(differenceText(verdict)).toBe("20 % [10 %, ∞]");
  expect([pText(0.0004), pText(0.232)]).toEqual(["p < .001", "p = .232"]);
});

const wordless = (key: string) => !["setting", "measure"].includes(key);

describe("in Ukrainian", () => {
  beforeEach(() => void (language.value = "uk"));
  afterEach(() => void (language.value = ""));

  test("numbers have a comma, and intervals a semicolon", () => {
    expect(verdictText(verdict)).toBe("Adam перемагає GD за втратою на тесті");
    expect(differenceText({ ...verdict, low: 0.125 })).toBe("20 % [12,5 %; ∞]");
    expect([pText(0.0004), pText(0.232)]).toEqual(["p < 0,001", "p = 0,232"]);
    const loss = columnsOf(race).find((c) => c.key === "validation/loss")!;
    expect([loss.text(row), loss.interval!(row)]).toEqual(["0,2", "[0,1; ∞]"]);
  });

  test("every kind of addition, cause and silence has its own words", () => {
    const certificate = {
      stage: "heats", entrant: "gd", settings: { lr: 1 }, seed: 0, step: 7, cause: "", overflow: "exp",
      steps: [], sentence: "",
    } as const; // prettier-ignore
    const said = [
      ...additionKinds.map((kind) => additionText({ kind, number: 0.5, verdict })),
      ...causeKinds.map((kind) =>
        causeText({ ...certificate, steps: [], why: { kind, step: 3, times: 2.5, layer: "b" } }),
      ),
      ...silenceKinds.map((kind) => silenceText({ kind, seeds: 2, fewest: 9 })),
    ];
    expect(new Set(said).size).toBe(said.length);
    for (const text of said) expect(text).toMatch(/[а-яіїєґ]{3}/);
    expect(said.join()).not.toMatch(/undefined|NaN|\d\.\d/);
    expect(said).toContain("шар b виріс у 2,5 раза за останні кроки (3); перше переповнення — exp");
    expect(causeText({ ...certificate, steps: [], why: null })).toBeUndefined();
  });

  test("every column of the table has a head and is explained", () => {
    expect(Object.keys(aboutColumns.value).filter(wordless)).toEqual(
      Object.keys(columnHeads.value),
    );
    for (const text of [...Object.values(columnHeads.value), ...Object.values(aboutColumns.value)])
      expect(text).toMatch(/[а-яіїєґ]/);
  });
});

test("the terms are said in words", () => {
  const terms = new Map(termsOf(race, raceWords.value));
  expect(terms.get("Problem")).toBe("kind classify, hidden [32]");
  expect(terms.get("Budget")).toBe("20\u202f000 each, gradients of examples; epochs: 2");
  expect(terms.has("Last batch")).toBe(false);
  expect(seedsText([3, 4, 5])).toBe("3 … 5 (3)");
});
