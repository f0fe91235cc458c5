/** More marks for pictures of scenes: legends, arrows, bars, words in the middle. */

import * as paint from "./paint";
import { inside, type Plot } from "./plot";

export interface Entry {
  word: string;
  colour: string;
  dash?: number[];
}

/** What the colours mean, in lines down from the top, so many pixels below it, at the right or the left. */
export function legend(plot: Plot, entries: Entry[], right = true, below = 0): void {
  const { pen, look } = plot;
  const widest = Math.max(0, ...entries.map(({ word }) => pen.measureText(word).width));
  const left = right ? plot.right - widest - 32 : plot.left + 6;
  pen.globalAlpha = 0.82;
  pen.fillStyle = look.card;
  pen.fillRect(left - 4, plot.top + below + 2, widest + 34, entries.length * 15 + 5);
  pen.globalAlpha = 1;
  for (const [i, { word, colour, dash }] of entries.entries()) {
    const y = plot.top + below + 14 + 15 * i;
    stroke(plot, [[left, y - 4], [left + 20, y - 4]], { colour, dash: dash ?? [], width: 2 }); // prettier-ignore
    pen.fillStyle = look.ink;
    pen.fillText(word, left + 25, y);
  }
}

/** A line through pixels. */
export function stroke(
  { pen }: Plot,
  pixels: readonly (readonly [number, number])[],
  { colour, width, dash, alpha }: paint.Stroke,
): void {
  pen.strokeStyle = colour;
  pen.lineWidth = width ?? 1.8;
  pen.globalAlpha = alpha ?? 1;
  pen.setLineDash(dash ?? []);
  pen.beginPath();
  for (const [i, [x, y]] of pixels.entries()) {
    if (i) pen.lineTo(x, y);
    else pen.moveTo(x, y);
  }
  pen.stroke();
  pen.setLineDash([]);
  pen.globalAlpha = 1;
}

type Place = readonly [number, number];

/** An arrow from one place to another. */
export function arrow(plot: Plot, from: Place, to: Place, colour: string, width = 2): void {
  const [ax, ay, bx, by] = [plot.x(from[0]), plot.y(from[1]), plot.x(to[0]), plot.y(to[1])];
  const turn = Math.atan2(by - ay, bx - ax);
  const barb = (by_: number): Place => [bx - 9 * Math.cos(turn + by_), by - 9 * Math.sin(turn + by_)];
  inside(plot, () => {
    stroke(plot, [[ax, ay], [bx, by]], { colour, width });
    if (Math.hypot(bx - ax, by - ay) > 9) stroke(plot, [barb(0.45), [bx, by], barb(-0.45)], { colour, width });
  });
} // prettier-ignore

/** A bar from 0 to a number, upright at x. */
export function bar(plot: Plot, x: number, width: number, value: number, colour: string): void {
  const [left, right] = [plot.x(x - width / 2), plot.x(x + width / 2)];
  const [zero, top] = [plot.y(0), plot.y(value)];
  inside(plot, () => {
    plot.pen.fillStyle = colour;
    plot.pen.fillRect(left, Math.min(zero, top), right - left, Math.max(1, Math.abs(top - zero)));
  });
}

/** A word whose middle is at a pixel. */
export function centred({ pen }: Plot, word: string, x: number, y: number, colour: string): void {
  pen.textAlign = "center";
  pen.fillStyle = colour;
  pen.fillText(word, x, y);
  pen.textAlign = "left";
}

/** Numbers that are finite, each with its place: lines go over what has none. */
export function known(numbers: ArrayLike<number>): [xs: number[], ys: number[]] {
  const xs: number[] = [];
  const ys: number[] = [];
  for (let i = 0; i < numbers.length; i++) {
    if (!Number.isFinite(numbers[i]!)) continue;
    xs.push(i);
    ys.push(numbers[i]!);
  }
  return [xs, ys];
}
