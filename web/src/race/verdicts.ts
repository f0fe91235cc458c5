/** The verdicts of a race: their order, their place on a scale, their words. */

import { decimal, interval } from "../numbers";
import { percent } from "../parts/texts";
import { spoken } from "../words";
import type { Verdict } from "./result";

const KINDS = ["beats", "within", "cannot tell"];

/** Differences first. */
export function inOrder(verdicts: Verdict[]): Verdict[] {
  return verdicts.toSorted((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind));
}

/** The largest difference that the scale of all verdicts shows: at most a whole. */
export function reach(verdicts: Verdict[]): number {
  const all = verdicts.flatMap((v) => [v.low, v.high, 2 * v.margin]);
  const sizes = all.map((v) => (v === null ? 1 : Math.abs(v)));
  return Math.min(1, Math.max(0.02, ...sizes) * 1.08);
}

/** An interval on a scale from −1 to 1; what has left the numbers reaches to its end. */
export function spanOf(verdict: Verdict, whole: number) {
  const end = verdict.difference === null ? 1 : 0;
  const at = (v: number | null, beyond: number) =>
    Math.max(-1, Math.min(1, v === null ? beyond : v / whole));
  return {
    low: at(verdict.low, verdict.kind === "beats" ? end : -1),
    middle: at(verdict.difference, end),
    high: at(verdict.high, 1),
    margin: verdict.margin / whole,
  };
}

/** A difference with its interval, in percent. */
export function differenceText({ difference, low, high }: Verdict): string {
  const text = (v: number | null) => (v === null ? "∞" : percent(v));
  return `${text(difference)} ${interval(text(low), text(high))}`;
}

/** As APA writes it; in Ukrainian with its zero. */
export function pText(p: number): string {
  const text = p < 0.001 ? "p < 0.001" : `p = ${p.toFixed(3)}`;
  return spoken.value === "uk" ? decimal(text) : text.replace(" 0.", " .");
}
