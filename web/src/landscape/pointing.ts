/** The point that is looked at: under the mouse, else where the keyboard has put it. */

import { computed, signal } from "@preact/signals";
import type { Pair } from "../play/sheet";
import * as settings from "../settings";
import { middleOf } from "./slices";
import type { Ground } from "./ground";

/** Where the mouse is; null where it is on no ground. */
export const hovered = signal<Pair | null>(null);

const kept = computed<Pair | null>(() => {
  const [x, y] = settings.landscapePoint.value.split(":").map(Number);
  return Number.isFinite(x) && Number.isFinite(y) ? [x!, y!] : null;
});

/** Where the keyboard has it, on this ground. */
export function cursorOn(ground: Ground): Pair {
  const at = kept.value ?? middleOf(ground);
  const within = (v: number, [low, high]: readonly [number, number]) =>
    Math.min(high, Math.max(low, v));
  return [within(at[0], ground.x), within(at[1], ground.y)];
}

export function moveCursor(x: number, y: number): void {
  const short = (v: number) => Number(v.toPrecision(4));
  settings.landscapePoint.value = `${short(x)}:${short(y)}`;
}

export const pointOn = (ground: Ground): Pair => hovered.value ?? cursorOn(ground);
