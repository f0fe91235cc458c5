/** Slope: balls on a curve, coloured by the minimum that they come to. */

import { category } from "../../colours";
import { shortNumber } from "../../numbers";
import { useReplay } from "../clock";
import { heightAt } from "../curves";
import { fact, factOf, usePart } from "../frames";
import { Panel } from "../panel";
import * as paint from "../paint";
import { endsOf, inside, type Ends, type Look, type Plot } from "../plot";
import { row, type Got } from "../server";
import { pointNamed, set } from "../state";
import { useTogether } from "../together";
import { controlWords, said } from "../words";

interface Frames {
  ground: Got;
  balls: Got;
  plain: Got;
  step: number;
}

export function Scene() {
  const parts = { ground: usePart("ground"), balls: usePart("balls"), plain: usePart("plain") };
  const together = useTogether(parts);
  const balls = together?.balls;
  const steps = balls ? balls.arrays["x"]!.shape[0]! - 1 : 0;
  const step = useReplay(steps);
  if (!together) return null;
  const frames = { ...together, step };
  return (
    <>
      <div class="panels wide-first">
        <CurvePanel {...frames} />
        <TimePanel {...frames} />
        <BasinPanel {...frames} />
      </div>
      <Readout {...frames} />
    </>
  );
}

/** The colour of a valley; grey for none. */
const colourOf = (valley: number, look: Look): string =>
  valley < 0 ? look.soft : category(valley, look.dark);

/** A ball's row of a part at a step; a part that is newer may have fewer steps. */
const atStep = (got: Got, step: number): [number, number] => {
  const i = Math.min(step, got.arrays["x"]!.shape[0]! - 1);
  return [got.arrays["x"]!.data[i]!, got.arrays["y"]!.data[i]!];
};

/** The ends of the picture of a curve, with room for words below it. */
function heights(values: Iterable<number>): Ends {
  const [low, high] = endsOf(values, 0);
  return [low - 0.2 * (high - low), high + 0.05 * (high - low)];
}

function CurvePanel({ ground, balls, plain, step }: Frames) {
  const ends = factOf<Ends>(ground, "ends");
  const { x, values } = ground.arrays;
  const draw = (plot: Plot) => {
    const { look } = plot;
    paint.line(plot, x!.data, values!.data, { colour: look.ink, width: 2.2 });
    minima(plot, ground);
    lightBalls(plot, balls, step);
    paint.rings(plot, ...parts(atStep(plain, step)), 7, look.ink);
    const trail = ["x", "y"].map((name) => balls.arrays[name]!.data.slice(0, step + 1));
    paint.line(plot, trail[0]!, trail[1]!, { colour: look.bad, width: 1, alpha: 0.4 });
    paint.dots(plot, trail[0]!, trail[1]!, 2, look.bad);
    paint.dots(plot, ...parts(atStep(balls, step)), 9, look.bad, look.card);
  }; // prettier-ignore
  const [start] = pointNamed<[number]>("start");
  const handle = {
    label: controlWords("start"),
    at: [start, heightAt(x!.data as Float64Array, values!.data, start)] as const,
    move: (place: number) => set({ start: [place] }),
  };
  return (
    <Panel label={said("curve")} title={said("curve")} paint={draw} ratio={0.48} handles={[handle]}
      x={{ ends, label: "x" }} y={{ ends: heights(values!.data) }} />
  ); // prettier-ignore
}

/** A point as lists of one number. */
const parts = ([x, y]: [number, number]): [number[], number[]] => [[x], [y]];

/** Each minimum: a cross in its colour, and whether the curve is lower elsewhere. */
function minima(plot: Plot, ground: Got): void {
  const [at, least, lowest] = [
    factOf<number[]>(ground, "minima"),
    factOf<number[]>(ground, "least"),
    factOf<boolean[]>(ground, "lowest"),
  ];
  for (const [i, x] of at.entries()) {
    const colour = colourOf(i, plot.look);
    paint.cross(plot, x, least[i]!, colour, 6);
    if (at.length > 8) continue;
    const word = said(lowest[i] ? "global" : "local");
    const half = plot.pen.measureText(word).width / 2;
    const below = plot.y(least[i]!) + 20;
    const y = below < plot.bottom - 12 ? below : below - 34;
    inside(plot, () => paint.say(plot, word, Math.max(plot.left + 3, plot.x(x) - half), y, colour));
  }
}

