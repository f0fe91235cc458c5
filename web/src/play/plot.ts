/** Axes on a canvas: where numbers lie, and their ticks. */

import { scaleLinear, scaleLog } from "d3-scale";
import { shortNumber } from "../numbers";

export type Ends = readonly [number, number];

export interface Axis {
  ends: Ends;
  scale?: "linear" | "log";
  label?: string;
  /** Where its ticks are, if they are not to be chosen; none for a picture whose numbers mean nothing. */
  ticks?: readonly number[];
}

/** The page's colours, as pictures need them. */
export interface Look {
  ink: string;
  soft: string;
  line: string;
  card: string;
  accent: string;
  bad: string;
  good: string;
  dark: boolean;
}

export interface Size {
  width: number;
  height: number;
}

/** Where a picture lies on its canvas, in pixels of the page, and where numbers lie in it. */
export interface Plot {
  pen: CanvasRenderingContext2D;
  look: Look;
  left: number;
  top: number;
  right: number;
  bottom: number;
  x: (value: number) => number;
  y: (value: number) => number;
  /** The numbers at a place. */
  at: (x: number, y: number) => [number, number];
}

export const FONT = "11.5px system-ui, sans-serif";
const ROOM = { left: 14, top: 10, right: 18, bottom: 26 };

interface Scale {
  (value: number): number;
  invert: (pixel: number) => number;
  ticks: (count: number) => number[];
}

/** A scale of two ends; those of a logarithmic one are above 0. */
function scaleOf({ ends: [low, high], scale }: Axis, from: number, to: number): Scale {
  const made =
    scale === "log"
      ? scaleLog([Math.max(low, 1e-300), Math.max(high, 1e-299)], [from, to])
      : scaleLinear([low, high], [from, to]);
  return made as unknown as Scale;
}

/** Of a logarithmic axis the powers of ten, if there are two or more: no others have room. */
function ticksOf(axis: Axis, scale: Scale, count: number): readonly number[] {
  if (axis.ticks) return axis.ticks;
  const all = scale.ticks(count);
  if (axis.scale !== "log") return all;
  const powers = all.filter((t) => Math.abs(Math.log10(t) - Math.round(Math.log10(t))) < 1e-9);
  const every = Math.ceil(powers.length / count);
  return powers.length > 1 ? powers.filter((_, i) => i % every === 0) : all.slice(0, count);
}

/** Lay out a picture: its axes are drawn, and what is drawn next stays inside them. */
export function plotOf(
  pen: CanvasRenderingContext2D,
  size: Size,
  look: Look,
  x: Axis,
  y: Axis,
): Plot {
  pen.font = FONT;
  const probe = scaleOf(y, size.height - ROOM.bottom, ROOM.top);
  const down = ticksOf(y, probe, Math.max(2, Math.floor(size.height / 50)));
  const widest = Math.max(0, ...down.map((v) => pen.measureText(shortNumber(v)).width));
  const left = ROOM.left + widest + (y.label ? 16 : 0);
  const bottom = size.height - ROOM.bottom - (x.label ? 14 : 0);
  const { top } = ROOM;
  const right = size.width - ROOM.right;
  const sx = scaleOf(x, left, right);
  const sy = scaleOf(y, bottom, top);
  const across = ticksOf(x, sx, Math.max(2, Math.floor((right - left) / 70)));
  const plot: Plot = {
    pen, look, left, top, right, bottom,
    x: (value) => sx(value),
    y: (value) => sy(value),
    at: (px, py) => [sx.invert(px), sy.invert(py)],
  }; // prettier-ignore
  drawAxes(plot, across, down, x.label, y.label);
  return plot;
}

function drawAxes(
  plot: Plot,
  across: readonly number[],
  down: readonly number[],
  below = "",
  beside = "",
): void {
  const { pen, look, left, top, right, bottom } = plot;
  pen.strokeStyle = look.line;
  pen.fillStyle = look.soft;
  pen.lineWidth = 1;
  pen.beginPath();
  pen.textAlign = "center";
  for (const value of across) {
    const x = Math.round(plot.x(value)) + 0.5;
    pen.moveTo(x, top);
    pen.lineTo(x, bottom);
    pen.fillText(shortNumber(value), x, bottom + 16);
  }
  pen.textAlign = "right";
  for (const value of down) {
    const y = Math.round(plot.y(value)) + 0.5;
    pen.moveTo(left, y);
    pen.lineTo(right, y);
    pen.fillText(shortNumber(value), left - 6, y + 4);
  }
  pen.stroke();
  pen.textAlign = "center";
  if (below) pen.fillText(below, (left + right) / 2, bottom + 32);
  if (beside) {
    pen.save();
    pen.translate(11, (top + bottom) / 2);
    pen.rotate(-Math.PI / 2);
    pen.fillText(beside, 0, 0);
    pen.restore();
  }
  pen.textAlign = "left";
}

/** Draw what is not to leave the axes. */
export function inside(plot: Plot, draw: () => void): void {
  const { pen, left, top, right, bottom } = plot;
  pen.save();
  pen.beginPath();
  pen.rect(left, top, right - left, bottom - top);
  pen.clip();
  draw();
  pen.restore();
}

/** The ends of numbers that are finite, with some room around them. */
export function endsOf(numbers: Iterable<number>, room = 0.05): Ends {
  let low = Infinity;
  let high = -Infinity;
  for (const v of numbers) {
    if (!Number.isFinite(v)) continue;
    if (v < low) low = v;
    if (v > high) high = v;
  }
  if (low > high) return [0, 1];
  const more = high > low ? room * (high - low) : Math.max(1e-6, Math.abs(low) * 0.1);
  return [low - more, high + more];
}

/** The same for a logarithmic axis: of those above 0, and of at most `decades` below the largest. */
export function logEndsOf(numbers: Iterable<number>, decades = 12): Ends {
  const above = [...numbers].filter((v) => v > 0 && Number.isFinite(v));
  const high = above.reduce((a, b) => Math.max(a, b), -Infinity);
  if (!above.length) return [0.1, 1];
  const low = Math.max(
    above.reduce((a, b) => Math.min(a, b), Infinity),
    high * 10 ** -decades,
  );
  return [low / 1.3, high * 1.3];
}
