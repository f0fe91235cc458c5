/** From settings, runs and their series to what a chart of a tag shows. */

import { moreIsBetter } from "../display";
import type { RunLine } from "../messages";
import * as settings from "../settings";
import * as store from "../store";
import { seriesOf } from "../series";
import { spoken } from "../words";
import { bandsOf, compared, curveOf, type Curve } from "./curves";
import type { Shown } from "./plot";
import { isWide, rangeX, rememberedRangeY } from "./range";

export interface Zoom {
  x: [number, number];
  y: [number, number];
}

/** The window of a chart, as it stands in the address; null where all is shown. */
export function zoomOf(text: string): Zoom | null {
  const n = text.split(":").map((part) => (part ? Number(part) : NaN));
  if (n.length !== 4 || !n.every(Number.isFinite)) return null;
  const [x0, x1, y0, y1] = n as [number, number, number, number];
  return isWide([x0, x1]) && isWide([y0, y1]) ? { x: [x0, x1], y: [y0, y1] } : null;
}

export const zoomText = (name: string): string => settings.textNamed(settings.zooms.value, name);

export function zoomed(name: string, zoom: Zoom | null): void {
  if (zoom && !(isWide(zoom.x) && isWide(zoom.y))) return;
  const text = zoom ? [...rounded(zoom.x), ...rounded(zoom.y)].join(":") : "";
  settings.zooms.value = settings.withNamed(settings.zooms.value, name, text);
}

/** A range to a ten-thousandth of its width. */
function rounded([low, high]: [number, number]): number[] {
  const parts = Math.max(Math.abs(low), Math.abs(high)) / (high - low);
  const digits = Math.min(17, Math.max(5, Math.ceil(Math.log10(parts)) + 5));
  return [low, high].map((v) => Number(v.toPrecision(digits)));
}

/** The curves of a tag for the runs shown, or bands over groups of them. */
export function modelOf(tag: { id: number; name: string }): Shown {
  const axis = settings.axis.value;
  const s = settings.smoothing.value;
  const all = seriesOf(tag.id);
  const colours = store.colours.value;
  const curve = (run: RunLine) => {
    const one = all.get(run.id);
    const look = { name: run.name, colour: colours.get(run.id) ?? "#888" };
    return one?.value.length && run.tags.includes(tag.id) ? [curveOf(one, look, axis, s)] : [];
  };
  const made = store.shown.value.flatMap(curve);
  const [base] = store.baseRun.value ? curve(store.baseRun.value) : [];
  const curves = base ? compared(made, base) : made;
  const bands = grouped(curves, moreIsBetter(tag.name));
  const logX = settings.logX.value && axis !== "wall";
  const logY = settings.logY.value.includes(tag.name);
  const zoom = zoomOf(zoomText(tag.name));
  const x = zoom?.x ?? rangeX(curves, logX);
  const usable = !logX || x[0] > 0;
  const window = usable ? x : rangeX(curves, logX);
  const inliers = settings.ignoreOutliers.value;
  const y = zoom?.y ?? rememberedRangeY(curves, bands, window, inliers, logY);
  return {
    curves,
    bands,
    axis,
    logX,
    logY,
    x: window,
    y: logY && y[0] <= 0 ? rememberedRangeY(curves, bands, window, inliers, logY) : y,
    smoothing: s,
    language: spoken.value,
  };
}

function grouped(curves: Curve[], more: boolean) {
  if (!settings.groupBy.value.length) return [];
  const runs = store.runs.value;
  const found = new Map<string, Curve[]>();
  for (const curve of curves) {
    const key = store.groupKey(runs.get(curve.run)!, settings.groupBy.value);
    if (!found.has(key)) found.set(key, []);
    found.get(key)!.push(curve);
  }
  return bandsOf(found, store.groupColours.value, more);
}
