/** What a person has chosen. All of it stands in the address, so that any view is a link. */

import { effect, signal, type Signal } from "@preact/signals";
import { COLOUR_MAPS, type ColourMap } from "./landscape/colourmaps";

type Value = string | number | boolean | string[];

interface Setting<T extends Value> {
  signal: Signal<T>;
  initial: T;
  /** Whether a value from an address makes sense. */
  fits: (value: T) => boolean;
}

const all = new Map<string, Setting<Value>>();

/** A setting of this name in the address; it is left out while it has its initial value. */
function setting<T extends Value>(
  name: string,
  initial: T,
  fits: (value: T) => boolean = () => true,
): Signal<T> {
  const made = signal<T>(initial);
  all.set(name, { signal: made, initial, fits } as unknown as Setting<Value>);
  return made;
}

/** One of some words. */
const choice = <T extends string>(name: string, initial: T, words: readonly T[]) =>
  setting<T>(name, initial, (word) => words.includes(word));

/** A number between two others. */
const between = (name: string, initial: number, [low, high]: readonly [number, number]) =>
  setting<number>(name, initial, (value) => value >= low && value <= high);

export const PAGES = [
  "scalars",
  "histograms",
  "images",
  "text",
  "graph",
  "hyperparameters",
  "race",
  "landscape",
  "runs",
  "play",
] as const;
export type Page = (typeof PAGES)[number];
export const AXES = ["step", "relative", "wall", "epoch", "gradients", "examples"] as const;
export type Axis = (typeof AXES)[number];
export const SORTS = ["default", "ascending", "descending", "nearest"] as const;
export type Sort = (typeof SORTS)[number];
export const COLUMNS = ["smoothed", "value", "step", "time", "relative"] as const;

export const HYPER_VIEWS = ["table", "parallel", "scatter"] as const;
export type HyperView = (typeof HYPER_VIEWS)[number];

export const NODE_COLOURS = ["structure", "parameters", "flops"] as const;
type NodeColour = (typeof NODE_COLOURS)[number];

export const page = choice<Page>("page", "scalars", PAGES);
/** "" is the browser's own. */
export const language = choice<"" | "en" | "uk">("lang", "", ["", "en", "uk"]);
export const theme = choice<"" | "light" | "dark">("theme", "", ["", "light", "dark"]);

/** Which runs are shown: those that a pattern and conditions let through, less those unticked. */
export const runPattern = setting<string>("runs", "");
export const conditions = setting<string>("where", "");
export const unticked = setting<string[]>("off", []);
/** Whether those alone are shown that are ticked. */
export const onlyTicked = setting<boolean>("only", false);
export const ticked = setting<string[]>("on", []);
/** The hyperparameter by which curves are coloured; "" by run. */
export const colourBy = setting<string>("colour", "");
/** The hyperparameters by which runs are put into one band; none for curves. */
export const groupBy = setting<string[]>("group", []);
/** The run that others are compared with; "" for none. */
export const baseRun = setting<string>("base", "");

export const tagPattern = setting<string>("tags", "");
export const SMOOTHING = [0, 0.999] as const;
export const smoothing = between("smooth", 0.6, SMOOTHING);
export const axis = choice<Axis>("axis", "step", AXES);
export const ignoreOutliers = setting<boolean>("inliers", true);
export const logX = setting<boolean>("logx", false);
export const tooltipSort = choice<Sort>("sort", "default", SORTS);
export const tooltipColumns = setting<string[]>("columns", [
  "smoothed",
  "value",
  "step",
  "relative",
]);
export const pinned = setting<string[]>("pinned", []);
/** Tags in an order of one's own; the others follow. */
export const order = setting<string[]>("order", []);
export const logY = setting<string[]>("logy", []);
export const fullSize = setting<string[]>("full", []);
/** Groups of tags that are closed. */
export const closed = setting<string[]>("closed", []);
/** Windows of charts by tag, as "low:high:low:high". */
export const zooms = setting<string[]>("zoom", []);

/** The one run that pages of single runs show; "" for the first that has something to show. */
export const chosenRun = setting<string>("run", "");
/** The other one, where two are compared. */
export const otherRun = setting<string>("with", "");
export const distributions = setting<boolean>("distributions", false);
/** As shares of what was logged. */
export const LIGHT = [0, 3] as const;
export const brightness = between("brightness", 1, LIGHT);
export const contrast = between("contrast", 1, LIGHT);
export const actualSize = setting<boolean>("actual", false);
/** Steps of images by tag, as "tag:step"; the newest one without. */
export const imageSteps = setting<string[]>("steps", []);
/** Texts as they were logged, not as they are meant to look. */
export const textSource = setting<boolean>("source", false);
export const openNodes = setting<string[]>("open", []);
export const nodePattern = setting<string>("node", "");
/** A node or a module, by its key in `graph/tree.ts`; "" for none. */
export const chosenNode = setting<string>("at", "");
export const nodeColour = choice<NodeColour>("shade", "structure", NODE_COLOURS);
/** Middle and scale of the graph's window, as "x:y:scale"; "" is found by the page. */
export const graphView = setting<string>("window", "");
export const tableSort = setting<string>("by", "");
export const hiddenColumns = setting<string[]>("without", []);
export const hyperView = choice<HyperView>("view", "table", HYPER_VIEWS);
export const scatterAxes = setting<string[]>("scatter", []);
/** Columns that are shown although all runs agree in them. */
export const moreColumns = setting<string[]>("also", []);
/** Columns whose axis is not as their values suggest: logarithmic for linear, or the other way. */
export const rescaled = setting<string[]>("scale", []);
/** The column by which runs are coloured among hyperparameters; "" for the first result. */
export const tint = setting<string>("tint", "");
/** Ranges chosen on axes, as `hyper/brushes.ts` writes them. */
export const brushes = setting<string[]>("brush", []);

