/** Points of the series that are looked at: loaded when a chart is seen, and kept up to date. */

import { effect, signal, untracked, type Signal } from "@preact/signals";
import { smoothed } from "./display";
import * as server from "./server";
import { onChange, runs, shown, stamps } from "./store";
import { axis, smoothing, type Axis } from "./settings";

export interface Loaded {
  run: number;
  generation: number;
  /** Points there are; fewer are here if they are not whole. */
  total: number;
  whole: boolean;
  /** The wall time of its first point, whether that is here or not. */
  origin: number;
  step: Float64Array;
  wall: Float64Array;
  value: Float32Array;
  axis: Float64Array | null;
  smoothed: Float32Array | null;
  /** What it was asked for with. */
  stamp: number;
  asked: string;
}

export interface Window {
  from: number;
  to: number;
}

/** Points of all series that are kept while no chart shows them. */
const MOST_KEPT = 2e7;
/** Series of a request; the first one goes alone, to be seen soon. */
const AT_ONCE = 4;
const RUNS_AT_ONCE = 500;

const loaded = new Map<number, Map<number, Loaded>>();
const refined = new Map<number, { window: Window; found: Map<number, Loaded> }>();
const versions = new Map<number, Signal<number>>();
const visible = new Map<number, number>();
export const failure = signal("");
/** How often a window has been looked at closer. */
export let refinements = 0;
/** Requests under way. */
export const waiting = signal(0);

/** Rises whenever a series of a tag changes. */
export const seriesVersion = (tag: number): number => version(tag).value;

function version(tag: number): Signal<number> {
  let found = versions.get(tag);
  if (!found) versions.set(tag, (found = signal(0)));
  return found;
}

/** The series of a tag, by run; whoever reads them is told when they change. */
export function seriesOf(tag: number): Map<number, Loaded> {
  void seriesVersion(tag);
  const fine = refined.get(tag)?.found;
  const coarse = loaded.get(tag) ?? new Map<number, Loaded>();
  return fine ? new Map([...coarse, ...fine]) : coarse;
}

/** How many points of each series are asked for: fewer the more runs are shown. */
export function most(count: number): number {
  return Math.round(Math.max(1000, Math.min(100_000, 4e6 / Math.max(1, count))));
}

function asked(whole: boolean): string {
  const along = onServer(axis.value);
  return `${along ?? ""}|${whole ? "" : smoothing.value}|${whole ? "" : most(shown.value.length)}`;
}

/** Axes whose places only the server knows. */
function onServer(a: Axis): string | undefined {
  return a === "epoch" || a === "gradients" || a === "examples" ? a : undefined;
}

/** A chart of this tag is seen, or no longer. */
export function see(tag: number, is: boolean): void {
  const count = (visible.get(tag) ?? 0) + (is ? 1 : -1);
  if (count > 0) visible.set(tag, count);
  else visible.delete(tag);
  soon();
}

let timer = 0;
function soon(): void {
  clearTimeout(timer);
  timer = window.setTimeout(() => void load(), 0);
}

/** Runs whose series of a tag is not here, or no longer what was asked for. */
function missing(tag: number): number[] {
  const here = loaded.get(tag);
  return shown.value
    .filter((run) => {
      const one = here?.get(run.id);
      if (!one) return run.tags.includes(tag);
      return one.stamp !== stamps.get(run.id) || one.asked !== asked(one.whole);
    })
    .map((run) => run.id);
}

let loading = false;

async function load(): Promise<void> {
  if (loading) return;
  loading = true;
  try {
    let first = true;
    while (true) {
      const next: number[] = [];
      const wanted = new Set<number>();
      for (const tag of visible.keys()) {
        const some = missing(tag);
        if (!some.length) continue;
        next.push(tag);
        for (const run of some.slice(0, RUNS_AT_ONCE)) wanted.add(run);
        if (first || next.length === AT_ONCE) break;
      }
      if (!next.length) break;
      await loadSome(next, [...wanted].slice(0, RUNS_AT_ONCE));
      first = false;
    }
    failure.value = "";
  } catch (error) {
    failure.value = error instanceof server.Refusal ? error.message : "";
    if (!failure.value) window.setTimeout(soon, 1000);
  } finally {
    loading = false;
  }
  evict();
}

