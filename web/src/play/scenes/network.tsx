/** The network playground: the network, what it makes of the plane, and how its loss falls. */

import { useSignal } from "@preact/signals";
import { useLayoutEffect } from "preact/hooks";
import { shortNumber } from "../../numbers";
import { percent } from "../../parts/texts";
import { fact, factOf, usePart } from "../frames";
import { Panel } from "../panel";
import * as paint from "../paint";
import { endsOf, inside, logEndsOf, type Ends, type Plot } from "../plot";
import type { Got } from "../server";
import { valueNamed } from "../state";
import { useTraining } from "../training";
import { said } from "../words";
import { DiagramPanel } from "./network.diagram";
import type { Pointed } from "./network.layout";
import { unitMap } from "./network.maps";
import { colourOf } from "./network.paint";
import { Settings, fields } from "./network.settings";
import "./network.css";

export { Settings };

export function Scene() {
  const points = usePart("points");
  const pointed = useSignal<Pointed | null>(null);
  const training = useTraining({
    part: "training",
    appended: ["curve"],
    stride: (got) => fact(got, "stride"),
  });
  const got = training?.got;
  useLayoutEffect(() => {
    const found = got ? factOf<string[]>(got, "fields") : [];
    if (got && String(found) !== String(fields.peek())) fields.value = found;
  }, [got]);
  if (!points || !got) return null;
  return (
    <>
      <div class="panels wide-first">
        <DiagramPanel points={points} got={got} pointed={pointed} />
        <PlanePanel points={points} got={got} pointed={pointed.value} />
        <CurvesPanel got={got} />
      </div>
      <Readout got={got} />
    </>
  );
}

/** The plane as the network sees it, or as the unit does that is pointed at; and the points. */
function PlanePanel({ points, got, pointed }: { points: Got; got: Got; pointed: Pointed | null }) {
  const [x, y] = factOf<[Ends, Ends]>(points, "ends");
  const draw = (plot: Plot) => {
    const unit = pointed?.from == null ? pointed : null;
    const map = unitMap(points, got, unit, plot.look.dark);
    inside(plot, () => {
      const { pen, left, top, right, bottom } = plot;
      pen.imageSmoothingEnabled = true;
      pen.drawImage(map, left, top, right - left, bottom - top);
    });
    pointsOn(plot, points, false);
    if (valueNamed<boolean>("tested")) pointsOn(plot, points, true);
  };
  const title = pointed && pointed.from == null ? said("unit") : said("plane");
  return (
    <Panel label={said("plane")} title={title} x={{ ends: x, label: "x" }} y={{ ends: y, label: "y" }}
      ratio={0.94} paint={draw}>
      <p class="legend">{said("legend")}</p>
    </Panel>
  ); // prettier-ignore
}

/** The points that are trained on, with a pale edge; or the others, smaller, with a dark one. */
function pointsOn(plot: Plot, points: Got, others: boolean): void {
  const { dark } = plot.look;
  const places = points.arrays["x"]!;
  const [labels, trained] = [points.arrays["y"]!.data, points.arrays["training"]!.data];
  const chosen = [...labels.keys()].filter((i) => (trained[i] === 0) === others);
  paint.dots(
    plot,
    chosen.map((i) => places.data[2 * i]!),
    chosen.map((i) => places.data[2 * i + 1]!),
    others ? 2.8 : 3.8,
    (k) => colourOf(labels[chosen[k]!] === 1, dark),
    others ? (dark ? "#0b0e13" : "#1b2330") : "#fff",
  );
}

function CurvesPanel({ got }: { got: Got }) {
  const curve = got.arrays["curve"]!;
  const [epochs, train, test] = [0, 1, 2].map((k) => paint.column(curve, k));
  const log = valueNamed<boolean>("log");
  const all = [...train!, ...test!];
  const ends: Ends = log ? logEndsOf(all, 8) : [0, endsOf(all)[1]];
  const draw = (plot: Plot) => {
    const colours = [plot.look.ink, plot.look.bad];
    paint.line(plot, epochs!, test!, { colour: colours[1]!, dash: [6, 4] });
    paint.line(plot, epochs!, train!, { colour: colours[0]! });
    paint.say(plot, said("train"), plot.right - 96, plot.top + 14, colours[0]!);
    paint.say(plot, said("test"), plot.right - 96, plot.top + 30, colours[1]!);
  };
  return (
    <Panel label={said("curves")} title={said("curves")} paint={draw} ratio={0.94}
      x={{ ends: [0, Math.max(10, fact(got, "epoch"))], label: said("epoch") }}
      y={{ ends, ...(log ? { scale: "log" as const } : {}), label: said("loss") }} />
  ); // prettier-ignore
}

/** What was reached, in numbers. */
function Readout({ got }: { got: Got }) {
  const number = (name: string) => shortNumber(fact(got, name));
  const share = (name: string) => percent(fact(got, name));
  return (
    <p class="readout" role="status" data-readout>
      {said("step")} {fact(got, "step")}, {said("epoch")} {number("epoch")} · {said("loss")}:{" "}
      {said("train")} <b>{number("train_loss")}</b>, {said("test")} <b>{number("test_loss")}</b> ·{" "}
      {said("accuracy")}: {said("train")} <b>{share("train_accuracy")}</b>, {said("test")}{" "}
      <b>{share("test_accuracy")}</b>
      {!got.facts["alive"] && <> · {said("diverged")}</>}
    </p>
  );
}
