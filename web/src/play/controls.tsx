/** What can be set in a scene, as the server describes it. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { ControlOf } from "../messages";
import { scene, set, valueOf, values } from "./state";
import { controlWords, optionWord } from "./words";

/** Whether a setting has a field while all are as they are. */
export type IsShown = (name: string, values: Record<string, unknown>) => boolean;

/** A field for each of these settings; unless named, for all that are not dragged on a picture and that the
 * scene shows just now. */
export function Controls({ names, isShown }: { names?: string[]; isShown?: IsShown | undefined }) {
  const all = Object.entries(scene.value!.controls);
  const shown = names
    ? names.map((name) => [name, scene.value!.controls[name]!] as const)
    : all.filter(
        ([name, { kind }]) =>
          kind !== "point" && kind !== "points" && (isShown?.(name, values.value) ?? true),
      );
  return (
    <>
      {shown.map(([name, control]) => (
        <Field key={name} name={name} control={control} />
      ))}
    </>
  );
}

interface FieldProps {
  name: string;
  control: ControlOf;
}

function Field(props: FieldProps) {
  switch (props.control.kind) {
    case "number":
    case "whole":
      return <NumberField {...props} />;
    case "switch":
      return <SwitchField {...props} />;
    case "choice":
      return <ChoiceField {...props} />;
    case "several":
      return <SeveralField {...props} />;
    default:
      return <TextField {...props} />;
  }
}

/** Steps of a slider. */
const STEPS = 1000;

/** A slider and a field. What the field holds is sent as it is: the server says what is allowed. */
function NumberField({ name, control }: FieldProps) {
  const label = controlWords(name);
  const value = values.value[name];
  const number = typeof value === "number" ? value : NaN;
  const slide = (at: number) => set({ [name]: numberAt(control, at / STEPS) });
  return (
    <div class="field slide" role="group" aria-label={label}>
      <span aria-hidden="true">{label}</span>
      <input type="range" aria-label={label} min={0} max={STEPS} step={1} value={STEPS * shareOf(control, number)}
        aria-valuetext={String(value)} data-control={name}
        onInput={(e) => slide(Number(e.currentTarget.value))} />
      <Typed label={label} text={String(value ?? "")} take={(text) => set({ [name]: valueOf(text, control) })} />
    </div>
  ); // prettier-ignore
}

/** A field whose text counts when it is left, or Enter is pressed. */
function Typed(props: { label: string; text: string; take: (text: string) => void }) {
  const typed = useSignal(props.text);
  useEffect(() => void (typed.value = props.text), [props.text]);
  return (
    <input type="text" aria-label={props.label} value={typed.value} spellcheck={false}
      onInput={(e) => (typed.value = e.currentTarget.value)}
      onKeyDown={(e) => e.key === "Enter" && props.take(typed.peek())}
      onChange={() => props.take(typed.peek())} />
  ); // prettier-ignore
}

/** Where a number is between the ends of its slider, from 0 to 1. */
export function shareOf(control: ControlOf, value: number): number {
  const [low, high] = [control.low!, control.high!];
  if (!Number.isFinite(value)) return 0;
  const share =
    control.scale === "log"
      ? Math.log(Math.max(value, low) / low) / Math.log(high / low)
      : (value - low) / (high - low);
  return Math.min(1, Math.max(0, share));
}

/** The number at a place of the slider, rounded to what its steps tell apart. */
export function numberAt(control: ControlOf, share: number): number {
  const [low, high] = [control.low!, control.high!];
  if (control.kind === "whole") {
    const value =
      control.scale === "log" ? low * (high / low) ** share : low + share * (high - low);
    return Math.round(value);
  }
  if (control.scale === "log") {
    if (share >= 1) return high;
    return share <= 0 ? low : Number((low * (high / low) ** share).toPrecision(3));
  }
  const digits = Math.max(0, Math.ceil(Math.log10(STEPS / (high - low))));
  return Number((low + share * (high - low)).toFixed(Math.min(12, digits)));
}

function SwitchField({ name }: FieldProps) {
  const on = values.value[name] === true;
  return (
    <label class="check">
      <input type="checkbox" checked={on} onChange={(e) => set({ [name]: e.currentTarget.checked })} />
      <span>{controlWords(name)}</span>
    </label>
  ); // prettier-ignore
}

function ChoiceField({ name, control }: FieldProps) {
  const choose = (option: string) => set({ ...control.brings?.[option], [name]: option });
  return (
    <label class="field">
      <span>{controlWords(name)}</span>
      <select value={String(values.value[name])} data-control={name} onChange={(e) => choose(e.currentTarget.value)}>
        {control.options!.map((option) => (
          <option key={option} value={option}>{optionWord(name, option)}</option>
        ))}
      </select>
    </label>
  ); // prettier-ignore
}

function SeveralField({ name, control }: FieldProps) {
  const given = values.value[name];
  const chosen = Array.isArray(given) ? (given as string[]) : [];
  const toggle = (option: string) => {
    const next = control.options!.filter((o) =>
      o === option ? !chosen.includes(o) : chosen.includes(o),
    );
    set({ [name]: next });
  };
  return (
    <fieldset class="several-of">
      <legend>{controlWords(name)}</legend>
      {control.options!.map((option) => (
        <label class="check" key={option}>
          <input type="checkbox" checked={chosen.includes(option)} onChange={() => toggle(option)} />
          <span>{optionWord(name, option)}</span>
        </label>
      ))}
    </fieldset>
  ); // prettier-ignore
}

function TextField({ name }: FieldProps) {
  const text = values.value[name];
  return (
    <label class="field">
      <span>{controlWords(name)}</span>
      <Typed label={controlWords(name)} text={typeof text === "string" ? text : JSON.stringify(text)}
        take={(typed) => set({ [name]: typed })} />
    </label>
  ); // prettier-ignore
}
