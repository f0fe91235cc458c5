/** Several rules from one start, as scenes get them from the server. */

import { signal } from "@preact/signals";
import type { IsShown } from "./controls";
import { factOf } from "./frames";
import type { Ends } from "./plot";
import { heightsOf, levelsOf, type Heights } from "./relief";
import { ruleWord } from "./rules";
import { row, type Got, type Numbers, type Tensor } from "./server";

/** One rule's way. */
export interface Walk {
  name: string;
  title: string;
  /** [steps + 1, 2] */
  w: Tensor;
  loss: Numbers;
  /** The cost above the lowest there is. */
  above: Numbers;
  /** The step after which it had diverged; null if it has not. */
  diverged: number | null;
}

/** The rule whose way alone is shown in full; "" for all. */
export const alone = signal("");
export const isFaded = (name: string): boolean => alone.value !== "" && alone.value !== name;

export function walksOf(got: Got): Walk[] {
  const diverged = factOf<(number | null)[]>(got, "diverged");
  return factOf<string[]>(got, "names").map((name, k) => ({
    name,
    title: ruleWord(name),
    w: row(got.arrays["w"]!, k),
    loss: row(got.arrays["loss"]!, k).data,
    above: row(got.arrays["above"]!, k).data,
    diverged: diverged[k]!,
  }));
}

/** What lies under the ways. */
export interface Ground {
  name: string;
  values: Tensor;
  x: Ends;
  y: Ends;
  minima: [number, number][];
  heights: Heights;
  levels: number[];
}

export function groundOf(got: Got): Ground {
  const values = got.arrays["values"]!;
  const heights = heightsOf(values.data, factOf<number>(got, "least"));
  return {
    name: factOf(got, "name"),
    values,
    x: factOf(got, "x"),
    y: factOf(got, "y"),
    minima: factOf(got, "minima"),
    heights,
    levels: levelsOf(heights),
  };
}

/** Settings of single rules have a field while their rule is chosen. */
export const isShown: IsShown = (name, { rules }) => {
  const of = /^(?:alpha|decay)_(.+)$/.exec(name)?.[1];
  return of === undefined || (Array.isArray(rules) && rules.includes(of));
};

/** Whether something that happened at a step, or never, has happened by another one. */
export const happened = (at: number | null, step: number): boolean => at !== null && at <= step;
