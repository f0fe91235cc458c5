/** Batches: the cloud of their gradients, its variance, and three ways down at equal cost. */

import { shortNumber } from "../../numbers";
import { percent } from "../../parts/texts";
import { fact, factOf, usePart } from "../frames";
import { Panel } from "../panel";
import * as paint from "../paint";
import { endsOf, logEndsOf, type Ends, type Plot } from "../plot";
import type { Got } from "../server";
import { pointNamed, set } from "../state";
import { controlWords, said } from "../words";

const KINDS = ["all", "some", "one"] as const;
type Kind = (typeof KINDS)[number];
const colourOf = ({ look }: Plot, kind: Kind) =>
  ({ all: look.accent, some: look.good, one: look.bad })[kind];

export function Scene() {
  const ground = usePart("ground");
  const cloud = usePart("cloud");
  const spread = usePart("spread");
  const race = usePart("race");
  if (!ground || !cloud || !spread || !race) return null;
  return (
    <>
      <div class="panels">
        <PlanePanel ground={ground} race={race} />
        <RacePanel ground={ground} race={race} />
        <CloudPanel cloud={cloud} />
        <SpreadPanel spread={spread} />
      </div>
      <Readout ground={ground} cloud={cloud} race={race} />
    </>
  );
}

function legend(plot: Plot): void {
  for (const [i, kind] of KINDS.entries()) {
    paint.say(plot, said(kind), plot.right - 110, plot.top + 16 + 16 * i, colourOf(plot, kind));
  }
}

function PlanePanel({ ground, race }: { ground: Got; race: Got }) {
  const ends = factOf<Ends>(ground, "ends");
  const [b, w] = factOf<[number, number]>(ground, "best");
  const draw = (plot: Plot) => {
    const values = ground.arrays["values"]!;
    paint.ground(plot, values, ends, ends, paint.levelsOf(values.data, fact(ground, "least")));
    for (const kind of [...KINDS].reverse()) {
      const path = race.arrays[`${kind}_w`]!;
      const [xs, ys] = [paint.column(path, 0), paint.column(path, 1)];
      const colour = colourOf(plot, kind);
      paint.line(plot, xs, ys, { colour, width: 1.3, alpha: kind === "one" ? 0.65 : 1 });
      if (kind === "all") paint.dots(plot, xs, ys, 3, colour);
      paint.dots(plot, xs.slice(-1), ys.slice(-1), 5, colour, plot.look.card);
    }
    paint.cross(plot, b, w, plot.look.ink);
    legend(plot);
  };
  const handle = {
    label: controlWords("at"),
    at: pointNamed("at"),
    move: (x: number, y: number) => set({ at: [x, y] }),
  };
  return (
    <Panel label={said("plane")} title={said("plane")} paint={draw} handles={[handle]} ratio={0.85}
      x={{ ends, label: "b" }} y={{ ends, label: "W" }} />
  ); // prettier-ignore
}

function RacePanel({ ground, race }: { ground: Got; race: Got }) {
  const costs = KINDS.map((kind) => race.arrays[`${kind}_cost`]!.data);
  const spent = KINDS.map((kind) => race.arrays[`${kind}_spent`]!.data);
  const least = fact(ground, "least");
  const draw = (plot: Plot) => {
    for (const [i, kind] of [...KINDS.entries()].reverse()) {
      paint.line(plot, spent[i]!, costs[i]!, { colour: colourOf(plot, kind), width: 1.6 });
      if (kind === "all") paint.dots(plot, spent[i]!, costs[i]!, 3, colourOf(plot, kind));
    }
    paint.level(plot, least, { colour: plot.look.soft, dash: [5, 4], width: 1.2 }, said("least"));
    legend(plot);
  };
  const all = costs.flatMap((c) => [...c]);
  return (
    <Panel label={said("race")} title={said("race")} paint={draw} ratio={0.85}
      x={{ ends: [0, spent[0]!.at(-1)!], label: said("spent") }}
      y={{ ends: logEndsOf([...all, Math.max(least, 1e-12)], 8), scale: "log", label: "J" }} />
  ); // prettier-ignore
}

function CloudPanel({ cloud }: { cloud: Got }) {
  const each = cloud.arrays["each"]!;
  const [xs, ys] = [paint.column(each, 0), paint.column(each, 1)];
  const [gx, gy] = factOf<[number, number]>(cloud, "whole");
  const [x, y] = [endsOf([...xs, 0, gx], 0.1), endsOf([...ys, 0, gy], 0.1)];
  const draw = (plot: Plot) => {
    paint.dots(plot, xs, ys, 2.2, plot.look.good);
    const ring = cloud.arrays["ellipse"]!;
    const dashed = { colour: plot.look.ink, dash: [5, 4], width: 1.4 };
    paint.line(plot, paint.column(ring, 0), paint.column(ring, 1), dashed);
    paint.line(plot, [0, gx], [0, gy], { colour: plot.look.accent, width: 2.4 });
    paint.dots(plot, [gx], [gy], 5, plot.look.accent, plot.look.card);
    paint.cross(plot, 0, 0, plot.look.ink, 4);
    paint.say(plot, said("whole"), plot.x(gx) + 9, plot.y(gy) - 7, plot.look.accent);
  };
  return (
    <Panel label={said("cloud")} title={`${said("cloud")}, B = ${fact(cloud, "size")}`} paint={draw}
      x={{ ends: x, label: "∂J/∂b" }} y={{ ends: y, label: "∂J/∂W" }} />
  ); // prettier-ignore
}

function SpreadPanel({ spread }: { spread: Got }) {
  const sizes = spread.arrays["sizes"]!.data;
  const [theory, measured] = [spread.arrays["theory"]!.data, spread.arrays["measured"]!.data];
  const draw = (plot: Plot) => {
    paint.line(plot, sizes, theory, { colour: plot.look.soft, dash: [5, 4] });
    paint.dots(plot, sizes, measured, 4.5, plot.look.good, plot.look.card);
    paint.say(plot, said("theory"), plot.right - 80, plot.top + 16, plot.look.soft);
    paint.say(plot, said("measured"), plot.right - 80, plot.top + 32, plot.look.good);
  };
  return (
    <Panel label={said("spread")} title={said("spread")} paint={draw}
      x={{ ends: [0.8, 300], scale: "log", label: said("size") }}
      y={{ ends: logEndsOf([...theory, ...measured], 6), scale: "log", label: "E ‖g_B − g‖²" }} />
  ); // prettier-ignore
}

function Readout({ ground, cloud, race }: { ground: Got; cloud: Got; race: Got }) {
  const end = factOf<Record<Kind, number | null>>(race, "end");
  const steps = factOf<Record<Kind, number>>(race, "steps");
  return (
    <p class="readout" role="status" data-readout>
      <b>{percent(fact(cloud, "downhill"))}</b> {said("downhill")}{" "}
      <b>{shortNumber(fact(cloud, "measured"))}</b> ({said("theory")}{" "}
      {shortNumber(fact(cloud, "radius"))}). {said("after")}{" "}
      {KINDS.map((kind, i) => (
        <span key={kind}>
          {i > 0 && ", "}
          <b>{shortNumber(end[kind] ?? NaN)}</b> ({said(kind)}, {said("inSteps")} {steps[kind]}{" "}
          {said("steps")})
        </span>
      ))}
      ; {said("least")} {shortNumber(fact(ground, "least"))}.
    </p>
  );
}