const RACE_AXES = ["epochs", "gradients"] as const;
type RaceAxis = (typeof RACE_AXES)[number];
/** What the curves of a race are drawn over, and which of them. */
export const raceAxis = choice<RaceAxis>("over", "epochs", RACE_AXES);
export const raceCurve = setting<string>("curve", "validation/loss");

/** The landscape that is shown, by its name in the log; "" for the first. */
export const landscape = setting<string>("land", "");
/** Whether one is computed instead, and of what, as "name:text". */
export const computed = setting<boolean>("computed", false);
export const asked = setting<string[]>("asked", []);
/** The map of it that is shown; "" for the first. */
export const landscapeMap = setting<string>("map", "");
export const logHeight = setting<boolean>("logheight", true);
export const colourMap = choice<ColourMap>("palette", "viridis", COLOUR_MAPS);
export const LEVELS = [0, 40] as const;
export const levels = between("levels", 14, LEVELS);
/** From where the sun shines on it, in degrees. */
export const SUN = [0, 360] as const;
export const sun = between("sun", 210, SUN);
/** From where it is seen, as "turn:tilt:distance"; "" from where it is at first. */
export const camera = setting<string>("from", "");
/** Whether paths are as high as their own losses, rather than on the ground. */
export const trueLoss = setting<boolean>("trueloss", false);
/** Paths that are not shown, by their labels. */
export const hiddenPaths = setting<string[]>("nopath", []);
/** The point that is looked at, as "x:y"; "" for the middle. */
export const landscapePoint = setting<string>("point", "");
/** What a particle descends by, as "name:text"; and those that were dropped, as `landscape/drops.ts` has them. */
export const descent = setting<string[]>("descent", []);
export const drops = setting<string[]>("drops", []);

/** The scene that is played, by its name; "" for the first. */
export const scene = setting<string>("scene", "");
/** What is set in it, as "name:value". */
export const sceneSettings = setting<string[]>("set", []);

/** By what the list of all runs is sorted. */
export const runsSort = setting<string>("sorted", "");

const JOINT = ",";

/** A text as it stands in an address; names of files may hold halves of letters, which cannot. */
export const encoded = (text: string): string =>
  encodeURIComponent(text.replace(/\p{Surrogate}/gu, "\ufffd"));

/** The settings as they stand in the address. */
export function written(): string {
  const parts: string[] = [];
  for (const [name, { signal, initial }] of all) {
    const value = signal.value;
    const text = textOf(value);
    if (text !== textOf(initial)) parts.push(`${name}=${text}`);
  }
  return parts.join("&");
}

function textOf(value: Value): string {
  if (Array.isArray(value)) return value.map(encoded).join(JOINT);
  return typeof value === "boolean" ? (value ? "1" : "0") : encoded(String(value));
}

/** Take the settings from an address; what is not there, or makes no sense, is initial. */
export function take(hash: string): void {
  const given = new Map(
    hash
      .replace(/^#/, "")
      .split("&")
      .filter((part) => part.includes("="))
      .map((part) => {
        const at = part.indexOf("=");
        return [part.slice(0, at), part.slice(at + 1)] as const;
      }),
  );
  for (const [name, { signal, initial, fits }] of all) {
    const text = given.get(name);
    const found = text === undefined ? initial : valueOf(text, initial);
    const value = fits(found) ? found : initial;
    if (textOf(signal.peek()) !== textOf(value)) signal.value = value;
  }
}

function valueOf(text: string, like: Value): Value {
  try {
    if (Array.isArray(like)) return text ? text.split(JOINT).map(decodeURIComponent) : [];
    if (typeof like === "boolean") return text === "1";
    const plain = decodeURIComponent(text);
    if (typeof like === "string") return plain;
    return Number.isFinite(Number(plain)) ? Number(plain) : like;
  } catch {
    return like; // not percent-encoded as we do it
  }
}

/** Milliseconds after the last change when the address follows it: browsers do more than one thinks at each. */
const SOON = 400;

/** Keep settings and address the same from now on. */
export function followAddress(): void {
  take(location.hash);
  addEventListener("hashchange", () => take(location.hash));
  let soon = 0;
  let shownPage = page.peek();
  effect(() => {
    const hash = `#${written()}`;
    const turned = page.value !== shownPage;
    shownPage = page.value;
    clearTimeout(soon);
    const write = () => {
      if (hash === location.hash || (hash === "#" && !location.hash)) return;
      // A page is a place one can come back from; how it looks is not.
      if (turned) history.pushState(null, "", hash);
      else history.replaceState(null, "", hash);
    };
    if (turned) write();
    else soon = window.setTimeout(write, SOON);
  });
}

/** A list with an element put in, or taken out. */
export function toggled(list: string[], element: string): string[] {
  return list.includes(element) ? list.filter((e) => e !== element) : [...list, element];
}

/** Of a list of settings by name, as "name:text": the text of one; "" without. */
export function textNamed(list: string[], name: string): string {
  const head = `${encoded(name)}:`;
  return list.find((one) => one.startsWith(head))?.slice(head.length) ?? "";
}

/** The list with another text for one name; "" takes it out. */
export function withNamed(list: string[], name: string, text: string): string[] {
  const head = `${encoded(name)}:`;
  const rest = list.filter((one) => !one.startsWith(head));
  return text ? [...rest, head + text] : rest;
}
