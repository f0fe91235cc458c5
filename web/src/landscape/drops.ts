/** Particles that were dropped: where, and by what they descend; each a text in the address. */

import type { Numbers, Tensor } from "../play/server";
import type { Got } from "../play/server";

export type Mode = "free" | "plane";

export interface Drop {
  x: number;
  y: number;
  rule: string;
  set: Record<string, number>;
  batch: number;
  steps: number;
  mode: Mode;
}

/** How many there may be. */
export const MOST = 12;

export const textOf = ({ x, y, rule, set, batch, steps, mode }: Drop): string =>
  JSON.stringify([x, y, rule, batch, steps, mode, set]);

/** A drop out of its text; null where it is none. */
export function dropOf(text: string): Drop | null {
  try {
    const [x, y, rule, batch, steps, mode, set] = JSON.parse(text) as unknown[];
    const numbers = [x, y, batch, steps].every((v) => typeof v === "number");
    const named = typeof rule === "string" && (mode === "free" || mode === "plane");
    if (!numbers || !named || typeof set !== "object" || set === null) return null;
    return { x, y, rule, batch, steps, mode, set } as Drop;
  } catch {
    return null;
  }
}

/** As the server is asked for it. */
export const queryOf = ({ set, ...rest }: Drop) => ({ ...rest, set: JSON.stringify(set) });

/** Where a particle went. */
export interface Way {
  /** [steps + 1, 2] */
  w: Tensor;
  distance: Numbers;
  loss: Numbers;
  /** The step at which it diverged; null if it has not. */
  died: number | null;
}

/** Of a frame; null where it holds no way. */
export function wayOf({ arrays, facts }: Got): Way | null {
  const w = arrays["coordinates"];
  const [distance, loss] = [arrays["distance"]?.data, arrays["loss"]?.data];
  if (!w || w.shape[1] !== 2 || !distance || !loss) return null;
  if (distance.length !== w.shape[0] || loss.length !== w.shape[0] || !loss.length) return null;
  const died = facts["died"];
  return { w, distance, loss, died: typeof died === "number" ? died : null };
}

/** The last step that is to be seen: where it diverged, or ended. */
export const lastOf = ({ loss, died }: Way): number =>
  Math.max(0, Math.min(loss.length - 1, died ?? Infinity));
