/** What pictures of scenes are made of. */

import { contours } from "d3-contour";
import { inside, type Ends, type Plot } from "./plot";
import type { Numbers, Tensor } from "./server";

/** Levels that are denser where the ground is low: equal steps of log(1 + height). */
export function levelsOf(values: Numbers, least: number, count = 18): number[] {
  let high = -Infinity;
  for (const v of values) if (Number.isFinite(v) && v > high) high = v;
  const top = Math.max(high - least, 1e-9);
  const bend = top / 400;
  const reach = Math.log1p(top / bend);
  return Array.from(
    { length: count },
    (_, i) => least + bend * Math.expm1((reach * (i + 0.15)) / count),
  );
}

const grounds = new WeakMap<Numbers, Map<string, HTMLCanvasElement>>();

/** The ground of a plane as coloured contours: [y, x] from the low ends, low is dark. Drawn once for a size. */
export function ground(plot: Plot, values: Tensor, x: Ends, y: Ends, levels: number[]): void {
  const { pen, look, left, top, right, bottom } = plot;
  const ratio = devicePixelRatio || 1;
  const key = [right - left, bottom - top, look.dark, ratio, x, y].join();
  const kept = grounds.get(values.data) ?? new Map<string, HTMLCanvasElement>();
  grounds.set(values.data, kept);
  let picture = kept.get(key);
  if (!picture) {
    picture = groundPicture(right - left, bottom - top, ratio, values, levels, look.dark);
    if (kept.size > 3) kept.clear();
    kept.set(key, picture);
  }
  const [px, py] = [plot.x(x[0]), plot.y(y[1])];
  inside(plot, () => pen.drawImage(picture, px, py, plot.x(x[1]) - px, plot.y(y[0]) - py));
}

/** The same as a picture of its own, of `ratio` times this size. */
export function groundPicture(
  width: number,
  height: number,
  ratio: number,
  values: Tensor,
  levels: number[],
  dark: boolean,
): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * ratio));
  canvas.height = Math.max(1, Math.round(height * ratio));
  const pen = canvas.getContext("2d")!;
  const [ny, nx] = values.shape as [number, number];
  const flat = Array.from(values.data, (v) => (Number.isFinite(v) ? v : 1e30));
  const [sx, sy] = [canvas.width / (nx - 1), canvas.height / (ny - 1)];
  pen.fillStyle = groundColour(0, dark);
  pen.fillRect(0, 0, canvas.width, canvas.height);
  const found = contours().size([nx, ny]).thresholds(levels)(flat);
  for (const [i, { coordinates }] of found.entries()) {
    pen.fillStyle = groundColour((i + 1) / levels.length, dark);
    pen.strokeStyle = dark ? "#ffffff1c" : "#00000016";
    pen.lineWidth = ratio * 0.8;
    pen.beginPath();
    for (const ring of coordinates.flat()) {
      // A value stands for the middle of its cell, half a cell from d3's corner.
      for (const [j, [gx, gy]] of ring.entries()) {
        const [px, py] = [(gx! - 0.5) * sx, canvas.height - (gy! - 0.5) * sy];
        if (j) pen.lineTo(px, py);
        else pen.moveTo(px, py);
      }
      pen.closePath();
    }
    pen.fill();
    pen.stroke();
  }
  return canvas;
}

/** Of a height from 0 to 1: dark and blue below, pale above; in the dark the other way. */
export function groundColour(share: number, dark: boolean): string {
  const stops = dark
    ? [[30, 58, 95], [38, 74, 108], [44, 68, 92], [42, 52, 66], [34, 40, 50]] // prettier-ignore
    : [[126, 170, 214], [163, 196, 226], [199, 219, 236], [226, 235, 243], [244, 246, 249]]; // prettier-ignore
  const at = Math.min(1, Math.max(0, share)) * (stops.length - 1);
  const low = Math.min(stops.length - 2, Math.floor(at));
  const mixed = [0, 1, 2].map((i) =>
    Math.round(stops[low]![i]! + (at - low) * (stops[low + 1]![i]! - stops[low]![i]!)),
  );
  return `rgb(${mixed.join(",")})`;
}

const heats = new WeakMap<Numbers, Map<boolean, HTMLCanvasElement>>();

/** A picture of numbers, [y, x] from the low ends, each a colour; NaN has none. The colours of a look are drawn
 * once. */
