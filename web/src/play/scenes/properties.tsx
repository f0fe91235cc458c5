/** Three properties of momentum: a barrier, a steady slope, a narrow valley; and how α follows β. */

import { shortNumber } from "../../numbers";
import { useReplay } from "../clock";
import { fact, factOf, usePart } from "../frames";
import { Panel } from "../panel";
import * as paint from "../paint";
import { endsOf, type Ends, type Plot } from "../plot";
import type { Got, Tensor } from "../server";
import { pointNamed, set } from "../state";
import { controlWords, said } from "../words";

const WALKS = ["plain", "heavy"] as const;
const colourOf = (plot: Plot, walk: (typeof WALKS)[number]) =>
  walk === "plain" ? plot.look.accent : plot.look.bad;

export function Scene() {
  const barrier = usePart("barrier");
  const slope = usePart("slope");
  const valley = usePart("valley");
  const ground = usePart("ground");
  const advice = usePart("advice");
  const steps = barrier ? barrier.arrays["heavy"]!.shape[0]! - 1 : 0;
  const step = useReplay(steps);
  if (!barrier || !slope || !valley || !ground || !advice) return null;
  return (
    <>
      <div class="panels">
        <LinePanel name="barrier" got={barrier} step={step} />
        <LinePanel name="slope" got={slope} step={step} />
        <ValleyPanel valley={valley} ground={ground} step={step} />
        <StridePanel slope={slope} step={step} />
        <div class="whole">
          <AdvicePanel advice={advice} step={step} />
        </div>
      </div>
      <Readout barrier={barrier} slope={slope} valley={valley} step={step} />
    </>
  );
}

/** Both balls on a curve, each with its trail. */
function LinePanel({ name, got, step }: { name: "barrier" | "slope"; got: Got; step: number }) {
  const [x, y] = [got.arrays["x"]!, got.arrays["y"]!];
  const view = factOf<Ends>(got, "view");
  const [start] = pointNamed(`${name}_start`);
  const heights = endsOf(y.data, 0.12);
  const draw = (plot: Plot) => {
    paint.line(plot, x.data, y.data, { colour: plot.look.soft, width: 2 });
    for (const walk of WALKS) {
      const [xs, ys] = [got.arrays[walk]!.data, got.arrays[`${walk}_loss`]!.data];
      const [px, py] = [xs.slice(0, step + 1), ys.slice(0, step + 1)];
      const colour = colourOf(plot, walk);
      paint.dots(plot, px, py, 2, colour);
      paint.dots(plot, px.slice(-1), py.slice(-1), 7, colour, plot.look.card);
    }
    legend(plot);
  };
  const handle = {
    label: controlWords(`${name}_start`),
    at: [start, heightAt(x, y, start)] as const,
    move: (to: number) => set({ [`${name}_start`]: [to, 0] }),
  };
  return (
    <Panel label={said(name)} title={said(name)} paint={draw} handles={[handle]}
      x={{ ends: view, label: "w" }} y={{ ends: heights }} />
  ); // prettier-ignore
}

/** The height of the curve at a place, between its nearest points. */
function heightAt(x: Tensor, y: Tensor, at: number): number {
  const [low, high] = [x.data[0]!, x.data.at(-1)!];
  const i = Math.round(((at - low) / (high - low)) * (x.data.length - 1));
  return y.data[Math.min(x.data.length - 1, Math.max(0, i))]!;
}

function legend(plot: Plot): void {
  for (const [i, walk] of WALKS.entries()) {
    paint.say(plot, said(walk), plot.left + 8, plot.top + 16 + 16 * i, colourOf(plot, walk));
  }
}

