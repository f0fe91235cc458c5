/** What the colours of the drawing tell. */

import { shade } from "../colours";
import { words } from "./graph.words";
import { nodeColour } from "../settings";
import { isDark } from "../store";
import * as stage from "./stage";

export function Legend() {
  const w = words.value;
  if (nodeColour.value !== "structure") return <Scale />;
  return (
    <ul class="graph-legend">
      <li class="parameter">{w.parameter}</li>
      <li class="input">{w.input}</li>
      <li class="operation">{w.operation}</li>
      <li class="module">{w.module}</li>
      {stage.alike.value.size > 0 && <li class="alike">{w.alike}</li>}
    </ul>
  );
}

function Scale() {
  const colours = [0, 0.25, 0.5, 0.75, 1].map((share) => shade(share, isDark.value));
  return (
    <p class="graph-legend">
      0 %
      <i class="ramp" style={{ background: `linear-gradient(90deg, ${colours.join(", ")})` }} />
      100 % {words.value[nodeColour.value === "flops" ? "ofFlops" : "ofParameters"]}
    </p>
  );
}
