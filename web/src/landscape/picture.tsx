/** The ground twice: in three dimensions, and from above; with paths and particles on both. */

import type { Signal } from "@preact/signals";
import { useMemo, useRef } from "preact/hooks";
import { Panel } from "../play/panel";
import * as paint from "../play/paint";
import type { Plot } from "../play/plot";
import { shadeOf, type Skin } from "../play/skin";
import { Sheet, type Pair } from "../play/sheet";
import { Surface3d, words as turning, type Track } from "../play/surface3d";
import type { View } from "../play/surface3d.gl";
import { listed, shortNumber } from "../numbers";
import * as settings from "../settings";
import * as store from "../store";
import { shadesOf } from "./colourmaps";
import { linesOf, pixelsOf } from "./contours";
import { levelsOf, type Ground } from "./ground";
import { landscapeWords } from "./landscape.words";
import { cursorOn, hovered, moveCursor, pointOn } from "./pointing";
import { valueAt } from "./slices";
import type { Trail } from "./trails";

interface Props {
  ground: Ground;
  trails: Trail[];
  /** Drop a particle; null where nothing computes. */
  drop: ((at: Pair) => void) | null;
  view: Signal<View | null>;
}

const RATIO = 0.92;

/** Both pictures, made of the same ground, colours and levels. */
export function Pictures(props: Props) {
  const { ground } = props;
  const { colourMap, levels: count, sun } = settings;
  const sheet = useMemo(() => new Sheet(ground), [ground]);
  const levels = useMemo(() => levelsOf(ground, count.value), [ground, count.value]);
  const skin = useMemo<Skin>(() => {
    const ends: Pair = [ground.heights.of(ground.least), ground.heights.of(ground.most)];
    return { colours: shadesOf(colourMap.value), ends, sun: sun.value };
  }, [ground, colourMap.value, sun.value]);
  return (
    <>
      <Surface {...props} levels={levels} skin={skin} />
      <Contours {...props} levels={levels} skin={skin} sheet={sheet} />
    </>
  );
}

interface Made extends Props {
  levels: number[];
  skin: Skin;
}

function Surface({ ground, trails, drop, view, levels, skin }: Made) {
  const w = landscapeWords.value;
  const dark = store.isDark.value;
  const edge = dark ? "#10141a" : "#ffffff";
  const [x, y] = pointOn(ground);
  const tracks = useMemo<Track[]>(() => {
    const lifted = settings.trueLoss.value;
    const own = trails.map(({ w, upTo, colour, loss }) => ({
      w, upTo, colour, faded: false, edge, ...(loss ? { losses: loss, lifted } : {}),
    })); // prettier-ignore
    const point = { shape: [1, 2], data: Float64Array.of(x, y) };
    return [...own, { w: point, upTo: 0, colour: dark ? "#fff" : "#000", faded: false }];
  }, [trails, settings.trueLoss.value, dark, x, y]);
  return (
    <Surface3d label={w.surface} title={w.surface} ratio={RATIO} relief={ground} levels={levels} crosses={NONE}
      tracks={tracks} skin={skin} from={settings.camera} hover={(at) => (hovered.value = at)} press={(at) => pressed(at, drop)}
      ready={(made) => (view.value = made)}>
      <p class="hint">{turning.value.keys}</p>
    </Surface3d>
  ); // prettier-ignore
}

const NONE: Pair[] = [];

function pressed([x, y]: Pair, drop: Props["drop"]): void {
  moveCursor(x, y);
  drop?.([x, y]);
}

