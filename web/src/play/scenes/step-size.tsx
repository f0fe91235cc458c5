/** Step size: the parabola that a step minimises, the walk, and what every step size comes to. */

import { shortNumber } from "../../numbers";
import { useReplay } from "../clock";
import { heightAt } from "../curves";
import { fact, factOf, usePart } from "../frames";
import * as marks from "../marks";
import { Panel } from "../panel";
import * as paint from "../paint";
import { endsOf, type Ends, type Plot } from "../plot";
import { row, type Got } from "../server";
import { numberNamed, pointNamed, set } from "../state";
import { useTogether } from "../together";
import { controlWords, said } from "../words";

export function Scene() {
  const parts = {
    ground: usePart("ground"),
    walk: usePart("walk"),
    sweep: usePart("sweep"),
    regimes: usePart("regimes"),
  };
  const together = useTogether(parts);
  const walk = together?.walk;
  const steps = walk ? walk.arrays["w"]!.shape[0]! - 1 : 0;
  const step = useReplay(steps);
  if (!together || !walk) return null;
  const { ground, sweep, regimes } = together;
  return (
    <>
      <div class="panels">
        <WalkPanel ground={ground} walk={walk} step={step} />
        <SweepPanel sweep={sweep} walk={walk} />
      </div>
      <Readout walk={walk} step={step} />
      <div class="panels small">
        {factOf<string[]>(regimes, "names").map((name, i) => (
          <RegimePanel key={name} name={name} i={i} ground={ground} regimes={regimes} step={step}
            here={walk.facts["regime"] === name} />
        ))}
      </div>
    </>
  ); // prettier-ignore
}

/** The ends of the picture of a loss: it is not below, and surrogates and tangents have some room there. */
const heights = (ground: Got): Ends => endsOf(ground.arrays["values"]!.data, 0.12);

/** The same, with room for the surrogates' minima below; of those that lie far below, for none. */
function heightsOfWalk(ground: Got, walk: Got): Ends {
  const [low, high] = heights(ground);
  const least = Math.min(...Array.from(walk.arrays["next"]!.data).filter(Number.isFinite));
  return [Math.max(low - 0.6 * (high - low), Math.min(low, least - 0.08 * (high - low))), high];
}

function lossLine(plot: Plot, ground: Got): void {
  const { x, values } = ground.arrays;
  paint.line(plot, x!.data, values!.data, { colour: plot.look.ink, width: 2.2 });
}

/** The walk so far, and at the iterate shown the tangent, the surrogate and its minimum, the next iterate. */
function WalkPanel({ ground, walk, step }: { ground: Got; walk: Got; step: number }) {
  const ends = factOf<Ends>(ground, "ends");
  const { w, loss, next, surrogate, tangent } = walk.arrays;
  const at = step < w!.shape[0]! - 1 ? step : 0; // at the end of the walk, its first step
  const xs = ground.arrays["x"]!.data;
  const draw = (plot: Plot) => {
    const { accent, bad, good, soft, ink, card } = plot.look;
    lossLine(plot, ground);
    paint.line(plot, ends, row(tangent!, at).data, { colour: soft, dash: [6, 4] });
    paint.line(plot, xs, row(surrogate!, at).data, { colour: accent });
    const walked = [w!.data.slice(0, step + 1), loss!.data.slice(0, step + 1)] as const;
    paint.line(plot, ...walked, { colour: bad, width: 1.4 });
    paint.dots(plot, ...walked, 3, bad);
    const [to, low] = [w!.data[at + 1]!, next!.data[at]!];
    paint.line(plot, [to, to], [low, loss!.data[at + 1]!], { colour: good, dash: [2, 3] });
    paint.dots(plot, [to], [low], 5, good, card);
    paint.dots(plot, [w!.data[step]!], [loss!.data[step]!], 5.5, bad, card);
    const entries = [
      { word: "L", colour: ink },
      { word: `L̂, γ = ${shortNumber(fact(walk, "gamma"))}`, colour: accent },
      { word: said("tangent"), colour: soft, dash: [6, 4] },
      { word: said("next"), colour: good, dash: [2, 3] },
    ];
    marks.legend(plot, entries, false, plot.bottom - plot.top - 15 * entries.length - 8);
  }; // prettier-ignore
  const [start] = pointNamed<[number]>("start");
  const handle = {
    label: controlWords("start"),
    at: [start, heightAt(xs as Float64Array, ground.arrays["values"]!.data, start)] as const,
    move: (x: number) => set({ start: [x] }),
  };
  return (
    <Panel label={said("walk")} title={`${said("walk")} w${subscript(at)}`} paint={draw}
      x={{ ends, label: "w" }} y={{ ends: heightsOfWalk(ground, walk) }} handles={[handle]} />
  ); // prettier-ignore
}

