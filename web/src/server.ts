/** What is asked of the board. Every address is relative: the board may live below a token. */

import { signal } from "@preact/signals";
import type {
  Columns,
  Distributions,
  Facts,
  Graph,
  Pictures,
  RaceOf,
  Refused,
  Results,
  Runs,
  Series,
  Texts,
} from "./messages";

/** Points of one series as they came. */
export interface Sent {
  series: Series;
  step: Float64Array;
  wall: Float64Array;
  value: Float32Array;
  axis: Float64Array | null;
  smoothed: Float32Array | null;
}

/** Why the board did not answer, in a sentence. */
export class Refusal extends Error {}

type Query = Record<string, string | number | number[] | undefined>;

export function address(path: string, query: Query = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  const text = given.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
  return `api/${path}${text.length ? `?${text.join("&").replaceAll("%2C", ",")}` : ""}`;
}

/** Requests under way. */
export const waiting = signal(0);

export async function ask<T>(
  path: string,
  query: Query,
  read: (answer: Response) => Promise<T>,
): Promise<T> {
  waiting.value++;
  try {
    const answer = await fetch(address(path, query));
    if (answer.ok) return await read(answer);
    const said = (await answer.json().catch(() => null)) as Refused | null;
    throw new Refusal(said?.error ?? `${answer.status} ${answer.statusText}`);
  } finally {
    waiting.value--;
  }
}

export const json = <T>(path: string, query: Query = {}) =>
  ask(path, query, (answer) => answer.json() as Promise<T>);

export const runs = (since: number) => json<Runs>("runs", { since });
export const distributions = (run: number, tag: number) =>
  json<Distributions>("histograms", { run, tag, most: 100 });
export const pictures = (run: number, tag: number) => json<Pictures>("images", { run, tag });
export const texts = (run: number, tag: number) => json<Texts>("text", { run, tag, most: 20 });
export const graph = (run: number) => json<Graph>("graph", { run });
export const results = () => json<Results>("results");
export const facts = (run: number) => json<Facts>("facts", { run });
export const race = (run: number) => json<RaceOf>("race", { run });

export const pictureAddress = (run: number, tag: number, index: number, number: number) =>
  address("image", { run, tag, index, number });
export const downloadAddress = (tag: number, runs: number[], format: "csv" | "json") =>
  address("download", { tag, runs, format });

export interface Wanted {
  runs: number[];
  tags: number[];
  points: number;
  axis?: string | undefined;
  have?: number[] | undefined;
  generations?: number[] | undefined;
  from?: number | undefined;
  to?: number | undefined;
  by?: string | undefined;
  smooth?: number | undefined;
}

export const scalars = (wanted: Wanted): Promise<Sent[]> =>
  ask("scalars", { ...wanted }, async (answer) => decoded(await answer.arrayBuffer()));

/** Columns out of bytes: a header with its length before it, then the columns. */
export function decoded(bytes: ArrayBuffer): Sent[] {
  const size = new DataView(bytes).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 4, size))) as Columns;
  const start = Math.ceil((4 + size) / 8) * 8;
  const columns = header.columns.map(({ type, offset, length }) =>
    type === "f8"
      ? new Float64Array(bytes, start + offset, length)
      : new Float32Array(bytes, start + offset, length),
  );
  const wide = (n: number) => columns[n] as Float64Array;
  const narrow = (n: number) => columns[n] as Float32Array;
  return header.series.map((series) => ({
    series,
    step: wide(series.step),
    wall: wide(series.wall),
    value: narrow(series.value),
    axis: series.axis === null ? null : wide(series.axis),
    smoothed: series.smoothed === null ? null : narrow(series.smoothed),
  }));
}

/**
 * Call back whenever something is new; and whether the board answers. A page that is hidden lets go of
 * its connection, since a browser has six to an address: with more tabs than that, none could ask.
 */
export function follow(changed: () => void, connected: (is: boolean) => void): void {
  let source: EventSource | null = null;
  const listen = () => {
    source?.close();
    source = null;
    if (document.hidden) return;
    source = new EventSource(address("events"));
    source.addEventListener("changed", changed);
    source.onopen = () => connected(true);
    source.onerror = () => connected(false);
  };
  document.addEventListener("visibilitychange", listen);
  listen();
}
