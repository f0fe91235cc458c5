/** A land along one direction: its losses, and below them its accuracies. */

import { category } from "../colours";
import { firstFrom } from "../display";
import { listed, shortNumber } from "../numbers";
import { Panel } from "../play/panel";
import * as paint from "../play/paint";
import { endsOf, logEndsOf, type Axis, type Plot } from "../play/plot";
import type { Numbers } from "../play/server";
import * as settings from "../settings";
import * as store from "../store";
import { picked, range } from "./ground";
import { isAxis, type Land } from "./land";
import { landscapeWords } from "./landscape.words";
import { hovered } from "./pointing";
import type { Trail } from "./trails";

interface Line {
  name: string;
  xs: Float64Array;
  ys: Float64Array;
}

export function Curves({ land, trails }: { land: Land; trails: Trail[] }) {
  const w = landscapeWords.value;
  if (!isAxis(land.axes[0])) return null;
  const kinds = new Map<string, Line[]>();
  for (const line of linesOf(land)) {
    const kind = line.name.split("/").at(-1)!;
    kinds.set(kind, [...(kinds.get(kind) ?? []), line]);
  }
  const order = [...kinds].sort(([a], [b]) => Number(b === "loss") - Number(a === "loss"));
  return (
    <>
      {order.map(([kind, lines]) => (
        <Curve key={kind} title={kind === "accuracy" ? w.accuracy : kind === "loss" ? w.curve : kind} main={kind === "loss"}
          lines={lines} trails={kind === "loss" ? trails : []} />
      ))}
    </>
  ); // prettier-ignore
}

/** Every map as a line of no more points than are seen. */
function linesOf({ axes, maps, done }: Land): Line[] {
  const axis = axes[0]!;
  const all = picked(axis).filter((i) => done[i]);
  const some = (of: Numbers) => Float64Array.from(all, (i) => of[i]!);
  return [...maps].map(([name, values]) => ({ name, xs: some(axis), ys: some(values) }));
}

interface CurveProps {
  title: string;
  main: boolean;
  lines: Line[];
  trails: Trail[];
}

function Curve({ title, main, lines, trails }: CurveProps) {
  const dark = store.isDark.value;
  const own = trails.filter(({ loss }) => loss);
  const heights = [...lines.flatMap(({ ys }) => [...ys]), ...own.flatMap(({ loss }) => [...loss!])];
  const log = main && settings.logHeight.value && range(heights)[0] > 0;
  const y: Axis = log ? { ends: logEndsOf(heights), scale: "log" } : { ends: endsOf(heights) };
  const x: Axis = { ends: endsOf(lines[0]!.xs, 0.02) };
  const names: [string, string][] = lines.map(({ name }, k) => [name, category(k, dark)]);
  const at = hovered.value?.[0];
  const draw = (plot: Plot) => {
    for (const [k, { xs, ys }] of lines.entries()) {
      paint.line(plot, xs, ys, { colour: names[k]![1], width: 2 });
      if (xs.length < 80) paint.dots(plot, xs, ys, 2, names[k]![1]);
    }
    for (const { w, loss, colour } of own) {
      const places = paint.column(w, 0);
      paint.line(plot, places, loss!, { colour, width: 1.6, dash: [4, 3] });
      paint.dots(plot, places, loss!, 2.6, colour);
    }
    if (at !== undefined) paint.upright(plot, at, { colour: plot.look.soft, width: 1 });
    paint.legend(plot, names);
  };
  return (
    <Panel label={title} title={title} ratio={main ? 0.5 : 0.36} x={x} y={y} paint={draw}
      hover={(to) => (hovered.value = to)}>
      <p class="value" data-readout>{at === undefined ? " " : said(lines, at)}</p>
    </Panel>
  ); // prettier-ignore
}

function said(lines: Line[], at: number): string {
  const all = lines.map(({ name, xs, ys }) => {
    const i = Math.min(xs.length - 1, firstFrom(xs, at));
    return `${name} ${shortNumber(ys[i] ?? NaN)}`;
  });
  return `${shortNumber(at)}: ${listed(all)}`;
}
