/** The drawing of a graph, in a window that can be moved. */

import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { words } from "./graph.words";
import { IconButton } from "../parts/icons";
import { hear } from "./gestures";
import { Legend } from "./legend";
import { path, written } from "./lines";
import { BoxMark, ChipMark } from "./marks";
import type { Line } from "./sheet";
import * as stage from "./stage";
import { isModule } from "./tree";

export function Drawing() {
  const w = words.value;
  const home = useRef<SVGSVGElement>(null);
  useEffect(() => followSize(home.current!), []);
  useEffect(() => hear(home.current!, stage), []);
  useFocus(home);
  return (
    <div class="graph-window">
      <svg
        class="graph"
        ref={home}
        role="tree"
        aria-label={`${w.drawing}. ${w.help}`}
        onKeyDown={keyed}
      >
        <defs>
          <Arrow id="arrow" />
          <Arrow id="arrow-chosen" />
        </defs>
        <Camera>
          <Scene />
        </Camera>
      </svg>
      <Legend />
      <Tools />
    </div>
  );
}

function followSize(home: SVGSVGElement): () => void {
  const observer = new ResizeObserver(() => {
    const { width, height } = home.getBoundingClientRect();
    if (width && height) stage.size.value = { width, height };
  });
  observer.observe(home);
  return () => observer.disconnect();
}

/** The focus goes along with what is chosen, while it is in the drawing. */
function useFocus(home: { current: SVGSVGElement | null }): void {
  useEffect(() => {
    if (home.current?.contains(document.activeElement)) focusChosen();
  }, [stage.chosen.value, stage.sheet.value]);
}

/** Put the focus on what is chosen. */
export function focusChosen(): void {
  const mark = document.querySelector<SVGGElement>('.graph [aria-selected="true"]');
  mark?.focus({ preventScroll: true });
}

function keyed(event: KeyboardEvent): void {
  const chosen = stage.chosen.value;
  const open = () => chosen && isModule(chosen) && stage.toggle(chosen);
  const moves: Record<string, () => void> = {
    ArrowUp: () => stage.walk("up"),
    ArrowDown: () => stage.walk("down"),
    ArrowLeft: () => stage.walk("left"),
    ArrowRight: () => stage.walk("right"),
    Enter: open,
    " ": open,
    Escape: stage.closeChosen,
    "+": () => stage.magnify(1.25),
    "=": () => stage.magnify(1.25),
    "-": () => stage.magnify(0.8),
    "0": stage.fit,
  };
  const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : moves[event.key];
  if (!act) return;
  event.preventDefault();
  act();
}

function Arrow({ id }: { id: string }) {
  return (
    <marker id={id} viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7"
      markerUnits="userSpaceOnUse" orient="auto">
      <path d="M0 0.8L7.5 4L0 7.2Z" />
    </marker>
  ); // prettier-ignore
}

/** Moves what is in it, without drawing it anew. */
function Camera({ children }: { children: ComponentChildren }) {
  const { x, y, scale } = stage.view.value;
  const { width, height } = stage.size.value;
  const place = `translate(${width / 2 - x * scale} ${height / 2 - y * scale}) scale(${scale})`;
  return <g transform={place}>{children}</g>;
}

/** From behind: open modules, frames, lines, what is written on them, and all that can be chosen. */
function Scene() {
  const sheet = stage.sheet.value;
  if (!sheet) return null;
  const reached = stage.chosen.value && stage.boxOf(stage.chosen.value);
  const entry = reached || sheet.boxes[0];
  return (
    <>
      <g aria-hidden="true">
        {sheet.boxes
          .filter((box) => box.open)
          .map((box) => (
            <rect key={box.vertex.key} class="inside" x={box.x} y={box.y} rx="12"
              width={box.width} height={box.height} />
          ))}
        {sheet.frames.map(({ x, y, width, height }) => (
          <rect key={`${x} ${y}`} class="twins" x={x} y={y} rx="12" width={width} height={height} />
        ))}
        {sheet.lines.map((line, i) => (
          <LineMark key={i} line={line} />
        ))}
        {written(sheet).map(({ x, y, width, height, text }) => (
          <g key={`${x} ${y}`} class="written">
            <rect x={x} y={y} width={width} height={height} rx="3" />
            <text x={x + width / 2} y={y + height - 3}>{text}</text>
          </g>
        ))}
        {sheet.chips.map((chip) => (
          <ChipMark key={`${chip.x} ${chip.y}`} chip={chip} />
        ))}
      </g>
      {sheet.boxes.map((box) => (
        <BoxMark key={box.vertex.key} box={box} entry={box === entry} />
      ))}
    </>
  ); // prettier-ignore
}

function LineMark({ line }: { line: Line }) {
  const { wires, points, faint } = line;
  const chosen = wires.some((wire) => stage.chosenWires.value.has(wire));
  const control = wires.every((wire) => wire.control);
  const width = Math.min(3.5, 1.2 + Math.log2(wires.length) / 3);
  const kind = `${chosen ? " chosen" : ""}${control ? " control" : ""}${faint ? " faint" : ""}`;
  return (
    <path class={`wire${kind}`} d={path(points)}
      stroke-width={width} marker-end={`url(#${chosen ? "arrow-chosen" : "arrow"})`} />
  ); // prettier-ignore
}

function Tools() {
  const w = words.value;
  return (
    <div class="graph-tools" role="group" aria-label={w.window}>
      <IconButton icon="larger" label={`${w.larger} (+)`} onClick={() => stage.magnify(1.25)} />
      <IconButton icon="smaller" label={`${w.smaller} (−)`} onClick={() => stage.magnify(0.8)} />
      <IconButton icon="whole" label={`${w.whole} (0)`} onClick={stage.fit} />
    </div>
  );
}
