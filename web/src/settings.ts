/** What a person has chosen. All of it stands in the address, so that any view is a link. */

import { effect, signal, type Signal } from "@preact/signals";

type Value = string | number | boolean | string[];

interface Setting<T extends Value> {
  signal: Signal<T>;
  initial: T;
  /** Of a choice: what there is to choose from. */
  allowed: readonly T[] | undefined;
}

const all = new Map<string, Setting<Value>>();

/** A setting of this name in the address; it is left out while it has its initial value. */
function setting<T extends Value>(name: string, initial: T, allowed?: readonly T[]): Signal<T> {
  const made = signal<T>(initial);
  all.set(name, { signal: made, initial, allowed } as unknown as Setting<Value>);
  return made;
}

export const PAGES = [
  "scalars",
  "histograms",
  "images",
  "text",
  "graph",
  "hyperparameters",
  "race",
  "runs",
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
export type NodeColour = (typeof NODE_COLOURS)[number];

export const page = setting<Page>("page", "scalars", PAGES);
/** "" is the browser's own. */
export const language = setting<"" | "en" | "uk">("lang", "", ["", "en", "uk"]);
export const theme = setting<"" | "light" | "dark">("theme", "", ["", "light", "dark"]);

/** Which runs are shown: those that a pattern and conditions let through, less those unticked. */
export const runPattern = setting<string>("runs", "");
export const conditions = setting<string>("where", "");
export const unticked = setting<string[]>("off", []);
/** Where set, these alone are ticked. */
export const ticked = setting<string[]>("on", []);
/** The hyperparameter by which curves are coloured; "" by run. */
export const colourBy = setting<string>("colour", "");
/** The hyperparameters by which runs are put into one band; none for curves. */
export const groupBy = setting<string[]>("group", []);
/** The run that others are compared with; "" for none. */
export const baseRun = setting<string>("base", "");

export const tagPattern = setting<string>("tags", "");
export const smoothing = setting<number>("smooth", 0.6);
export const axis = setting<Axis>("axis", "step", AXES);
export const ignoreOutliers = setting<boolean>("inliers", true);
export const logX = setting<boolean>("logx", false);
export const tooltipSort = setting<Sort>("sort", "default", SORTS);
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
/** Windows of charts by tag, as "tag:low:high:low:high". */
export const zooms = setting<string[]>("zoom", []);

/** The one run that pages of single runs show; "" for the first that has something to show. */
export const chosenRun = setting<string>("run", "");
/** The other one, where two are compared. */
export const otherRun = setting<string>("with", "");
export const distributions = setting<boolean>("distributions", false);
export const brightness = setting<number>("brightness", 1);
export const contrast = setting<number>("contrast", 1);
export const actualSize = setting<boolean>("actual", false);
/** Steps of images by tag, as "tag:step"; the newest one without. */
export const imageSteps = setting<string[]>("steps", []);
/** Texts as they were logged, not as they are meant to look. */
export const textSource = setting<boolean>("source", false);
export const openNodes = setting<string[]>("open", []);
export const nodePattern = setting<string>("node", "");
/** A node or a module, by its key in `graph/tree.ts`; "" for none. */
export const chosenNode = setting<string>("at", "");
export const nodeColour = setting<NodeColour>("shade", "structure", NODE_COLOURS);
/** Middle and scale of the graph's window, as "x:y:scale"; "" is found by the page. */
export const graphView = setting<string>("window", "");
export const tableSort = setting<string>("by", "");
export const hiddenColumns = setting<string[]>("without", []);
export const hyperView = setting<HyperView>("view", "table", HYPER_VIEWS);
export const scatterAxes = setting<string[]>("scatter", []);
/** Columns that are shown although all runs agree in them. */
export const moreColumns = setting<string[]>("also", []);
/** Columns whose axis is not as their values suggest: logarithmic for linear, or the other way. */
export const rescaled = setting<string[]>("scale", []);
/** The column by which runs are coloured among hyperparameters; "" for the first result. */
export const tint = setting<string>("tint", "");
/** Ranges chosen on axes, as `hyper/brushes.ts` writes them. */
export const brushes = setting<string[]>("brush", []);

export const RACE_AXES = ["epochs", "gradients"] as const;
export type RaceAxis = (typeof RACE_AXES)[number];
/** What the curves of a race are drawn over, and which of them. */
export const raceAxis = setting<RaceAxis>("over", "epochs", RACE_AXES);
export const raceCurve = setting<string>("curve", "validation/loss");

/** By what the list of all runs is sorted. */
export const runsSort = setting<string>("sorted", "");

const JOINT = ",";

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
  if (Array.isArray(value)) return value.map(encodeURIComponent).join(JOINT);
  return typeof value === "boolean" ? (value ? "1" : "0") : encodeURIComponent(String(value));
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
  for (const [name, { signal, initial, allowed }] of all) {
    const text = given.get(name);
    const found = text === undefined ? initial : valueOf(text, initial);
    const value = !allowed || allowed.includes(found) ? found : initial;
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
    else soon = window.setTimeout(write, 150);
  });
}

/** A list with an element put in, or taken out. */
export function toggled(list: string[], element: string): string[] {
  return list.includes(element) ? list.filter((e) => e !== element) : [...list, element];
}
