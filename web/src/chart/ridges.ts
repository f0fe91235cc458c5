/** Histograms one behind the other, the newest in front: where they lie, and how they are drawn. */

import { binAt, reach, rebinned, spread, type Histogram } from "../histograms";
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

/** A histogram among all, and a bin of it. */
export interface Spot {
  index: number;
  bin: number;
}

/** Even cells into which the numbers of all histograms are put. */
const CELLS = 64;
/** How high the highest ridge is, as a share of the chart. */
const PEAK = 0.36;

/** Histograms by the same cells; made once, drawn in any size. */
interface Ridges {
  all: Histogram[];
  x: [number, number];
  steps: [number, number];
  cells: Float64Array[];
  highest: number;
}

export function ridgesOf(all: Histogram[]): Ridges {
  const x = reach(spread(all));
  const cells = all.map((h) => rebinned(h, x, CELLS));
  const highest = cells.reduce((most, one) => Math.max(most, ...one), 0) || 1;
  return { all, x, steps: [all[0]?.step ?? 0, all.at(-1)?.step ?? 0], cells, highest };
}

interface Placed {
  box: Box;
  /** From values to pixels, and back. */
  x: (value: number) => number;
  value: (x: number) => number;
  base: (step: number) => number;
  /** Pixels of a count. */
  height: number;
  stepTicks: number[];
}

function placed({ x, steps, highest }: Ridges, { width, height }: Size): Placed {
  const stepTicks = steps[0] < steps[1] ? wholeTicks(...steps, height / 34) : [steps[0]];
  const box = { left: 10, top: 10, right: width - roomFor(stepTicks), bottom: height - 24 };
  const alone = steps[0] === steps[1];
  const peak = (alone ? 0.94 : PEAK) * (box.bottom - box.top);
  return {
    box,
    x: linear(x, box.left, box.right),
    value: linear([box.left, box.right], ...x),
    base: alone ? () => box.bottom : linear(steps, box.top + peak, box.bottom),
    height: peak / highest,
    stepTicks,
  };
}

/** The middle of a cell; the line of a ridge goes through these. */
function middle({ x: [low, high] }: Ridges, cell: number): number {
  return low + ((cell + 0.5) / CELLS) * (high - low);
}

export function paintRidges(
  pen: CanvasRenderingContext2D,
  ridges: Ridges,
  size: Size,
  look: Look,
  spot: Spot | null,
): void {
  const at = placed(ridges, size);
  const { box } = at;
  axisBelow(pen, box, at.x, linearTicks(...ridges.x, size.width / 75), look);
  axisBeside(pen, box, at.base, at.stepTicks, look, "right");
  pen.lineJoin = "round";
  ridges.all.forEach((_, i) => {
    const age = ridges.all.length > 1 ? i / (ridges.all.length - 1) : 1;
    paintRidge(pen, ridges, at, i, look, spot ? 0.1 + 0.16 * age : 0.18 + 0.6 * age);
  });
  if (spot) paintSpot(pen, ridges, at, spot, look);
}

/** A ridge hides what is behind it; the older, the paler. */
function paintRidge(
  pen: CanvasRenderingContext2D,
  ridges: Ridges,
  at: Placed,
  i: number,
  look: Look,
  strength: number,
): void {
  outline(pen, ridges, at, i);
  fill(pen, look.card, 0.9);
  fill(pen, look.colour, strength);
  pen.strokeStyle = look.card;
  pen.lineWidth = 0.8;
  pen.stroke();
}

function fill(pen: CanvasRenderingContext2D, colour: string, strength: number): void {
  pen.fillStyle = colour;
  pen.globalAlpha = strength;
  pen.fill();
  pen.globalAlpha = 1;
}

/** A ridge's path, from where it rises to where it ends. */
function outline(pen: CanvasRenderingContext2D, ridges: Ridges, at: Placed, i: number): void {
  const cells = ridges.cells[i]!;
  const first = cells.findIndex((n) => n > 0);
  const last = cells.findLastIndex((n) => n > 0);
  const base = at.base(ridges.all[i]!.step);
  pen.beginPath();
  if (first < 0) return;
  pen.moveTo(at.x(middle(ridges, first - 0.7)), base);
  for (let c = first; c <= last; c++) {
    pen.lineTo(at.x(middle(ridges, c)), base - at.height * cells[c]!);
  }
  pen.lineTo(at.x(middle(ridges, last + 0.7)), base);
  pen.closePath();
}

/** The ridge under the cursor, before all others, and on its foot the bin. */
function paintSpot(
  pen: CanvasRenderingContext2D,
  ridges: Ridges,
  at: Placed,
  { index, bin }: Spot,
  look: Look,
): void {
  const h = ridges.all[index];
  if (!h) return;
  outline(pen, ridges, at, index);
  fill(pen, look.colour, 0.55);
  pen.strokeStyle = look.ink;
  pen.lineWidth = 1.2;
  pen.stroke();
  if (bin < 0) return;
  const [from, to] = [at.x(h.left[bin]!), at.x(h.right[bin]!)];
  pen.fillStyle = look.ink;
  pen.fillRect(from, at.base(h.step) - 1.5, Math.max(3, to - from), 4);
}

/** The histogram that is seen at a place: the front one that covers it, else the nearest foot. */
export function ridgeAt(ridges: Ridges, size: Size, x: number, y: number): Spot | null {
  const at = placed(ridges, size);
  const value = at.value(Math.max(at.box.left, Math.min(at.box.right, x)));
  const feet = ridges.all.map((h) => at.base(h.step));
  const covering = feet.findLastIndex(
    (foot, i) => y <= foot && y >= foot - at.height * heightAt(ridges, i, value),
  );
  const index = covering >= 0 ? covering : nearestTo(feet, y);
  return index < 0 ? null : { index, bin: binAt(ridges.all[index]!, value) };
}

/** Where a ridge's bin is, for a tooltip beside it. */
export function placeOfBin(ridges: Ridges, size: Size, { index, bin }: Spot): number {
  const { left, right } = ridges.all[index]!;
  return bin < 0 ? 0 : placed(ridges, size).x((left[bin]! + right[bin]!) / 2);
}

/** The spot that an arrow key leads to: to older ones up, to newer ones down, bin by bin aside. */
export function movedSpot({ all }: Ridges, spot: Spot | null, key: string): Spot | null {
  if (!spot) return all.length ? { index: all.length - 1, bin: fullest(all.at(-1)!) } : null;
  const { index, bin } = spot;
  const { left, right } = all[index]!;
  const aside = key === "ArrowLeft" ? -1 : key === "ArrowRight" ? 1 : 0;
  if (aside) return { index, bin: Math.max(0, Math.min(left.length - 1, bin + aside)) };
  const next = Math.max(0, Math.min(all.length - 1, index + (key === "ArrowUp" ? -1 : 1)));
  return { index: next, bin: binAt(all[next]!, (left[bin]! + right[bin]!) / 2) };
}

const fullest = ({ count }: Histogram) => count.indexOf(Math.max(...count));

function heightAt(ridges: Ridges, i: number, value: number): number {
  const [low, high] = ridges.x;
  const at = ((value - low) / (high - low)) * CELLS - 0.5;
  const cells = ridges.cells[i]!;
  const below = Math.floor(at);
  const [a, b] = [cells[below] ?? 0, cells[below + 1] ?? 0];
  return a + (at - below) * (b - a);
}
