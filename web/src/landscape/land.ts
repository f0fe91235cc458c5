/** A land: maps over one axis or two and the paths on it, as a frame brings them; nothing in it is trusted. */

import type { Got, Numbers, Tensor } from "../play/server";

/** Where a run went. */
export interface Path {
  label: string;
  /** [points, axes] */
  coordinates: Tensor;
  /** From the plane, at each point. */
  distance: Numbers;
  /** The loss at each point itself, and of the ground below it; where they are known. */
  loss: Numbers | null;
  shown: Numbers | null;
  /** The share of Σ‖point − w‖² that lies in the plane; NaN where it is not known. */
  explained: number;
  farthest: number;
}

export type Facts = Record<string, unknown>;

export interface Land {
  /** One or two; x is the first. */
  axes: Numbers[];
  /** By name, x slowest. */
  maps: Map<string, Numbers>;
  /** Which points are known. */
  done: Numbers;
  paths: Path[];
  facts: Facts;
}

/** Numbers of a fact, whatever is there. */
export const number = (value: unknown): number => (typeof value === "number" ? value : NaN);
export const object = (value: unknown): Facts =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Facts) : {};
export const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

export function landOf({ arrays, facts }: Got): Land {
  const axes = [arrays["axis0"], arrays["axis1"]].flatMap((axis) => (axis ? [axis.data] : []));
  const size = axes.reduce((product, axis) => product * axis.length, 1);
  const maps = new Map<string, Numbers>();
  for (const [k, name] of list(facts["maps"]).entries()) {
    const found = arrays[`map${k}`]?.data;
    if (found?.length === size) maps.set(String(name), found);
  }
  const done = arrays["done"]?.data;
  return {
    axes,
    maps,
    done: done?.length === size ? done : new Uint8Array(size).fill(1),
    paths: pathsOf({ arrays, facts }, axes.length),
    facts: object(facts["facts"]),
  };
}

/** The paths of a frame, of those that lie on so many axes. */
export function pathsOf({ arrays, facts }: Got, axes: number): Path[] {
  return list(facts["paths"]).flatMap((told, k) => {
    const coordinates = arrays[`path${k}/coordinates`];
    const points = coordinates?.shape[0] ?? 0;
    if (!coordinates || !points || coordinates.shape[1] !== axes) return [];
    const along = (name: string): Numbers | null => {
      const data = arrays[`path${k}/${name}`]?.data;
      return data?.length === points ? data : null;
    };
    const { label, explained, farthest } = object(told);
    return {
      label: String(label ?? ""),
      coordinates,
      distance: along("distance") ?? new Float64Array(points).fill(NaN),
      loss: along("loss"),
      shown: along("shown"),
      explained: number(explained),
      farthest: number(farthest),
    };
  });
}

/** How many points are known. */
export function doneOf({ done }: Land): number {
  let count = 0;
  for (const is of done) if (is) count++;
  return count;
}

/** Whether numbers lie between two ends that make an axis. */
export function isAxis(axis: Numbers | undefined): boolean {
  if (!axis || axis.length < 2) return false;
  const [first, last] = [axis[0]!, axis[axis.length - 1]!];
  return Number.isFinite(last - first) && first !== last;
}
