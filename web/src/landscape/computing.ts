/** A ground that is computed for the page: coarse at once, and finer as its points come. */

import { signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Refusal } from "../server";
import type { Got, Numbers } from "../play/server";
import { taken, type Streamed } from "./coarse";
import { list, number, object, pathsOf, type Land } from "./land";
import * as server from "./server";
import type { About } from "../messages";
import type { Asked } from "./server";

export interface Computed {
  land: Land | null;
  /** Why there is none, in a sentence. */
  error: string;
}

const NOTHING: Computed = { land: null, error: "" };

export const sentence = (error: unknown): string =>
  error instanceof Refusal ? error.message : String(error);

/** The ground as far as it is there; nothing while none is asked for. */
export function useComputed(run: number, asked: Asked | null): Computed {
  const found = useSignal<Computed>(NOTHING);
  useEffect(() => {
    found.value = NOTHING;
    if (!asked) return;
    let left = false;
    const tell = (news: Partial<Computed>) => {
      if (!left) found.value = { ...found.peek(), ...news };
    };
    stream(run, asked, (land) => tell({ land }), () => left) // prettier-ignore
      .catch((error: unknown) => tell({ error: sentence(error) }));
    return () => void (left = true);
  }, [run, JSON.stringify(asked)]);
  return found.value;
}

/** Ask until all points are there, or nobody is waiting; the paths once something stands. */
async function stream(
  run: number,
  asked: Asked,
  tell: (land: Land) => void,
  left: () => boolean,
): Promise<void> {
  let [have, total] = [0, 1];
  let growing: Growing | null = null;
  while (have < total && !left()) {
    const got = await server.surface(run, asked, have);
    growing ??= begun(got);
    grow(growing, got);
    tell({ ...growing.land });
    const next = number(got.facts["have"]);
    total = number(got.facts["total"]);
    if (!(next > have)) break; // whoever gives nothing more is done
    if (have === 0 && !left()) {
      growing.land.paths = pathsOf(await server.paths(run, asked), growing.land.axes.length);
      tell({ ...growing.land });
    }
    have = next;
  }
}

interface Growing {
  land: Land;
  into: Streamed;
}

/** A ground without a point. */
export function begun({ arrays, facts }: Got): Growing {
  const axes = [arrays["axis0"], arrays["axis1"]].flatMap((axis) => (axis ? [axis.data] : []));
  const size = axes.reduce((product, axis) => product * axis.length, 1);
  const names = list(facts["maps"]).map(String);
  const values = names.map(() => new Float32Array(size).fill(NaN));
  const done = new Uint8Array(size);
  const maps = new Map(names.map((name, k) => [name, values[k] as Numbers]));
  return { land: { axes, maps, done, paths: [], facts: {} }, into: { values, done } };
}

/** Put an answer's points in. */
export function grow({ land, into }: Growing, { arrays, facts }: Got): void {
  const places = arrays["places"]?.data ?? new Int32Array();
  const maps = into.values.map((_, k) => arrays[`values${k}`]?.data ?? new Float32Array());
  taken(into, places, maps);
  if (facts["facts"]) land.facts = object(facts["facts"]);
}

/** What can be asked for of a run, once it was asked; and why not. */
export const about = signal<{ run: number; value: About | null; error: string } | null>(null);

/** What can be asked of a run; null where nothing can, which `about` says why. */
export async function learn(run: number): Promise<About | null> {
  const now = about.peek();
  if (now?.run === run && !now.error) return now.value ?? pending;
  about.value = { run, value: null, error: "" };
  pending = server.about(run).then(
    (value) => told(run, value, ""),
    (error: unknown) => told(run, null, sentence(error)),
  );
  return pending;
}

let pending: Promise<About | null> = Promise.resolve(null);

function told(run: number, value: About | null, error: string): About | null {
  if (about.peek()?.run === run) about.value = { run, value, error };
  return value;
}
