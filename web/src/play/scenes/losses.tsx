/** Losses: predictions that are dragged, what they cost, and the slopes that teach them. */

import { category } from "../../colours";
import { shortNumber } from "../../numbers";
import { fact, factOf, usePart } from "../frames";
import * as marks from "../marks";
import { Panel, type Handle } from "../panel";
import * as paint from "../paint";
import { endsOf, type Ends, type Plot } from "../plot";
import { row, type Got } from "../server";
import { pointsNamed, set } from "../state";
import { said } from "../words";

export function Scene() {
  const values = usePart("values");
  const slices = usePart("slices");
  const entropy = usePart("entropy");
  const curves = usePart("curves");
  if (!values || !slices || !entropy || !curves) return null;
  return (
    <>
      <div class="panels">
        <Data values={values} slices={slices} />
        <Slopes values={values} />
        <Slice slices={slices} name="values" title="slice" />
        <Slice slices={slices} name="slopes" title="slice slopes" />
        <Entropy entropy={entropy} curves={curves} />
        <EntropySlopes entropy={entropy} curves={curves} />
      </div>
      <Readout values={values} entropy={entropy} />
    </>
  );
}

type Pair = [number, number];
const predictions = (): Pair[] => pointsNamed<Pair>("predictions");

/** Move one prediction. */
function predict(which: number, y: number): void {
  set({
    predictions: predictions().map((p, i): Pair => (i === which ? [p[0], y] : p)),
    example: which + 1,
  });
}

function Data({ values, slices }: { values: Got; slices: Got }) {
  const targets = values.arrays["targets"]!.data;
  const range = factOf<Ends>(slices, "range");
  const draw = (plot: Plot) => {
    const { bad, good, ink } = plot.look;
    for (const [i, [, y]] of predictions().entries()) {
      paint.line(plot, [i + 1, i + 1], [targets[i]!, y], { colour: bad, width: 2.5 });
    }
    const places = Array.from(targets, (_, i) => i + 1);
    paint.dots(plot, places, targets, 5, plot.look.card, good);
    paint.dots(plot, places, targets, 2.5, good);
    paint.say(plot, said("target"), plot.x(1) + 9, plot.y(targets[0]!) + 14, ink);
  };
  const handles = predictions().map(([, y], i): Handle => ({
    label: `${said("prediction")} ${i + 1}`,
    at: [i + 1, y],
    move: (_, to) => predict(i, to),
  }));
  return (
    <Panel label={said("data")} title={said("data")} x={{ ends: [0.4, 5.6], label: said("example") }}
      y={{ ends: range }} paint={draw} handles={handles} />
  ); // prettier-ignore
}

const colourOf = (loss: number, plot: Plot): string => category(loss, plot.look.dark);

function lossLegend(plot: Plot, names: string[]): void {
  const entries = names.map((name, i) => ({ word: said(name), colour: colourOf(i, plot) }));
  marks.legend(plot, entries);
}

function Slopes({ values }: { values: Got }) {
  const slopes = values.arrays["slopes"]!;
  const names = factOf<string[]>(values, "losses");
  const draw = (plot: Plot) => {
    for (const i of names.keys()) {
      for (const [k, v] of row(slopes, i).data.entries()) {
        marks.bar(plot, k + 1 + (i - 1.5) * 0.18, 0.16, v, colourOf(i, plot));
      }
    }
    paint.level(plot, 0, { colour: plot.look.soft, width: 1 });
    lossLegend(plot, names);
  };
  return (
    <Panel label={said("slopes")} title={said("slopes")} x={{ ends: [0.4, 5.6], label: said("example") }}
      y={{ ends: endsOf([...slopes.data, -1.1, 2.1]) }} paint={draw} />
  ); // prettier-ignore
}

/** The four losses, or their slopes, as the chosen prediction moves. */
function Slice({ slices, name, title }: { slices: Got; name: string; title: string }) {
  const all = slices.arrays[name]!;
  const places = slices.arrays["places"]!.data;
  const names = factOf<string[]>(slices, "losses");
  const range = factOf<Ends>(slices, "range");
  const which = fact(slices, "example") - 1;
  const here = predictions()[which]?.[1] ?? 0;
  const at = nearest(places, here);
  const draw = (plot: Plot) => {
    for (const i of names.keys()) {
      paint.line(plot, places, row(all, i).data, { colour: colourOf(i, plot), width: 2 });
      paint.dots(plot, [here], [row(all, i).data[at]!], 4, colourOf(i, plot), plot.look.card);
    }
    paint.upright(plot, fact(slices, "target"), { colour: plot.look.good, dash: [4, 4] }, "y");
    lossLegend(plot, names);
  };
  const [low, top] = endsOf([...all.data, 0], 0.1);
  const high = top + 0.5 * (top - low); // room for the legend
  const move: Handle = {
    label: said("moved"),
    at: [here, low + 0.05 * (high - low)],
    move: (to) => predict(which, to),
  };
  return (
    <Panel label={said(title)} title={`${said(title)} ${which + 1}`} paint={draw} handles={[move]}
      x={{ ends: range, label: `ŷ, ${said("example")} ${which + 1}` }} y={{ ends: [low, high] }} />
  ); // prettier-ignore
}