/** The light balls, and where each began along the lower edge. */
function lightBalls(plot: Plot, balls: Got, step: number): void {
  const { w, loss, valley } = balls.arrays;
  const colour = (i: number) => colourOf(valley!.data[i]!, plot.look);
  const column = (of: typeof w, at: number) => paint.column(of!, at, 0, of!.shape[0]!);
  const shown = Math.min(step, w!.shape[1]! - 1);
  paint.dots(plot, column(w, shown), column(loss, shown), 4, colour, plot.look.card);
  const low = plot.at(0, plot.bottom - 5)[1];
  paint.dots(plot, column(w, 0), new Array<number>(w!.shape[0]!).fill(low), 3, colour);
}

/** Where each ball is after every step. */
function TimePanel({ ground, balls, plain, step }: Frames) {
  const { w, x, valley } = balls.arrays;
  const steps = Float64Array.from({ length: w!.shape[1]! }, (_, i) => i);
  const draw = (plot: Plot) => {
    const { look } = plot;
    for (let i = 0; i < w!.shape[0]!; i++) {
      const colour = colourOf(valley!.data[i]!, look);
      paint.line(plot, steps, row(w!, i).data, { colour, width: 1.1, alpha: 0.65 });
    }
    paint.line(plot, steps, plain.arrays["x"]!.data, { colour: look.ink, dash: [5, 4], width: 1.6 });
    paint.line(plot, steps, x!.data, { colour: look.bad, width: 2.6 });
    paint.upright(plot, step, { colour: look.soft, width: 1 });
  }; // prettier-ignore
  return (
    <Panel label={said("time")} title={said("time")} paint={draw}
      x={{ ends: [0, steps.length - 1], label: said("step") }}
      y={{ ends: factOf<Ends>(ground, "ends"), label: "x" }} />
  ); // prettier-ignore
}

/** From where to where: each start and the place it has come to. */
function BasinPanel({ ground, balls, step }: Frames) {
  const ends = factOf<Ends>(ground, "ends");
  const { w, valley } = balls.arrays;
  const shown = Math.min(step, w!.shape[1]! - 1);
  const draw = (plot: Plot) => {
    const { look } = plot;
    for (const [i, x] of factOf<number[]>(ground, "minima").entries()) {
      paint.level(plot, x, { colour: colourOf(i, look), width: 1, dash: [3, 3] });
    }
    const colour = (i: number) => colourOf(valley!.data[i]!, look);
    paint.dots(plot, paint.column(w!, 0), paint.column(w!, shown), 3.5, colour, look.card);
  };
  return (
    <Panel label={said("basins")} title={said("basins")} paint={draw}
      x={{ ends, label: said("from") }} y={{ ends, label: said("to") }} />
  ); // prettier-ignore
}

/** What happened, in numbers. */
function Readout({ ground, balls, plain, step }: Frames) {
  const [[x, y], [px]] = [atStep(balls, step), atStep(plain, step)];
  const valley = Array.from(balls.arrays["valley"]!.data);
  const counted = (wanted: number) => valley.filter((one) => one === wanted).length;
  const counts = factOf<number[]>(ground, "minima").map((at, i) => ({ at, count: counted(i) }));
  const lost = counted(-1);
  return (
    <p class="readout" role="status" data-readout>
      {said("after")} {step} {said("steps")}: {said("ball")} x = <b>{shortNumber(x)}</b>, f ={" "}
      <b>{shortNumber(y)}</b> ({end(ground, balls)}) · {said("plain")} x ={" "}
      <b>{shortNumber(px)}</b> ({end(ground, plain)})
      <br />
      {counts.slice(0, 12).map(({ at, count }) => `${count} → ${shortNumber(at)}`).join(", ")}
      {counts.length > 12 && " …"}
      {lost > 0 && `${counts.length ? ", " : ""}${lost} ${said("lost")}`}
    </p>
  ); // prettier-ignore
}

/** Where a ball has come to by its last step. */
function end(ground: Got, ball: Got): string {
  if (!ball.facts["alive"]) return said("diverged");
  const valley = fact(ball, "ends");
  const lowest = factOf<boolean[]>(ground, "lowest");
  if (valley < 0 || valley >= lowest.length) return said("left");
  return said(lowest[valley] ? "to global" : "to local");
}
