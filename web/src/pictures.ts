/** Which images belong to a step. Pure functions of what the board sent. */

import type { Picture } from "./messages";
import { textNamed, withNamed } from "./settings";

/** All steps of several runs, rising. */
export function stepsOf(all: Iterable<Picture[]>): number[] {
  const found = new Set<number>();
  for (const pictures of all) for (const { step } of pictures) found.add(step);
  return [...found].sort((a, b) => a - b);
}

/** A run's images of its last step up to this one; none before its first. */
export function picturesAt(all: Picture[], step: number): Picture[] {
  const last = all.reduce((most, p) => (p.step <= step ? Math.max(most, p.step) : most), -Infinity);
  return all.filter((p) => p.step === last);
}

/** The step that a person has chosen for a tag; the newest, which then moves on, without a choice. */
export function stepOf(tag: string, steps: number[], choices: string[]): number {
  const own = textNamed(choices, tag);
  const wanted = own === "" ? Infinity : Number(own);
  return steps.findLast((step) => step <= wanted) ?? steps[0] ?? 0;
}

/** The choices with another step for a tag; the newest is no choice. */
export function withStep(tag: string, steps: number[], step: number, choices: string[]): string[] {
  return withNamed(choices, tag, step === steps.at(-1) ? "" : `${step}`);
}
