/** What the page knows of runs, and which of them are shown. */

import { batch, computed, signal } from "@preact/signals";
import { category, shade } from "./colours";
import { conditions as conditionsOf, fulfils, pattern } from "./filters";
import type { Reading, RunLine, Tag } from "./messages";
import * as server from "./server";
import * as settings from "./settings";

export const runs = signal(new Map<number, RunLine>());
export const tags = signal(new Map<number, Tag>());
export const reading = signal<Reading>({ done: 0, total: 0 });
export const folder = signal("");
export const version = signal("");
export const connected = signal(true);
/** Whether there is a run, or it is known that there is none. */
export const begun = signal(false);
/** How often any has changed. */
export const changes = signal(0);
/** How often each run has changed. */
export const stamps = new Map<number, number>();

const collator = new Intl.Collator("en", { numeric: true });
/** Numbers as numbers, and folders by their own names: "final/adam" is before "final-nudged/adam". */
export const byName = (a: string, b: string) => collator.compare(spaced(a), spaced(b));
const spaced = (name: string) => name.replaceAll("/", " ");

export const runList = computed(() =>
  [...runs.value.values()].sort((a, b) => byName(a.name, b.name)),
);
export const runPattern = computed(() => pattern(settings.runPattern.value));
export const runConditions = computed(() => conditionsOf(settings.conditions.value));

/** Runs that pattern and conditions let through. */
export const matching = computed(() => {
  const all = runConditions.value ?? [];
  const { test } = runPattern.value;
  return runList.value.filter((r) => test(r.name) && fulfils(r.hyperparameters, all));
});

const tickedNames = computed(() => new Set(settings.ticked.value));
const untickedNames = computed(() => new Set(settings.unticked.value));

export function isTicked(run: RunLine): boolean {
  return settings.onlyTicked.value
    ? tickedNames.value.has(run.name)
    : !untickedNames.value.has(run.name);
}

/** Runs that are shown. */
export const shown = computed(() => matching.value.filter(isTicked));

export function tick(run: RunLine, on: boolean): void {
  tickSome([run], on);
}

function tickSome(some: RunLine[], on: boolean): void {
  const names = new Set(some.map((run) => run.name));
  const only = settings.onlyTicked.value;
  const list = only ? settings.ticked : settings.unticked;
  const rest = list.value.filter((name) => !names.has(name));
  list.value = on === only ? [...rest, ...names] : rest;
}

/** Show these alone. */
export function tickOnly(names: string[]): void {
  batch(() => {
    settings.onlyTicked.value = true;
    settings.ticked.value = names;
    settings.unticked.value = [];
  });
}

/** Show or hide all that pattern and conditions let through. */
export function tickAll(on: boolean): void {
  if (matching.value.length < runList.value.length) tickSome(matching.value, on);
  else tickEvery(on);
}

/** Show or hide all runs, whatever was ticked before. */
export function tickEvery(on: boolean): void {
  batch(() => {
    settings.onlyTicked.value = !on;
    settings.ticked.value = [];
    settings.unticked.value = [];
  });
}

/** The run that others are compared with. */
export const baseRun = computed(() =>
  runList.value.find((run) => run.name === settings.baseRun.value),
);

/** Names of all hyperparameters, those that differ between runs first. */
export const hyperparameterNames = computed(() => {
  const values = new Map<string, Set<unknown>>();
  for (const run of runs.value.values()) {
    for (const [name, value] of Object.entries(run.hyperparameters)) {
      if (!values.has(name)) values.set(name, new Set());
      values.get(name)!.add(value);
    }
  }
  const names = [...values.keys()].sort(byName);
  return names.sort((a, b) => Number(values.get(b)!.size > 1) - Number(values.get(a)!.size > 1));
});

const systemDark = signal(false);
if (typeof matchMedia !== "undefined") {
  const query = matchMedia("(prefers-color-scheme: dark)");
  systemDark.value = query.matches;
  query.addEventListener("change", () => (systemDark.value = query.matches));
}
export const isDark = computed(() =>
  settings.theme.value ? settings.theme.value === "dark" : systemDark.value,
);

/** Runs that share the values of the hyperparameters chosen, by what they share; "" of all others. */
export function groupKey(run: RunLine, names: string[]): string {
  const known = names.filter((name) => Object.hasOwn(run.hyperparameters, name));
  return known.map((name) => `${name}=${run.hyperparameters[name]}`).join(", ");
}

export const groups = computed(() => {
  const names = settings.groupBy.value;
  const found = new Map<string, RunLine[]>();
  if (!names.length) return found;
  for (const run of runList.value) {
    const key = groupKey(run, names);
    if (!found.has(key)) found.set(key, []);
    found.get(key)!.push(run);
  }
  return new Map([...found].sort(([a], [b]) => byName(a, b)));
});

