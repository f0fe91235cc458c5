/** Curves that are known at some places. */

import { firstFrom } from "../display";

/** The height of a curve at a place, between its two nearest; NaN beyond its ends. */
export function heightAt(xs: Float64Array, ys: ArrayLike<number>, x: number): number {
  if (!(x >= xs[0]! && x <= xs[xs.length - 1]!)) return NaN;
  const after = Math.max(1, firstFrom(xs, x));
  const [low, high] = [xs[after - 1]!, xs[after]!];
  const share = (x - low) / (high - low);
  return ys[after - 1]! * (1 - share) + ys[after]! * share;
}
