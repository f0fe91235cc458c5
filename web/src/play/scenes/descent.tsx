/** Descent on a surface: rules from one start, on contours and on the surface itself. */

import { useMemo } from "preact/hooks";
import * as store from "../../store";
import { useReplay } from "../clock";
import { usePart } from "../frames";
import { ruleColour } from "../rules";
import { Surface3d } from "../surface3d";
import { CostsPanel, Equation, Legend, Standings, WaysPanel } from "../walking";
import { groundOf, isFaded, walksOf, type Ground, type Walk } from "../walks";
import { said } from "../words";

export { isShown } from "../walks";

export function Scene() {
  const under = usePart("ground");
  const paths = usePart("paths");
  const ground = useMemo(() => under && groundOf(under), [under]);
  const walks = useMemo(() => (paths ? walksOf(paths) : []), [paths]);
  const step = useReplay(walks[0] ? walks[0].loss.length - 1 : 0);
  if (!ground || !walks.length) return null;
  return (
    <>
      <Equation ground={ground} />
      <Legend walks={walks} />
      <div class="panels">
        <WaysPanel ground={ground} walks={walks} step={step} ratio={0.9} />
        <Relief ground={ground} walks={walks} step={step} />
        <div class="whole">
          <CostsPanel walks={walks} step={step} ratio={0.42} />
        </div>
      </div>
      <Standings walks={walks} step={step} />
    </>
  );
}

function Relief({ ground, walks, step }: { ground: Ground; walks: Walk[]; step: number }) {
  const dark = store.isDark.value;
  const tracks = walks.map(({ name, w }) => ({
    w,
    upTo: step,
    colour: ruleColour(name, dark),
    faded: isFaded(name),
  }));
  return (
    <Surface3d label={said("surface")} title={said("surface")} ratio={0.9} relief={ground}
      levels={ground.levels} crosses={ground.minima} tracks={tracks} />
  ); // prettier-ignore
}