function Contours({ ground, trails, drop, levels, skin, sheet }: Made & { sheet: Sheet }) {
  const w = landscapeWords.value;
  const lines = useMemo(() => linesOf(sheet, ground, levels), [sheet, levels]);
  const kept = useRef<{ key: string; skin: Skin; sheet: Sheet; picture: HTMLCanvasElement }>(null!);
  const point = pointOn(ground);
  const draw = (plot: Plot) => {
    const [width, height] = [plot.right - plot.left, plot.bottom - plot.top].map(Math.round) as Pair;
    const key = `${width} ${height}`;
    const { current } = kept;
    if (current?.key !== key || current.skin.colours !== skin.colours || current.sheet !== sheet) {
      kept.current = { key, skin, sheet, picture: pictured(sheet, skin, width, height) };
    }
    plot.pen.drawImage(kept.current.picture, plot.left, plot.top, width, height);
    drawLines(plot, lines);
    for (const trail of trails) drawTrail(plot, trail, ground, skin);
    drawPoint(plot, point);
  }; // prettier-ignore
  const value = valueAt(ground, point);
  return (
    <Panel label={w.contours} title={w.contours} ratio={RATIO} paint={draw}
      x={{ ends: ground.x }} y={{ ends: ground.y }}
      hover={(at) => (hovered.value = at && isOn(ground, at) ? at : null)}
      press={(x, y) => isOn(ground, [x, y]) && pressed([x, y], drop)}
      handles={[{ label: w.cursor, at: cursorOn(ground), colour: "transparent", move: moveCursor, act: () => drop?.(cursorOn(ground)) }]}>
      <p class="value" data-readout>
        <span>({listed([shortNumber(point[0]), shortNumber(point[1])])})</span>
        <b>{Number.isNaN(value) ? w.hole : shortNumber(value)}</b>
      </p>
      <p class="hint">
        {w.contoursHelp} {trails.some(({ loss }) => loss) && w.dots}
      </p>
    </Panel>
  ); // prettier-ignore
}

const isOn = ({ x: [left, right], y: [low, high] }: Ground, [x, y]: Pair): boolean =>
  x >= left && x <= right && y >= low && y <= high;

function pictured(sheet: Sheet, skin: Skin, width: number, height: number): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [Math.max(1, width), Math.max(1, height)];
  const pen = canvas.getContext("2d")!;
  const data = pixelsOf(sheet, skin, canvas.width, canvas.height);
  pen.putImageData(new ImageData(data, canvas.width, canvas.height), 0, 0);
  return canvas;
}

function drawLines({ pen, left, top, right, bottom }: Plot, lines: Float32Array): void {
  const [width, height] = [right - left, bottom - top];
  pen.strokeStyle = "#0000005c";
  pen.lineWidth = 0.9;
  pen.beginPath();
  for (let k = 0; k < lines.length; k += 4) {
    pen.moveTo(left + lines[k]! * width, top + lines[k + 1]! * height);
    pen.lineTo(left + lines[k + 2]! * width, top + lines[k + 3]! * height);
  }
  pen.stroke();
}

/** Discs of a path at most. */
const DISCS = 200;

/** A path's line, and along it discs in the colour of the true loss. */
function drawTrail(plot: Plot, trail: Trail, ground: Ground, skin: Skin): void {
  const { w, upTo, colour, loss } = trail;
  const [xs, ys] = [paint.column(w, 0, 0, upTo + 1), paint.column(w, 1, 0, upTo + 1)];
  paint.line(plot, xs, ys, { colour: plot.look.card, width: 4.4 });
  paint.line(plot, xs, ys, { colour, width: 2 });
  if (loss) {
    const every = Math.ceil((upTo + 1) / DISCS);
    const some = (all: Float64Array) => all.filter((_, i) => i % every === 0);
    const shade = (i: number) => {
      const height = ground.heights.of(loss[i * every]!);
      if (Number.isNaN(height)) return plot.look.card;
      const from = 3 * shadeOf(skin, height);
      return `rgb(${skin.colours.slice(from, from + 3).join(",")})`;
    };
    paint.dots(plot, some(xs), some(ys), 2.6, shade, colour);
  }
  paint.dots(plot, xs.slice(-1), ys.slice(-1), 5, colour, plot.look.card);
}

/** Hair lines through the point that is looked at. */
function drawPoint(plot: Plot, [x, y]: Pair): void {
  for (const [colour, width] of [["#ffffff70", 2.2], ["#000000a0", 0.9]] as const) {
    paint.upright(plot, x, { colour, width });
    paint.level(plot, y, { colour, width });
  }
} // prettier-ignore
