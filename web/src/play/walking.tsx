/** Pictures of several rules from one start: their ways on contours, their costs, and where each is. */

import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { shortNumber } from "../numbers";
import * as store from "../store";
import { dictionary } from "../words";
import { Formula } from "./formula";
import * as paint from "./paint";
import { Panel } from "./panel";
import { formulas } from "./planes.words";
import { logEndsOf, type Plot } from "./plot";
import { ruleColour } from "./rules";
import { pointNamed, set } from "./state";
import { alone, happened, isFaded, type Ground, type Walk } from "./walks";
import { controlWords } from "./words";

const words = dictionary(
  {
    ways: "Paths on contours of f",
    costs: "Cost above the minimum",
    step: "step",
    cost: "cost",
    rule: "Rule",
    rules: "Rules: point at one to see it alone",
    where: "Where (x, y)",
    diverged: "Diverged",
    no: "no",
    after: "After step",
  },
  {
    ways: "Шляхи на лініях рівня f",
    costs: "Вартість понад мінімум",
    step: "крок",
    cost: "вартість",
    rule: "Правило",
    rules: "Правила: наведіть на одне, щоб бачити лише його",
    where: "Де (x, y)",
    diverged: "Розбіглося",
    no: "ні",
    after: "Після кроку",
  },
);

/** The function that is descended on. */
export function Equation({ ground }: { ground: Ground }) {
  return (
    <div class="formulas">
      <Formula tex={formulas[ground.name] ?? ""} />
    </div>
  );
}

/** The rules with their colours; one that is pointed at or has the focus is shown alone. */
export function Legend({ walks }: { walks: Walk[] }) {
  const dark = store.isDark.value;
  useEffect(() => () => void (alone.value = ""), []);
  return (
    <div class="legend-of" role="group" aria-label={words.value.rules}>
      {walks.map(({ name, title }) => (
        <button key={name} type="button" title={words.value.rules} aria-pressed={alone.value === name}
          onPointerEnter={() => (alone.value = name)} onPointerLeave={() => (alone.value = "")}
          onFocus={() => (alone.value = name)} onBlur={() => (alone.value = "")}>
          <Swatch colour={ruleColour(name, dark)} /> {title}
        </button>
      ))}
    </div>
  ); // prettier-ignore
}

const Swatch = ({ colour }: { colour: string }) => (
  <span class="swatch-of" style={{ background: colour }} />
);

interface Walking {
  walks: Walk[];
  step: number;
}

/** The ways on the contours, and the start, which is dragged. */
export function WaysPanel(props: Walking & { ground: Ground; ratio: number }) {
  const { ground, walks, step } = props;
  const w = words.value;
  const ordered = lastAlone(walks);
  const draw = (plot: Plot) => {
    paint.ground(plot, ground.values, ground.x, ground.y, ground.levels);
    for (const [x, y] of ground.minima) paint.cross(plot, x, y, plot.look.good);
    for (const walk of ordered) {
      const colour = ruleColour(walk.name, plot.look.dark);
      if (isFaded(walk.name)) {
        const [xs, ys] = [0, 1].map((k) => paint.column(walk.w, k, 0, step + 1));
        paint.line(plot, xs!, ys!, { colour, width: 1.4, alpha: 0.18 });
      } else paint.path(plot, walk.w, step, colour);
    }
  };
  return (
    <Panel label={w.ways} title={w.ways} x={{ ends: ground.x, label: "x" }} y={{ ends: ground.y, label: "y" }}
      ratio={props.ratio} paint={draw}
      handles={[{ label: controlWords("start"), at: pointNamed("start"), move: (x, y) => set({ start: [x, y] }) }]} />
  ); // prettier-ignore
}

/** Above all others the one that is shown alone. Asked while a component is rendered, which is then drawn
 * anew when another one is. */
const lastAlone = (walks: Walk[]): Walk[] =>
  [...walks].sort((a, b) => Number(a.name === alone.value) - Number(b.name === alone.value));

export function CostsPanel(props: Walking & { ratio?: number }) {
  const { walks, step } = props;
  const w = words.value;
  const ends = logEndsOf(
    walks.flatMap(({ above, diverged }) => [...above.subarray(0, diverged ?? above.length)]),
  );
  const last = Math.max(1, walks[0]!.above.length - 1);
  return (
    <CurvesPanel title={w.costs} walks={walks} step={step} last={last} ends={ends}
      curve={(k) => walks[k]!.above} beside={w.cost} ratio={props.ratio ?? 0.75} />
  ); // prettier-ignore
}

interface Curves extends Walking {
  title: string;
  /** The last step of the axis, and the first that curves have a number of. */
  last: number;
  first?: number;
  ends: readonly [number, number];
  curve: (k: number) => ArrayLike<number>;
  beside: string;
  ratio?: number;
}

/** A number of each rule over the steps, on a logarithmic axis, drawn up to the step that is shown. */
export function CurvesPanel(props: Curves) {
  const { title, walks, step, curve, first = 0 } = props;
  const ordered = lastAlone(walks);
  const draw = (plot: Plot) => {
    for (const walk of ordered) {
      const ys = Array.from(curve(walks.indexOf(walk))).slice(0, step + 1 - first);
      const xs = ys.map((_, t) => t + first);
      const look = isFaded(walk.name) ? { alpha: 0.18 } : { width: 2 };
      paint.line(plot, xs, ys, { colour: ruleColour(walk.name, plot.look.dark), ...look });
    }
    paint.upright(plot, step, { colour: plot.look.soft, width: 1 });
  };
  return (
    <Panel label={title} title={title} paint={draw} ratio={props.ratio ?? 0.75}
      x={{ ends: [0, props.last], label: words.value.step }}
      y={{ ends: props.ends, scale: "log", label: props.beside }} />
  ); // prettier-ignore
}

/** A further column of the table. */
export interface Column {
  head: string;
  cell: (k: number) => ComponentChildren;
}

/** Where each rule is at the step that is shown, in numbers. */
export function Standings({ walks, step, more = [] }: Walking & { more?: Column[] }) {
  const w = words.value;
  const dark = store.isDark.value;
  return (
    <div class="standings" role="region" tabIndex={0} aria-label={`${w.after} ${step}`}>
      <table data-readout>
        <caption>{w.after} {step}</caption>
        <thead>
          <tr>
            <th scope="col">{w.rule}</th>
            <th scope="col">{w.where}</th>
            <th scope="col">f</th>
            {more.map(({ head }) => <th scope="col" key={head}>{head}</th>)}
            <th scope="col">{w.diverged}</th>
          </tr>
        </thead>
        <tbody>
          {walks.map((walk, k) => (
            <tr key={walk.name} data-rule={walk.name} class={isFaded(walk.name) ? "faded" : ""}>
              <th scope="row"><Swatch colour={ruleColour(walk.name, dark)} /> {walk.title}</th>
              <td>({shortNumber(walk.w.data[2 * step]!)}, {shortNumber(walk.w.data[2 * step + 1]!)})</td>
              <td>{shortNumber(walk.loss[step]!)}</td>
              {more.map(({ head, cell }) => <td key={head}>{cell(k)}</td>)}
              <td>{happened(walk.diverged, step) ? `${w.step} ${walk.diverged}` : w.no}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  ); // prettier-ignore
}
