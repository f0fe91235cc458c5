/** Frames of a scene's parts: asked for when a setting has changed, one at a time, the newest first. */

import { signal, useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { PartOf } from "../messages";
import { Refusal } from "../server";
import * as server from "./server";
import type { Got } from "./server";
import { scene, values } from "./state";

/** Why parts are not as they are set, in sentences, by the parts' names. */
export const troubles = signal<Record<string, string>>({});

export function trouble(part: string, sentence: string): void {
  if ((troubles.peek()[part] ?? "") === sentence) return;
  const { [part]: _, ...rest } = troubles.peek();
  troubles.value = sentence ? { ...rest, [part]: sentence } : rest;
}

/** A scene's part, and the settings that it is made of. */
export function partNamed(name: string): {
  of: string;
  part: PartOf;
  given: Record<string, unknown>;
} {
  const found = scene.value!;
  const part = found.parts[name]!;
  const names = [...part.uses, ...part.shows];
  return {
    of: found.name,
    part,
    given: Object.fromEntries(names.map((n) => [n, values.value[n]])),
  };
}

/** Asks one thing at a time. What is wanted meanwhile waits, and of that only the newest. */
export class Latest {
  private busy = false;
  private next: (() => Promise<void>) | null = null;

  do(job: () => Promise<void>): void {
    if (this.busy) {
      this.next = job;
      return;
    }
    this.busy = true;
    void job().finally(() => {
      this.busy = false;
      const { next } = this;
      this.next = null;
      if (next) this.do(next);
    });
  }
}

/** A part's newest frame; null until there is one. A frame that is refused leaves the one before. */
export function usePart(name: string): Got | null {
  const found = useSignal<Got | null>(null);
  const latest = useRef(new Latest());
  const alive = useAlive();
  const { of, given } = partNamed(name);
  // Before the browser paints what is there, which would come a frame later.
  useLayoutEffect(() => {
    latest.current.do(async () => {
      const got = await asked(name, () => server.frame(of, name, given, 0, 0));
      if (got && alive.current) found.value = got;
    });
  }, [of, name, JSON.stringify(given)]);
  useEffect(() => () => trouble(name, ""), [name]);
  return found.value;
}

/** An answer; null for a refusal, which is told. */
export async function asked(part: string, ask: () => Promise<Got>): Promise<Got | null> {
  try {
    const got = await ask();
    trouble(part, "");
    return got;
  } catch (error) {
    trouble(part, error instanceof Refusal ? error.message : String(error));
    return null;
  }
}

/** Whether the component is still on the page. */
export function useAlive() {
  const alive = useRef(true);
  useEffect(() => () => void (alive.current = false), []);
  return alive;
}

/** A fact as a number; NaN where it is none, which is how the server says what is not finite. */
export const fact = (got: Got, name: string): number => {
  const value = got.facts[name];
  return typeof value === "number" ? value : NaN;
};

export const factOf = <T>(got: Got, name: string): T => got.facts[name] as T;
