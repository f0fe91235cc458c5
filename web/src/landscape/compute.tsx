/** What is to be computed, and how it is kept. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import * as settings from "../settings";
import { wholeText } from "../parts/texts";
import { askedNamed, askedOf, commandOf, NORMALISATIONS, setAsked, SIZE } from "./asked";
import { about, learn, type Computed } from "./computing";
import { doneOf } from "./land";
import { kindWord, landscapeWords, normalisationWord } from "./landscape.words";
import type { About } from "../messages";

interface Props {
  run: { id: number; name: string };
  computed: Computed;
}

/** The form of the ground that is computed. */
export function Compute({ run, computed }: Props) {
  const w = landscapeWords.value;
  useEffect(() => void learn(run.id), [run.id]);
  const known = about.value?.run === run.id ? about.value : null;
  const { land, error } = computed;
  const told = error || known?.error;
  const done = land ? doneOf(land) : 0;
  const total = land?.done.length ?? 0;
  return (
    <section class="compute card" aria-label={w.compute}>
      {known?.value && <Fields about={known.value} />}
      {told && <p class="error" role="alert">{told}</p>}
      {!told && !land && <p class="soft" role="status">{w.loading}</p>}
      {land && done < total && (
        <p class="soft" role="status">
          {w.computing}: {wholeText(done)} / {wholeText(total)} <progress aria-label={w.computing} value={done} max={total} />
        </p>
      )}
      <p class="keep">
        {w.keep} <code>{commandOf(`runs/${run.name}`, askedOf(settings.asked.value), land)}</code>
      </p>
    </section>
  ); // prettier-ignore
}

function Fields({ about }: { about: About }) {
  const w = landscapeWords.value;
  const random = (askedNamed("directions") || about.directions[0]) === "random";
  const [least, most] = about.sizes;
  return (
    <div class="fields">
      <Chosen name="directions" label={w.directions} options={about.directions.map((d) => [d, kindWord(d)])} />
      {random && (
        <Chosen name="normalise" label={w.normalise} options={NORMALISATIONS.map((n) => [n, normalisationWord(n)])} />
      )}
      <Text name="size" label={w.size} title={`${least} … ${most}`} placeholder={String(SIZE)} />
      <Text name="span" label={w.span} placeholder={w.whole} />
      {random && <Text name="seed" label={w.seed} placeholder="0" />}
      {about.entrants.length > 1 && (
        <Chosen name="centre" label={w.centre} first={about.centre} options={about.entrants.map((e) => [e, e])} />
      )}
    </div>
  ); // prettier-ignore
}

interface ChosenProps {
  name: string;
  label: string;
  options: (readonly [string, string])[];
  /** What is meant while nothing is chosen; the first option unless given. */
  first?: string;
}

function Chosen({ name, label, options, first = options[0]?.[0] ?? "" }: ChosenProps) {
  return (
    <label class="field">
      <span>{label}</span>
      <select value={askedNamed(name) || first} onChange={(e) => setAsked(name, e.currentTarget.value)}>
        {options.map(([value, word]) => (
          <option key={value} value={value}>{word}</option>
        ))}
      </select>
    </label>
  ); // prettier-ignore
}

interface TextProps {
  name: string;
  label: string;
  title?: string;
  placeholder: string;
}

/** A text that counts when the field is left, or Enter is pressed. */
function Text({ name, label, title = "", placeholder }: TextProps) {
  const typed = useSignal(askedNamed(name));
  const now = askedNamed(name);
  useEffect(() => void (typed.value = now), [now]);
  return (
    <label class="field" title={title}>
      <span>{label}</span>
      <input type="text" inputmode="decimal" value={typed.value} placeholder={placeholder} spellcheck={false}
        onInput={(e) => (typed.value = e.currentTarget.value)}
        onKeyDown={(e) => e.key === "Enter" && setAsked(name, e.currentTarget.value)}
        onChange={(e) => setAsked(name, e.currentTarget.value)} />
    </label>
  ); // prettier-ignore
}
