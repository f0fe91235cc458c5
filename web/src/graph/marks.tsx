/** Nodes, modules and chips as they are drawn. */

import { category, shade } from "../colours";
import { words } from "./graph.words";
import * as settings from "../settings";
import { isDark } from "../store";
import { HEADER, LETTER, MOST_LETTERS, SMALL_LETTER } from "./layout";
import type { Box, Chip } from "./sheet";
import * as stage from "./stage";
import { share } from "./structure";
import { nodeKind, shortened } from "./texts";
import { isModule, type Vertex } from "./tree";

interface BoxProps {
  box: Box;
  /** Whether Tab comes to it: one box of all, from which arrows lead on. */
  entry: boolean;
}

export function BoxMark({ box, entry }: BoxProps) {
  const { vertex, open } = box;
  const [whole, line] = stage.label.value(vertex);
  const name = shortened(whole, MOST_LETTERS);
  const group = isModule(vertex);
  const act = () => (group ? stage.toggle(vertex) : stage.choose(vertex));
  return (
    <g
      class={classes(box)}
      style={tint(vertex)}
      transform={`translate(${box.x} ${box.y})`}
      role="treeitem"
      tabIndex={entry ? 0 : -1}
      aria-label={`${name} ${line} (${vertex.key})`}
      aria-level={vertex.depth}
      aria-selected={stage.chosen.value === vertex}
      {...(group ? { "aria-expanded": open } : {})}
      onClick={act}
      onFocus={() => stage.choose(vertex)}
    >
      <title>{vertex.key}</title>
      <Outline box={box} />
      <text class="name" x={open ? 14 : box.width / 2} y={open ? 19 : 18}>
        {name}
      </text>{" "}
      <text class="line" x={open ? nameEnd(name) : box.width / 2} y={open ? 19 : 33}>
        {open && box.width < nameEnd(name) + SMALL_LETTER * line.length + 30 ? "" : line}
      </text>
      {group && <path class="sign" d={`M${box.width - 18} 13h8${open ? "" : "m-4 -4v8"}`} />}
    </g>
  );
}

const nameEnd = (name: string) => 26 + LETTER * name.length;

/** The header of an open module; a closed one has another sheet behind it. */
function Outline({ box: { vertex, open, width, height } }: { box: Box }) {
  if (open) return <rect class="plate" width={width} height={HEADER} rx="12" />;
  const part = shareOf(vertex);
  return (
    <>
      {isModule(vertex) && <rect class="behind" x={4} y={4} width={width} height={height} rx="9" />}
      <rect class="plate" width={width} height={height} rx="9" />
      {part > 0 && (
        <rect class="share" x={8} y={height - 5} width={(width - 16) * part} height={2.5} rx="1" />
      )}
    </>
  );
}

function classes({ vertex, open }: Box): string {
  const found = ["box", isModule(vertex) ? "module" : nodeKind(vertex.node)];
  if (open) found.push("open");
  if (tint(vertex)) found.push("tinted");
  if (stage.chosen.value === vertex) found.push("chosen");
  if (stage.found.value.has(vertex)) found.push("found");
  return found.join(" ");
}

/** The share that is coloured; 0 while colours tell the structure. */
function shareOf(vertex: Vertex): number {
  const by = settings.nodeColour.value;
  return by === "structure" ? 0 : share(vertex, by, stage.tree.value!.root);
}

function tint(vertex: Vertex): Record<string, string> | undefined {
  const colour =
    settings.nodeColour.value === "structure" ? structureColour(vertex) : shareColour(vertex);
  return colour ? { "--tint": colour } : undefined;
}

function structureColour(vertex: Vertex): string | undefined {
  const number = stage.alike.value.get(vertex);
  return number === undefined ? undefined : category(number, isDark.value);
}

function shareColour(vertex: Vertex): string | undefined {
  const part = shareOf(vertex);
  return part > 0 ? shade(part, isDark.value) : undefined;
}

/** What is elsewhere: pressed, it is shown where it is. For the keyboard the panel has the same links. */
export function ChipMark({ chip }: { chip: Chip }) {
  const { x, y, width, height, vertex, text, entering } = chip;
  const w = words.value;
  return (
    <g
      class={`chip${vertex ? "" : " rest"}`}
      transform={`translate(${x} ${y})`}
      onClick={() => vertex && stage.reveal(vertex)}
    >
      <title>{`${entering ? w.comesFrom : w.goesTo} ${vertex?.key ?? text}`}</title>
      <rect width={width} height={height} rx={height / 2} />
      <text x={width / 2} y={14}>
        {entering ? `↘ ${text}` : `${text} ↘`}
      </text>
    </g>
  );
}
