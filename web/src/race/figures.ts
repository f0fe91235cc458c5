/** From a race to the lines of its figures. */

import { band, moreIsBetter, type Band } from "../display";
import { nameOf, type Lanes, type RaceResult } from "./result";

export interface Line {
  /** The entrant's place: its colour. */
  place: number;
  name: string;
  /** Median and quartiles over seeds. */
  band: Band;
  /** Where the best is marked. */
  best?: number;
  /** Where some lanes diverged: at which x, how many, of how many. */
  lost?: { x: number; count: number; of: number }[];
}

/** Seeds of which all settings are done: what is compared. */
function complete(lanes: Lanes): number[] {
  const all = [...lanes.seeds.keys()];
  return all.filter((s) => lanes.status[s]!.every((status) => status !== "not run"));
}

/** Of all entrants that have something to show. */
function lines(race: RaceResult, of: (i: number) => Omit<Line, "place" | "name"> | null): Line[] {
  return race.entrants.flatMap((_, place) => {
    const made = of(place);
    return made?.band.x.length ? [{ place, name: nameOf(race, place), ...made }] : [];
  });
}

/** Validation loss at the end against the tuned hyperparameter, the others as at the best. */
export function stepSizes(race: RaceResult): Line[] {
  return lines(race, (i) => {
    const lanes = race.entrants[i]!;
    const seeds = complete(lanes);
    const tuned = lanes.tuned === null ? undefined : lanes.settings[lanes.tuned];
    if (!tuned || !seeds.length) return null;
    const order = alongTuned(lanes);
    const x = Float64Array.from(order, (n) => tuned[n]!);
    const loss = lanes.end["validation/loss"] ?? [];
    const value = (s: number, n: number) =>
      lanes.finite[s]![n] ? (loss[s]?.[n] ?? Infinity) : Infinity;
    const found = seeds.map((s) => ({ x, y: Float64Array.from(order, (n) => value(s, n)) }));
    const lost = order.map((n) => ({
      x: tuned[n]!,
      count: seeds.filter((s) => lanes.died[s]![n]! > 0).length,
      of: seeds.length,
    }));
    return { band: band(found), best: tuned[lanes.best]!, lost: lost.filter((l) => l.count) };
  });
}

/** Settings that differ from the best in the tuned hyperparameter alone, in its order. */
function alongTuned({ settings, tuned, best }: Lanes): number[] {
  const values = settings[tuned!]!;
  const same = (n: number) =>
    Object.entries(settings).every(([name, all]) => name === tuned || all[n] === all[best]);
  return [...values.keys()].filter(same).sort((a, b) => values[a]! - values[b]!);
}

/** Curves at the best setting: of the final, while there is none of the heats. */
export function curves(race: RaceResult, axis: "epochs" | "gradients", name: string): Line[] {
  return lines(race, (i) => {
    const lanes = race.entrants[i]!.final ?? race.entrants[i]!;
    const column = race.entrants[i]!.final ? 0 : lanes.best;
    const own = lanes.curves[name];
    if (!own) return null;
    const first = axis === "gradients" ? 1 : 0; // the start has no place on their logarithmic axis
    const x = Float64Array.from(lanes[axis].slice(first));
    const value = (s: number, point: number) => {
      const died = lanes.died[s]![column]!;
      const dead = died > 0 && lanes.steps[point]! >= died;
      return dead ? NaN : (own[s]![column]![point] ?? NaN);
    };
    const found = complete(lanes).map((s) => ({
      x,
      y: Float64Array.from(x, (_, point) => value(s, first + point)),
    }));
    return found.length ? { band: band(found, { more: moreIsBetter(name) }) } : null;
  });
}

/** Expected test loss of the best of k random tries. */
export function bestOfTries(race: RaceResult): Line[] {
  return lines(race, (i) => {
    const tries = race.entrants[i]!["best of k tries"];
    const x = Float64Array.from(tries[0] ?? [], (_, k) => k + 1);
    const found = tries.map((own) => ({ x, y: Float64Array.from(own, (v) => v ?? Infinity) }));
    return found.length ? { band: band(found) } : null;
  });
}

/** What curves can be drawn of. */
export function curveNames(race: RaceResult): string[] {
  const all = race.entrants.flatMap((e) => Object.keys((e.final ?? e).curves));
  return [...new Set(all)].sort();
}

/** The largest loss at the start: what is above it is no achievement. */
export function worstStart(race: RaceResult, name: string): number {
  const all = race.entrants.flatMap((e) => (e.start[name] ?? []).flat());
  return Math.max(...all.filter((v) => v !== null), -Infinity);
}

/** Heights that a figure reaches over: all bands, but little above what the start was. */
export function limits(all: Line[], start: number): { y: [number, number]; log: boolean } {
  const finite = (pick: (b: Band) => Float64Array) =>
    all.flatMap(({ band }) => [...pick(band)].filter(Number.isFinite));
  const [low, middle] = [finite((b) => b.low), finite((b) => b.middle)];
  const values = [...low, ...middle, ...finite((b) => b.high)];
  if (!values.length) return { y: [0, 1], log: false };
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const log = least > 0;
  const high = Number.isFinite(start) ? Math.min(most, Math.max(start * 1.5, least * 2)) : most;
  if (log) return { y: [least * 0.85, high * 1.1], log };
  const air = 0.05 * (high - least) || 0.5;
  return { y: [least - air, high + air], log };
}
