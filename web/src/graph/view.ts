/** How a drawing lies in its window: where its middle is, and how large it is. */

import type { Area, Point } from "./sheet";

/** The point of the drawing in the middle of the window, and pixels of the window per unit. */
export interface View extends Point {
  scale: number;
}

export interface Size {
  width: number;
  height: number;
}

const SMALLEST = 0.05;
const LARGEST = 4;
/** Below this, names can hardly be read. */
const READABLE = 0.8;
const MARGIN = 24;

const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));

/** A view as it stands in the address. */
export function viewText({ x, y, scale }: View): string {
  return `${Math.round(x)}:${Math.round(y)}:${Number(scale.toPrecision(3))}`;
}

/** The view that an address gives; null without one. */
export function viewOf(text: string): View | null {
  const [x, y, scale] = text.split(":").map(Number);
  const given = [x, y, scale].every((v) => v !== undefined && Number.isFinite(v));
  return given && scale! > 0 ? { x: x!, y: y!, scale: clamp(scale!, SMALLEST, LARGEST) } : null;
}

/** The whole drawing. */
export function fitted(drawing: Size, size: Size): View {
  const wide = (size.width - 2 * MARGIN) / Math.max(1, drawing.width);
  const high = (size.height - 2 * MARGIN) / Math.max(1, drawing.height);
  const scale = clamp(Math.min(wide, high, 1.3), SMALLEST, LARGEST);
  return { x: drawing.width / 2, y: drawing.height / 2, scale };
}

/** At first: the whole drawing, or as much of its top as can be read. */
export function first(drawing: Size, size: Size): View {
  const whole = fitted(drawing, size);
  if (whole.scale >= READABLE) return whole;
  const scale = clamp((size.width - 2 * MARGIN) / drawing.width, READABLE, 1);
  const y = Math.max(0, Math.min(drawing.height / 2, (size.height / 2 - MARGIN) / scale));
  return { x: drawing.width / 2, y, scale };
}

/** Moved by so many pixels, as a hand moves paper; a part of the drawing stays in the window. */
export function moved(view: View, dx: number, dy: number, drawing: Size): View {
  return {
    x: clamp(view.x - dx / view.scale, 0, drawing.width),
    y: clamp(view.y - dy / view.scale, 0, drawing.height),
    scale: view.scale,
  };
}

/** Magnified about a point, given in pixels from the middle of the window. */
export function magnified(view: View, by: number, at: Point = { x: 0, y: 0 }): View {
  const scale = clamp(view.scale * by, SMALLEST, LARGEST);
  const shift = 1 / view.scale - 1 / scale;
  return { x: view.x + at.x * shift, y: view.y + at.y * shift, scale };
}

/** The same window after the drawing has changed, so that what was at one place is where it was. */
export function kept(view: View, before: Point, after: Point): View {
  return { ...view, x: view.x + after.x - before.x, y: view.y + after.y - before.y };
}

/** The smallest change that brings an area into the window, or of a large one as much as can be read. */
export function turnedTo(view: View, area: Area, size: Size): View {
  const [wide, high] = [size.width - 2 * MARGIN, size.height - 2 * MARGIN];
  const fits = Math.min(wide / area.width, high / area.height);
  const scale = clamp(Math.max(view.scale, READABLE), SMALLEST, Math.max(READABLE, fits));
  const [halfWidth, halfHeight] = [wide / scale / 2, high / scale / 2];
  return {
    x: within(view.x, area.x, area.width, halfWidth, area.x + area.width / 2),
    y: within(view.y, area.y, area.height, halfHeight, area.y + halfHeight),
    scale,
  };
}

/** A middle from which an extent is seen, nearest to where it is; what is too long has its own. */
function within(middle: number, low: number, length: number, half: number, own: number): number {
  if (length > 2 * half) return own;
  return clamp(middle, low + length - half, low + half);
}
