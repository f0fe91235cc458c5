/** What is asked of the scenes. */

import type { ArrayOf, Frame, SceneOf } from "../messages";
import { ask, json } from "../server";
import { answers } from "./paintings";

export type Numbers = Float32Array | Float64Array | Int32Array | Uint8Array;

/** An array of any shape, its last axis fastest. */
export interface Tensor {
  shape: number[];
  data: Numbers;
}

/** The k-th of a tensor's first axis: a view, not a copy. */
export function row({ shape, data }: Tensor, k: number): Tensor {
  const rest = shape.slice(1);
  const size = rest.reduce((a, b) => a * b, 1);
  return { shape: rest, data: data.subarray(k * size, (k + 1) * size) };
}

/** A frame of a scene's part. */
export interface Got {
  arrays: Record<string, Tensor>;
  facts: Record<string, unknown>;
}

/** Two who watch the same training are at different steps of it. */
const viewer = Math.random().toString(36).slice(2);

export const scenes = () => json<SceneOf[]>("play/scenes");

export async function frame(
  scene: string,
  part: string,
  settings: Record<string, unknown>,
  first: number,
  last: number,
): Promise<Got> {
  const query = { scene, part, settings: JSON.stringify(settings), viewer, first, last };
  answers.awaited++;
  try {
    return await ask("play/frame", query, async (answer) => unpacked(await answer.arrayBuffer()));
  } finally {
    answers.awaited--;
    answers.count++;
  }
}

const KINDS = { f4: Float32Array, f8: Float64Array, i4: Int32Array, u1: Uint8Array } as const;

/** A frame out of bytes: a header with its length before it, then the arrays. */
export function unpacked(bytes: ArrayBuffer): Got {
  const size = new DataView(bytes).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 4, size))) as Frame;
  const start = 4 + size;
  const tensor = ({ type, offset, shape }: ArrayOf): Tensor => {
    const length = shape.reduce((a, b) => a * b, 1);
    return { shape, data: new KINDS[type](bytes, start + offset, length) };
  };
  const arrays = Object.entries(header.arrays).map(([name, of]) => [name, tensor(of)] as const);
  return { arrays: Object.fromEntries(arrays), facts: header.facts };
}