function ValleyPanel({ valley, ground, step }: { valley: Got; ground: Got; step: number }) {
  const [x, y] = [factOf<Ends>(ground, "x"), factOf<Ends>(ground, "y")];
  const draw = (plot: Plot) => {
    const values = ground.arrays["values"]!;
    paint.ground(plot, values, x, y, paint.levelsOf(values.data, 0));
    for (const walk of WALKS) {
      paint.path(plot, valley.arrays[walk]!, step, colourOf(plot, walk));
    }
    legend(plot);
  };
  const handle = {
    label: controlWords("valley_start"),
    at: pointNamed("valley_start"),
    move: (a: number, b: number) => set({ valley_start: [a, b] }),
  };
  return (
    <Panel label={said("valley")} title={said("valley")} paint={draw} handles={[handle]}
      x={{ ends: x, label: "x" }} y={{ ends: y, label: "y" }} />
  ); // prettier-ignore
}

/** How long each step on the slope is. */
function StridePanel({ slope, step }: { slope: Got; step: number }) {
  const strides = WALKS.map((walk) => slope.arrays[`${walk}_stride`]!.data);
  const effective = fact(slope, "effective");
  const top = Math.max(effective, ...strides.map(longest));
  const draw = (plot: Plot) => {
    for (const [i, walk] of WALKS.entries()) {
      const shown = strides[i]!.slice(0, step);
      paint.line(plot, [...shown.keys()], shown, { colour: colourOf(plot, walk) });
    }
    paint.level(plot, effective, { colour: plot.look.soft, dash: [5, 4], width: 1.2 }, "α/(1−β)");
    paint.level(
      plot,
      fact(slope, "alpha"),
      { colour: plot.look.soft, dash: [2, 3], width: 1.2 },
      "α",
    );
  };
  return (
    <Panel label={said("stride")} title={`${said("slope")}: ${said("stride")}`} paint={draw}
      x={{ ends: [0, strides[0]!.length], label: said("step") }} y={{ ends: [0, 1.08 * top] }} />
  ); // prettier-ignore
}

/** The largest of numbers that are finite. */
const longest = (numbers: Iterable<number>) =>
  [...numbers].reduce((a, b) => (Number.isFinite(b) ? Math.max(a, b) : a), 0);

function AdvicePanel({ advice, step }: { advice: Got; step: number }) {
  const w = advice.arrays["w"]!;
  const pairs = factOf<[number, number][]>(advice, "pairs");
  const curves = pairs.map((_, k) => paint.column(w, k));
  const draw = (plot: Plot) => {
    const colours = [plot.look.accent, plot.look.bad, plot.look.good];
    for (const [k, curve] of curves.entries()) {
      const shown = curve.slice(0, step + 1);
      paint.line(plot, [...shown.keys()], shown, { colour: colours[k]! });
      const [alpha, beta] = pairs[k]!;
      const word = `α = ${shortNumber(alpha)}, β = ${shortNumber(beta)}`;
      paint.say(plot, word, plot.right - 150, plot.top + 16 + 16 * k, colours[k]!);
    }
  };
  return (
    <Panel label={said("advice")} title={said("advice")} paint={draw} ratio={0.36}
      x={{ ends: [0, w.shape[0]! - 1], label: said("step") }}
      y={{ ends: endsOf(curves.flatMap((c) => [...c])), label: "w" }} />
  ); // prettier-ignore
}

function Readout(props: { barrier: Got; slope: Got; valley: Got; step: number }) {
  const { barrier, slope, valley, step } = props;
  const ends = WALKS.map((walk) => shortNumber(barrier.arrays[walk]!.data[step]!));
  const losses = WALKS.map((walk) => shortNumber(valley.arrays[`${walk}_loss`]!.data[step]!));
  const strides = slope.arrays["heavy_stride"]!.data.slice(0, step);
  return (
    <p class="readout" role="status" data-readout>
      {said("ends")} <b>{ends[0]}</b> {said("and")} <b>{ends[1]}</b>; {said("stands")}{" "}
      {shortNumber(fact(slope, "alpha"))} {said("to")} <b>{shortNumber(longest(strides))}</b> ({said("of")}{" "}
      {shortNumber(fact(slope, "effective"))}); {said("valleyLoss")} <b>{losses[0]}</b> {said("and")}{" "}
      <b>{losses[1]}</b>.
    </p>
  ); // prettier-ignore
}
