/** From settings, runs and their series to what a chart of a tag shows. */

import * as settings from "../settings";
import * as store from "../store";
import { seriesOf } from "../series";
import { spoken } from "../words";
import { bandsOf, compared, curveOf, type Curve } from "./curves";
import type { Shown } from "./plot";
import { rangeX, rememberedRangeY } from "./range";

export interface Zoom {
  x: [number, number];
  y: [number, number];
}

/** The window of a chart in the address; null where all is shown. */
export function zoomOf(name: string, all: string[]): Zoom | null {
  const own = all.find((z) => z.startsWith(`${name}:`));
  const n = own
    ?.slice(name.length + 1)
    .split(":")
    .map(Number);
  if (!n || n.length !== 4 || !n.every(Number.isFinite)) return null;
  return { x: [n[0]!, n[1]!], y: [n[2]!, n[3]!] };
}

export function zoomed(name: string, zoom: Zoom | null): void {
  const rest = settings.zooms.value.filter((z) => !z.startsWith(`${name}:`));
  const own = zoom && [...zoom.x, ...zoom.y].map((v) => Number(v.toPrecision(9))).join(":");
  settings.zooms.value = own ? [...rest, `${name}:${own}`] : rest;
}

/** The curves of a tag for the runs shown, or bands over groups of them. */
export function modelOf(tag: { id: number; name: string }): Shown {
  const axis = settings.axis.value;
  const s = settings.smoothing.value;
  const all = seriesOf(tag.id);
  const colours = store.colours.value;
  const made: Curve[] = [];
  for (const run of store.shown.value) {
    const one = all.get(run.id);
    if (!one?.value.length) continue;
    made.push(curveOf(one, { name: run.name, colour: colours.get(run.id) ?? "#888" }, axis, s));
  }
  const base = made.find((c) => c.name === settings.baseRun.value);
  const curves = base ? compared(made, base) : made;
  const bands = grouped(curves);
  const logX = settings.logX.value && axis !== "wall";
  const logY = settings.logY.value.includes(tag.name);
  const zoom = zoomOf(tag.name, settings.zooms.value);
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
    language: spoken.value,
  };
}

function grouped(curves: Curve[]) {
  if (!settings.groupBy.value.length) return [];
  const runs = store.runs.value;
  const found = new Map<string, Curve[]>();
  for (const curve of curves) {
    const key = store.groupKey(runs.get(curve.run)!, settings.groupBy.value);
    if (!found.has(key)) found.set(key, []);
    found.get(key)!.push(curve);
  }
  return bandsOf(found, store.groupColours.value);
}