/** A whole number as an index. */
const subscript = (n: number): string => String(n).replace(/\d/g, (d) => "₀₁₂₃₄₅₆₇₈₉"[Number(d)]!);

/** What is left of the loss for every step size; the one that is set is dragged here. */
function SweepPanel({ sweep, walk }: { sweep: Got; walk: Got }) {
  const { gamma, loss } = sweep.arrays;
  const [optimal, bound] = [fact(sweep, "optimal"), fact(sweep, "bound")];
  const ends = factOf<Ends>(sweep, "ends");
  const first = fact(sweep, "first") || 1;
  const last = walk.arrays["loss"]!.data.at(-1)!;
  const tall: Ends = [first * 1e-10, first * 1e4];
  const draw = (plot: Plot) => {
    const { accent, bad, good, soft, dark } = plot.look;
    paint.band(plot, bound, ends[1], dark ? "#3a2528" : "#f3dcd9");
    paint.level(plot, first, { colour: soft, width: 1, dash: [3, 3] }, said("first"));
    paint.upright(plot, optimal, { colour: good, width: 1.4, dash: [5, 4] }, "1/λ");
    paint.upright(plot, bound, { colour: bad, width: 1.4, dash: [5, 4] }, "2/λ");
    const floored = Float64Array.from(loss!.data, (v) => Math.max(v, 1e-300));
    paint.line(plot, gamma!.data, floored, { colour: accent, width: 2 });
  };
  const handle = {
    label: said("gamma"),
    at: [
      numberNamed("gamma"),
      Math.min(tall[1], Math.max(tall[0], Number.isFinite(last) ? last : Infinity)),
    ] as const,
    move: (x: number) => set({ gamma: x }),
  };
  return (
    <Panel label={said("sweep")} title={said("sweep")} paint={draw} handles={[handle]}
      x={{ ends, scale: "log", label: "γ" }} y={{ ends: tall, scale: "log" }}
      press={(x) => set({ gamma: Number(x.toPrecision(3)) })} />
  ); // prettier-ignore
}

interface RegimeProps {
  name: string;
  i: number;
  ground: Got;
  regimes: Got;
  step: number;
  /** Whether the step size that is set is of this kind. */
  here: boolean;
}

/** One of the four kinds of step sizes. A press takes it. */
function RegimePanel({ name, i, ground, regimes, step, here }: RegimeProps) {
  const { w, loss, gamma } = regimes.arrays;
  const draw = (plot: Plot) => {
    lossLine(plot, ground);
    const colour = here ? plot.look.bad : plot.look.accent;
    const [xs, ys] = [row(w!, i).data.slice(0, step + 1), row(loss!, i).data.slice(0, step + 1)];
    paint.line(plot, xs, ys, { colour, width: 1.4 });
    paint.dots(plot, xs, ys, 3, colour);
    paint.dots(plot, xs.slice(-1), ys.slice(-1), 4.5, colour, plot.look.card);
  };
  return (
    <Panel label={said(name)} title={said(name)} paint={draw} ratio={0.85}
      x={{ ends: factOf<Ends>(ground, "ends") }} y={{ ends: heights(ground) }}
      press={() => set({ gamma: Number(gamma!.data[i]!.toPrecision(12)) })} />
  ); // prettier-ignore
}

/** What happened, in numbers. */
function Readout({ walk, step }: { walk: Got; step: number }) {
  const { w, loss } = walk.arrays;
  return (
    <p class="readout" role="status" data-readout>
      {said("after")} {step} {said("steps")}: w = <b>{shortNumber(w!.data[step]!)}</b>, L ={" "}
      <b>{shortNumber(loss!.data[step]!)}</b>
      {!walk.facts["alive"] && ` (${said("diverged")})`} · {said(`is ${String(walk.facts["regime"])}`)} (1 − γλ ={" "}
      {shortNumber(fact(walk, "factor"))})
    </p>
  ); // prettier-ignore
}
