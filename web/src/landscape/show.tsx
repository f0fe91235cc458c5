/** A land: its pictures, its figures, what lies under a point of it, and what descends on it. */

import { useSignal, type Signal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { Nothing } from "../parts/controls";
import type { Pair } from "../play/sheet";
import type { View } from "../play/surface3d.gl";
import type { RunLine } from "../messages";
import * as settings from "../settings";
import * as store from "../store";
import { Curves } from "./curve";
import { share, useDropped } from "./dropping";
import { Figures } from "./figures";
import { groundOf, isLoss, mapsOf, type Ground } from "./ground";
import { isAxis, type Land } from "./land";
import { landscapeWords } from "./landscape.words";
import { isShown, Legend } from "./legend";
import { drop, Particles } from "./particles";
import { Pictures } from "./picture";
import type { Asked } from "./server";
import { SharpnessPanel } from "./sharpness";
import { SlicePanel } from "./slice";
import { SpectrumPanel } from "./spectrum";
import { particleColour, particleTrail, pathsOf, type Trail } from "./trails";

interface Props {
  run: RunLine;
  land: Land;
  ground: Ground | null;
  asked: Asked;
  view: Signal<View | null>;
  home: { current: HTMLDivElement | null };
}

/** The ground of the map that is chosen; null of a line, and where nothing is finite. */
export function useGround(land: Land | null): Ground | null {
  const { landscapeMap, logHeight, trueLoss } = settings;
  return useMemo(() => {
    if (!land || land.axes.length !== 2 || !land.axes.every(isAxis)) return null;
    const names = mapsOf(land);
    const name = names.includes(landscapeMap.value) ? landscapeMap.value : names[0];
    if (name === undefined) return null;
    const also =
      trueLoss.value && isLoss(name)
        ? land.paths.flatMap(({ loss }) => (loss ? [...loss] : []))
        : [];
    return groundOf(land, name, logHeight.value, also);
  }, [land, landscapeMap.value, logHeight.value, trueLoss.value]);
}

export function Show({ run, land, ground, asked, view, home }: Props) {
  const w = landscapeWords.value;
  const dark = store.isDark.value;
  const rule = run.hyperparameters["rule"];
  const paths = useMemo(
    () => pathsOf(land, typeof rule === "string" ? rule : undefined, dark),
    [land, rule, dark],
  );
  const dropped = useDropped(run.id, ground && asked);
  const colours = dropped.map((_, k) => particleColour(k, paths, dark));
  const lossy = ground ? isLoss(ground.name) : true;
  const newest = share.value;
  const key = dropped.map(({ text, fall }) => `${text} ${!!fall?.way}`).join("\n");
  const trails = useMemo(() => {
    const falling = dropped.flatMap(({ drop: one, fall }, k): Trail[] => {
      const seen = k === dropped.length - 1 ? newest : 1;
      return fall?.way ? [particleTrail(one, fall.way, colours[k]!, seen)] : [];
    });
    const all = [...paths.filter(isShown), ...falling];
    return lossy ? all : all.map((trail) => ({ ...trail, loss: null }));
  }, [paths, settings.hiddenPaths.value, key, newest, lossy]);
  const line = land.axes.length === 1 && isAxis(land.axes[0]);
  return (
    <>
      <Legend paths={paths} lift={!!ground && lossy} />
      <div class={`lands${line ? " line" : ""}`}>
        <div class="grounds" ref={home}>
          {ground && <Pictures ground={ground} trails={trails} view={view} drop={(at: Pair) => void drop(run.id, at)} />}
          {line && <Curves land={land} trails={trails} />}
          {!ground && !line && <Nothing>{w.noAxes}</Nothing>}
        </div>
        <Figures land={land} ground={ground} />
        <div class="beside">
          {ground && <SlicePanel ground={ground} />}
          <SpectrumPanel facts={land.facts} />
          <SharpnessPanel facts={land.facts} />
          {ground && <Particles run={run.id} dropped={dropped} colours={colours} />}
        </div>
      </div>
    </>
  ); // prettier-ignore
}

export const useView = () => useSignal<View | null>(null);
