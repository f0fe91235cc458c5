/** Points of the series that are looked at: loaded when a chart is seen, and kept up to date. */

import { effect, signal, type Signal } from "@preact/signals";
import { smoothed } from "./display";
import type { RunLine } from "./messages";
import * as server from "./server";
import { axis, smoothing, type Axis } from "./settings";
import { baseRun, changes, onChange, reading, runs, shown, stamps } from "./store";

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
  /** How often its run had changed when it was asked for, and with what. */
  stamp: number;
  asked: string;
}

/** A part of a chart that is looked at closer, along an axis. */
export interface Window {
  from: number;
  to: number;
  by: Axis;
}

/** Bytes of series that are kept while no chart shows them. */
const MOST_KEPT = 200e6;
/** Tags of a request; the first one goes alone, to be seen soon. */
const AT_ONCE = 4;
const RUNS_AT_ONCE = 1000;

type ByRun = Map<number, Loaded>;
/** By tag: all of a series, or as much as a drawing of it needs. */
const loaded = new Map<number, ByRun>();
/** By tag: what a drawing of its window needs, where not all is here. */
const refined = new Map<number, ByRun>();
const windows = new Map<number, Window>();
const versions = new Map<number, Signal<number>>();
/** How many charts show a tag; the last one seen comes last. */
const visible = new Map<number, number>();
/** Why the board refused a chart that is seen; "" if it refused none. */
export const failure = signal("");
/** By tag: why its last request was refused. */
const refusals = new Map<number, string>();
/** Tags that are asked for again a while after they were refused. */
const putOff = new Set<number>();
/** Tags that were refused in company: which of them was meant shows once each is asked for alone. */
const alone = new Set<number>();
/** How often a window has been looked at closer. */
export let refinements = 0;

/** Rises whenever a series of a tag changes. */
export const seriesVersion = (tag: number): number => version(tag).value;

function version(tag: number): Signal<number> {
  let found = versions.get(tag);
  if (!found) versions.set(tag, (found = signal(0)));
  return found;
}

/** The series of a tag, by run; whoever reads them is told when they change. */
export function seriesOf(tag: number): ReadonlyMap<number, Loaded> {
  void seriesVersion(tag);
  const all: ByRun = new Map(loaded.get(tag));
  const window = windows.get(tag);
  for (const [run, one] of (window && refined.get(tag)) ?? []) {
    if (!all.get(run)?.whole && one.asked === goal(false, window)) all.set(run, one);
  }
  return all;
}

/** How many points of each series are asked for: fewer the more runs are shown. */
function most(): number {
  return Math.round(Math.max(1000, Math.min(100_000, 4e6 / Math.max(1, shown.value.length))));
}

/** What a series is asked for with, as far as its answer depends on it. */
function goal(whole: boolean, window?: Window): string {
  const along = onServer(axis.value) ?? "";
  if (whole) return along;
  const part = window ? [window.from, window.to, window.by] : [];
  return [along, smoothing.value, most(), ...part].join("|");
}

/** Axes whose places only the server knows. */
function onServer(a: Axis): string | undefined {
  return a === "epoch" || a === "gradients" || a === "examples" ? a : undefined;
}

/** A chart of this tag is seen, or no longer. */
export function see(tag: number, is: boolean): void {
  const count = (visible.get(tag) ?? 0) + (is ? 1 : -1);
  visible.delete(tag);
  if (count > 0) visible.set(tag, count);
  else windows.delete(tag);
  if (is && loaded.has(tag)) {
    const all = loaded.get(tag)!;
    loaded.delete(tag); // the last one seen is the last one dropped
    loaded.set(tag, all);
  }
  soon();
}

/** Look closer at a window of a chart; null: at all of it. */
export function refine(tag: number, window: Window | null): void {
  if (window) windows.set(tag, window);
  else if (windows.delete(tag)) version(tag).value++;
  soon();
}

let timer = 0;
function soon(): void {
  clearTimeout(timer);
  timer = window.setTimeout(() => void load(), 0);
}