/** Where a number belongs among evenly spaced places. */
function nearest(places: ArrayLike<number>, x: number): number {
  const last = places.length - 1;
  const share = (x - places[0]!) / (places[last]! - places[0]!);
  return Math.min(last, Math.max(0, Math.round(share * last)));
}

interface Chances {
  entropy: Got;
  curves: Got;
}

const LABELS = [1, 0] as const;

const labelColour = (label: number, plot: Plot): string =>
  label ? plot.look.accent : plot.look.bad;

/** The cross-entropy of both labels, and the examples on it. */
function Entropy({ entropy, curves }: Chances) {
  const range = factOf<Ends>(curves, "range");
  const places = curves.arrays["places"]!.data;
  const { chances, labels, loss } = entropy.arrays;
  const draw = (plot: Plot) => {
    for (const label of LABELS) {
      const colour = labelColour(label, plot);
      paint.line(plot, places, row(curves.arrays["values"]!, label).data, { colour, width: 2 });
    }
    const entries = LABELS.map((label) => ({
      word: `y = ${label}`,
      colour: labelColour(label, plot),
    }));
    marks.legend(plot, entries, false);
  };
  const handles = Array.from(chances!.data, (p, i): Handle => {
    const given = pointsNamed<[number]>("chances");
    return {
      label: `${said("chance")} ${i + 1}, y = ${labels!.data[i]}`,
      at: [p, loss!.data[i]!],
      colour: labels!.data[i] ? "var(--accent)" : "var(--bad)",
      move: (to) => set({ chances: given.map((c, k) => (k === i ? [to] : c)) }),
    };
  });
  return (
    <Panel label={said("entropy")} title={said("entropy")} x={{ ends: range, label: said("probability") }}
      y={{ ends: [-0.15, 7.2], label: "ℒ" }} paint={draw} handles={handles} />
  ); // prettier-ignore
}

/** Slopes in the probability grow without end, those in the logit stay between −1 and 1. */
function EntropySlopes({ entropy, curves }: Chances) {
  const range = factOf<Ends>(curves, "range");
  const places = curves.arrays["places"]!.data;
  const { chances, labels, by_chance, by_logit } = entropy.arrays;
  const draw = (plot: Plot) => {
    for (const label of LABELS) {
      const colour = labelColour(label, plot);
      const own = (v: ArrayLike<number>) => Array.from(v).filter((_, i) => labels!.data[i] === label);
      paint.line(plot, places, row(curves.arrays["slopes"]!, label).data, { colour, dash: [5, 4] });
      paint.line(plot, places, row(curves.arrays["by_logit"]!, label).data, { colour, width: 2 });
      for (const of of [by_chance!, by_logit!]) paint.dots(plot, own(chances!.data), own(of.data), 4, colour, plot.look.card);
    }
    const { ink } = plot.look;
    marks.legend(plot, [
      { word: said("by chance"), colour: ink, dash: [5, 4] },
      { word: said("by logit"), colour: ink },
    ], false);
  }; // prettier-ignore
  return (
    <Panel label={said("entropy slopes")} title={said("entropy slopes")} paint={draw}
      x={{ ends: range, label: said("probability") }} y={{ ends: [-8, 8] }} />
  ); // prettier-ignore
}

function Readout({ values, entropy }: { values: Got; entropy: Got }) {
  const names = factOf<string[]>(values, "losses");
  const numbers = factOf<number[]>(values, "values");
  return (
    <p class="readout" role="status" data-readout>
      {names.map((name, i) => (
        <span key={name}>
          {i > 0 && ", "}
          {said(name)} = <b>{shortNumber(numbers[i]!)}</b>
        </span>
      ))}
      {" · "}
      {said("bce")} = <b>{shortNumber(fact(entropy, "mean"))}</b>
    </p>
  );
}
