/** Time in a scene: it plays, pauses, steps, begins anew. One scene has one clock, which the buttons, the
 * keyboard and the recorder move. */

import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { values } from "./state";

export interface Clock {
  /** The step that is shown, and the last one there is; a training that has no end says Infinity. */
  step: number;
  length: number;
  playing: boolean;
  play: () => void;
  pause: () => void;
  /** Show a step. */
  to: (step: number) => void;
  /** Make one step; of a training, by how many it goes on at once. */
  ahead: () => void;
}

/** The clock of the scene that is shown; null for one without time. */
export const clock = signal<Clock | null>(null);

const playing = signal(false);
const shown = signal(Infinity);

/** Frames a second of what is played. */
const PER_SECOND = 30;
/** Seconds that a whole path takes to be shown. */
const SECONDS = 5;

/**
 * The clock of a picture that is known from its first step to its last: which step to show. It stands at the
 * end until it is played, and goes there when something else is set, unless it plays; frames that come
 * later, of several parts maybe, leave it where it is.
 */
export function useReplay(length: number): number {
  const last = Math.max(0, length);
  useEffect(() => {
    if (!playing.value) shown.value = Infinity;
  }, [JSON.stringify(values.value)]);
  const step = Math.min(shown.value, last);
  useEffect(() => {
    clock.value = {
      step,
      length: last,
      playing: playing.value,
      play() {
        if (shown.peek() >= last) shown.value = 0;
        playing.value = true;
      },
      pause: () => void (playing.value = false),
      to: (at) => void (shown.value = Math.max(0, Math.min(last, Math.round(at)))),
      ahead() {
        playing.value = false;
        shown.value = shown.peek() >= last ? 0 : Math.floor(shown.peek()) + 1;
      },
    };
  }, [step, last, playing.value]);
  useEffect(() => {
    if (!playing.value) return;
    const by = Math.max(1, last / (SECONDS * PER_SECOND));
    const timer = setInterval(() => {
      const next = Math.min(last, shown.peek() + by);
      shown.value = next;
      if (next >= last) playing.value = false;
    }, 1000 / PER_SECOND);
    return () => clearInterval(timer);
  }, [playing.value, last]);
  useEffect(
    () => () => {
      clock.value = null;
      playing.value = false;
      shown.value = Infinity;
    },
    [],
  );
  return Math.floor(step);
}
