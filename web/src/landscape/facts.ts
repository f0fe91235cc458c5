/** The honest figures of a land: what it is made of and what it shows, as names and values to be read. */

import { interval, listed, shortNumber } from "../numbers";
import { percent, wholeText } from "../parts/texts";
import { isLoss, type Ground } from "./ground";
import { doneOf, list, number, object, type Facts, type Land } from "./land";
import { kindWord, normalisationWord, type LandscapeWords } from "./landscape.words";

export type Row = readonly [name: string, value: string];

/** Of a text, what has room. */
const LONGEST = 80;
/** Of a density, and of eigenvalues beside it, those that are drawn. */
const [MOST_POINTS, MOST_EIGENVALUES] = [4000, 200];
/** Of eigenvalues, how many are told. */
const MOST_SAID = 5;
const short = (value: unknown): string => {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "");
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
};

const value = (of: unknown): string => {
  const found = number(of);
  return Number.isFinite(found) ? shortNumber(found) : "–";
};
const share = (of: unknown): string => {
  const found = number(of);
  return Number.isFinite(found) ? percent(found) : "–";
};

/** A number with its error, as "3.1 ± 0.02". */
function bounded(pair: unknown): string {
  const [found, error] = list(pair);
  if (!Number.isFinite(number(found))) return "–";
  const beside = number(error) > 0 ? ` ± ${shortNumber(Number(number(error).toPrecision(1)))}` : "";
  return value(found) + beside;
}

/** Of numbers with their errors, those that have room. */
const several = (pairs: unknown): string => list(pairs).slice(0, MOST_SAID).map(bounded).join("; ");

export function rowsOf(land: Land, ground: Ground | null, w: LandscapeWords): Row[] {
  const rows = [
    ...made(land, ground, w),
    ...shown(land, ground, w),
    ...land.paths.map((path): Row => [
      `${w.path} ${short(path.label)}`,
      `${share(path.explained)} ${w.inPlane}, ${value(path.farthest)} ${w.away}`,
    ]),
    ...curved(land, w),
  ];
  return rows.filter(([, text]) => text !== "");
}

/** What it is made of. */
function made({ axes, facts }: Land, ground: Ground | null, w: LandscapeWords): Row[] {
  const along = object(facts["directions"]);
  const kind = typeof along["kind"] === "string" ? kindWord(short(along["kind"])) : "";
  const examples = Object.entries(object(facts["examples"])).slice(0, 8);
  const spans = axes.map((axis) => interval(value(axis[0]), value(axis[axis.length - 1])));
  const drawn = ground && ground.every.some((n) => n > 1) ? ground.every : null;
  return [
    [w.problem, problemText(object(facts["problem"]))],
    [w.parameters, facts["parameters"] === undefined ? "" : wholeText(number(facts["parameters"]))],
    [w.directions, kind],
    [w.variance, list(along["explained"]).slice(0, 2).map(share).join(" + ")],
    [
      w.normalise,
      typeof along["normalise"] === "string" ? normalisationWord(short(along["normalise"])) : "",
    ],
    [w.seed, along["seed"] === undefined ? "" : value(along["seed"])],
    [w.examples, examples.map(([part, n]) => `${short(part)} ${wholeText(number(n))}`).join(", ")],
    [w.spans, spans.join(" × ")],
    [w.shownEvery, drawn ? `${w.everyPoint} ${drawn.join(" × ")}` : ""],
  ];
}

function problemText(problem: Facts): string {
  const parts = [problem["data"], problem["kind"]];
  return parts.filter((part) => typeof part === "string").map(short).join(", "); // prettier-ignore
}

