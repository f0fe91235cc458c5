/** How sharp the ground was along a path, beside what the rule can bear. */

import { Panel } from "../play/panel";
import * as paint from "../play/paint";
import { endsOf, type Plot } from "../play/plot";
import { shortNumber } from "../numbers";
import { alongOf } from "./facts";
import { range } from "./ground";
import type { Facts } from "./land";
import { landscapeWords } from "./landscape.words";

export function SharpnessPanel({ facts }: { facts: Facts }) {
  const w = landscapeWords.value;
  const along = alongOf(facts);
  if (!along) return null;
  const { steps, values, errors, thresholds, label } = along;
  const [least, most] = endsOf(values.flatMap((v, i) => [v - errors[i]!, v + errors[i]!]), 0.08); // prettier-ignore
  const known = thresholds.filter((v) => v !== null);
  // Thresholds far above all values would press them flat: they are said in words then.
  const near = known.length > 0 && Math.min(...known) < 4 * most;
  const limits = thresholds.map((v) => v ?? NaN);
  const draw = (plot: Plot) => {
    for (const [i, step] of steps.entries()) {
      const ends = [values[i]! - errors[i]!, values[i]! + errors[i]!];
      paint.line(plot, [step, step], ends, { colour: plot.look.accent, width: 1, alpha: 0.6 });
    }
    paint.line(plot, steps, values, { colour: plot.look.accent, width: 2 });
    paint.dots(plot, steps, values, 2.6, plot.look.accent);
    if (!near) return;
    paint.line(plot, steps, limits, { colour: plot.look.bad, width: 1.6, dash: [6, 4] });
    const names = [[w.sharpness, plot.look.accent], [w.threshold, plot.look.bad]] as const; // prettier-ignore
    paint.legend(plot, names, values.at(-1)! > (least + most) / 2);
  };
  const [low, high] = range(known);
  const said = !known.length
    ? w.noThreshold
    : low === high
      ? shortNumber(low)
      : `${shortNumber(low)} … ${shortNumber(high)}`;
  const ends = near
    ? endsOf([least, most, ...known.filter((v) => v < 6 * most)])
    : ([least, most] as const);
  return (
    <Panel label={w.along} title={label ? `${w.along}: ${label}` : w.along} ratio={0.5}
      x={{ ends: endsOf(steps, 0.03), label: w.step }} y={{ ends }} paint={draw}>
      <p class="hint">
        {w.threshold}: {said}
      </p>
    </Panel>
  ); // prettier-ignore
}
