/** The curves under the point that is looked at. */

import { Panel } from "../play/panel";
import * as paint from "../play/paint";
import { endsOf, logEndsOf, type Plot } from "../play/plot";
import type { Ground } from "./ground";
import { landscapeWords } from "./landscape.words";
import { pointOn } from "./pointing";
import { slicesAt } from "./slices";

export function SlicePanel({ ground }: { ground: Ground }) {
  const w = landscapeWords.value;
  const point = pointOn(ground);
  const slices = slicesAt(ground, point);
  const across = endsOf([...ground.x, ...ground.y], 0);
  const up = [ground.least, ground.most];
  const draw = (plot: Plot) => {
    const colours = [plot.look.accent, plot.look.bad];
    for (const [k, { at, values }] of slices.entries()) {
      paint.line(plot, at, values, { colour: colours[k]!, width: 2 });
      paint.upright(plot, point[k]!, { colour: colours[k]!, width: 1, dash: [3, 3] });
    }
    const rise = slices.some(({ values }) => endsHigh(values, ground));
    const names = [[w.alongX, colours[0]!], [w.alongY, colours[1]!]] as const; // prettier-ignore
    paint.legend(plot, names, rise);
  };
  const y = ground.log
    ? { ends: logEndsOf(up), scale: "log" as const }
    : { ends: endsOf(up), scale: "linear" as const };
  return <Panel label={w.slices} title={w.slices} ratio={0.5} x={{ ends: across }} y={y} paint={draw} />;
} // prettier-ignore

/** Whether a curve ends in the upper half, where names would stand. */
function endsHigh(values: Float64Array, { heights, least, most }: Ground): boolean {
  const middle = (heights.of(least) + heights.of(most)) / 2;
  return values.slice(-values.length >> 2).some((v) => heights.of(v) > middle);
}
