/** Ways of the particles that were dropped: asked for one after another, and shown as they descend. */

import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import * as settings from "../settings";
import { sentence } from "./computing";
import { dropOf, MOST, queryOf, wayOf, type Drop, type Way } from "./drops";
import * as server from "./server";
import type { Asked } from "./server";

/** What became of a drop. */
export interface Fall {
  way: Way | null;
  error: string;
}

export interface Dropped {
  text: string;
  drop: Drop;
  fall: Fall | undefined;
}

/** By run, ground and drop. */
const falls = signal(new Map<string, Fall>());
/** The share of the newest particle's way that is seen. */
export const share = signal(1);

/** Seconds that a particle descends. */
const SECONDS = 2.5;
const PER_SECOND = 30;
/** What is kept at most. */
const KEPT = 60;

/** All particles of the address on this ground. */
export function useDropped(run: number, asked: Asked | null): Dropped[] {
  const ground = asked ? `${run} ${JSON.stringify(asked)}` : "";
  const texts = settings.drops.value.slice(0, MOST);
  useEffect(() => {
    if (!asked) return;
    for (const text of texts) void fallOf(run, asked, `${ground} ${text}`, text);
  }, [ground, texts.join("\n")]);
  if (!asked) return [];
  return texts.flatMap((text) => {
    const drop = dropOf(text);
    return drop ? [{ text, drop, fall: falls.value.get(`${ground} ${text}`) }] : [];
  });
}

const waiting = new Set<string>();

async function fallOf(run: number, asked: Asked, key: string, text: string): Promise<void> {
  const drop = dropOf(text);
  if (!drop || waiting.has(key) || falls.peek().get(key)?.way) return;
  waiting.add(key);
  const fall = await server.particle(run, asked, queryOf(drop)).then(
    (got): Fall => ({ way: wayOf(got), error: "" }),
    (error: unknown): Fall => ({ way: null, error: sentence(error) }),
  );
  waiting.delete(key);
  const kept = [...falls.peek()].slice(-KEPT);
  falls.value = new Map([...kept, [key, fall]]);
  if (fall.way) descend();
}

let timer = 0;

/** Let the newest one descend before the eyes, unless they are spared what moves. */
function descend(): void {
  clearInterval(timer);
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  share.value = still ? 1 : 0;
  if (still) return;
  const began = performance.now();
  timer = window.setInterval(() => {
    share.value = Math.min(1, (performance.now() - began) / (1000 * SECONDS));
    if (share.value === 1) clearInterval(timer);
  }, 1000 / PER_SECOND);
}
