/** Adaptive methods: paths of rules, the step size that each weight gets, and what an update is made of. */

import { shortNumber } from "../../numbers";
import { useReplay } from "../clock";
import { factOf, usePart } from "../frames";
import * as marks from "../marks";
import { Panel } from "../panel";
import * as paint from "../paint";
import { logEndsOf, type Ends, type Plot } from "../plot";
import { ruleColour } from "../rules";
import { row, type Got, type Tensor } from "../server";
import { pointNamed, set } from "../state";
import { controlWords, optionWord, said } from "../words";

/** Weight 1 has the small gradient; its lines are dashed. */
const DASH = [[5, 4], []];

export function Scene() {
  const ground = usePart("ground");
  const walks = usePart("walks");
  const terms = usePart("terms");
  const memory = usePart("memory");
  const steps = walks ? walks.arrays["w"]!.shape[1]! - 1 : 0;
  const step = useReplay(steps);
  if (!ground || !walks || !terms || !memory) return null;
  return (
    <>
      <div class="panels">
        <Paths ground={ground} walks={walks} step={step} />
        <Curves walks={walks} name="sizes" step={step} decades={8} />
        <Curves walks={walks} name="squares" step={step} decades={10} />
        <Losses walks={walks} step={step} />
        <Memory memory={memory} />
        <Terms terms={terms} step={step} />
      </div>
      <Readout walks={walks} terms={terms} step={step} />
    </>
  );
}

const rulesOf = (got: Got): string[] => factOf<string[]>(got, "rules");
const titleOf = (rule: string): string => optionWord("rules", rule);

function legendOf(plot: Plot, rules: string[]): void {
  const { dark } = plot.look;
  const entries = rules.map((r) => ({ word: titleOf(r), colour: ruleColour(r, dark) }));
  marks.legend(plot, entries, true, plot.bottom - plot.top - 15 * rules.length - 8);
}

interface Shown {
  walks: Got;
  step: number;
}

function Paths({ ground, walks, step }: Shown & { ground: Got }) {
  const [x, y] = [factOf<Ends>(ground, "x"), factOf<Ends>(ground, "y")];
  const start = pointNamed("start");
  const draw = (plot: Plot) => {
    const values = ground.arrays["values"]!;
    paint.ground(plot, values, x, y, paint.levelsOf(values.data, 0));
    paint.cross(plot, 0, 0, plot.look.good);
    for (const [i, rule] of rulesOf(walks).entries()) {
      const w = row(walks.arrays["w"]!, i);
      paint.path(plot, w, step, ruleColour(rule, plot.look.dark));
    }
    legendOf(plot, rulesOf(walks));
  };
  return (
    <Panel label={said("paths")} title={said("paths")} x={{ ends: x, label: said("first") }}
      y={{ ends: y, label: said("second") }} ratio={0.92} paint={draw}
      handles={[{ label: controlWords("start"), at: start, move: (a, b) => set({ start: [a, b] }) }]} />
  ); // prettier-ignore
}

/** Of each rule and weight a line over the steps. */
function Curves({ walks, name, step, decades }: Shown & { name: string; decades: number }) {
  const all = walks.arrays[name]!;
  const steps = all.shape[1]! - 1;
  const kept = rulesOf(walks)
    .map((rule, i) => ({ rule, of: row(all, i) }))
    .filter(({ of }) => of.data.some((v) => v > 0));
  const draw = (plot: Plot) => {
    for (const { rule, of } of kept) {
      const colour = ruleColour(rule, plot.look.dark);
      for (const weight of [0, 1]) {
        const [xs, ys] = marks.known(paint.column(of, weight));
        paint.line(plot, xs, ys, { colour, dash: DASH[weight]!, width: 1.7 });
        if (xs.length < steps / 2) paint.dots(plot, xs, ys, 2.2, colour);
      }
    }
    paint.upright(plot, step, { colour: plot.look.soft, width: 1 });
    const { ink } = plot.look;
    marks.legend(plot, [
      { word: said("first"), colour: ink, dash: DASH[0]! },
      { word: said("second"), colour: ink },
    ]);
    if (!kept.length) marks.centred(plot, said("none"), (plot.left + plot.right) / 2, (plot.top + plot.bottom) / 2, ink);
  }; // prettier-ignore
  const numbers = kept.flatMap(({ of }) => Array.from(of.data.subarray(2)));
  const [low, high] = logEndsOf(numbers, decades);
  return (
    <Panel label={said(name)} title={said(name)} x={{ ends: [0, steps], label: said("step") }} ratio={0.92}
      y={{ ends: [low, high * (high / low) ** 0.25], scale: "log" }} paint={draw} />
  ); // prettier-ignore
}