/** Runs whose series are needed: those shown, and the one that they are compared with. */
function needed(tag: number): RunLine[] {
  const base = baseRun.value;
  const all = base && !shown.value.includes(base) ? [...shown.value, base] : shown.value;
  return all.filter((run) => run.tags.includes(tag) && (admitted?.has(run.id) ?? true));
}

const isCurrent = (one: Loaded, asked: string) =>
  one.stamp === stamps.get(one.run) && one.asked === asked;

/** Runs of which all of a series is missing, or no longer what was asked for. */
function missing(tag: number): number[] {
  const here = loaded.get(tag);
  const is = (one: Loaded | undefined) => !one || !isCurrent(one, goal(one.whole));
  return needed(tag).flatMap((run) => (is(here?.get(run.id)) ? [run.id] : []));
}

/** Runs of which the window is missing. */
function unrefined(tag: number, window: Window): number[] {
  const asked = goal(false, window);
  return needed(tag).flatMap(({ id }) => {
    const one = refined.get(tag)?.get(id);
    const isPart = loaded.get(tag)?.get(id)?.whole === false;
    return isPart && !(one && isCurrent(one, asked)) ? [id] : [];
  });
}

interface Job {
  tags: number[];
  runs: number[];
  window?: Window;
}

/** What is to be asked for next: windows, then tags in the order in which they were seen. */
function nextJob(few: boolean): Job | null {
  const asked = [...visible.keys()].filter((tag) => !putOff.has(tag));
  for (const tag of asked) {
    const window = windows.get(tag);
    const ids = window ? unrefined(tag, window) : [];
    if (window && ids.length) return { tags: [tag], runs: ids.slice(0, RUNS_AT_ONCE), window };
  }
  const tags: number[] = [];
  const ids = new Set<number>();
  for (const tag of asked) {
    const some = missing(tag);
    if (!some.length || (tags.length && alone.has(tag))) continue;
    tags.push(tag);
    for (const id of some.slice(0, RUNS_AT_ONCE)) ids.add(id);
    if (few || tags.length === AT_ONCE || alone.has(tag)) break;
  }
  return tags.length ? { tags, runs: [...ids].slice(0, RUNS_AT_ONCE) } : null;
}

let loading = false;

async function load(): Promise<void> {
  if (loading) return;
  loading = true;
  try {
    let first = true;
    for (let job = nextJob(true); job; job = nextJob(first)) {
      await tried(job);
      first = false;
    }
  } catch {
    window.setTimeout(soon, AGAIN); // nobody answers
  } finally {
    loading = false;
  }
  const [why] = [...refusals].flatMap(([tag, said]) => (visible.has(tag) ? [said] : []));
  failure.value = why ?? "";
  evict();
}

/** Milliseconds until what failed is asked for again. */
const AGAIN = 2000;

/** Do a job; one that is refused stands in no other's way. */
async function tried(job: Job): Promise<void> {
  const [tag] = job.tags as [number];
  try {
    await loadJob(job);
    for (const one of job.tags) refusals.delete(one);
  } catch (error) {
    if (!(error instanceof server.Refusal)) throw error;
    if (job.tags.length > 1) {
      for (const one of job.tags) alone.add(one);
      return;
    }
    refusals.set(tag, error.message);
    putOff.add(tag);
    window.setTimeout(() => {
      putOff.delete(tag);
      soon();
    }, AGAIN);
  }
}

async function loadJob({ tags, runs: ids, window }: Job): Promise<void> {
  const goals = { whole: goal(true), part: goal(false, window) };
  const marks = ids.map((run) => stamps.get(run) ?? 0);
  const pairs = ids.flatMap((run) => tags.map((tag) => loaded.get(tag)?.get(run)));
  const before = pairs.map((one) => (one?.whole && one.asked === goals.whole ? one : undefined));
  const some = !window && before.some((one) => one?.total);
  const sent = await server.scalars({
    runs: ids,
    tags,
    points: most(),
    axis: onServer(axis.value),
    smooth: smoothing.value,
    have: some ? before.map((one) => one?.total ?? 0) : undefined,
    generations: some ? before.map((one) => one?.generation ?? 0) : undefined,
    ...window,
  });
  const found = new Map(sent.map((one) => [`${one.series.run}:${one.series.tag}`, one]));
  const layer = window ? refined : loaded;
  for (const tag of tags) {
    const all: ByRun = new Map(layer.get(tag));
    layer.set(tag, all);
    ids.forEach((run, i) => {
      const one = found.get(`${run}:${tag}`);
      if (one) all.set(run, joined(all.get(run), one, marks[i]!, goals, !!window));
      else if (runs.value.get(run)?.tags.includes(tag))
        all.set(run, nothing(run, marks[i]!, goals.whole));
      else all.delete(run);
    });
    version(tag).value++;
  }
  if (window) refinements++;
}

