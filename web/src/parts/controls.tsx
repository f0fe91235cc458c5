/** Fields that people set, each bound to a setting. */

import type { Signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { toggled } from "../settings";

export function Choice<T extends string>(props: {
  label: string;
  value: Pick<Signal<T>, "value">;
  options: readonly (readonly [T, string])[];
}) {
  return (
    <label class="field">
      <span>{props.label}</span>
      <select
        value={props.value.value}
        onChange={(e) => (props.value.value = e.currentTarget.value as T)}
      >
        {props.options.map(([value, name]) => (
          <option key={value} value={value}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

export function Check({ label, value }: { label: string; value: Signal<boolean> }) {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={value.value}
        onChange={(e) => (value.value = e.currentTarget.checked)}
      />
      <span>{label}</span>
    </label>
  );
}

/** A number with a slider beside it. */
export function Slide(props: {
  label: string;
  value: Signal<number>;
  low: number;
  high: number;
  by: number;
}) {
  const set = (text: string) => {
    const given = Number(text);
    if (text !== "" && Number.isFinite(given)) {
      props.value.value = Math.min(props.high, Math.max(props.low, given));
    }
  };
  const limits = { min: props.low, max: props.high, step: props.by };
  return (
    <div class="field slide" role="group" aria-label={props.label}>
      <span aria-hidden="true">{props.label}</span>
      <input type="range" aria-label={props.label} {...limits} value={props.value.value}
        onInput={(e) => set(e.currentTarget.value)} />
      <input type="number" aria-label={props.label} {...limits} value={props.value.value}
        onChange={(e) => set(e.currentTarget.value)} />
    </div>
  ); // prettier-ignore
}

export function Search(props: { label: string; value: Signal<string>; error?: string }) {
  const wrong = !!props.error;
  return (
    <label class="search">
      <input
        type="search"
        placeholder={props.label}
        aria-label={props.label}
        aria-invalid={wrong}
        spellcheck={false}
        value={props.value.value}
        onInput={(e) => (props.value.value = e.currentTarget.value)}
      />
      {wrong && (
        <span class="error" role="status">
          {props.error}
        </span>
      )}
    </label>
  );
}

/** Several of a list. */
export function Several(props: {
  label: string;
  value: Signal<string[]>;
  options: readonly (readonly [string, string])[];
  said?: string;
}) {
  return (
    <details class="several">
      <summary>
        <span>{props.label}</span>
        <b>{props.said ?? props.value.value.length}</b>
      </summary>
      <div class="popup">
        {props.options.map(([value, name]) => (
          <label class="check" key={value}>
            <input
              type="checkbox"
              checked={props.value.value.includes(value)}
              onChange={() => (props.value.value = toggled(props.value.value, value))}
            />
            <span>{name}</span>
          </label>
        ))}
      </div>
    </details>
  );
}

/** A sentence where there is nothing to show. */
export function Nothing({ children }: { children: ComponentChildren }) {
  return (
    <p class="nothing" role="status">
      {children}
    </p>
  );
}
