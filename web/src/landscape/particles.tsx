/** What particles descend by, and how each of them fares. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { listed, shortNumber } from "../numbers";
import { Nothing } from "../parts/controls";
import { ruleWord } from "../play/rules";
import type { Pair } from "../play/sheet";
import * as settings from "../settings";
import { about, learn } from "./computing";
import { lastOf, MOST, textOf, type Drop, type Mode } from "./drops";
import { share, type Dropped } from "./dropping";
import { landscapeWords } from "./landscape.words";
import type { About } from "../messages";

const named = (name: string): string => settings.textNamed(settings.descent.value, name);
function put(name: string, text: string): void {
  settings.descent.value = settings.withNamed(settings.descent.peek(), name, text.trim());
}

const ruleOf = (about: About) =>
  about.rules.find(({ name }) => name === (named("rule") || about.rule)) ?? about.rules[0];

/** A hyperparameter's value: as it is set, as the run has it, else its default. */
function valueOf(of: About, name: string, initial: number): number {
  const text = named(name);
  const own = !named("rule") || named("rule") === of.rule ? of.set[name] : undefined;
  return text === "" ? (own ?? initial) : Number(text);
}

const STEPS = 200;
const modeNow = (): Mode => (named("mode") === "plane" ? "plane" : "free");

/** What is set, as a particle from a point. */
function dropAt(of: About, [x, y]: Pair): Drop | null {
  const rule = ruleOf(of);
  if (!rule) return null;
  const set = Object.entries(rule.hyperparameters).map(
    ([name, { default: initial }]) => [name, valueOf(of, name, initial)] as const,
  );
  const short = (v: number) => Number(v.toPrecision(5));
  return {
    x: short(x),
    y: short(y),
    rule: rule.name,
    set: Object.fromEntries(set),
    batch: Number(named("batch")) || of.batch,
    steps: Number(named("steps")) || Math.min(STEPS, of.most_steps),
    mode: modeNow(),
  };
}

/** Drop one where the ground was pressed, once it is known by what it can descend. */
export async function drop(run: number, at: Pair): Promise<void> {
  const found = await learn(run);
  const made = found && dropAt(found, at);
  const now = settings.drops.peek();
  if (made && now.length < MOST) settings.drops.value = [...now, textOf(made)];
}

export function Particles({ run, dropped, colours }: { run: number; dropped: Dropped[]; colours: string[] }) {
  const w = landscapeWords.value;
  const open = useSignal(settings.drops.peek().length > 0);
  useEffect(() => { if (open.value) void learn(run); }, [run, open.value]);
  const known = about.value?.run === run ? about.value : null;
  return (
    <section class="particles card" aria-label={w.particles}>
      <h2>{w.particles}</h2>
      <p class="hint">{w.particlesHelp}</p>
      {known?.error && <p class="error" role="alert">{known.error}</p>}
      {known?.value && <Form about={known.value} />}
      {known && !known.value && !known.error && <p class="soft" role="status">{w.loading}</p>}
      {!known && <button type="button" class="button" onClick={() => (open.value = true)}>{w.choose}</button>}
      {dropped.length > 0 && <List dropped={dropped} colours={colours} />}
      {dropped.length >= MOST && <p class="soft">{w.most}</p>}
    </section>
  );
} // prettier-ignore

function Form({ about: of }: { about: About }) {
  const w = landscapeWords.value;
  const rule = ruleOf(of);
  if (!rule) return <Nothing>{w.unknown}</Nothing>;
  return (
    <>
      <div class="fields">
        <label class="field">
          <span>{w.rule}</span>
          <select value={rule.name} onChange={(e) => (settings.descent.value = withRule(e.currentTarget.value))}>
            {of.rules.map(({ name }) => <option key={name} value={name}>{ruleWord(name)}</option>)}
          </select>
        </label>
        {Object.entries(rule.hyperparameters).map(([name, { default: initial, meaning }]) => (
          <NumberField key={`${rule.name} ${name}`} name={name} title={meaning} now={String(valueOf(of, name, initial))} />
        ))}
        <NumberField name="steps" label={w.steps} title={`1 … ${of.most_steps}`} now={named("steps") || String(Math.min(STEPS, of.most_steps))} />
        {modeNow() === "free" && <NumberField name="batch" label={w.batch} now={named("batch") || String(of.batch)} />}
        <label class="field">
          <span>{w.mode}</span>
          <select value={modeNow()} onChange={(e) => put("mode", e.currentTarget.value)}>
            <option value="free">{w.free}</option>
            <option value="plane">{w.plane}</option>
          </select>
        </label>
      </div>
      <p class="hint">{modeNow() === "plane" ? w.planeHelp : w.freeHelp}</p>
    </>
  );
} // prettier-ignore

/** Another rule has hyperparameters of its own. */
const withRule = (rule: string): string[] => [
  `rule:${rule}`,
  ...settings.descent.peek().filter((one) => /^(steps|batch|mode):/.test(one)),
];

interface NumberProps {
  name: string;
  now: string;
  label?: string;
  title?: string;
}

/** What the field holds is sent as it is: the server says what is allowed. */
function NumberField({ name, now, label = name, title = "" }: NumberProps) {
  return (
    <label class="field" title={title}>
      <span>{label}</span>
      <input type="text" inputmode="decimal" value={now} spellcheck={false}
        onKeyDown={(e) => e.key === "Enter" && put(name, e.currentTarget.value)}
        onChange={(e) => put(name, e.currentTarget.value)} />
    </label>
  ); // prettier-ignore
}

function List({ dropped, colours }: { dropped: Dropped[]; colours: string[] }) {
  const w = landscapeWords.value;
  return (
    <>
      <ul>
        {dropped.map((one, k) => (
          <li key={one.text}>
            <i class="swatch-of" style={{ background: colours[k] }} />
            <b>{ruleWord(one.drop.rule)}</b> <span>{fate(one, k === dropped.length - 1)}</span>
          </li>
        ))}
      </ul>
      <button type="button" class="button" onClick={() => (settings.drops.value = [])}>{w.clear}</button>
    </>
  ); // prettier-ignore
}

/** Loss, distance from the plane, and whether it diverged. */
function fate({ drop, fall }: Dropped, newest: boolean): string {
  const w = landscapeWords.value;
  if (!fall) return w.dropping;
  if (!fall.way) return fall.error || w.unknown;
  const { loss, distance, died } = fall.way;
  const at = Math.round((newest ? share.value : 1) * lastOf(fall.way));
  const numbers = `${w.loss} ${shortNumber(loss[0]!)} → ${shortNumber(loss[at]!)}`;
  const away = drop.mode === "plane" ? w.bound : `${shortNumber(distance[at]!)} ${w.from}`;
  return listed([numbers, away, ...(died === null ? [] : [`${w.died} ${died}`])]);
}