/** A series of which the board sends nothing. */
function nothing(run: number, stamp: number, asked: string): Loaded {
  const none = new Float64Array();
  const columns = { step: none, wall: none, value: new Float32Array(), axis: none, smoothed: null };
  return { run, generation: 0, total: 0, whole: true, origin: 0, ...columns, stamp, asked };
}

/** What came, behind what was there; of an axis, all places come, since earlier ones may be known now. */
function joined(
  before: Loaded | undefined,
  { series, ...columns }: server.Sent,
  stamp: number,
  goals: { whole: string; part: string },
  isPart: boolean,
): Loaded {
  const { run, generation, total, first } = series;
  const whole = series.whole && !isPart;
  const asked = whole ? goals.whole : goals.part;
  const base = { run, generation, total, whole, origin: series.origin ?? 0, stamp, asked };
  if (!whole || !first || !before) return { ...base, ...columns };
  return {
    ...base,
    step: appended(before.step, columns.step, first),
    wall: appended(before.wall, columns.wall, first),
    value: appended(before.value, columns.value, first),
    axis: columns.axis,
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

/** Points here of the series that are looked at. */
export function pointsHere(): number {
  let count = 0;
  for (const tag of visible.keys()) {
    for (const one of loaded.get(tag)?.values() ?? []) count += one.value.length;
  }
  return count;
}

/** Drop what no chart shows, the longest unseen first, once it is much. */
function evict(): void {
  const sizes = [...loaded].map(([tag, all]) => {
    let bytes = 0;
    for (const one of all.values()) bytes += one.value.byteLength + one.step.byteLength;
    return [tag, bytes] as const;
  });
  let kept = sizes.reduce((sum, [, bytes]) => sum + bytes, 0);
  for (const [tag, bytes] of sizes) {
    if (kept <= MOST_KEPT) return;
    if (visible.has(tag)) continue;
    loaded.delete(tag);
    refined.delete(tag);
    kept -= bytes;
  }
}

/** Drop the series of runs that are gone. */
function forgetGone(): void {
  for (const layer of [loaded, refined]) {
    for (const all of layer.values()) {
      for (const run of all.keys()) if (!runs.value.has(run)) all.delete(run);
    }
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

let lent = new Float32Array();

/** The same, good until the next call: of many series, to keep it takes longer than to compute it. */
export function smoothForNow(one: Loaded, s: number): Float32Array {
  if (!one.whole || smoothedOf.get(one.value)?.s === s) return smooth(one, s);
  if (lent.length !== one.value.length) lent = new Float32Array(one.value.length);
  return smoothed(one.value, s, lent);
}

/** Milliseconds between two times that series are loaded while the board still reads its runs: each
 * draws all charts anew, and takes from the board's time. Most often it has read all before the second. */
const PATIENCE = 1200;
let patientUntil = 0;
/** While it reads, those runs whose series may be asked for; null: all. */
let admitted: ReadonlySet<number> | null = new Set();

/** Load what is missing whenever runs, axis or smoothing change. */
export function startLoading(): void {
  onChange(forgetGone);
  effect(() => {
    void [shown.value, baseRun.value, axis.value, smoothing.value, changes.value];
    const { done, total } = reading.value;
    const now = performance.now();
    if (done < total && now < patientUntil) return;
    const read = [...runs.value.values()].filter((run) => run.read);
    if (read.length) patientUntil = now + PATIENCE;
    admitted = done < total ? new Set(read.map((run) => run.id)) : null;
    soon();
  });
}