function Losses({ walks, step }: Shown) {
  const all = walks.arrays["loss"]!;
  const draw = (plot: Plot) => {
    for (const [i, rule] of rulesOf(walks).entries()) {
      const [xs, ys] = marks.known(row(all, i).data);
      paint.line(plot, xs, ys, { colour: ruleColour(rule, plot.look.dark) });
    }
    paint.upright(plot, step, { colour: plot.look.soft, width: 1 });
  };
  return (
    <Panel label={said("loss")} title={said("loss")} ratio={0.92}
      x={{ ends: [0, all.shape[1]! - 1], label: said("step") }}
      y={{ ends: logEndsOf(all.data, 12), scale: "log" }} paint={draw} />
  ); // prettier-ignore
}

function Memory({ memory }: { memory: Got }) {
  const rules = rulesOf(memory);
  const numbers = factOf<number[]>(memory, "numbers");
  const draw = (plot: Plot) => {
    const tall = (plot.bottom - plot.top) / rules.length;
    for (const [i, rule] of rules.entries()) {
      const y = plot.top + i * tall;
      const [zero, end] = [plot.x(0), plot.x(numbers[i]!)];
      plot.pen.fillStyle = ruleColour(rule, plot.look.dark);
      plot.pen.fillRect(zero, y + tall * 0.52, Math.max(2, end - zero), tall * 0.34);
      plot.pen.fillStyle = plot.look.ink;
      plot.pen.fillText(`${titleOf(rule)}: ${numbers[i]}`, zero + 3, y + tall * 0.42);
    }
  };
  return (
    <Panel label={said("memory")} title={said("memory")} x={{ ends: [0, 3.2], label: said("numbers") }}
      y={{ ends: [0, 1], ticks: [] }} ratio={0.92} paint={draw} />
  ); // prettier-ignore
}

/** One of a tensor [terms, steps + 1, 2]. */
function termAt(all: Tensor, term: number, step: number): [number, number] {
  const steps = all.shape[1]!;
  const at = (term * steps + Math.min(step, steps - 1)) * 2;
  return [all.data[at]!, all.data[at + 1]!];
}

function Terms({ terms, step }: { terms: Got; step: number }) {
  const names = factOf<string[]>(terms, "terms");
  const number = (v: number) => (Number.isNaN(v) ? "–" : shortNumber(v));
  return (
    <figure class="panel">
      <figcaption>
        {said("terms")}: {titleOf(factOf(terms, "rule"))}, {said("step")} {step}
      </figcaption>
      <table class="terms">
        <thead>
          <tr>
            <th />
            <th />
            <th>{said("first")}</th>
            <th>{said("second")}</th>
          </tr>
        </thead>
        <tbody>
          {names.map((name, i) => (
            <tr key={name} data-term={name}>
              <th>{name}</th>
              <td>{said(`term ${name}`)}</td>
              {termAt(terms.arrays["values"]!, i, step).map((v, k) => (
                <td key={k}>{number(v)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}

function Readout({ walks, terms, step }: Shown & { terms: Got }) {
  const loss = walks.arrays["loss"]!;
  const at = factOf<string[]>(terms, "terms").indexOf("Δw");
  const moved = termAt(terms.arrays["values"]!, at, step).map(shortNumber).join(", ");
  return (
    <p class="readout" role="status" data-readout>
      {said("after")} {step} {said("steps")}:{" "}
      {rulesOf(walks).map((rule, i) => (
        <span key={rule}>
          {titleOf(rule)} f = <b>{shortNumber(row(loss, i).data[step]!)}</b>,{" "}
        </span>
      ))}
      {titleOf(factOf(terms, "rule"))} Δw = <b>({moved})</b>
    </p>
  );
}
