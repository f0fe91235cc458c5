/** The maps of a network's units, out of the server's frames. */

import { factOf } from "../frames";
import type { Got } from "../server";
import type { Pointed } from "./network.layout";
import { mapOf, reachOf } from "./network.paint";

/** The map of a unit; of none, and of the output, that of the whole network. */
export function unitMap(points: Got, got: Got, unit: Pointed | null, dark: boolean) {
  const sizes = factOf<number[]>(got, "sizes");
  const last = sizes.length - 1;
  if (!unit || unit.column >= last) {
    return mapOf(got.arrays["probability"]!.data, 0, 60, 0.5, 0.5, dark);
  }
  const [from, index] =
    unit.column === 0
      ? [points.arrays["inputs"]!, unit.index]
      : [got.arrays["maps"]!, sizes.slice(1, unit.column).reduce((a, b) => a + b, 0) + unit.index];
  const [, , n] = from.shape as [number, number, number];
  const at = index * n * n;
  return mapOf(from.data, at, n, 0, reachOf(from.data, at, n * n), dark);
}
