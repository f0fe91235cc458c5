// Made by `python -m uzviz.board.types` from uzviz/board/messages.py: change that instead.

export type Kind = "scalars" | "histograms" | "images" | "text" | "tensors";

export type Status = "running" | "finished" | "diverged" | "interrupted" | "dead";

export type ArrayType = "f4" | "f8" | "i4" | "u1";

export type ControlKind =
  "number" | "whole" | "switch" | "choice" | "several" | "point" | "points" | "wholes" | "text";

export const causeKinds = [
  "bad batch",
  "step too long",
  "layer grew",
  "overflow",
  "not seen",
] as const;
export type CauseKind = (typeof causeKinds)[number];

export const additionKinds = [
  "order by epoch",
  "order by budget",
  "same with fewer tries",
  "other with fewer tries",
  "on this test set",
] as const;
export type AdditionKind = (typeof additionKinds)[number];

export const silenceKinds = ["broken off", "same losses"] as const;
export type SilenceKind = (typeof silenceKinds)[number];

/** A parameter, an input, or one computation of a model. */
export interface Node {
  /** Its modules and its own, with "/" between them. */
  name: string;
  op: string;
  inputs: string[];
  /** Of each of its results. */
  shapes: number[][];
  dtype: string;
  parameters: number;
  flops: number;
}

/** Why a lane died, as a kind and its numbers: the page words it in any language. */
export interface Cause {
  kind: CauseKind;
  /** The step that was too long, or how many steps the layer grew in; 0 of other kinds. */
  step: number;
  /** By how many times the step was too long, or the layer's norm grew, None where that is not
   * finite; 0 of other kinds.
   */
  times: number | null;
  /** The layer that grew; "" of other kinds. */
  layer: string;
}

/** A name under which runs log; the same for all runs. */
export interface Tag {
  id: number;
  name: string;
  kind: Kind;
}

/** A run, as lists show it. */
export interface RunLine {
  id: number;
  name: string;
  /** Whether its files have been read; until then the rest is empty. */
  read: boolean;
  status: Status;
  hyperparameters: Record<string, boolean | number | string>;
  tags: number[];
  /** Seconds since 1970 of its first record; likewise the last. */
  began: number | null;
  written: number | null;
  /** Bytes that could not be read. */
  damage: number;
  /** Whether it is a race's own. */
  race: boolean;
  graph: boolean;
  /** Whether its log holds one. */
  landscape: boolean;
}

/** How many runs were read, of how many. */
export interface Reading {
  done: number;
  total: number;
}

/** The runs that changed after a cursor; of all tags, those that are new. */
export interface Runs {
  /** The server's own number: behind another one all ids and cursors are new. */
  server: number;
  cursor: number;
  /** The folder's last name, never its path. */
  folder: string;
  version: string;
  reading: Reading;
  /** Whether all folders were looked into: until then, that there are no runs means nothing. */
  known: boolean;
  tags: Tag[];
  runs: RunLine[];
  gone: number[];
}

/** An event: something is new behind this cursor. */
export interface Changed {
  cursor: number;
}

/** Where a column lies after the header, in bytes, and what its numbers are. */
export interface Column {
  type: "f4" | "f8";
  offset: number;
  length: number;
}

/** Points of one tag of one run. Columns are given by their numbers; equal ones are sent once. */
export interface Series {
  run: number;
  tag: number;
  /** Changes when points already sent are void. */
  generation: number;
  /** Points in the files. */
  total: number;
  /** The wall time of the first of them, to which others are relative. */
  origin: number | null;
  /** The number of the first point sent, from 0: 0, or as many as the page said it has. */
  first: number;
  /** Whether all points from the first on are here; else those that a drawing of the window needs: of
   * each stretch the first, lowest, highest and last.
   */
  whole: boolean;
  step: number;
  wall: number;
  value: number;
  /** Epochs, gradients or examples at each point, where these were asked for and known. Of all points,
   * also where only later ones are sent, if ``whole``: what is told later of a run's progress changes
   * earlier places.
   */
  axis: number | null;
  /** Smoothed values, where not all points are here; otherwise the page smooths. */
  smoothed: number | null;
}

/** The header before columns. */
export interface Columns {
  columns: Column[];
  series: Series[];
}

/** A histogram at a step. */
export interface Distribution {
  step: number;
  wall: number;
  edges: (number | null)[];
  counts: (number | null)[];
}

/** Histograms of one tag of one run; of more than were asked for, evenly chosen ones. */
export interface Distributions {
  total: number;
  found: Distribution[];
}

/** One image of a step; its bytes are fetched by step and number. */
export interface Picture {
  step: number;
  wall: number;
  index: number;
  number: number;
  width: number;
  height: number;
}