export function heat(
  plot: Plot,
  values: Tensor,
  x: Ends,
  y: Ends,
  colour: (v: number) => string,
): void {
  const { pen, look } = plot;
  const kept = heats.get(values.data) ?? new Map<boolean, HTMLCanvasElement>();
  heats.set(values.data, kept);
  const picture = kept.get(look.dark) ?? heatPicture(values, colour);
  kept.set(look.dark, picture);
  const [px, py] = [plot.x(x[0]), plot.y(y[1])];
  inside(plot, () => {
    pen.imageSmoothingEnabled = false;
    pen.drawImage(picture, px, py, plot.x(x[1]) - px, plot.y(y[0]) - py);
  });
}

/** A pixel for each number. */
function heatPicture(values: Tensor, colour: (v: number) => string): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  const [ny, nx] = values.shape as [number, number];
  [canvas.width, canvas.height] = [nx, ny];
  const pen = canvas.getContext("2d")!;
  for (const [k, v] of values.data.entries()) {
    if (Number.isNaN(v)) continue;
    pen.fillStyle = colour(v);
    pen.fillRect(k % nx, ny - 1 - Math.floor(k / nx), 1, 1);
  }
  return canvas;
}

export interface Stroke {
  colour: string;
  width?: number;
  dash?: number[];
  alpha?: number;
}

/** A line through points; it breaks where a number is not finite. */
export function line(
  plot: Plot,
  xs: ArrayLike<number>,
  ys: ArrayLike<number>,
  stroke: Stroke,
): void {
  const { pen } = plot;
  inside(plot, () => {
    pen.strokeStyle = stroke.colour;
    pen.lineWidth = stroke.width ?? 1.8;
    pen.globalAlpha = stroke.alpha ?? 1;
    pen.lineJoin = "round";
    pen.setLineDash(stroke.dash ?? []);
    pen.beginPath();
    let drawn = false;
    for (let i = 0; i < xs.length; i++) {
      const x = bounded(plot.x(xs[i]!));
      const y = bounded(plot.y(ys[i]!));
      if (Number.isNaN(x) || Number.isNaN(y)) drawn = false;
      else if (drawn) pen.lineTo(x, y);
      else {
        pen.moveTo(x, y);
        drawn = true;
      }
    }
    pen.stroke();
  });
}

/** A pixel, not so far off that a canvas cannot draw to it. */
const bounded = (pixel: number): number => Math.max(-1e5, Math.min(1e5, pixel));

/** The columns of a matrix [n, k], from one row to another. */
export function column(of: Tensor, k: number, from = 0, to = of.shape[0]!): Float64Array {
  const width = of.shape[1] ?? 1;
  const found = new Float64Array(Math.max(0, to - from));
  for (let i = from; i < to; i++) found[i - from] = of.data[i * width + k]!;
  return found;
}

/** Discs at points. */
export function dots(
  plot: Plot,
  xs: ArrayLike<number>,
  ys: ArrayLike<number>,
  radius: number,
  colour: string | ((i: number) => string),
  edge?: string,
): void {
  const { pen } = plot;
  inside(plot, () => {
    if (typeof colour === "string" && !edge) return alike(plot, xs, ys, radius, colour);
    for (let i = 0; i < xs.length; i++) {
      const x = plot.x(xs[i]!);
      const y = plot.y(ys[i]!);
      if (!Number.isFinite(x) || !Number.isFinite(y)) continue;
      pen.fillStyle = typeof colour === "string" ? colour : colour(i);
      pen.beginPath();
      pen.arc(x, y, radius, 0, 7);
      pen.fill();
      if (edge) {
        pen.strokeStyle = edge;
        pen.lineWidth = 1.2;
        pen.stroke();
      }
    }
  });
}

/** Discs of one look, filled at once: a path of them for each would be many times as slow. */
function alike(
  plot: Plot,
  xs: ArrayLike<number>,
  ys: ArrayLike<number>,
  radius: number,
  colour: string,
): void {
  const { pen, left, right, top, bottom } = plot;
  pen.fillStyle = colour;
  pen.beginPath();
  for (let i = 0; i < xs.length; i++) {
    const x = plot.x(xs[i]!);
    const y = plot.y(ys[i]!);
    const seen = x > left - radius && x < right + radius && y > top - radius && y < bottom + radius;
    if (!seen) continue;
    pen.moveTo(x + radius, y);
    pen.arc(x, y, radius, 0, 7);
  }
  pen.fill();
}

/** A path over a plane: its line, its iterates, and where it now is. */
export function path(plot: Plot, w: Tensor, upTo: number, colour: string): void {
  const [xs, ys] = [column(w, 0, 0, upTo + 1), column(w, 1, 0, upTo + 1)];
  line(plot, xs, ys, { colour, width: 1.6 });
  dots(plot, xs, ys, upTo > 400 ? 1.3 : 2.2, colour);
  dots(plot, xs.slice(-1), ys.slice(-1), 5, colour, plot.look.card);
}

