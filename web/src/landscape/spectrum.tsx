/** How the eigenvalues of the Hessian are spread: their density, and those that were found themselves. */

import { Panel } from "../play/panel";
import * as paint from "../play/paint";
import { endsOf, type Plot } from "../play/plot";
import { percent } from "../parts/texts";
import { spectrumOf } from "./facts";
import type { Facts } from "./land";
import { landscapeWords } from "./landscape.words";

/** Of the highest density, what is still drawn. */
const LEAST = 1e-6;

export function SpectrumPanel({ facts }: { facts: Facts }) {
  const w = landscapeWords.value;
  const spectrum = spectrumOf(facts);
  if (!spectrum) return null;
  const { x, density, found, small } = spectrum;
  const most = Math.max(...density);
  const y = { ends: [LEAST * most, 3 * most], scale: "log" } as const;
  const draw = (plot: Plot) => {
    for (const value of found) {
      paint.upright(plot, value, { colour: plot.look.bad, width: 1, alpha: 0.7 });
    }
    const drawn = density.map((v) => (v > y.ends[0] ? v : NaN));
    paint.line(plot, x, drawn, { colour: plot.look.accent, width: 2 });
    const names = [[w.density, plot.look.accent], [w.curvature, plot.look.bad]] as const; // prettier-ignore
    paint.legend(plot, names);
  };
  return (
    <Panel label={w.spectrum} title={w.spectrum} ratio={0.5} paint={draw}
      x={{ ends: endsOf([...x, ...found], 0.03), label: w.eigenvalue }} y={y}>
      {Number.isFinite(small) && <p class="hint">{w.small}: {percent(small)}</p>}
    </Panel>
  ); // prettier-ignore
}
