/** The two plots of histograms: one behind the other, and as quantiles over steps. */

import { useMemo } from "preact/hooks";
import { CanvasPlot } from "../chart/canvas";
import { fanOf, movedStep, paintFan, placeOfStep, stepAt, type Fan } from "../chart/fans";
import { movedSpot, paintRidges, placeOfBin, ridgeAt, ridgesOf, type Spot } from "../chart/ridges";
import { shortNumber } from "../numbers";
import { SHARES, type Histogram } from "../histograms";
import { Nothing } from "../parts/controls";
import { words as common } from "../words";
import { words } from "./histograms.words";

interface Props {
  all: Histogram[];
  name: string;
  colour: string;
}

export function RidgePlot({ all, name, colour }: Props) {
  const ridges = useMemo(() => ridgesOf(all), [all]);
  return (
    <CanvasPlot<Spot>
      label={`${name}. ${words.value.ridgesHelp}`}
      colour={colour}
      has={({ index, bin }) => bin < (all[index]?.count.length ?? 0)}
      paint={(pen, size, look, spot) => paintRidges(pen, ridges, size, look, spot)}
      find={(size, x, y) => ridgeAt(ridges, size, x, y)}
      move={(spot, key) => movedSpot(ridges, spot, key)}
      place={(size, spot) => placeOfBin(ridges, size, spot)}
      say={({ index, bin }) => binRows(all[index]!, bin)}
    />
  );
}

/** What is known of a bin: its step, its range, and how many are in it, of how many. */
function binRows(h: Histogram, bin: number): [string, string][] {
  const [w, c] = [words.value, common.value];
  const step: [string, string] = [c.step, String(h.step)];
  if (bin < 0) return [step, [w.count, "0"]];
  const range = `${shortNumber(h.left[bin]!)} … ${shortNumber(h.right[bin]!)}`;
  const count = `${shortNumber(h.count[bin]!)} ${w.of} ${shortNumber(h.total)}`;
  return [step, [w.bin, range], [w.count, count]];
}

export function FanPlot({ all, name, colour }: Props) {
  const fan = useMemo(() => fanOf(all), [all]);
  if (!fan.all.length) return <Nothing>{words.value.empty}</Nothing>;
  return (
    <CanvasPlot<number>
      label={`${name}. ${words.value.fansHelp}`}
      colour={colour}
      has={(index) => index < fan.all.length}
      paint={(pen, size, look, index) => paintFan(pen, fan, size, look, index)}
      find={(size, x) => stepAt(fan, size, x)}
      move={(index, key) => movedStep(fan, index, key)}
      place={(size, index) => placeOfStep(fan, size, index)}
      say={(index) => stepRows(fan, index)}
    />
  );
}

/** The quantiles of a step, the highest first, as they lie in the plot. */
function stepRows({ all, rows }: Fan, index: number): [string, string][] {
  const w = words.value;
  const named = new Map([[0, w.lowest], [0.5, w.median], [1, w.highest]]); // prettier-ignore
  const quantiles = SHARES.map((share, n): [string, string] => [
    named.get(share) ?? `${Math.round(100 * share)} %`,
    shortNumber(rows[index]![n]!),
  ]);
  return [[common.value.step, String(all[index]!.step)], ...quantiles.reverse()];
}
