/** The network as a diagram: its units with their maps, its weights as lines, and buttons that change it. */

import type { Signal } from "@preact/signals";
import { shortNumber } from "../../numbers";
import { Icon } from "../../parts/icons";
import { clock } from "../clock";
import { factOf } from "../frames";
import type { Size } from "../plot";
import type { Got } from "../server";
import { PlainPanel, type Plain } from "../plain";
import { scene, set, valueNamed } from "../state";
import { optionWord, said } from "../words";
import { layoutOf, NARROW, offsetsOf, under, type Box, type Pointed } from "./network.layout";
import { unitMap } from "./network.maps";
import { diagram } from "./network.paint";

interface Props {
  points: Got;
  got: Got;
  pointed: Signal<Pointed | null>;
}

const featureNames = (): string[] => scene.value!.controls["features"]!.options!;
const word = (feature: string): string => optionWord("features", feature);

export function DiagramPanel({ points, got, pointed }: Props) {
  const sizes = factOf<number[]>(got, "sizes");
  const names = featureNames();
  const chosen = factOf<string[]>(got, "features");
  const used = chosen.map((name) => names.indexOf(name));
  const layoutFor = ({ width, height }: Size) =>
    layoutOf([names.length, ...sizes.slice(1)], width, height);
  const here = known(pointed.value, sizes, names.length);
  const draw = (sheet: Plain) =>
    diagram(sheet, {
      layout: layoutFor(sheet.size), sizes, used, names: names.map(word), pointed: here,
      weights: got.arrays["weights"]!.data,
      map: (column, index, box) => mapInto(sheet, points, got, { column, index }, box),
    }); // prettier-ignore
  const hover = (at: [number, number] | null, size: Size) => {
    const next = at && under(layoutFor(size), used, ...at);
    if (JSON.stringify(next) !== JSON.stringify(pointed.peek())) pointed.value = next;
  };
  return (
    <PlainPanel label={said("network")} title={said("network")} kind="network" paint={draw} hover={hover}
      over={(size) => <Units {...layoutFor(size)} upright={size.width < NARROW} pointed={pointed} />}>
      <Layers />
      <output class="told" aria-live={clock.value?.playing ? "off" : "polite"}>
        {here ? told(here, sizes, chosen, got) : said("point")}
      </output>
    </PlainPanel>
  ); // prettier-ignore
}

/** What is pointed at, if the network that is shown has it. */
function known(at: Pointed | null, sizes: number[], features: number): Pointed | null {
  if (!at || at.column >= sizes.length) return null;
  const fits = at.index < (at.column === 0 ? features : sizes[at.column]!);
  return fits && (at.from == null || at.from < sizes[at.column - 1]!) ? at : null;
}

function mapInto({ pen, look }: Plain, points: Got, got: Got, at: Pointed, box: Box): void {
  const map = unitMap(points, got, at, look.dark);
  pen.drawImage(map, box.x - box.size / 2, box.y - box.size / 2, box.size, box.size);
}

/** The numbers of a unit or a weight. */
function told(at: Pointed, sizes: number[], chosen: string[], got: Got): string {
  const name = (column: number, index: number) =>
    column === 0 ? word(chosen[index]!) : unitName(column, index, sizes.length - 1);
  if (at.column === 0) return word(featureNames()[at.index]!);
  const { weights, biases } = offsetsOf(sizes)[at.column - 1]!;
  const all = got.arrays["weights"]!.data;
  const before = sizes[at.column - 1]!;
  const weight = (from: number) =>
    `${name(at.column - 1, from)}: ${shortNumber(all[weights + at.index * before + from]!)}`;
  if (at.from != null)
    return `${said("weight")} → ${name(at.column, at.index)}, ${weight(at.from)}`;
  const each = Array.from({ length: before }, (_, from) => weight(from));
  const bias = shortNumber(all[biases + at.index]!);
  return `${name(at.column, at.index)} · ${said("bias")}: ${bias} · ${said("weights")}: ${each.join(", ")}`;
}

