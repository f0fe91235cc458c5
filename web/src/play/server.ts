/** What is asked of the scenes. */

import type { ArrayOf, Frame, Frames, SceneOf } from "../messages";
import { ask, json, Refusal, waiting } from "../server";
import { answered, awaited, rendered } from "./paintings";

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

type Settings = Record<string, unknown>;

/** What is asked of a scene at once. */
interface Asked {
  scene: string;
  settings: Settings;
  /** The steps that are known and wanted of each part. */
  parts: Record<string, [number, number]>;
  answer: Promise<Record<string, Got | Refusal>>;
}

let gathered: Asked | null = null;

/** A part's frame. What is asked for at the same time is one question: a drag has one answer. */
export async function frame(
  scene: string,
  part: string,
  settings: Settings,
  first: number,
  last: number,
): Promise<Got> {
  if (!gathered || !fits(gathered, scene, part, settings)) gathered = gathering(scene);
  gathered.parts[part] = [first, last];
  Object.assign(gathered.settings, settings);
  const found = (await gathered.answer)[part]!;
  if (found instanceof Refusal) throw found;
  return found;
}

/** Whether a part can be asked for beside others. */
const fits = (asked: Asked, scene: string, part: string, settings: Settings): boolean =>
  asked.scene === scene &&
  !(part in asked.parts) &&
  Object.entries(settings).every(([n, v]) => !(n in asked.settings) || asked.settings[n] === v);

function gathering(scene: string): Asked {
  const asked: Asked = { scene, settings: {}, parts: {}, answer: Promise.resolve({}) };
  waiting.value++;
  awaited.count++;
  asked.answer = rendered()
    .then(() => answerTo(asked))
    .finally(() => {
      waiting.value--;
      awaited.count--;
      void answered();
    });
  return asked;
}

async function answerTo(asked: Asked): Promise<Record<string, Got | Refusal>> {
  if (gathered === asked) gathered = null;
  const { scene, parts } = asked;
  const query = {
    scene,
    viewer,
    parts: JSON.stringify(parts),
    settings: JSON.stringify(asked.settings),
  };
  const found = await ask("play/frames", query, async (answer) =>
    several(await answer.arrayBuffer()),
  );
  return Object.fromEntries(Object.keys(parts).map((part, k) => [part, found[k]!]));
}

const KINDS = { f4: Float32Array, f8: Float64Array, i4: Int32Array, u1: Uint8Array } as const;

/** Frames out of bytes: a header, then one after the other; why there is none in place of one. */
export function several(bytes: ArrayBuffer): (Got | Refusal)[] {
  const [header, start] = headed<Frames>(bytes, 0);
  let next = start;
  return header.frames.map((one) => {
    if ("refused" in one) return new Refusal(one.refused);
    next += one.size;
    return unpacked(bytes, next - one.size);
  });
}

/** A header with its length before it, and where it ends. */
function headed<T>(bytes: ArrayBuffer, from: number): [T, number] {
  const size = new DataView(bytes).getUint32(from, true);
  const text = new TextDecoder().decode(new Uint8Array(bytes, from + 4, size));
  return [JSON.parse(text) as T, from + 4 + size];
}

/** A frame out of bytes: a header, then the arrays. */
export function unpacked(bytes: ArrayBuffer, from = 0): Got {
  const [header, start] = headed<Frame>(bytes, from);
  const tensor = ({ type, offset, shape }: ArrayOf): Tensor => {
    const length = shape.reduce((a, b) => a * b, 1);
    return { shape, data: new KINDS[type](bytes, start + offset, length) };
  };
  const arrays = Object.entries(header.arrays).map(([name, of]) => [name, tensor(of)] as const);
  return { arrays: Object.fromEntries(arrays), facts: header.facts };
}
