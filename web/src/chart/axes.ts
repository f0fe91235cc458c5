/** Axes of the charts that we draw ourselves, on a canvas. */

import { shortNumber } from "../numbers";
import { linearTicks } from "../ticks";

/** Where a chart lies on its canvas, in pixels of the page. */
export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export interface Size {
  width: number;
  height: number;
}

/** The page's colours, as a chart needs them. */
export interface Look {
  ink: string;
  soft: string;
  line: string;
  card: string;
  /** The run's own. */
  colour: string;
}

const FONT = "11.5px system-ui, sans-serif";

/** Steps are whole, so that their ticks are. */
export function wholeTicks(low: number, high: number, most: number): number[] {
  return linearTicks(low, high, most).filter((v) => Number.isInteger(v));
}

/** From a number in a range to its place between two others. */
export function linear(
  [low, high]: [number, number],
  from: number,
  to: number,
): (v: number) => number {
  const per = high > low ? (to - from) / (high - low) : 0;
  return high > low ? (v) => from + (v - low) * per : () => (from + to) / 2;
}

/** The index of the number that is nearest to another; −1 of none. */
export function nearestTo(values: number[], wanted: number): number {
  const away = values.map((v) => Math.abs(v - wanted));
  return away.indexOf(Math.min(...away));
}

/** Room for labels of these numbers. */
export function roomFor(values: number[]): number {
  return 12 + 6.6 * Math.max(1, ...values.map((v) => shortNumber(v).length));
}

/** Grid lines upwards, with their numbers below. */
export function axisBelow(
  pen: CanvasRenderingContext2D,
  { top, bottom }: Box,
  at: (v: number) => number,
  values: number[],
  look: Look,
): void {
  grid(pen, look, "center");
  for (const value of values) {
    const x = Math.round(at(value)) + 0.5;
    pen.moveTo(x, top);
    pen.lineTo(x, bottom);
    pen.fillText(shortNumber(value), x, bottom + 17);
  }
  pen.stroke();
}

/** Grid lines across, with their numbers on one side. */
export function axisBeside(
  pen: CanvasRenderingContext2D,
  { left, right }: Box,
  at: (v: number) => number,
  values: number[],
  look: Look,
  side: "left" | "right",
): void {
  grid(pen, look, side === "left" ? "right" : "left");
  for (const value of values) {
    const y = Math.round(at(value)) + 0.5;
    pen.moveTo(left, y);
    pen.lineTo(right, y);
    pen.fillText(shortNumber(value), side === "left" ? left - 6 : right + 6, y + 4);
  }
  pen.stroke();
}

function grid(pen: CanvasRenderingContext2D, look: Look, align: CanvasTextAlign): void {
  pen.font = FONT;
  pen.textAlign = align;
  pen.fillStyle = look.soft;
  pen.strokeStyle = look.line;
  pen.lineWidth = 1;
  pen.beginPath();
}