/** Colours of groups: those of the hyperparameter that runs are coloured by, else one after another. */
export const groupColours = computed(() => {
  const by = settings.colourBy.value;
  const of = by ? scaleOf(by) : null;
  const colour = (members: RunLine[], i: number) =>
    of ? of(members[0]!.hyperparameters[by], isDark.value) : category(i, isDark.value);
  return new Map([...groups.value].map(([key, members], i) => [key, colour(members, i)]));
});

/** Each run's colour: its own, that of its group, or that of a hyperparameter's value. */
export const colours = computed(() => {
  const found = new Map<number, string>();
  const dark = isDark.value;
  const by = settings.colourBy.value;
  const list = runList.value;
  if (by) {
    const of = scaleOf(by);
    for (const run of list) found.set(run.id, of(run.hyperparameters[by], dark));
  } else if (groups.value.size) {
    for (const [key, members] of groups.value) {
      for (const run of members) found.set(run.id, groupColours.value.get(key)!);
    }
  } else {
    // By the board's own number, so that a new run changes no other's colour.
    for (const run of list) found.set(run.id, category(run.id, dark));
  }
  return found;
});

type Given = boolean | number | string | undefined;

/** Colours of a hyperparameter's values: shades of numbers, in log where they span decades. */
export function scaleOf(name: string): (value: Given, dark: boolean) => string {
  const given = runList.value.map((r) => r.hyperparameters[name]);
  const numbers = given.filter((v): v is number => typeof v === "number");
  const others = [...new Set(given.filter((v) => typeof v !== "number").map(String))].sort(byName);
  const low = numbers.reduce((a, b) => Math.min(a, b), Infinity);
  const high = numbers.reduce((a, b) => Math.max(a, b), -Infinity);
  const log = low > 0 && high / low >= 50;
  const share = (v: number) =>
    high === low ? 0.5 : log ? Math.log(v / low) / Math.log(high / low) : (v - low) / (high - low);
  return (value, dark) => {
    if (value === undefined) return dark ? "#777" : "#aaa";
    if (typeof value === "number") return shade(share(value), dark);
    return category(others.indexOf(String(value)), dark);
  };
}

/** Tags of one kind that a run shown has, sorted. */
export function tagsOf(kind: Tag["kind"]): Tag[] {
  const had = new Set(shown.value.flatMap((r) => r.tags));
  const found = [...tags.value.values()].filter((t) => t.kind === kind && had.has(t.id));
  return found.sort((a, b) => byName(a.name, b.name));
}

let cursor = 0;
/** The number of the board's process. */
let process = 0;
let asking = false;
let again = false;
const listeners = new Set<() => void>();

/** Be told after runs have changed. */
export function onChange(listener: () => void): void {
  listeners.add(listener);
}

async function ask(): Promise<void> {
  if (asking) {
    again = true;
    return;
  }
  asking = true;
  try {
    do {
      again = false;
      takeIn(await server.runs(cursor));
    } while (again);
  } catch {
    connected.value = false; // the stream of events calls again once the board is back
  } finally {
    asking = false;
  }
}

function takeIn(news: Awaited<ReturnType<typeof server.runs>>): void {
  batch(() => {
    if (process && news.server !== process) return location.reload(); // with other numbers for runs
    process = news.server;
    cursor = news.cursor;
    const changed = news.runs.filter((r) => !sameLine(runs.value.get(r.id), r));
    if (changed.length || news.gone.length) {
      const all = new Map(runs.value);
      for (const run of changed) all.set(run.id, run);
      for (const id of news.gone) {
        all.delete(id);
        stamps.delete(id);
      }
      runs.value = all;
    }
    for (const run of news.runs) {
      stamps.set(run.id, (stamps.get(run.id) ?? 0) + 1);
      const kept = runs.value.get(run.id);
      if (kept) kept.written = run.written; // without a word: it is no news to most
    }
    if (news.tags.length) {
      tags.value = new Map([...tags.value, ...news.tags.map((t) => [t.id, t] as const)]);
    }
    reading.value = news.reading;
    folder.value = news.folder;
    version.value = news.version;
    connected.value = true;
    changes.value++;
    begun.value ||= news.known || news.runs.length > 0;
  });
  for (const listener of listeners) listener();
}

/** Whether two lines of a run say the same but for the time of its last record. */
function sameLine(a: RunLine | undefined, b: RunLine): boolean {
  return !!a && JSON.stringify({ ...a, written: 0 }) === JSON.stringify({ ...b, written: 0 });
}

/** Begin to follow the board. */
export function start(): void {
  void ask();
  server.follow(
    () => void ask(),
    (is) => {
      connected.value = is;
      if (is) void ask();
    },
  );
}
