/** Regression: the line among the data, the cost over its two parameters, and the cost in time. */

import { shortNumber } from "../../numbers";
import { fact, factOf, usePart } from "../frames";
import { Panel, type Handle } from "../panel";
import * as paint from "../paint";
import { endsOf, logEndsOf, type Ends, type Plot } from "../plot";
import type { Got } from "../server";
import { numberNamed, pointNamed, set, valueNamed } from "../state";
import { useTraining, type Training } from "../training";
import { controlWords, said } from "../words";

export function Scene() {
  const ground = usePart("ground");
  const training = useTraining({
    part: "descent",
    appended: ["w", "seen", "cost"],
    stride: () => Math.max(1, Number(valueNamed("speed")) || 1),
  });
  if (!ground || !training) return null;
  return (
    <>
      <div class="panels">
        <DataPanel ground={ground} training={training} />
        <PlanePanel ground={ground} training={training} />
        <div class="whole">
          <CostPanel ground={ground} training={training} />
        </div>
      </div>
      <Readout ground={ground} training={training} />
      <p class="records">
        <button type="button" onClick={drawn}>{said("another")}</button>
      </p>
    </>
  ); // prettier-ignore
}

interface Props {
  ground: Got;
  training: Training;
}

/** Set another line, and other data around it. */
function drawn(): void {
  const any = () => Number((6 * Math.random() - 3).toFixed(1));
  set({ slope: any(), intercept: any(), seed: Math.floor(1000 * Math.random()) });
}

const trueLine = (): [number, number] => [numberNamed("intercept"), numberNamed("slope")];

function DataPanel({ ground, training: { got } }: Props) {
  const [x, y] = [ground.arrays["x"]!.data, ground.arrays["y"]!.data];
  const used = got.arrays["used"]!.data;
  const ends = { x: endsOf(x), y: endsOf(y, 0.12) };
  const draw = (plot: Plot) => {
    const { soft, accent, good, bad, card } = plot.look;
    const of = (rows: ArrayLike<number>, values: ArrayLike<number>) =>
      Array.from(rows, (i) => values[i]!);
    const straight = (b: number, w: number) => ends.x.map((at) => w * at + b);
    paint.dots(plot, x, y, x.length > 400 ? 1.6 : 2.4, soft);
    paint.line(plot, ends.x, straight(...trueLine()), { colour: good, dash: [6, 4], width: 2 });
    paint.dots(plot, of(used, x), of(used, y), 3.4, accent, card);
    const [b, w] = got.arrays["now"]!.data;
    paint.line(plot, ends.x, straight(b!, w!), { colour: bad, width: 2.4 });
    const words = [[said("line"), bad], [said("trueLine"), good], [said("used"), accent]] as const; // prettier-ignore
    paint.legend(plot, words, true);
  };
  return (
    <Panel label={said("data")} title={said("data")} paint={draw} ratio={0.85}
      x={{ ends: ends.x, label: "x" }} y={{ ends: ends.y, label: "y" }} />
  ); // prettier-ignore
}

function PlanePanel({ ground, training: { got, step } }: Props) {
  const ends = factOf<Ends>(ground, "ends");
  const best = factOf<[number, number]>(ground, "best");
  const draw = (plot: Plot) => {
    const values = ground.arrays["values"]!;
    paint.ground(plot, values, ends, ends, paint.levelsOf(values.data, fact(ground, "least")));
    paint.cross(plot, best[0], best[1], plot.look.ink, 4);
    paint.path(plot, got.arrays["w"]!, step, plot.look.bad);
  };
  const handles: Handle[] = [
    {
      label: controlWords("start"),
      at: pointNamed("start"),
      move: (b, w) => set({ start: [b, w] }),
    },
    {
      label: said("truth"),
      at: trueLine(),
      colour: "color-mix(in srgb, var(--good) 45%, transparent)",
      move: (intercept, slope) => set({ intercept, slope }),
    },
  ];
  return (
    <Panel label={said("plane")} title={said("plane")} paint={draw} handles={handles} ratio={0.85}
      x={{ ends, label: "b" }} y={{ ends, label: "W" }} />
  ); // prettier-ignore
}

function CostPanel({ ground, training: { got, step } }: Props) {
  const [cost, seen] = [got.arrays["cost"]!.data, got.arrays["seen"]!.data];
  const truth = fact(ground, "true");
  const draw = (plot: Plot) => {
    const { soft, good, bad, accent } = plot.look;
    const steps = Array.from(cost, (_, i) => i);
    paint.line(plot, steps, seen, { colour: accent, width: 1, alpha: 0.6 });
    paint.level(plot, truth, { colour: good, dash: [6, 4] }, said("trueCost"));
    paint.line(plot, steps, cost, { colour: bad, width: 2.2 });
    const words = [[said("whole"), bad], [said("seen"), accent]] as const; // prettier-ignore
    paint.legend(plot, words);
    if (!step) paint.dots(plot, [0], cost, 4, soft);
  };
  return (
    <Panel label={said("cost")} title={said("cost")} paint={draw} ratio={0.42}
      x={{ ends: [0, Math.max(20, step)], label: said("step") }}
      y={{ ends: logEndsOf([...cost.map((v) => 2 * v), truth / 4], 10), scale: "log", label: "J" }} />
  ); // prettier-ignore
}

/** What happened, in numbers. */
function Readout({ ground, training: { got, step } }: Props) {
  const [b, w] = got.arrays["now"]!.data;
  const seen = got.arrays["seen"]!.data;
  const number = (value: number) => <b>{shortNumber(value)}</b>;
  return (
    <p class="readout" role="status" data-readout>
      {said("after")} {step}
      {said("steps")} ({said("epoch")} {shortNumber(fact(got, "epoch"))},{" "}
      {fact(got, "gradients")} {said("gradients")}): W = {number(w!)}, b = {number(b!)}, J ={" "}
      {number(fact(got, "j"))} · {said("of")} {shortNumber(fact(ground, "true"))}, {said("least")}{" "}
      {shortNumber(fact(ground, "least"))} · {said("batch")} {fact(got, "batch")}{" "}
      {step > 0 && `(${said("saw")} ${shortNumber(seen.at(-1)!)})`}
      {!got.facts["alive"] && <b> · {said("diverged")}</b>} · {said("bound")}{" "}
      {shortNumber(fact(ground, "bound"))}
    </p>
  ); // prettier-ignore
}
