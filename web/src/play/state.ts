/** Which scene is played, and what is set in it. */

import { batch, computed, signal } from "@preact/signals";
import type { ControlOf, SceneOf } from "../messages";
import { Refusal } from "../server";
import * as settings from "../settings";
import * as server from "./server";

/** All scenes, in their order; none until they are known. */
export const scenes = signal<SceneOf[]>([]);
/** Why there are none, in a sentence. */
export const missing = signal("");
/** The one that is played. */
export const scene = computed<SceneOf | undefined>(
  () => scenes.value.find((s) => s.name === settings.scene.value) ?? scenes.value[0],
);

/** Ask for the scenes once; again if that failed. */
export async function begin(): Promise<void> {
  if (scenes.peek().length) return;
  try {
    scenes.value = await server.scenes();
    missing.value = "";
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    missing.value = error.message;
  }
}

/** A text as a control's value. What is none stays a text, and the server says why it is refused. */
export function valueOf(text: string, control: ControlOf): unknown {
  switch (control.kind) {
    case "text":
    case "choice":
      return text;
    case "number":
    case "whole":
      return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
    default:
      try {
        return JSON.parse(text) as unknown;
      } catch {
        return text;
      }
  }
}

/** A control's value as a text. */
export const textOf = (value: unknown): string =>
  typeof value === "string" ? value : JSON.stringify(value);

/** What is set, by name: the values of the address, and the others' defaults. */
export const values = computed<Record<string, unknown>>(() => {
  const found: Record<string, unknown> = {};
  for (const [name, control] of Object.entries(scene.value?.controls ?? {})) {
    const text = settings.textNamed(settings.sceneSettings.value, name);
    const given = settings.sceneSettings.value.some((s) => s.startsWith(`${name}:`));
    found[name] = given ? valueOf(text, control) : control.default;
  }
  return found;
});

/** A setting's value, where the control says what kind it is of. */
export const valueNamed = <T>(name: string): T => values.value[name] as T;

/** A number; where what is set is none, and the server says so, the one that it begins with. */
export function numberNamed(name: string): number {
  const given = values.value[name];
  return typeof given === "number" ? given : (scene.value!.controls[name]!.default as number);
}

const isPoint = (given: unknown, like: readonly number[]): boolean =>
  Array.isArray(given) && given.length === like.length && given.every(Number.isFinite);

/** A dragged point's coordinates; where what is set is no such point, those it begins with. */
export function pointNamed<P extends readonly number[] = [number, number]>(name: string): P {
  const given = values.value[name];
  const begun = scene.value!.controls[name]!.default as P;
  return isPoint(given, begun) ? (given as P) : begun;
}

/** As many dragged points as there are at first; where what is set are no such points, those. */
export function pointsNamed<P extends readonly number[]>(name: string): P[] {
  const given = values.value[name];
  const begun = scene.value!.controls[name]!.default as P[];
  const are =
    Array.isArray(given) &&
    given.length === begun.length &&
    given.every((one) => isPoint(one, begun[0]!));
  return are ? (given as P[]) : begun;
}

/** Set some settings; those that are as they began leave the address. */
export function set(news: Record<string, unknown>): void {
  let list = settings.sceneSettings.peek();
  for (const [name, value] of Object.entries(news)) {
    const control = scene.peek()?.controls[name];
    const text = textOf(value);
    list = list.filter((one) => !one.startsWith(`${name}:`));
    if (control && text !== textOf(control.default)) list = [...list, `${name}:${text}`];
  }
  settings.sceneSettings.value = list;
}

/** Turn to a scene, as a preset of it has it. */
export function turn(name: string, preset: Record<string, unknown> = {}): void {
  batch(() => {
    settings.scene.value = name;
    settings.sceneSettings.value = Object.entries(preset).map(([n, v]) => `${n}:${textOf(v)}`);
  });
}

/** The address of a scene with a preset. */
export function addressOf(name: string, preset: Record<string, unknown> = {}): string {
  const texts = Object.entries(preset).map(([n, v]) => settings.encoded(`${n}:${textOf(v)}`));
  const set = texts.length ? `&set=${texts.join(",")}` : "";
  return `#page=play&scene=${settings.encoded(name)}${set}`;
}

/** Whether a preset is what is set. */
export function isSet(preset: Record<string, unknown>): boolean {
  const controls = Object.entries(scene.value?.controls ?? {});
  return controls.every(
    ([name, control]) =>
      textOf(values.value[name]) === textOf(name in preset ? preset[name] : control.default),
  );
}
