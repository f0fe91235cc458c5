/** Where Adam fails: rules on the three rounds of the theorem, their regret, and a map of the memories. */

import { shortNumber } from "../../numbers";
import { useReplay } from "../clock";
import { fact, factOf, usePart } from "../frames";
import * as marks from "../marks";
import { Panel } from "../panel";
import * as paint from "../paint";
import { endsOf, type Ends, type Plot } from "../plot";
import { ruleColour, ruleWord } from "../rules";
import type { Got } from "../server";
import { numberNamed, set } from "../state";
import { said } from "../words";

export function Scene() {
  const walks = usePart("walks");
  const map = usePart("map");
  const rounds = walks ? walks.arrays["x"]!.shape[1]! - 1 : 0;
  const step = useReplay(rounds);
  if (!walks || !map) return null;
  return (
    <>
      <div class="panels wide-first">
        <Points walks={walks} step={step} />
        <Regret walks={walks} step={step} />
        <MapPanel map={map} />
      </div>
      <Readout walks={walks} step={step} />
    </>
  );
}

interface Shown {
  walks: Got;
  step: number;
}

const rulesOf = (got: Got): string[] => factOf<string[]>(got, "rules");

/** The rules' rows of an array [rules, rounds], up to a round. */
function lines(plot: Plot, walks: Got, name: string, first: number, step: number, below = 0) {
  const { data, shape } = walks.arrays[name]!;
  const width = shape[1]!;
  const count = Math.max(0, Math.min(width, step + 1 - first));
  const xs = Array.from({ length: count }, (_, i) => first + i);
  const { dark } = plot.look;
  for (const [i, rule] of rulesOf(walks).entries()) {
    const ys = data.subarray(i * width, i * width + count);
    // Adam with correction is soon where it is without: a broad pale line below a thin one.
    const look = rule === "adam" ? { width: 6, alpha: 0.35 } : { width: 1.5 };
    paint.line(plot, xs, ys, { colour: ruleColour(rule, dark), ...look });
  }
  const entries = rulesOf(walks).map((r) => ({
    word: ruleWord(r),
    colour: ruleColour(r, dark),
  }));
  marks.legend(plot, entries, true, below);
}

function Points({ walks, step }: Shown) {
  const rounds = walks.arrays["x"]!.shape[1]! - 1;
  const draw = (plot: Plot) => {
    const { good, bad } = plot.look;
    paint.level(plot, 1, { colour: bad, dash: [6, 4] });
    paint.level(plot, -1, { colour: good, dash: [6, 4] });
    lines(plot, walks, "x", 0, step, (plot.bottom - plot.top) / 2 - 34);
    paint.say(plot, said("worst"), plot.left + 6, plot.y(1) - 7, bad);
    paint.say(plot, said("best"), plot.left + 6, plot.y(-1) + 15, good);
  };
  return (
    <Panel label={said("points")} title={said("points")} ratio={0.42} paint={draw}
      x={{ ends: [0, rounds], label: said("round") }} y={{ ends: [-1.35, 1.35], label: "x" }} />
  ); // prettier-ignore
}

function Regret({ walks, step }: Shown) {
  const { data, shape } = walks.arrays["regret"]!;
  const proved = fact(walks, "proved");
  const draw = (plot: Plot) => {
    paint.level(plot, proved, { colour: plot.look.soft, dash: [6, 4] });
    lines(plot, walks, "regret", 1, step);
    const word = `2(C−2)/3 = ${shortNumber(proved)}`;
    paint.say(plot, word, plot.right - 112, plot.y(proved) + 16, plot.look.ink);
  }; // prettier-ignore
  // The first rounds, where an average is of few, would hide the others.
  const late = data.filter((_, i) => i % shape[1]! > 8);
  const ends = endsOf([...late, 0, 2.1 * proved]);
  return (
    <Panel label={said("regret")} title={said("regret")} ratio={0.85} paint={draw}
      x={{ ends: [0, shape[1]!], label: said("round") }} y={{ ends }} />
  ); // prettier-ignore
}

function MapPanel({ map }: { map: Got }) {
  const [b1, b2] = [factOf<Ends>(map, "b1"), factOf<Ends>(map, "b2")];
  const draw = (plot: Plot) => {
    const { dark, ink } = plot.look;
    paint.heat(plot, map.arrays["share"]!, b1, b2, (v) => failure(v, dark));
    paint.cross(plot, 0, fact(map, "critical"), ink, 6);
    paint.say(plot, said("theorem"), plot.x(0) + 10, plot.y(fact(map, "critical")) + 4, ink);
    paint.say(plot, said("usual"), plot.x(0.9) - 78, plot.y(0.96) + 4, ink);
    paint.cross(plot, 0.9, 0.999, ink, 4);
  };
  const here = {
    label: said("here"),
    at: [numberNamed("b1"), numberNamed("b2")] as const,
    move: (x: number, y: number) => set({ b1: x, b2: y }),
  };
  return (
    <Panel label={said("map")} title={said("map")} x={{ ends: b1, label: "β₁" }} y={{ ends: b2, label: "β₂" }}
      ratio={0.85} paint={draw} handles={[here]} />
  ); // prettier-ignore
}

/** From blue, no regret, to red, that of the worst point. */
function failure(share: number, dark: boolean): string {
  const t = Math.min(1, Math.max(0, share));
  const [good, bad] = dark ? [[38, 70, 104], [150, 58, 56]] : [[190, 214, 236], [232, 140, 128]]; // prettier-ignore
  const mixed = good!.map((g, i) => Math.round(g + t * (bad![i]! - g)));
  return `rgb(${mixed.join(",")})`;
}

function Readout({ walks, step }: Shown) {
  const { data, shape } = walks.arrays["x"]!;
  const regret = walks.arrays["regret"]!;
  const paid = (i: number) => (step ? regret.data[i * regret.shape[1]! + step - 1]! : 0);
  return (
    <p class="readout" role="status" data-readout>
      {said("after")} {step} {said("rounds")}:{" "}
      {rulesOf(walks).map((rule, i) => (
        <span key={rule}>
          {i > 0 && " · "}
          {ruleWord(rule)} x = <b>{shortNumber(data[i * shape[1]! + step]!)}</b>, R ={" "}
          <b>{shortNumber(paid(i))}</b>
        </span>
      ))}
    </p>
  );
}
