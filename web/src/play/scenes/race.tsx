/** Race on a surface: rules from one start, their costs, their step sizes, and who came where. */

import { useMemo } from "preact/hooks";
import { useReplay } from "../clock";
import { factOf, usePart } from "../frames";
import { logEndsOf } from "../plot";
import { row, type Got } from "../server";
import { CostsPanel, CurvesPanel, Equation, Legend, Standings, WaysPanel } from "../walking";
import { groundOf, happened, walksOf, type Walk } from "../walks";
import { said } from "../words";

export { isShown } from "../walks";

export function Scene() {
  const under = usePart("ground");
  const paths = usePart("paths");
  const ground = useMemo(() => under && groundOf(under), [under]);
  const walks = useMemo(() => (paths ? walksOf(paths) : []), [paths]);
  const step = useReplay(walks[0] ? walks[0].loss.length - 1 : 0);
  if (!ground || !paths || !walks.length) return null;
  const reached = factOf<(number | null)[]>(paths, "reached");
  const arrived = (k: number) => (happened(reached[k]!, step) ? reached[k] : said("never"));
  return (
    <>
      <Equation ground={ground} />
      <Legend walks={walks} />
      <div class="panels wide-first">
        <WaysPanel ground={ground} walks={walks} step={step} ratio={0.68} />
        <CostsPanel walks={walks} step={step} />
        <StepSizes paths={paths} walks={walks} step={step} />
      </div>
      <Standings walks={walks} step={step} more={[{ head: said("reached"), cell: arrived }]} />
    </>
  );
}

function StepSizes({ paths, walks, step }: { paths: Got; walks: Walk[]; step: number }) {
  const alpha = paths.arrays["alpha"]!;
  return (
    <CurvesPanel title={said("sizes")} beside="α" walks={walks} step={step} first={1}
      last={Math.max(1, alpha.shape[1]!)} ends={logEndsOf(alpha.data, 6)}
      curve={(k) => row(alpha, k).data} />
  ); // prettier-ignore
}
