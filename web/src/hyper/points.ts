/** Where the points of a scatter lie, and which of them is meant. */

import type { Cell } from "../parts/sorting";
import type { Axis } from "./axes";

export interface Point {
  row: number;
  x: number;
  y: number;
}

/** A part of a picture, in pixels. */
export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** The points of all rows that have a place on both axes. */
export function placed(across: Axis, up: Axis, xs: Cell[], ys: Cell[], box: Box): Point[] {
  return xs.flatMap((cell, row) => {
    const x = box.left + across.share(cell) * box.width;
    const y = box.top + (1 - up.share(ys[row])) * box.height;
    return Number.isNaN(x) || Number.isNaN(y) ? [] : [{ row, x, y }];
  });
}

export function nearestPoint(points: Point[], x: number, y: number, reach: number) {
  let found: Point | undefined;
  let least = reach;
  for (const point of points) {
    const distance = Math.hypot(point.x - x, point.y - y);
    if (distance < least) [found, least] = [point, distance];
  }
  return found;
}

/** The row of the point after or before another one, from left to right; null of none. */
export function nextPoint(points: Point[], row: number | null, by: number): number | null {
  if (!points.length) return null;
  const order = [...points].sort((a, b) => a.x - b.x || a.y - b.y);
  const at = order.findIndex((p) => p.row === row);
  const next = at < 0 ? (by > 0 ? 0 : order.length - 1) : at + by;
  return order[Math.max(0, Math.min(order.length - 1, next))]!.row;
}
