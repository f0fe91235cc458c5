/** Frames that are shown together only if they are of one thing. */

import { useRef } from "preact/hooks";
import type { Got } from "./server";

type Shown<Names extends string> = Record<Names, Got>;

/**
 * The newest frames of several parts whose facts named "of" agree: a part that is made sooner waits for the
 * others. Null until there are some.
 */
export function useTogether<Names extends string>(
  frames: Record<Names, Got | null>,
): Shown<Names> | null {
  const last = useRef<Shown<Names> | null>(null);
  if (agree(Object.values(frames))) last.current = frames as Shown<Names>;
  return last.current;
}

/** Whether there are all frames, and they are of the same. */
export function agree(frames: (Got | null)[]): boolean {
  const of = frames.map((got) => got && JSON.stringify(got.facts["of"]));
  return of.every((one) => one !== null && one === of[0]);
}