async function loadSome(tags: number[], ids: number[]): Promise<void> {
  const goal = { whole: asked(true), part: asked(false) };
  const marks = ids.map((run) => stamps.get(run) ?? 0);
  const pairs = ids.flatMap((run) => tags.map((tag) => loaded.get(tag)?.get(run)));
  const fresh = pairs.map((one) => (one?.whole && one.asked === goal.whole ? one : undefined));
  waiting.value++;
  let sent: server.Sent[];
  try {
    sent = await server.scalars({
      runs: ids,
      tags,
      points: most(shown.value.length),
      axis: onServer(axis.value),
      smooth: smoothing.value,
      have: fresh.some(Boolean) ? fresh.map((one) => one?.total ?? 0) : undefined,
      generations: fresh.some(Boolean) ? fresh.map((one) => one?.generation ?? 0) : undefined,
    });
  } finally {
    waiting.value--;
  }
  const found = new Map(sent.map((one) => [`${one.series.run}:${one.series.tag}`, one]));
  for (const tag of tags) {
    const all = new Map(loaded.get(tag));
    loaded.set(tag, all);
    ids.forEach((run, i) => {
      const one = found.get(`${run}:${tag}`);
      if (one) all.set(run, joined(all.get(run), one, marks[i]!, goal));
      else if (all.has(run) && !runs.value.get(run)?.tags.includes(tag)) all.delete(run);
      else if (all.has(run)) all.set(run, { ...all.get(run)!, stamp: marks[i]! });
      else all.set(run, nothing(run, marks[i]!, goal.whole));
    });
    version(tag).value++;
  }
}

function nothing(run: number, stamp: number, asked: string): Loaded {
  const none = new Float64Array();
  return {
    run,
    generation: -1,
    total: 0,
    whole: true,
    origin: 0,
    step: none,
    wall: none,
    value: new Float32Array(),
    axis: onServer(axis.value) ? none : null,
    smoothed: null,
    stamp,
    asked,
  };
}

/** What came, behind what was there. */
function joined(
  before: Loaded | undefined,
  { series, ...columns }: server.Sent,
  stamp: number,
  goal: { whole: string; part: string },
): Loaded {
  const { run, generation, total, whole, first } = series;
  const asked = whole ? goal.whole : goal.part;
  const base = { run, generation, total, whole, origin: series.origin ?? 0, stamp, asked };
  if (!first || !before) return { ...base, ...columns };
  return {
    ...base,
    step: appended(before.step, columns.step, first),
    wall: appended(before.wall, columns.wall, first),
    value: appended(before.value, columns.value, first),
    axis: columns.axis && before.axis ? appended(before.axis, columns.axis, first) : columns.axis,
    smoothed: null,
  };
}

function appended<T extends Float32Array | Float64Array>(a: T, b: T, at: number): T {
  if (!b.length && a.length === at) return a;
  const made = new (a.constructor as new (n: number) => T)(at + b.length);
  made.set(a.subarray(0, at));
  made.set(b, at);
  return made;
}

/** Drop what no chart shows, once it is much. */
function evict(): void {
  let kept = 0;
  for (const [tag, all] of [...loaded].reverse()) {
    for (const one of all.values()) kept += one.value.length;
    if (kept > MOST_KEPT && !visible.has(tag)) loaded.delete(tag);
  }
}

const smoothedOf = new WeakMap<Float32Array, { s: number; y: Float32Array }>();

/** Smoothed values of a series: by the server where only a part is here. */
export function smooth(one: Loaded, s: number): Float32Array {
  if (!one.whole) return one.smoothed ?? one.value;
  const before = smoothedOf.get(one.value);
  if (before?.s === s) return before.y;
  const y = smoothed(one.value, s);
  smoothedOf.set(one.value, { s, y });
  return y;
}

const refining = new Map<number, number>();

/** Look closer at a window of a chart, where its series are here in part only. */
export function refine(tag: number, window: Window | null, by: Axis): void {
  clearTimeout(refining.get(tag));
  if (!window) {
    if (refined.delete(tag)) version(tag).value++;
    return;
  }
  const ids = untracked(() =>
    [...(loaded.get(tag)?.values() ?? [])].filter((one) => !one.whole).map((one) => one.run),
  );
  if (!ids.length) return;
  refining.set(
    tag,
    setTimeout(() => void refineNow(tag, window, by, ids), 30) as unknown as number,
  );
}

async function refineNow(tag: number, window: Window, by: Axis, ids: number[]): Promise<void> {
  const goal = { whole: asked(true), part: asked(false) };
  waiting.value++;
  try {
    const sent = await server.scalars({
      runs: ids,
      tags: [tag],
      points: most(shown.peek().length),
      axis: onServer(axis.peek()),
      smooth: smoothing.peek(),
      by,
      ...window,
    });
    const found = sent.map((one) => [one.series.run, joined(undefined, one, 0, goal)] as const);
    refined.set(tag, {
      window,
      found: new Map(found.map(([run, one]) => [run, { ...one, whole: false }])),
    });
    refinements++;
    version(tag).value++;
  } catch (error) {
    failure.value = error instanceof server.Refusal ? error.message : "";
  } finally {
    waiting.value--;
  }
}

/** Points here of the series that are looked at. */
export function pointsHere(): number {
  let count = 0;
  for (const tag of visible.keys()) {
    for (const one of loaded.get(tag)?.values() ?? []) count += one.value.length;
  }
  return count;
}

/** Load what is missing whenever runs, axis or smoothing change. */
export function startLoading(): void {
  onChange(soon);
  effect(() => {
    void shown.value;
    void axis.value;
    void smoothing.value;
    soon();
  });
}
