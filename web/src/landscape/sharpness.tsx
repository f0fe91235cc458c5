/** How sharp the ground was along a path, beside what the rule can bear. */

import { Panel } from "../play/panel";
import * as paint from "../play/paint";
import { endsOf, type Plot } from "../play/plot";
import { shortNumber } from "../numbers";
import { alongOf } from "./facts";
import type { Facts } from "./land";
import { landscapeWords } from "./landscape.words";

export function SharpnessPanel({ facts }: { facts: Facts }) {
  const w = landscapeWords.value;
  const along = alongOf(facts);
  if (!along) return null;
  const { steps, values, errors, threshold, label } = along;
  const seen = values.flatMap((v, i) => [v - errors[i]!, v + errors[i]!]);
  const [least, most] = endsOf(seen, 0.08);
  // A threshold far above all values would press them flat: it is said in words then.
  const near = threshold !== null && threshold < 4 * most;
  const draw = (plot: Plot) => {
    for (const [i, step] of steps.entries()) {
      const ends = [values[i]! - errors[i]!, values[i]! + errors[i]!];
      paint.line(plot, [step, step], ends, { colour: plot.look.accent, width: 1, alpha: 0.6 });
    }
    paint.line(plot, steps, values, { colour: plot.look.accent, width: 2 });
    paint.dots(plot, steps, values, 2.6, plot.look.accent);
    if (near)
      paint.level(
        plot,
        threshold,
        { colour: plot.look.bad, width: 1.6, dash: [6, 4] },
        w.threshold,
      );
  };
  const ends = endsOf(near ? [least, most, threshold] : [least, most], near ? 0.08 : 0);
  return (
    <Panel label={w.along} title={label ? `${w.along}: ${label}` : w.along} ratio={0.5}
      x={{ ends: endsOf(steps, 0.03), label: w.step }} y={{ ends }} paint={draw}>
      <p class="hint">
        {w.threshold}: {threshold === null ? w.noThreshold : shortNumber(threshold)}
      </p>
    </Panel>
  ); // prettier-ignore
}