const unitName = (column: number, index: number, last: number): string =>
  column === last ? said("output") : `${said("layer")} ${column}, ${said("neuron")} ${index + 1}`;

interface UnitsProps {
  columns: Box[][];
  /** Whether the buttons of a layer stand one above another. */
  upright: boolean;
  pointed: Signal<Pointed | null>;
}

/** Buttons on the picture: a feature is given or taken, a neuron tells its numbers, a layer grows or shrinks. */
function Units({ columns, upright, pointed }: UnitsProps) {
  const names = featureNames();
  const chosen = listOf<string>("features");
  const last = columns.length - 1;
  const toggle = (name: string) => {
    const next = names.filter((n) => (n === name) !== chosen.includes(n));
    set({ features: next });
  };
  return (
    <>
      {columns.map((boxes, column) =>
        boxes.map((box, index) => {
          const feature = column === 0 ? names[index]! : null;
          const label = feature ? word(feature) : unitName(column, index, last);
          return (
            <button key={`${column}-${index}`} type="button" class="unit" style={placed(box)}
              aria-label={feature ? `${said("feature")} ${label}` : label}
              aria-pressed={feature ? chosen.includes(feature) : undefined}
              onFocus={() => (pointed.value = { column, index })} onBlur={() => (pointed.value = null)}
              onClick={() => feature && toggle(feature)} />
          ); // prettier-ignore
        }),
      )}
      {columns.slice(1, -1).map((boxes, i) => (
        <LayerButtons key={i} layer={i} middle={boxes[0]!.x} upright={upright} />
      ))}
    </>
  );
}

const placed = ({ x, y, size }: Box) => ({
  left: `${x - size / 2}px`,
  top: `${y - size / 2}px`,
  width: `${size}px`,
  height: `${size}px`,
});

/** What a setting holds; nothing while that is no list. */
function listOf<T>(name: string): T[] {
  const given = valueNamed<unknown>(name);
  return Array.isArray(given) ? (given as T[]) : [];
}

function LayerButtons(props: { layer: number; middle: number; upright: boolean }) {
  const { layer, middle, upright } = props;
  const hidden = listOf<number>("hidden");
  const most = scene.value!.controls["hidden"]!.high!;
  const neurons = hidden[layer];
  if (neurons === undefined) return null;
  const to = (count: number) => set({ hidden: hidden.map((n, i) => (i === layer ? count : n)) });
  const name = `${said("layer")} ${layer + 1}`;
  return (
    <div class={`layer-buttons${upright ? " upright" : ""}`} style={{ left: `${middle}px` }} role="group" aria-label={name}>
      <PlusMinus value={neurons} low={1} high={most} to={to}
        less={`${said("fewer")}: ${name}`} more={`${said("more")}: ${name}`} />
    </div>
  ); // prettier-ignore
}

/** How many hidden layers there are. */
function Layers() {
  const hidden = listOf<number>("hidden");
  const most = scene.value!.controls["hidden"]!.many!;
  const to = (count: number) =>
    set({ hidden: count > hidden.length ? [...hidden, hidden.at(-1) ?? 4] : hidden.slice(0, -1) });
  return (
    <div class="layers" role="group" aria-label={said("layers")}>
      <span>{said("layers")}</span>
      <PlusMinus value={hidden.length} low={0} high={most} to={to} less={said("fewer-layers")}
        more={said("more-layers")} />
    </div>
  ); // prettier-ignore
}

interface PlusMinusProps {
  value: number;
  low: number;
  high: number;
  less: string;
  more: string;
  to: (value: number) => void;
}

function PlusMinus({ value, low, high, less, more, to }: PlusMinusProps) {
  return (
    <>
      <button type="button" aria-label={less} title={less} disabled={value <= low}
        onClick={() => to(value - 1)}>
        <Icon name="smaller" />
      </button>
      <output>{value}</output>
      <button type="button" aria-label={more} title={more} disabled={value >= high}
        onClick={() => to(value + 1)}>
        <Icon name="larger" />
      </button>
    </>
  ); // prettier-ignore
}
