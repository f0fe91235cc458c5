/**
 * Many curves at once, pixel by pixel: of each column of pixels the stretch from a curve's lowest to
 * its highest value is coloured. A canvas takes a second for 1,000 lines of 1,000 points; this, some
 * ten milliseconds. Like the decimation for few lines, it hides no spike.
 */

import { firstFrom } from "../display";
import type { Curve } from "./curves";
import { scale, type Frame } from "./paint";

/** Curves from which on they are drawn like this. */
export const MANY = 60;
/** Curves from which on two pixels share a column: nobody can tell, and it takes half as long. */
const VERY_MANY = 400;

/** A picture by columns, since these are what is filled. */
interface Picture {
  width: number;
  height: number;
  pixels: Uint32Array;
}

/** Curves as pixels [height, width], each the bytes red, green, blue, alpha. */
export function rastered(
  frame: Frame,
  curves: Curve[],
  values: "y" | "smooth",
): Uint32Array<ArrayBuffer> {
  const [width, height] = [Math.round(frame.width), Math.round(frame.height)];
  const grain = curves.length > VERY_MANY ? 2 : 1;
  const columns = Math.ceil(width / grain);
  const upright: Picture = { width: columns, height, pixels: new Uint32Array(columns * height) };
  const known = new Map<Float64Array, Int32Array>();
  for (const curve of curves) {
    const { x, colour } = curve;
    let stretches = known.get(x);
    if (!stretches) known.set(x, (stretches = stretchesOf(x, frame, columns)));
    trace(upright, stretches, curve[values], frame, colourOf(colour));
  }
  const pixels = new Uint32Array(width * height);
  for (let at = 0; at < width; at++) {
    let n = Math.floor(at / grain) * height;
    for (let row = 0; row < height; row++) pixels[row * width + at] = upright.pixels[n++]!;
  }
  return pixels;
}

/** Points of the window that share a column: column, first point and one past the last, each time. */
function stretchesOf(x: Float64Array, frame: Frame, width: number): Int32Array {
  const at = scale(frame.x, frame.logX, 0, width);
  const first = Math.max(0, firstFrom(x, frame.x[0]) - 1);
  const last = Math.min(x.length, firstFrom(x, frame.x[1]) + 1);
  const found = new Int32Array(3 * Math.max(0, last - first));
  let n = 0;
  for (let i = first; i < last; i++) {
    const column = Math.max(-width, Math.min(2 * width, Math.floor(at(x[i]!)) || 0));
    if (!n || found[n - 3] !== column) {
      found[n++] = column;
      found[n++] = i;
      found[n++] = i + 1;
    } else found[n - 1] = i + 1;
  }
  return found.subarray(0, n);
}

/**
 * Colour what a curve goes over. Lowest and highest are found among the values, and these alone become
 * rows of pixels: that is what takes time.
 */
function trace(
  picture: Picture,
  stretches: Int32Array,
  y: Float32Array,
  frame: Frame,
  colour: number,
): void {
  const { width, height, pixels } = picture;
  const { logY } = frame;
  const [bottom, top] = logY ? [Math.log(frame.y[0]), Math.log(frame.y[1])] : frame.y;
  const per = -height / (top - bottom);
  const rowOf = (value: number) => {
    const row = height + ((logY ? Math.log(value) : value) - bottom) * per;
    return row < 0 ? -1 : row > height ? height : row | 0;
  };
  // The piece before, which is still to be filled: its column, reach, last value, and its points.
  let column = 0;
  let low = 0;
  let high = 0;
  let last = 0;
  let points = 0;
  const fill = () => {
    if (column < 0 || column >= width) return;
    const end = column * height + (high < height ? high : height - 1);
    for (let n = column * height + (low > 0 ? low : 0); n <= end; n++) pixels[n] = colour;
  };
  const finish = () => {
    if (points === 1) spot(picture, column, low, colour);
    else if (points) fill();
    points = 0;
  };
  for (let k = 0; k < stretches.length; k += 3) {
    const here = stretches[k]!;
    const end = stretches[k + 2]!;
    let i = stretches[k + 1]!;
    while (i < end) {
      const first = y[i]!;
      if (first - first !== 0 || (logY && first < 0)) {
        finish(); // not finite, or nowhere on a logarithmic axis
        i++;
        continue;
      }
      const began = i;
      let lowest = first;
      let highest = first;
      for (i++; i < end; i++) {
        const value = y[i]!;
        if (value - value !== 0 || (logY && value < 0)) break;
        if (value < lowest) lowest = value;
        else if (value > highest) highest = value;
      }
      let above = rowOf(highest);
      let below = rowOf(lowest);
      if (points) {
        // Half of the way to this column belongs to the one before; columns between have their share.
        const from = rowOf(last);
        const to = rowOf(first);
        const part = (to - from) / (here - column);
        const edge = (from + part / 2) | 0;
        if (edge < low) low = edge;
        else if (edge > high) high = edge;
        fill();
        for (let far = 1; far < here - column; far++) {
          between(picture, column + far, from + part * far, Math.abs(part) / 2, colour);
        }
        const start = (to - part / 2) | 0;
        if (start < above) above = start;
        else if (start > below) below = start;
      }
      column = here;
      low = above;
      high = below;
      last = y[i - 1]!;
      points += i - began;
    }
  }
  finish();
}

/** A point without neighbours, three pixels wide, so that it is seen. */
function spot(picture: Picture, column: number, row: number, colour: number): void {
  for (let at = column - 1; at <= column + 1; at++) between(picture, at, row, 1, colour);
}

function between(
  picture: Picture,
  column: number,
  middle: number,
  reach: number,
  colour: number,
): void {
  if (column < 0 || column >= picture.width) return;
  const low = Math.max(0, Math.floor(middle - reach));
  const high = Math.min(picture.height - 1, Math.floor(middle + reach));
  picture.pixels.fill(colour, column * picture.height + low, column * picture.height + high + 1);
}

/** "#rrggbb" or "rgb(r,g,b)" as a pixel, the lowest byte first. */
export function colourOf(text: string): number {
  const numbers = text.startsWith("#")
    ? [1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16))
    : text.match(/\d+/g)!.map(Number);
  const [red, green, blue] = numbers;
  return ((255 << 24) | (blue! << 16) | (green! << 8) | red!) >>> 0;
}