/** What it shows. */
function shown(land: Land, ground: Ground | null, w: LandscapeWords): Row[] {
  const { facts, axes } = land;
  const measured = object(facts["measured"]);
  const centre = Object.entries(object(measured["loss"])).slice(0, 4);
  const [low, high] = list(facts["range"]);
  const done = doneOf(land);
  const points = axes.map((axis) => axis.length).join(" × ");
  const holes = number(facts["holes"]);
  const barriers = Object.entries(object(measured["barriers"])).slice(0, 8);
  return [
    [w.points, `${points}, ${wholeText(done)} / ${wholeText(land.done.length)}`],
    [w.centreLoss, centre.map(([part, loss]) => `${short(part)} ${value(loss)}`).join(", ")],
    [w.values, low === undefined ? "–" : `${value(low)} … ${value(high)}`],
    [
      ground && !isLoss(ground.name) ? short(ground.name) : "",
      ground ? `${value(ground.least)} … ${value(ground.most)}` : "",
    ],
    [w.holes, Number.isNaN(holes) ? "–" : holes ? wholeText(holes) : w.noHoles],
    [w.ruggedness, rugged(object(measured["roughness"]), w)],
    ...barriers.map(([label, height]): Row => [`${w.barrier} ${short(label)}`, value(height)]),
  ].filter(([name]) => name !== "") as Row[];
}

function rugged(found: Facts, w: LandscapeWords): string {
  if (!Object.keys(found).length) return w.unknown;
  return listed([
    `${w.minima}: ${value(found["minima"])}`,
    `${w.variation}: ${value(found["variation"])}`,
    `${w.nonconvex}: ${share(found["nonconvex"])}`,
  ]);
}

/** How it curves at the centre. */
function curved({ facts }: Land, w: LandscapeWords): Row[] {
  const found = object(object(facts["measured"])["curvature"]);
  if (found["top"] === undefined) return [[w.curvature, w.unknown]];
  const rows: Row[] = [
    [w.largest, several(found["top"])],
    [w.smallest, several(found["bottom"])],
    [w.trace, bounded(found["trace"])],
  ];
  const sharp = found["sharpness"];
  if (sharp === null) return [...rows, [w.scaled, w.noState]];
  const { value: own, threshold } = object(sharp);
  const limit = Number.isFinite(number(threshold)) ? value(threshold) : w.noThreshold;
  return [...rows, [w.scaled, `${bounded(own)}; ${w.threshold}: ${limit}`]];
}

export interface Spectrum {
  x: number[];
  density: number[];
  /** Eigenvalues of both ends. */
  found: number[];
  /** The share of those below a hundredth of the largest in size. */
  small: number;
}

const finite = (value: unknown): number => (Number.isFinite(number(value)) ? number(value) : NaN);

/** The density of the eigenvalues; null where it was not measured. */
export function spectrumOf(facts: Facts): Spectrum | null {
  const curvature = object(object(facts["measured"])["curvature"]);
  const told = object(curvature["density"]);
  const density = list(told["values"])
    .slice(0, MOST_POINTS)
    .map((v) => finite(v) || 0);
  const [low, high] = list(told["ends"]).map(finite);
  const by = (high! - low!) / (density.length - 1);
  if (!(by > 0 && Number.isFinite(by)) || !density.some((v) => v > 0)) return null;
  const far = 2 * Math.max(Math.abs(low!), Math.abs(high!));
  const pairs = [...list(curvature["top"]), ...list(curvature["bottom"])].slice(
    0,
    MOST_EIGENVALUES,
  );
  const found = pairs.map((pair) => number(list(pair)[0])).filter((v) => Math.abs(v) <= far);
  return { x: density.map((_, i) => low! + i * by), density, found, small: number(told["small"]) };
}

export interface Along {
  label: string;
  steps: number[];
  values: number[];
  errors: number[];
  /** At each of these steps; null where none is known. */
  thresholds: (number | null)[];
}

/** Sharpness along the path; null where it was not measured. */
export function alongOf(facts: Facts): Along | null {
  const curvature = object(object(facts["measured"])["curvature"]);
  const found = object(curvature["along"]);
  const points = list(found["points"])
    .map((point) => list(point).map((v) => (typeof v === "number" ? v : undefined)))
    .filter(([step, v]) => step !== undefined && v !== undefined);
  if (!points.length) return null;
  const known = (own: unknown): number | null => {
    const threshold = number(own ?? found["threshold"]);
    return Number.isFinite(threshold) ? threshold : null;
  };
  return {
    label: typeof found["label"] === "string" ? short(found["label"]) : "",
    steps: points.map(([step]) => step!),
    values: points.map(([, v]) => v!),
    errors: points.map(([, , error]) => error ?? 0),
    thresholds: points.map(([, , , own]) => known(own)),
  };
}
