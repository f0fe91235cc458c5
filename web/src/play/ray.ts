/** Where a ray meets a sheet: what the mouse points at. */

import { HIGH, type Pair, type Sheet, type Triple } from "./sheet";

/** The place on the sheet, in cells, that a ray meets first; null if it meets none, or a hole alone. */
export function hit(sheet: Sheet, from: Triple, toward: Triple): Pair | null {
  const [width, depth] = sheet.sides;
  const box = [[-width / 2, width / 2], [0, HIGH], [-depth / 2, depth / 2]] as const; // prettier-ignore
  const [enter, leave] = inside(box, from, toward);
  if (!(enter < leave)) return null;
  const at = (t: number) => {
    const [x, y, z] = [0, 1, 2].map((k) => from[k]! + t * toward[k]!) as Triple;
    const u = (x / width + 0.5) * (sheet.columns - 1);
    const v = (0.5 - z / depth) * (sheet.rows - 1);
    return { place: [u, v] as Pair, above: y - HIGH * sheet.heightAt(u, v) };
  };
  const steps = 2 * (sheet.columns + sheet.rows);
  const by = (leave - enter) / steps;
  let before = at(enter);
  for (let k = 1; k <= steps; k++) {
    const now = at(enter + k * by);
    if (before.above >= 0 !== now.above >= 0 && !Number.isNaN(before.above + now.above)) {
      return before.above - now.above > 0 ? now.place : before.place;
    }
    before = now;
  }
  return Math.abs(before.above) < 0.02 ? before.place : null; // the ground of the box, where it is flat
}

/** From where to where along a ray it is inside a box that is a little larger than this one. */
function inside(box: readonly (readonly [number, number])[], from: Triple, toward: Triple): Pair {
  let [enter, leave] = [0, Infinity];
  for (const [k, [low, high]] of box.entries()) {
    const ends = [low - 1e-9, high + 1e-9].map((side) => (side - from[k]!) / toward[k]!);
    if (ends.some(Number.isNaN)) continue;
    enter = Math.max(enter, Math.min(...ends));
    leave = Math.min(leave, Math.max(...ends));
  }
  return [enter, leave];
}
