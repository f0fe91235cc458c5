/** Momentum: the path down a ravine, the map of α and β, and how its directions fall. */

import { shortNumber } from "../../numbers";
import { useReplay } from "../clock";
import { fact, factOf, usePart } from "../frames";
import { Panel } from "../panel";
import * as paint from "../paint";
import { inside, logEndsOf, type Ends, type Plot } from "../plot";
import type { Got } from "../server";
import { numberNamed, pointNamed, set } from "../state";
import { controlWords, said } from "../words";

export function Scene() {
  const ground = usePart("ground");
  const path = usePart("path");
  const modes = usePart("modes");
  const map = usePart("map");
  const steps = path ? path.arrays["w"]!.shape[0]! - 1 : 0;
  const step = useReplay(steps);
  if (!ground || !path || !modes || !map) return null;
  return (
    <>
      <div class="panels wide-first">
        <PathPanel ground={ground} path={path} step={step} />
        <MapPanel map={map} />
        <ModesPanel modes={modes} step={step} />
      </div>
      <Readout path={path} step={step} />
    </>
  );
}

function PathPanel({ ground, path, step }: { ground: Got; path: Got; step: number }) {
  const [x, y] = [factOf<Ends>(ground, "x"), factOf<Ends>(ground, "y")];
  const start = pointNamed("start");
  const draw = (plot: Plot) => {
    const values = ground.arrays["values"]!;
    paint.ground(plot, values, x, y, paint.levelsOf(values.data, fact(ground, "least")));
    for (const [mx, my] of factOf<[number, number][]>(ground, "minima")) {
      paint.cross(plot, mx, my, plot.look.good);
    }
    paint.path(plot, path.arrays["w"]!, step, plot.look.bad);
  };
  return (
    <Panel label={said("path")} title={said("path")} x={{ ends: x, label: "x" }} y={{ ends: y, label: "y" }}
      ratio={0.5} paint={draw}
      handles={[{ label: controlWords("start"), at: start, move: (a, b) => set({ start: [a, b] }) }]} />
  ); // prettier-ignore
}

function MapPanel({ map }: { map: Got }) {
  const [alphas, betas] = [factOf<Ends>(map, "alpha"), factOf<Ends>(map, "beta")];
  const [bestAlpha, bestBeta] = factOf<[number, number]>(map, "best");
  const rate = map.arrays["rate"]!;
  const here: [number, number] = [numberNamed("alpha"), numberNamed("beta")];
  const draw = (plot: Plot) => {
    const { dark, bad, ink } = plot.look;
    const fastest = Math.min(...rate.data);
    const colour = (v: number) =>
      v >= 1 ? (dark ? "#3a2528" : "#f3dcd9") : paint.groundColour((v - fastest) / (1 - fastest), dark);
    paint.heat(plot, rate, alphas, betas, colour);
    const bound = map.arrays["bound"]!;
    paint.line(plot, paint.column(bound, 0), paint.column(bound, 1), { colour: bad, dash: [5, 4] });
    paint.cross(plot, bestAlpha, bestBeta, plot.look.good);
    inside(plot, () => paint.say(plot, said("best"), plot.x(bestAlpha) + 8, plot.y(bestBeta) + 4, ink));
  }; // prettier-ignore
  const handle = {
    label: said("here"),
    at: here,
    move: (alpha: number, beta: number) => set({ alpha, beta }),
  };
  return (
    <Panel label={said("map")} title={said("map")} x={{ ends: alphas, label: "α" }} y={{ ends: betas, label: "β" }}
      paint={draw} handles={[handle]} />
  ); // prettier-ignore
}

function ModesPanel({ modes, step }: { modes: Got; step: number }) {
  const w = modes.arrays["w"]!;
  const away = [0, 1].map((k) => paint.column(w, k).map(Math.abs));
  const draw = (plot: Plot) => {
    const steps = away[0]!.map((_, i) => i);
    const colours = [plot.look.accent, plot.look.bad];
    for (const [k, ys] of away.entries()) paint.line(plot, steps, ys, { colour: colours[k]! });
    paint.upright(plot, step, { colour: plot.look.soft, width: 1 });
    paint.say(plot, said("flat"), plot.right - 90, plot.top + 14, colours[0]!);
    paint.say(plot, said("steep"), plot.right - 90, plot.top + 30, colours[1]!);
  };
  return (
    <Panel label={said("modes")} title={said("modes")} paint={draw}
      x={{ ends: [0, w.shape[0]! - 1], label: said("step") }}
      y={{ ends: logEndsOf([...away[0]!, ...away[1]!], 8), scale: "log", label: said("distance") }} />
  ); // prettier-ignore
}

/** What happened, in numbers. */
function Readout({ path, step }: { path: Got; step: number }) {
  const w = path.arrays["w"]!.data;
  const loss = path.arrays["loss"]!.data[step]!;
  const rate = fact(path, "rate");
  const kind = rate >= 1 ? "diverges" : path.facts["swings"] ? "swings" : "converges";
  const [x, y] = [w[2 * step]!, w[2 * step + 1]!];
  return (
    <p class="readout" role="status" data-readout>
      {said("after")} {step} {said("steps")}: <b>({shortNumber(x)}, {shortNumber(y)})</b>, f ={" "}
      <b>{shortNumber(loss)}</b> · {said(kind)}{" "}
      {kind === "diverges" ? shortNumber(fact(path, "bound")) : `(${said("rate")} ${shortNumber(rate)})`}
    </p>
  ); // prettier-ignore
}