/** All images of one tag of one run, by step. */
export interface Pictures {
  found: Picture[];
}

/** A text at a step: as it was logged, and as HTML without anything that could act. */
export interface Text {
  step: number;
  wall: number;
  source: string;
  html: string;
}

/** Texts of one tag of one run; the last ones, of more than were asked for. */
export interface Texts {
  total: number;
  found: Text[];
}

/** A model's graph. */
export interface Graph {
  nodes: Node[];
}

/** The last value of every series of scalars: a row a run, a column a tag; null where there is none. */
export interface Results {
  runs: number[];
  tags: number[];
  values: (number | null)[][];
}

/** A file of a run, by its own name. */
export interface File {
  name: string;
  bytes: number;
}

/** Bytes of a file that could not be read. */
export interface Lost {
  file: string;
  offset: number;
  bytes: number;
}

/** What is known of one run besides its line. */
export interface Facts {
  note: string;
  /** The run card as HTML; "" without. */
  card: string;
  files: File[];
  damage: Lost[];
  parameters: number | null;
}

/** A lane of a race's final that has a run of its own. */
export interface Lane {
  entrant: string;
  /** "tuned", "nudged" or "fewer tries". */
  role: string;
  seed: number;
  run: number;
}

/** A race's result as ``Race.to_dict`` gives it, and where its lanes are. */
export interface RaceOf {
  race: Record<string, unknown>;
  lanes: Lane[];
}

/** A landscape in a run's log, as a list shows it. */
export interface LandscapeLine {
  name: string;
  /** Points along each direction, one or two. */
  shape: number[];
  /** Points that are there. */
  done: number;
  /** What kind they are. */
  directions: string;
}

/** The landscapes in a run's log, whose places in this list are their numbers. */
export interface Landscapes {
  landscapes: LandscapeLine[];
}

/** A hyperparameter as it is declared. */
export interface Bounds {
  default: number;
  /** None where nothing bounds it; so for ``high``. */
  low: number | null;
  high: number | null;
  interval: string;
  meaning: string;
}

/** A rule, and what can be set in it. */
export interface RuleOf {
  name: string;
  hyperparameters: Record<string, Bounds>;
  /** The step size's name; None for a rule without one. */
  tuned: string | null;
}

/** What can be asked of the ground around a run. */
export interface About {
  parameters: number;
  /** Of the training part; 0 for a problem without data. */
  examples: number;
  /** Of the run. */
  batch: number;
  /** Of a particle. */
  most_steps: number;
  /** Points along a side, least and most. */
  sizes: number[];
  /** Of a race, whose ends can be the centre. */
  entrants: string[];
  centre: string;
  directions: string[];
  rules: RuleOf[];
  /** The run's own, and its numbers; of a race its winner's. */
  rule: string;
  set: Record<string, number>;
}

/** Why a request was not answered, as a sentence. */
export interface Refused {
  error: string;
}

/** What can be set in a scene, as ``uzviz.scenes.controls`` describes it. */
export interface ControlOf {
  kind: ControlKind;
  default: unknown;
  low?: number;
  high?: number;
  scale?: "linear" | "log";
  /** The numbers allowed; the slider goes from low to high. */
  interval?: string;
  options?: string[];
  /** What else is set when one of the options is chosen. */
  brings?: Record<string, Record<string, unknown>>;
  least?: number;
  many?: number;
  longest?: number;
}

/** A piece of a scene's picture. */
export interface PartOf {
  /** The settings with which it is made anew. */
  uses: string[];
  /** Further settings that change what is shown of a training, and not how it goes. */
  shows: string[];
  /** Whether it goes on in steps. */
  training: boolean;
}

/** A scene, as ``uzviz.scenes.scene`` describes it. */
export interface SceneOf {
  name: string;
  title: string;
  slides: string;
  /** In TeX. */
  formulas: string[];
  controls: Record<string, ControlOf>;
  parts: Record<string, PartOf>;
  presets: Record<string, Record<string, unknown>>;
}

/** Where an array lies among the bytes behind the header, and its shape. */
export interface ArrayOf {
  type: ArrayType;
  offset: number;
  shape: number[];
}

/** The header of a scene's frame. */
export interface Frame {
  arrays: Record<string, ArrayOf>;
  /** All that is no array; a number that is not finite is null. */
  facts: Record<string, unknown>;
}

/** A frame that follows, of so many bytes. */
export interface Sized {
  size: number;
}

/** A frame that could not be made, and why, in a sentence. */
export interface RefusedFrame {
  refused: string;
}

/** The header of frames, which follow in its order. */
export interface Frames {
  frames: (Sized | RefusedFrame)[];
}
