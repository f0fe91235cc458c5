/** A race's result, as `Race.to_dict` of Python gives it; what is not finite is null. */

import type { AdditionKind, Cause, Lane, RaceOf, SilenceKind } from "../messages";

type Value = number | null;

export interface Verdict {
  kind: "beats" | "within" | "cannot tell";
  a: string;
  b: string;
  /** How much lower a's test loss is than b's, relative to the larger: median, and an interval. */
  difference: Value;
  low: Value;
  high: Value;
  p: number;
  margin: number;
  additions: Addition[];
  /** All of it in English. */
  sentence: string;
}

/** What a verdict depends on. */
export interface Addition {
  kind: AdditionKind;
  /** The epoch, or the share of the budget, at which the order changed; the tries of each. */
  number: Value;
  verdict: Verdict | null;
}

/** Why a final allows no verdict. */
export interface Silence {
  kind: SilenceKind;
  seeds: number;
  fewest: number;
}

/** All lanes of an entrant: [seeds][settings], curves [seeds][settings][points]. */
export interface Lanes {
  entrant: string;
  batch: number;
  parameters: number;
  settings: Record<string, number[]>;
  /** The hyperparameter that is tuned: the step size of most. */
  tuned: string | null;
  /** The setting that won the heats. */
  best: number;
  seeds: number[];
  status: ("finished" | "diverged" | "not run")[][];
  /** The step at which a lane diverged; 0 for those that did not. */
  died: number[][];
  finite: boolean[][];
  steps: number[];
  epochs: number[];
  gradients: number[];
  start: Record<string, Value[][]>;
  end: Record<string, Value[][]>;
  curves: Record<string, Value[][][]>;
}

export interface Entrant extends Lanes {
  "best of k tries": Value[][];
  final: (Lanes & { roles: string[] }) | null;
}

/** One of the last steps of a lane that died; norms by layer. */
export interface LastStep {
  step: number;
  loss: Value;
  gradient: Record<string, Value>;
  weight: Record<string, Value>;
  update: Record<string, Value>;
  length: Value;
  slope: Value;
  curvature: Value;
}

export interface Certificate {
  stage: "heats" | "final";
  entrant: string;
  settings: Record<string, number>;
  seed: number;
  step: number;
  /** In English. */
  cause: string;
  /** Null in logs of a time when it was not written. */
  why: Cause | null;
  overflow: string | null;
  steps: LastStep[];
  sentence: string;
}

interface Protocol {
  problem: Record<string, unknown>;
  budget: Value;
  unit: string;
  epochs: Value;
  seconds: Value;
  budgets: Record<string, number>;
  examples: Record<string, number>;
  split: string;
  fixed: boolean;
  tries: Record<string, number>;
  schedule: string;
  search: string;
  "last batch": string;
  seeds: number[];
  "final seeds": number[];
  margin: number;
  target: Value;
  device: string;
}

export type TableRow = Record<string, number | string | null>;

export interface RaceResult {
  problem: string;
  protocol: Protocol;
  interrupted: boolean;
  sentences: string[];
  silence: Silence | null;
  verdicts: Verdict[];
  best: string[];
  target: Value;
  certificates: Certificate[];
  /** A row an entrant, in the order of the entrants. */
  table: TableRow[];
  entrants: Entrant[];
  /** Those of the final that have a run of their own. */
  lanes: Lane[];
}

export const resultOf = ({ race, lanes }: RaceOf): RaceResult =>
  ({ ...race, lanes }) as unknown as RaceResult;

/** What an entrant is called. */
export const nameOf = (race: RaceResult, i: number) => String(race.table[i]?.["method"] ?? "");

/** The run of an entrant's lane in the final, at the setting that won the heats. */
export function laneRun(race: RaceResult, entrant: string, seed: number): number | undefined {
  const own = (l: Lane) => l.entrant === entrant && l.role === "tuned" && l.seed === seed;
  return race.lanes.find(own)?.run;
}