/** A cross, for minima. */
export function cross(plot: Plot, x: number, y: number, colour: string, size = 5): void {
  const { pen } = plot;
  const [px, py] = [plot.x(x), plot.y(y)];
  inside(plot, () => {
    pen.strokeStyle = colour;
    pen.lineWidth = 2;
    pen.beginPath();
    pen.moveTo(px - size, py - size);
    pen.lineTo(px + size, py + size);
    pen.moveTo(px + size, py - size);
    pen.lineTo(px - size, py + size);
    pen.stroke();
  });
}

/** A mark across the whole picture at a number, with a word beside it. */
export function upright(plot: Plot, x: number, stroke: Stroke, word = ""): void {
  line(plot, [x, x], [plot.at(0, plot.bottom)[1], plot.at(0, plot.top)[1]], stroke);
  const px = plot.x(x);
  if (word && px > plot.left && px < plot.right)
    say(plot, word, px + 4, plot.top + 12, stroke.colour);
}

export function level(plot: Plot, y: number, stroke: Stroke, word = ""): void {
  line(plot, [plot.at(plot.left, 0)[0], plot.at(plot.right, 0)[0]], [y, y], stroke);
  const py = plot.y(y);
  if (word && py > plot.top && py < plot.bottom)
    say(plot, word, plot.left + 4, py - 4, stroke.colour);
}

/** A word on the picture, with the card's colour around it; moved to the left where it has no room. */
export function say(plot: Plot, word: string, left: number, y: number, colour: string): void {
  const { pen, look } = plot;
  const x = Math.min(left, plot.right - pen.measureText(word).width - 3);
  pen.lineWidth = 3;
  pen.strokeStyle = look.card;
  pen.lineJoin = "round";
  pen.strokeText(word, x, y);
  pen.fillStyle = colour;
  pen.fillText(word, x, y);
}

/** A hill over a level: shares of numbers between two ends, from 0, as roots that small ones be seen; the
 * largest is as high as `height`. A positive height goes up the axis. */
export function hill(plot: Plot, shares: ArrayLike<number>, ends: Ends, foot: number, height: number, colour: string): void {
  const { pen } = plot;
  const most = Array.from(shares).reduce((a, b) => Math.max(a, b), 0);
  if (!(most > 0)) return;
  const width = (ends[1] - ends[0]) / shares.length;
  inside(plot, () => {
    pen.fillStyle = colour;
    pen.globalAlpha = 0.75;
    pen.beginPath();
    pen.moveTo(plot.x(ends[0]), plot.y(foot));
    for (let i = 0; i < shares.length; i++) {
      const y = plot.y(foot + height * Math.sqrt(shares[i]! / most));
      pen.lineTo(plot.x(ends[0] + i * width), y);
      pen.lineTo(plot.x(ends[0] + (i + 1) * width), y);
    }
    pen.lineTo(plot.x(ends[1]), plot.y(foot));
    pen.fill();
  });
} // prettier-ignore

/** Words below one another in the upper right corner, or the lower one, each in its colour. */
export function legend(
  plot: Plot,
  words: readonly (readonly [string, string])[],
  low = false,
): void {
  const first = low ? plot.bottom - 8 - 16 * (words.length - 1) : plot.top + 14;
  const widest = Math.max(0, ...words.map(([word]) => plot.pen.measureText(word).width));
  for (const [i, [word, colour]] of words.entries()) {
    say(plot, word, plot.right - widest - 6, first + 16 * i, colour);
  }
}

/** A part of the picture between two places along x. */
export function band(plot: Plot, from: number, to: number, colour: string): void {
  const { pen, top, bottom } = plot;
  const [left, right] = [plot.x(from), plot.x(to)];
  inside(plot, () => {
    pen.fillStyle = colour;
    pen.fillRect(left, top, right - left, bottom - top);
  });
}

/** Circles around points. */
export function rings(
  plot: Plot,
  xs: ArrayLike<number>,
  ys: ArrayLike<number>,
  radius: number,
  colour: string,
): void {
  const { pen } = plot;
  inside(plot, () => {
    pen.strokeStyle = colour;
    pen.lineWidth = 2;
    for (let i = 0; i < xs.length; i++) {
      pen.beginPath();
      pen.arc(plot.x(xs[i]!), plot.y(ys[i]!), radius, 0, 7);
      pen.stroke();
    }
  });
}
