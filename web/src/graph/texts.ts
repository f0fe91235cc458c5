/** Numbers, shapes and names as they are written in a drawing. */

import type { Node } from "../messages";
import { decimal } from "../numbers";
import { isModule, type Vertex, type Wire } from "./tree";

const POWERS = ["", "k", "M", "G", "T", "P", "E"];

/** A count in three digits: 950, 2.41k, 131k, 1.5G. */
export function amount(count: number): string {
  let value = count;
  let power = 0;
  while (Math.round(value) >= 1000 && power < POWERS.length - 1) {
    value /= 1000;
    power++;
  }
  return decimal(`${power ? Number(value.toPrecision(3)) : Math.round(value)}${POWERS[power]}`);
}

/** A count with all its digits. */
export const whole = (count: number, language: string) =>
  new Intl.NumberFormat(language).format(count);

/** A share of all: 12 %, 0.4 %, < 0.1 %. */
export function percent(share: number): string {
  const value = 100 * share;
  if (value > 0 && value < 0.1) return decimal("< 0.1 %");
  return decimal(`${value < 10 ? Number(value.toFixed(1)) : Math.round(value)} %`);
}

/** 32×64; a number without dimensions is "scalar"; a dimension that is not known is "?". */
export function shapeText(shape: number[]): string {
  return shape.length ? shape.map((n) => (n < 0 ? "?" : n)).join("×") : "scalar";
}

/** What is written on a line: the shape, if all its wires have the same, and how many they are. */
export function wiresText(wires: Wire[]): string {
  const shapes = new Set(wires.map(({ shape }) => (shape ? shapeText(shape) : "")));
  const shape = shapes.size === 1 ? [...shapes][0]! : "";
  const times = wires.length > 1 ? `${wires.length}×` : "";
  return shape && times ? `${times} ${shape}` : shape || times;
}

/** A text of at most so many letters, without its middle where it is longer. */
export function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  const end = Math.floor((most - 1) / 2);
  return `${text.slice(0, most - 1 - end)}…${text.slice(text.length - end)}`;
}

/** How nodes and parameters are called in a drawing. */
interface Units {
  node: string;
  nodes: string;
  parameters: string;
}

/** What stands under a name: a node's operation and shape, a module's size. */
export function secondLine(vertex: Vertex, units: Units): string {
  const parts: string[] = [];
  if (isModule(vertex))
    parts.push(`${amount(vertex.nodes)} ${vertex.nodes === 1 ? units.node : units.nodes}`);
  else {
    const { op, shapes } = vertex.node;
    if (op && op !== vertex.name) parts.push(shortened(op, 20));
    if (shapes[0] && !vertex.parameters) parts.push(shapeText(shapes[0]));
  }
  if (vertex.parameters) parts.push(`${amount(vertex.parameters)} ${units.parameters}`);
  if (vertex.flops) parts.push(`${amount(vertex.flops)} FLOPs`);
  return parts.join(" · ");
}

type NodeKind = "parameter" | "input" | "constant" | "operation";

const PARAMETERS = /^(Parameter|Variable|VarHandleOp|ReadVariableOp|prim::GetAttr)/;
const INPUTS = /^(Input|Placeholder|IO Node)/;

/** What a node is, by the words of JAX, PyTorch and TensorFlow. */
export function nodeKind({ op, parameters }: Node): NodeKind {
  if (parameters || PARAMETERS.test(op)) return "parameter";
  if (INPUTS.test(op)) return "input";
  return /^(Const|prim::Constant)/.test(op) ? "constant" : "operation";
}
