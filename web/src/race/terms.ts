/** The terms of a race, as names and values to be read. */

import { shortNumber } from "../numbers";
import { phrase, type RaceWords } from "./race.words";
import { percent, wholeText } from "../parts/texts";
import { nameOf, type RaceResult } from "./result";

/** "0 … 9 (10)" of numbers that follow one another. */
export function seedsText(seeds: number[]): string {
  if (seeds.length < 3) return seeds.join(", ");
  return `${seeds[0]} … ${seeds.at(-1)} (${seeds.length})`;
}

/** A number for each entrant, once if all have the same. */
function each(race: RaceResult, counts: Record<string, number>, r: RaceWords): string {
  const all = race.entrants.map((e) => counts[e.entrant]);
  if (new Set(all).size === 1) return `${grouped(all[0])} ${r.each}`;
  return all.map((n, i) => `${nameOf(race, i)} ${grouped(n)}`).join(", ");
}

const grouped = (n: number | undefined) => (n === undefined ? "–" : wholeText(n));

/** What a problem is made of, in a line; parts within parts as JSON. */
function problemText(spec: Record<string, unknown>): string {
  const said = (value: unknown) =>
    typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
  return Object.entries(spec)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name} ${said(value)}`)
    .join(", ");
}

export function termsOf(race: RaceResult, r: RaceWords): [string, string][] {
  const p = race.protocol;
  const examples = Object.entries(p.examples).filter(([, n]) => n);
  const time = [
    p.epochs === null ? "" : `${r.epochsOf}: ${shortNumber(p.epochs)}`,
    p.seconds === null ? "" : `${r.secondsOf}: ${shortNumber(p.seconds)}`,
  ].filter(Boolean);
  const asked = p.target === null ? r.medianTarget : r.askedTarget;
  const target = race.target === null ? "–" : `${shortNumber(race.target)} (${asked})`;
  const all: [string, string][] = [
    [r.problem, problemText(p.problem)],
    [r.budget, [`${each(race, p.budgets, r)}, ${phrase(p.unit)}`, ...time].join("; ")],
    [r.examples, examples.map(([part, n]) => `${phrase(part)} ${grouped(n)}`).join(", ")],
    [r.split, phrase(p.split)],
    [r.schedule, phrase(p.schedule)],
    [r.tries, `${each(race, p.tries, r)}, ${phrase(p.search)}`],
    [r.heatSeeds, seedsText(p.seeds)],
    [r.finalSeeds, seedsText(p["final seeds"])],
    [r.margin, percent(p.margin)],
    [r.target, target],
    [r.lastBatch, phrase(p["last batch"])],
    [r.parameters, grouped(race.entrants[0]?.parameters)],
    [r.device, p.device],
  ];
  return all.filter(([, value]) => value);
}
