/** Settings of a scene, where the address holds what is none. */

import { beforeEach, expect, test } from "vitest";
import type { ControlOf } from "../src/messages";
import { numberNamed, pointNamed, pointsNamed, scenes } from "../src/play/state";
import * as settings from "../src/settings";

const controls: Record<string, ControlOf> = {
  start: { kind: "point", default: [1, 2] },
  ball: { kind: "point", default: [7] },
  guesses: { kind: "points", default: [[0.5], [0.6]] },
  beta: { kind: "number", default: 0.9 },
};

beforeEach(() => {
  settings.take("");
  const scene = { name: "own", title: "", slides: "", formulas: [], parts: {}, presets: {} };
  scenes.value = [{ ...scene, controls }];
});

const taken = (...texts: string[]) => (settings.sceneSettings.value = texts);

test("a point is what is set if it has as many coordinates", () => {
  taken("start:[3,4]", "ball:[5]");
  expect([pointNamed("start"), pointNamed("ball")]).toEqual([[3, 4], [5]]);
  for (const broken of ["5", "[5]", "[1,2,3]", '["a",2]', "[1,null]", "null", "{}", "a"]) {
    taken(`start:${broken}`, `ball:${broken === "[5]" ? "[]" : broken}`);
    expect([pointNamed("start"), pointNamed("ball")], broken).toEqual([[1, 2], [7]]);
  }
});

test("so are points, if there are as many", () => {
  taken("guesses:[[0.1],[0.2]]");
  expect(pointsNamed("guesses")).toEqual([[0.1], [0.2]]);
  for (const broken of ["5", "[[0.1]]", "[[0.1],5]", "[[0.1],[0.2,0.3]]", "[0.1,0.2]", "null"]) {
    taken(`guesses:${broken}`);
    expect(pointsNamed("guesses"), broken).toEqual([[0.5], [0.6]]);
  }
});

test("and a number", () => {
  taken("beta:0.5");
  expect(numberNamed("beta")).toBe(0.5);
  taken("beta:much");
  expect(numberNamed("beta")).toBe(0.9);
});
