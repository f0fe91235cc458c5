/** Quantiles of histograms over steps, as bands one in another. */

import { quantiles, reach, SHARES, spread, type Histogram } from "../histograms";
import { linearTicks } from "../ticks";
import {
  axisBelow,
  axisBeside,
  linear,
  nearestTo,
  roomFor,
  wholeTicks,
  type Box,
  type Look,
  type Size,
} from "./axes";

/** How strongly the bands are drawn, from the outermost inwards. */
const STRENGTHS = [0.13, 0.2, 0.3, 0.45];
const MIDDLE = 4;

/** The quantiles of every histogram that holds something. */
export interface Fan {
  all: Histogram[];
  /** A row a histogram, a column a share. */
  rows: number[][];
  x: [number, number];
  y: [number, number];
}

/** Numbers that are all the same lie at one place, whatever the width of their bin. */
export function fanOf(given: Histogram[]): Fan {
  const all = given.filter((h) => h.total > 0);
  const [first, last] = [all[0]?.step ?? 0, all.at(-1)?.step ?? 0];
  const x: [number, number] = first < last ? [first, last] : [first - 1, first + 1];
  const known = new Set(spread(all));
  const rows = all.map((h) => {
    const found = quantiles(h, SHARES);
    return known.has(h) ? found : found.map(() => found[MIDDLE]!);
  });
  const [low, high] = reach([...known]);
  const middles = rows.map((row) => row[MIDDLE]!);
  return { all, rows, x, y: [Math.min(low, ...middles), Math.max(high, ...middles)] };
}

interface Placed {
  box: Box;
  x: (step: number) => number;
  y: (value: number) => number;
  xTicks: number[];
  yTicks: number[];
}

function placed(fan: Fan, { width, height }: Size): Placed {
  const yTicks = linearTicks(...fan.y, height / 42);
  const box = { left: roomFor(yTicks), top: 12, right: width - 14, bottom: height - 24 };
  const x = linear(fan.x, box.left, box.right);
  const xTicks = fan.all.length > 1 ? wholeTicks(...fan.x, width / 75) : fan.all.map((h) => h.step);
  return { box, x, y: linear(fan.y, box.bottom - 4, box.top), xTicks, yTicks };
}

export function paintFan(
  pen: CanvasRenderingContext2D,
  fan: Fan,
  size: Size,
  look: Look,
  index: number | null,
): void {
  const at = placed(fan, size);
  const places = placesOf(fan, at);
  axisBeside(pen, at.box, at.y, at.yTicks, look, "left");
  axisBelow(pen, at.box, at.x, at.xTicks, look);
  const last = SHARES.length - 1;
  STRENGTHS.forEach((strength, n) => {
    pen.beginPath();
    places.forEach((x, i) => pen.lineTo(x, at.y(row(fan, i)[n]!)));
    for (let i = places.length - 1; i >= 0; i--) pen.lineTo(places[i]!, at.y(row(fan, i)[last - n]!));
    pen.closePath();
    pen.fillStyle = look.colour;
    pen.globalAlpha = strength;
    pen.fill();
  });
  pen.globalAlpha = 1;
  SHARES.forEach((_, n) => paintLine(pen, fan, at, places, n, look));
  if (index !== null && fan.all[index]) paintCursor(pen, fan, at, index, look);
} // prettier-ignore

/** Pixels of the steps; a single histogram is drawn as wide as it can be seen. */
function placesOf({ all }: Fan, { x, box }: Placed): number[] {
  if (all.length !== 1) return all.map((h) => x(h.step));
  const half = 0.2 * (box.right - box.left);
  return [x(all[0]!.step) - half, x(all[0]!.step) + half];
}

const row = ({ rows }: Fan, i: number) => rows[Math.min(i, rows.length - 1)]!;

function paintLine(
  pen: CanvasRenderingContext2D,
  fan: Fan,
  at: Placed,
  places: number[],
  n: number,
  look: Look,
): void {
  pen.beginPath();
  places.forEach((x, i) => pen.lineTo(x, at.y(row(fan, i)[n]!)));
  pen.strokeStyle = n === MIDDLE ? look.ink : look.colour;
  pen.globalAlpha = n === MIDDLE ? 0.85 : 0.45;
  pen.lineWidth = n === MIDDLE ? 1.5 : 1;
  pen.stroke();
  pen.globalAlpha = 1;
}

function paintCursor(
  pen: CanvasRenderingContext2D,
  fan: Fan,
  at: Placed,
  index: number,
  look: Look,
): void {
  const x = at.x(fan.all[index]!.step);
  pen.strokeStyle = look.soft;
  pen.lineWidth = 1;
  pen.beginPath();
  pen.moveTo(x, at.box.top);
  pen.lineTo(x, at.box.bottom);
  pen.stroke();
  pen.fillStyle = look.ink;
  for (const value of fan.rows[index]!) {
    pen.beginPath();
    pen.arc(x, at.y(value), 2, 0, 2 * Math.PI);
    pen.fill();
  }
}

/** The histogram whose step is nearest to a place; −1 of none. */
export function stepAt(fan: Fan, size: Size, x: number): number {
  const at = placed(fan, size);
  return nearestTo(fan.all.map((h) => at.x(h.step)), x);
} // prettier-ignore

export function placeOfStep(fan: Fan, size: Size, index: number): number {
  return placed(fan, size).x(fan.all[index]!.step);
}

/** The histogram that an arrow key leads to; the newest one first. */
export function movedStep({ all }: Fan, index: number | null, key: string): number {
  if (index === null) return all.length - 1;
  const by = key === "ArrowLeft" ? -1 : key === "ArrowRight" ? 1 : 0;
  return Math.max(0, Math.min(all.length - 1, index + by));
}
