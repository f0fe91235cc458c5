/**
 * Many curves at once, pixel by pixel: of each column of pixels the stretch from a curve's lowest to
 * its highest value is coloured. A canvas takes a second for 1,000 lines of 1,000 points; this, some
 * milliseconds. Like the decimation for few lines, it hides no spike.
 */

import { firstFrom } from "../display";
import type { Curve } from "./curves";
import { scale, type Frame } from "./paint";
import { Picture } from "./picture";

/** Curves from which on they are drawn like this. */
export const MANY = 60;
/** Curves from which on two pixels share a column: nobody can tell, and it takes half as long. */
const VERY_MANY = 400;

/** Curves as pixels [height, width], each the bytes red, green, blue, alpha; the last one is in front. */
export function rastered(
  frame: Frame,
  curves: Curve[],
  values: (curve: Curve) => Float32Array,
): Uint32Array<ArrayBuffer> {
  const picture = new Picture(frame, curves.length > VERY_MANY ? 2 : 1);
  const stretches = new Map<Float64Array, Stretches>();
  const pixels = new Map<string, number>();
  for (let i = curves.length - 1; i >= 0; i--) {
    const curve = curves[i]!;
    const { x, colour } = curve;
    if (!stretches.has(x)) stretches.set(x, stretchesOf(x, frame, picture.columns));
    if (!pixels.has(colour)) pixels.set(colour, colourOf(colour));
    trace(picture, { y: values(curve), stretches: stretches.get(x)!, colour: pixels.get(colour)! });
  }
  return picture.pixels;
}

/** Points that share a column: of each stretch its column, its first point and one past its last. */
interface Stretches {
  count: number;
  column: Int32Array;
  first: Int32Array;
  end: Int32Array;
}

/** Those of a window, with a point on either side of it. */
function stretchesOf(x: Float64Array, frame: Frame, columns: number): Stretches {
  const at = scale(frame.x, frame.logX, 0, columns);
  const low = Math.max(0, firstFrom(x, frame.x[0]) - 1);
  const high = Math.min(x.length, firstFrom(x, frame.x[1]) + 1);
  const most = Math.max(0, high - low);
  const [column, first, end] = [new Int32Array(most), new Int32Array(most), new Int32Array(most)];
  let count = 0;
  for (let i = low; i < high; i++) {
    const here = Math.max(-columns, Math.min(2 * columns, Math.floor(at(x[i]!)) || 0));
    if (!count || column[count - 1] !== here) {
      column[count] = here;
      first[count++] = i;
    }
    end[count - 1] = i + 1;
  }
  return { count, column, first, end };
}

interface Line {
  y: Float32Array;
  stretches: Stretches;
  colour: number;
}

/** Colour what a line goes over, unless that is hidden: of most of many lines, all is. */
function trace(picture: Picture, line: Line): void {
  const { y, stretches } = line;
  const { count, column, first, end } = stretches;
  for (let k = 0; k < count; k++) {
    const isLast = k === count - 1;
    const from = k ? first[k]! - 1 : first[k]!;
    const to = isLast ? end[k]! : end[k]! + 1;
    // A stretch alone may be a point alone, of which more is coloured than its own row.
    if (count === 1 || !picture.hides(column[k]!, y, from, to)) traceStretch(picture, line, k);
    if (!isLast && column[k + 1]! - column[k]! > 1) traceGap(picture, line, k);
  }
}

/** Colour the pieces of a stretch: points that have no row are gaps. */
function traceStretch(picture: Picture, line: Line, k: number): void {
  const end = line.stretches.end[k]!;
  for (let i = line.stretches.first[k]!; i < end; i++) {
    const from = i;
    while (i < end && picture.has(line.y[i]!)) i++;
    if (from < i) tracePiece(picture, line, k, from, i);
  }
}

function tracePiece(picture: Picture, line: Line, k: number, from: number, to: number): void {
  const { y, stretches, colour } = line;
  const { count, column, first, end } = stretches;
  const here = column[k]!;
  const hasBefore = k > 0 && from === first[k] && picture.has(y[from - 1]!);
  const hasAfter = k < count - 1 && to === end[k] && picture.has(y[to]!);
  const begun = picture.row(y[from]!);
  if (!hasBefore && !hasAfter && to - from === 1) return spot(picture, here, begun, colour);
  let above = begun;
  let below = begun;
  let ended = begun;
  for (let i = from + 1; i < to; i++) {
    ended = picture.row(y[i]!);
    above = Math.min(above, ended);
    below = Math.max(below, ended);
  }
  const start = hasBefore
    ? onTheWay(begun, picture.row(y[from - 1]!), here - column[k - 1]!)
    : begun;
  const stop = hasAfter ? onTheWay(ended, picture.row(y[to]!), column[k + 1]! - here) : ended;
  picture.cover(here, Math.min(above, start, stop), Math.max(below, start, stop), colour);
}

/** The row at the border of a column, on the way from it to another that is so far away. */
const onTheWay = (from: number, to: number, far: number) => (from + (to - from) / far / 2) | 0;

/** Colour the columns between a stretch and the next, each with its share of the way. */
function traceGap(picture: Picture, line: Line, k: number): void {
  const { y, stretches, colour } = line;
  const { column, end } = stretches;
  const next = end[k]!;
  if (!picture.has(y[next - 1]!) || !picture.has(y[next]!)) return;
  const far = column[k + 1]! - column[k]!;
  const row = picture.row(y[next - 1]!);
  const steps = (picture.row(y[next]!) - row) / far;
  for (let n = 1; n < far; n++) {
    coverAbout(picture, column[k]! + n, row + steps * n, Math.abs(steps) / 2, colour);
  }
}

/** A point without neighbours, three pixels wide, so that it is seen. */
function spot(picture: Picture, column: number, row: number, colour: number): void {
  for (let at = column - 1; at <= column + 1; at++) coverAbout(picture, at, row, 1, colour);
}

function coverAbout(
  picture: Picture,
  column: number,
  middle: number,
  reach: number,
  colour: number,
): void {
  picture.cover(column, Math.floor(middle - reach), Math.floor(middle + reach), colour);
}

/** "#rrggbb" or "rgb(r,g,b)" as a pixel, the lowest byte first. */
export function colourOf(text: string): number {
  const numbers = text.startsWith("#")
    ? [1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16))
    : text.match(/\d+/g)!.map(Number);
  const [red, green, blue] = numbers;
  return ((255 << 24) | (blue! << 16) | (green! << 8) | red!) >>> 0;
}
