/** Curves, bands and marks, drawn with the calls that canvas and our SVG have in common. */

import { decimated } from "../display";
import type { BandOf, Curve } from "./curves";

/** The calls that are used; a canvas has them all. */
export type Pen = Pick<
  CanvasRenderingContext2D,
  | "beginPath"
  | "moveTo"
  | "lineTo"
  | "closePath"
  | "stroke"
  | "fill"
  | "strokeStyle"
  | "fillStyle"
  | "lineWidth"
  | "globalAlpha"
>;

/** Where numbers lie in a picture. */
export interface Frame {
  left: number;
  top: number;
  width: number;
  height: number;
  x: [number, number];
  y: [number, number];
  logX: boolean;
  logY: boolean;
  /** Pixels of the device in one of the page. */
  ratio: number;
}

/** From numbers of an axis to pixels. */
export function scale(
  [low, high]: [number, number],
  log: boolean,
  start: number,
  size: number,
): (v: number) => number {
  if (!log) {
    const per = size / (high - low);
    return (v) => start + (v - low) * per;
  }
  const base = Math.log(low);
  const per = size / (Math.log(high) - base);
  return (v) =>
    v > 0 ? start + (Math.log(v) - base) * per : v === 0 ? -1e6 * Math.sign(per) : NaN;
}

/** Draw it all; the pen is clipped to the frame. `pale` says whether values as they are stand behind
 * smoothed ones. */
export function paint(
  pen: Pen,
  frame: Frame,
  curves: Curve[],
  bands: BandOf[],
  pale: boolean,
): void {
  const atX = scale(frame.x, frame.logX, frame.left, frame.width);
  const atY = scale(frame.y, frame.logY, frame.top + frame.height, -frame.height);
  for (const one of bands) paintBand(pen, one, atX, atY, frame.ratio);
  if (bands.length) return;
  const place = (x: number) => Math.floor(atX(x));
  const low = frame.logX && frame.x[0] <= 0 ? Number.MIN_VALUE : frame.x[0];
  for (const layer of pale ? (["y", "smooth"] as const) : (["smooth"] as const)) {
    const raw = layer === "y";
    pen.globalAlpha = raw ? 0.22 : 1;
    pen.lineWidth = (raw ? 1.2 : 1.7) * frame.ratio;
    for (const curve of curves) {
      if (raw && curve.y === curve.smooth) continue;
      const y = curve[layer];
      line(pen, curve.x, y, decimated(curve.x, y, low, frame.x[1], place), atX, atY, curve.colour);
    }
  }
  pen.globalAlpha = 1;
  paintMarks(pen, frame, curves);
}

/** Marks where values are not finite. */
export function paintMarks(pen: Pen, frame: Frame, curves: Curve[]): void {
  const atX = scale(frame.x, frame.logX, frame.left, frame.width);
  for (const curve of curves) marks(pen, curve, frame, atX, (x) => Math.floor(atX(x)));
}

function line(
  pen: Pen,
  x: Float64Array,
  y: Float32Array,
  kept: Int32Array,
  atX: (v: number) => number,
  atY: (v: number) => number,
  colour: string,
): void {
  pen.strokeStyle = colour;
  pen.beginPath();
  let open = false;
  for (let n = 0; n < kept.length; n++) {
    const i = kept[n]!;
    const down = atY(y[i]!);
    if (!Number.isFinite(down)) {
      open = false;
      continue;
    }
    const right = atX(x[i]!);
    if (open) pen.lineTo(right, down);
    else {
      pen.moveTo(right, down);
      const next = kept[n + 1];
      if (next === undefined || !Number.isFinite(atY(y[next]!))) dot(pen, right, down);
    }
    open = true;
  }
  pen.stroke();
}

/** A point without neighbours: drawn as a plus, so that it is seen. */
function dot(pen: Pen, x: number, y: number): void {
  const size = 1.8 * pen.lineWidth;
  pen.moveTo(x - size, y);
  pen.lineTo(x + size, y);
  pen.moveTo(x, y - size);
  pen.lineTo(x, y + size);
}

const odd = new WeakMap<Float32Array, number[]>();

/** Places of values that are not finite, looked for once. */
function oddOf(y: Float32Array): number[] {
  const known = odd.get(y);
  if (known) return known;
  const found: number[] = [];
  for (let i = 0; i < y.length; i++) if (!Number.isFinite(y[i]!)) found.push(i);
  odd.set(y, found);
  return found;
}

/** A small cross below for NaN, and triangles above and below for infinities. */
function marks(
  pen: Pen,
  curve: Curve,
  frame: Frame,
  atX: (v: number) => number,
  place: (x: number) => number,
): void {
  const size = 4 * frame.ratio;
  const bottom = frame.top + frame.height - size - 1;
  let last = NaN;
  for (const i of oddOf(curve.y)) {
    const value = curve.y[i]!;
    const x = curve.x[i]!;
    const here = place(x);
    if (here === last || x < frame.x[0] || x > frame.x[1]) continue;
    last = here;
    const right = atX(x);
    pen.beginPath();
    if (Number.isNaN(value)) {
      pen.strokeStyle = curve.colour;
      pen.lineWidth = 1.5 * frame.ratio;
      pen.moveTo(right - size, bottom - size);
      pen.lineTo(right + size, bottom + size);
      pen.moveTo(right - size, bottom + size);
      pen.lineTo(right + size, bottom - size);
      pen.stroke();
      continue;
    }
    const up = value > 0 ? -1 : 1;
    const at = value > 0 ? frame.top + size + 1 : bottom;
    pen.fillStyle = curve.colour;
    pen.moveTo(right, at + up * size);
    pen.lineTo(right - size, at - up * size);
    pen.lineTo(right + size, at - up * size);
    pen.closePath();
    pen.fill();
  }
}

function paintBand(
  pen: Pen,
  { band, colour }: BandOf,
  atX: (v: number) => number,
  atY: (v: number) => number,
  ratio: number,
): void {
  const far = (v: number) => Math.max(-1e5, Math.min(1e5, Number.isNaN(v) ? 1e5 : v));
  const down = (v: number) => far(v === Infinity ? -1e5 : atY(v));
  const places = Array.from(band.x, atX);
  pen.fillStyle = colour;
  pen.globalAlpha = 0.18;
  pen.beginPath();
  places.forEach((x, i) =>
    i ? pen.lineTo(x, down(band.high[i]!)) : pen.moveTo(x, down(band.high[i]!)),
  );
  for (let i = places.length - 1; i >= 0; i--) pen.lineTo(places[i]!, down(band.low[i]!));
  pen.closePath();
  pen.fill();
  pen.globalAlpha = 1;
  pen.lineWidth = 1.8 * ratio;
  const order = Int32Array.from(places.keys());
  line(pen, band.x, Float32Array.from(band.middle), order, atX, atY, colour);
}
