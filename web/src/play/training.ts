/** A scene's part that goes on in steps: frames while it plays, and what was shown on the way. */

import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { clock } from "./clock";
import { asked, Latest, partNamed, useAlive } from "./frames";
import * as server from "./server";
import type { Got, Numbers, Tensor } from "./server";

export interface Training {
  /** The newest frame, its arrays named `appended` holding all there was since the start. */
  got: Got;
  step: number;
  /** The settings that it goes by. */
  run: string;
}

/** A tensor with the rows of another below its own. */
export function joined(above: Tensor | undefined, below: Tensor): Tensor {
  if (!above) return below;
  const Kind = below.data.constructor as new (length: number) => Numbers;
  const data = new Kind(above.data.length + below.data.length);
  data.set(above.data);
  data.set(below.data, above.data.length);
  return { shape: [above.shape[0]! + below.shape[0]!, ...below.shape.slice(1)], data };
}

interface Options {
  part: string;
  /** Arrays of which a frame has the steps since the frame before. */
  appended: string[];
  /** Steps between a frame and the next. */
  stride: (got: Got) => number;
}

/**
 * A training that begins at step 0 whenever one of its settings has changed, and goes on while it plays. It
 * ends where the server says so by a fact named "over".
 */
export function useTraining({ part: name, appended, stride }: Options): Training | null {
  const shown = useSignal<Training | null>(null);
  const playing = useSignal(false);
  const latest = useRef(new Latest());
  const alive = useAlive();
  const { of, part, given } = partNamed(name);
  const run = JSON.stringify(part.uses.map((n) => given[n]));
  const look = JSON.stringify(part.shows.map((n) => given[n]));
  const now = useRef({ of, given, run });
  now.current = { of, given, run };

  /** Show so many steps more than a frame, or begin anew. From where is known once it is this job's turn: another one
   * may be under way. A frame of settings that have changed is dropped. */
  const go = (by: ((got: Got) => number) | null) =>
    latest.current.do(async () => {
      const { of, given, run } = now.current;
      const before = by === null || shown.peek()?.run !== run ? null : shown.peek();
      const first = before?.step ?? 0;
      const last = before ? first + by!(before.got) : 0;
      const got = await asked(name, () => server.frame(of, name, given, first, last));
      if (!got || !alive.current || run !== now.current.run) {
        if (!got) playing.value = false;
        return;
      }
      const known = last ? before?.got.arrays : undefined;
      for (const array of appended) {
        got.arrays[array] = joined(known?.[array], got.arrays[array]!);
      }
      shown.value = { got, step: last, run };
      if (got.facts["over"]) playing.value = false;
    });
  const ahead = () => go(stride);

  // Before the browser paints what is there, which would come a frame later.
  useLayoutEffect(() => go(null), [of, run]);
  useLayoutEffect(() => {
    if (shown.peek()) go(() => 0);
  }, [look]);
  useEffect(() => {
    if (!playing.value || !shown.value) return;
    const frame = requestAnimationFrame(ahead);
    return () => cancelAnimationFrame(frame);
  }, [playing.value, shown.value]);
  useLayoutEffect(() => {
    clock.value = {
      step: shown.value?.step ?? 0,
      length: Infinity,
      playing: playing.value,
      play: () => void (playing.value = true),
      pause: () => void (playing.value = false),
      to(at) {
        playing.value = false;
        if (at <= 0) go(null);
      },
      ahead() {
        playing.value = false;
        ahead();
      },
    };
  }, [shown.value, playing.value]);
  useEffect(() => () => void (clock.value = null), []);
  return shown.value;
}
