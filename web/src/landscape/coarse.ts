/** A map of which some points are known: each other one is as the nearest known, so that the ground stands at
 * once and becomes finer. */

import type { Numbers } from "../play/server";

/** Values [rows, columns] without gaps; a point that is known as a hole stays one. */
export function known(values: Numbers, done: Numbers, rows: number, columns: number): Numbers {
  if (done.every((is) => is > 0)) return values;
  const found = Float32Array.from(values);
  const from = new Int32Array(values.length).fill(-1);
  let edge: number[] = [];
  for (let at = 0; at < values.length; at++) {
    if (!done[at]) continue;
    from[at] = at;
    edge.push(at);
  }
  if (!edge.length) return found.fill(NaN);
  while (edge.length) edge = grown(edge, from, rows, columns);
  for (let at = 0; at < found.length; at++) found[at] = values[from[at]!]!;
  return found;
}

/** The points beside an edge that nobody has reached, each from where its neighbour comes. */
function grown(edge: number[], from: Int32Array, rows: number, columns: number): number[] {
  const next: number[] = [];
  const reach = (at: number, source: number) => {
    if (from[at] !== -1) return;
    from[at] = source;
    next.push(at);
  };
  for (const at of edge) {
    const [i, j] = [Math.floor(at / columns), at % columns];
    if (i > 0) reach(at - columns, from[at]!);
    if (i < rows - 1) reach(at + columns, from[at]!);
    if (j > 0) reach(at - 1, from[at]!);
    if (j < columns - 1) reach(at + 1, from[at]!);
  }
  return next;
}

/** Maps that are filled as their points come, and which points are known. */
export interface Streamed {
  values: Float32Array[];
  done: Uint8Array;
}

/** Take in points of a surface that is computed: places in it and each map's values there. */
export function taken(into: Streamed, places: Numbers, maps: Numbers[]): void {
  for (let k = 0; k < places.length; k++) {
    const at = places[k]!;
    if (!(at >= 0 && at < into.done.length)) continue;
    into.done[at] = 1;
    for (const [m, values] of maps.entries()) into.values[m]![at] = values[k]!;
  }
}
