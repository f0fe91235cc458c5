/** The distances of a plane: two points that are dragged, the way between them, and all that is as far. */

import { category } from "../../colours";
import { shortNumber } from "../../numbers";
import { fact, factOf } from "../frames";
import * as marks from "../marks";
import { Panel, type Handle } from "../panel";
import * as paint from "../paint";
import type { Plot } from "../plot";
import type { Got } from "../server";
import { pointNamed, set } from "../state";
import { controlWords, said } from "../words";

type Pair = [number, number];
type Kind = "euclidean" | "manhattan" | "chebyshev" | "minkowski";

const SIDE = [-5, 5] as const;
/** With which the axes' numbers are as wide as they are high. */
const SQUARE = 0.965;
const AXIS = { ends: SIDE };

const a = (): Pair => pointNamed("a");
const b = (): Pair => pointNamed("b");

const handles = (): Handle[] => [
  { label: controlWords("a"), at: a(), colour: "var(--good)", move: (x, y) => set({ a: [x, y] }) },
  { label: controlWords("b"), at: b(), colour: "var(--bad)", move: (x, y) => set({ b: [x, y] }) },
];

/** The rim of a ball with a middle and a radius. */
function rim(balls: Got, kind: Kind, [mx, my]: Pair, radius: number): [Float64Array, Float64Array] {
  const all = balls.arrays["rims"]!;
  const [count, from] = [all.shape[1]!, factOf<string[]>(balls, "distances").indexOf(kind)];
  const xs = new Float64Array(count);
  const ys = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    xs[i] = mx + radius * all.data[2 * (from * count + i)]!;
    ys[i] = my + radius * all.data[2 * (from * count + i) + 1]!;
  }
  return [xs, ys];
}

/** Ways from A to B, as walked by who measures so. */
const WAYS: Record<Kind, (plot: Plot) => void> = {
  euclidean: straight,
  minkowski: straight,
  manhattan(plot) {
    const [[ax, ay], [bx, by]] = [a(), b()];
    const blocks = Math.max(1, Math.round(Math.max(Math.abs(bx - ax), Math.abs(by - ay))));
    const [xs, ys] = [[ax], [ay]];
    for (let i = 1; i <= blocks; i++) {
      const [x, y] = [ax + ((bx - ax) * i) / blocks, ay + ((by - ay) * i) / blocks];
      xs.push(x, x);
      ys.push(ys.at(-1)!, y);
    }
    const { ink, soft } = plot.look;
    paint.line(plot, [ax, bx, bx], [ay, ay, by], { colour: soft, dash: [5, 4], width: 1.5 });
    paint.line(plot, xs, ys, { colour: ink, width: 2.4 });
  },
  chebyshev(plot) {
    const [[ax, ay], [bx, by]] = [a(), b()];
    const long = Math.abs(bx - ax) >= Math.abs(by - ay);
    const [xs, ys] = long ? [[ax, bx, bx], [ay, ay, by]] : [[ax, ax, bx], [ay, by, by]];
    paint.line(plot, xs.slice(1), ys.slice(1), { colour: plot.look.soft, dash: [5, 4], width: 1.5 });
    paint.line(plot, xs.slice(0, 2), ys.slice(0, 2), { colour: plot.look.ink, width: 2.6 });
  }, // prettier-ignore
};

function straight(plot: Plot): void {
  const [[ax, ay], [bx, by]] = [a(), b()];
  paint.line(plot, [ax, bx], [ay, by], { colour: plot.look.ink, width: 2.4 });
}

/** Which is which, above the points. */
function letters(plot: Plot): void {
  for (const [word, [x, y], colour] of [["A", a(), plot.look.good], ["B", b(), plot.look.bad]] as const) {
    paint.say(plot, word, plot.x(x) - 4, plot.y(y) - 15, colour);
  }
} // prettier-ignore

export function InPlane({ kind, plane, balls }: { kind: Kind; plane: Got; balls: Got }) {
  const far = fact(plane, kind);
  const draw = (plot: Plot) => {
    const [xs, ys] = rim(balls, kind, a(), far);
    paint.line(plot, xs, ys, { colour: plot.look.accent, width: 1.6, alpha: 0.8 });
    WAYS[kind](plot);
    letters(plot);
  };
  const more = kind === "minkowski" ? `, p = ${shortNumber(fact(plane, "p"))}` : "";
  return (
    <Panel label={`${said(kind)} ${shortNumber(far)}`} title={`${said(kind)}${more}: ${shortNumber(far)}`}
      x={AXIS} y={AXIS} ratio={SQUARE} paint={draw} handles={handles()} />
  ); // prettier-ignore
}

export function Cosine({ plane }: { plane: Got }) {
  const far = fact(plane, "cosine");
  const angle = fact(plane, "angle");
  const draw = (plot: Plot) => {
    const { good, bad, ink } = plot.look;
    marks.arrow(plot, [0, 0], a(), good);
    marks.arrow(plot, [0, 0], b(), bad);
    letters(plot);
    if (Number.isNaN(angle)) return;
    const from = Math.atan2(a()[1], a()[0]);
    const to = Math.atan2(b()[1], b()[0]);
    const turn = ((((to - from) % (2 * Math.PI)) + 3 * Math.PI) % (2 * Math.PI)) - Math.PI;
    const arc = Array.from({ length: 40 }, (_, i) => from + (turn * i) / 39);
    paint.line(plot, arc.map(Math.cos), arc.map(Math.sin), { colour: ink, width: 2 });
    const middle = from + turn / 2;
    const word = `${shortNumber(Math.round(angle * 10) / 10)}°`;
    marks.centred(plot, word, plot.x(1.7 * Math.cos(middle)), plot.y(1.7 * Math.sin(middle)) + 4, ink);
  }; // prettier-ignore
  return (
    <Panel label={`${said("cosine")} ${shortNumber(far)}`} title={`${said("cosine")}: ${shortNumber(far)}`}
      x={AXIS} y={AXIS} ratio={SQUARE} paint={draw} handles={handles()} />
  ); // prettier-ignore
}

const KINDS: Kind[] = ["manhattan", "euclidean", "minkowski", "chebyshev"];

/** All that is at distance 1 from the middle, by each of the four. */
export function Balls({ balls }: { balls: Got }) {
  const draw = (plot: Plot) => {
    const colours = KINDS.map((_, i) => category(i, plot.look.dark));
    for (const [i, kind] of KINDS.entries()) {
      const [xs, ys] = rim(balls, kind, [0, 0], 1);
      const dash = kind === "minkowski" ? [6, 3] : [];
      paint.line(plot, xs, ys, { colour: colours[i]!, width: 2, dash });
    }
    for (const [i, kind] of KINDS.entries()) {
      const y = (plot.top + plot.bottom) / 2 + (i - 1.2) * 17;
      const word = said(kind);
      paint.say(plot, word, plot.x(0) - plot.pen.measureText(word).width / 2, y, colours[i]!);
    }
  };
  const ends = { ends: [-1.3, 1.3] as const };
  return (
    <Panel
      label={said("balls")}
      title={said("balls")}
      x={ends}
      y={ends}
      ratio={SQUARE}
      paint={draw}
    />
  );
}
