/** Initialisation: what goes through each layer of a network, and how five starts train. */

import { category, shade } from "../../colours";
import { shortNumber } from "../../numbers";
import { percent } from "../../parts/texts";
import { fact, factOf } from "../frames";
import { Panel } from "../panel";
import * as paint from "../paint";
import { logEndsOf, type Ends, type Plot } from "../plot";
import type { Got, Tensor } from "../server";
import { scene, valueNamed } from "../state";
import { useTraining, type Training } from "../training";
import { optionWord, said } from "../words";

export function Scene() {
  const training = useTraining({
    part: "training",
    appended: ["seen", "evaluated"],
    stride: () => Math.max(1, Number(valueNamed("speed")) || 1),
  });
  if (!training) return null;
  const { got } = training;
  return (
    <>
      <div class="panels">
        <Layers name="outputs" got={got} reach={fact(got, "reach")} />
        <Layers name="gradients" got={got} reach={fact(got, "back")} />
        <Losses training={training} />
        <Accuracies training={training} />
      </div>
      <Readout training={training} />
      <Sizes got={got} />
    </>
  );
}

/** The initialisations in their order, and the one that is looked into. */
const names = (): readonly string[] => scene.value!.controls["look"]!.options!;
const chosen = (): number => names().indexOf(valueNamed<string>("look"));

/** A histogram for each layer, the first on top. */
function Layers({ name, got, reach }: { name: string; got: Got; reach: number }) {
  const shares = got.arrays[name]!;
  const [layers, bins] = shares.shape as [number, number];
  const ends: Ends = [-reach, reach];
  const draw = (plot: Plot) => {
    for (let l = 0; l < layers; l++) {
      const row = shares.data.subarray(l * bins, (l + 1) * bins);
      const colour = shade(l / Math.max(1, layers - 1), plot.look.dark);
      paint.hill(plot, row, ends, l + 1, -0.85, colour);
    }
  };
  const ticks = Array.from({ length: layers }, (_, l) => l + 1);
  return (
    <Panel label={said(name)} title={said(name)} paint={draw} x={{ ends, label: said(`${name}Axis`) }}
      y={{ ends: [layers + 0.15, 0.05], ticks, label: said("layer") }} />
  ); // prettier-ignore
}

/** A line for each initialisation, that which is looked into above the others. */
function lines(plot: Plot, draw: (k: number, colour: string, isChosen: boolean) => void): void {
  const order = names()
    .map((_, k) => k)
    .sort((a, b) => Number(a === chosen()) - Number(b === chosen()));
  for (const k of order) draw(k, category(k, plot.look.dark), k === chosen());
}

const legendOf = (plot: Plot) =>
  names().map((n, k) => [optionWord("look", n), category(k, plot.look.dark)] as const);

const steps = (evaluated: Tensor) => paint.column(evaluated, 0);

/** A loss beyond this leaves the picture: one that explodes would press all others together. */
const MOST_SEEN = 30;

function Losses({ training: { got, step } }: { training: Training }) {
  const [seen, evaluated] = [got.arrays["seen"]!, got.arrays["evaluated"]!];
  const all = names().flatMap((_, k) => [...paint.column(evaluated, 1 + k)]);
  const ends = logEndsOf(
    [...all, ...seen.data].filter((v) => v < MOST_SEEN),
    5,
  );
  const draw = (plot: Plot) => {
    const at = Array.from({ length: seen.shape[0]! }, (_, i) => i);
    lines(plot, (k, colour, isChosen) => {
      const alpha = isChosen ? 0.4 : 0.12;
      paint.line(plot, at, paint.column(seen, k), { colour, width: 1, alpha });
    });
    lines(plot, (k, colour, isChosen) => {
      const [width, alpha] = isChosen ? [2.8, 1] : [1.6, 0.5];
      paint.line(plot, steps(evaluated), paint.column(evaluated, 1 + k), { colour, width, alpha });
    });
    paint.legend(plot, legendOf(plot));
  };
  return (
    <Panel label={said("loss")} title={said("loss")} paint={draw}
      x={{ ends: [0, Math.max(50, step)], label: said("step") }}
      y={{ ends, scale: "log", label: said("lossAxis") }} />
  ); // prettier-ignore
}

function Accuracies({ training: { got, step } }: { training: Training }) {
  const evaluated = got.arrays["evaluated"]!;
  const draw = (plot: Plot) =>
    lines(plot, (k, colour, isChosen) => {
      const [width, alpha] = isChosen ? [2.8, 1] : [1.6, 0.5];
      const ys = paint.column(evaluated, 1 + names().length + k);
      paint.line(plot, steps(evaluated), ys, { colour, width, alpha });
    });
  return (
    <Panel label={said("accuracy")} title={said("accuracy")} paint={draw}
      x={{ ends: [0, Math.max(50, step)], label: said("step") }} y={{ ends: [0, 1], label: said("share") }} />
  ); // prettier-ignore
}

/** How the five fare, in numbers. */
function Readout({ training: { got, step } }: { training: Training }) {
  const evaluated = got.arrays["evaluated"]!;
  const alive = factOf<boolean[]>(got, "alive");
  const last = evaluated.data.subarray(-2 * names().length);
  return (
    <p class="readout" role="status" data-readout>
      {said("after")} {step}
      {said("steps")}:{" "}
      {names().map((name, k) => (
        <span key={name}>
          {k > 0 && " · "}
          {optionWord("look", name)} <b>{alive[k] ? shortNumber(last[k]!) : said("diverged")}</b>{" "}
          ({percent(last[names().length + k]!)})
        </span>
      ))}
    </p>
  ); // prettier-ignore
}

/** Root mean squares by layer, against what theory expects of the start. */
function Sizes({ got }: { got: Got }) {
  const [sums, flow] = [got.arrays["sums"]!.data, got.arrays["flow"]!.data];
  const wanted = got.arrays["wanted"]!;
  const number = (value: number) => (
    <td>{value ? shortNumber(Number(value.toPrecision(3))) : 0}</td>
  );
  return (
    <div class="sizes">
      <p>        {said("sizes")}: {optionWord("look", valueNamed<string>("look"))}</p>
      <table data-readout aria-label={said("sizes")}>
        <thead>
          <tr>
            <th scope="col">{said("layer")}</th>
            <th scope="col">{said("sums")}</th>
            <th scope="col">{said("theory")}</th>
            <th scope="col">{said("flow")}</th>
            <th scope="col">{said("theory")}</th>
          </tr>
        </thead>
        <tbody>
          {Array.from(sums, (_, l) => (
            <tr key={l}>
              <th scope="row">{l + 1 === sums.length ? `${l + 1}, ${said("output")}` : l + 1}</th>
              {number(sums[l]!)}
              {number(wanted.data[l]!)}
              {number(flow[l]!)}
              {number(wanted.data[sums.length + l]!)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  ); // prettier-ignore
}
