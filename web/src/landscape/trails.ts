/** Paths and particles as lines over the ground, each in its colour. */

import { category } from "../colours";
import type { Numbers, Tensor } from "../play/server";
import { ruleColour, RULES } from "../play/rules";
import { lastOf, type Drop, type Way } from "./drops";
import type { Land } from "./land";

export interface Trail {
  label: string;
  colour: string;
  /** [points, 2], or [points, 1] over a line. */
  w: Tensor;
  /** Its last point that is seen. */
  upTo: number;
  /** At the points themselves. */
  loss: Numbers | null;
  distance: Numbers;
}

/** A rule's name within an entrant's, as "adam" in "adam@32" and "adam#2". */
const ruleIn = (label: string): string => label.split(/[@#]/)[0]!;

/**
 * The colour of each path: that of its rule; where two have the same, or it is no rule, one after another of
 * those that are left. `own` is the rule of the run itself, whose path has the run's name.
 */
export function coloursOf(labels: string[], own: string | undefined, dark: boolean): string[] {
  const rules = labels.map((label) => {
    const rule = ruleIn(label);
    return (RULES as string[]).includes(rule) ? rule : labels.length === 1 ? own : undefined;
  });
  const taken = new Set(rules.flatMap((rule) => (rule ? [ruleColour(rule, dark)] : [])));
  const free = freeOf(taken, dark);
  const seen = new Set<string>();
  let next = 0;
  return rules.map((rule) => {
    const colour = rule && ruleColour(rule, dark);
    if (!colour || seen.has(colour)) return free[next++ % free.length] ?? category(next, dark);
    seen.add(colour);
    return colour;
  });
}

/** Colours that nothing has yet. */
const freeOf = (taken: Set<string>, dark: boolean): string[] =>
  Array.from({ length: 12 }, (_, i) => category(i, dark)).filter((c) => !taken.has(c));

export function pathsOf(land: Land, own: string | undefined, dark: boolean): Trail[] {
  const colours = coloursOf(land.paths.map(({ label }) => label), own, dark); // prettier-ignore
  return land.paths.map(({ label, coordinates, loss, distance }, k) => ({
    label,
    colour: colours[k]!,
    w: coordinates,
    upTo: coordinates.shape[0]! - 1,
    loss,
    distance,
  }));
}

/** Colours of particles: those that no path has. */
export function particleColour(k: number, paths: Trail[], dark: boolean): string {
  const taken = new Set(paths.map(({ colour }) => colour));
  const free = freeOf(taken, dark);
  return free[k % free.length] ?? category(k, dark);
}

/** A particle's way, of which a share is seen. */
export const particleTrail = (drop: Drop, way: Way, colour: string, share: number): Trail => ({
  label: drop.rule,
  colour,
  w: way.w,
  upTo: Math.round(share * lastOf(way)),
  loss: way.loss,
  distance: way.distance,
});
