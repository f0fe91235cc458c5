/** Two ways to look at the same. */

import type { Signal } from "@preact/signals";
import "./switch.css";

export function Switch(props: { label: string; value: Signal<boolean>; off: string; on: string }) {
  const { value } = props;
  const button = (label: string, is: boolean) => (
    <button type="button" class="button" aria-pressed={value.value === is}
      onClick={() => (value.value = is)}>{label}</button>
  ); // prettier-ignore
  return (
    <div class="switch" role="group" aria-label={props.label}>
      {button(props.off, false)}
      {button(props.on, true)}
    </div>
  );
}
