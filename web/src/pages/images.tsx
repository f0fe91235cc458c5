/** Images that were logged, run beside run, at a step that is chosen for each tag. */

import { useSignal, type Signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Picture, RunLine, Tag } from "../messages";
import { Check, Slide } from "../parts/controls";
import { Groups, shortName, TagSearch } from "../parts/groups";
import { useLive } from "../parts/live";
import { picturesAt, stepOf, stepsOf, withStep } from "../pictures";
import { pictures } from "../server";
import * as settings from "../settings";
import * as store from "../store";
import { words as common } from "../words";
import "./images.css";
import { words } from "./images.words";
import { Enlarged, Thumbnail } from "./images.parts";

export function Images() {
  const { brightness, contrast } = settings;
  const look = { "--brightness": brightness.value, "--contrast": contrast.value };
  return (
    <>
      <Toolbar />
      <div class={`pictures${settings.actualSize.value ? " actual" : ""}`} style={look}>
        <Groups tags={store.tagsOf("images")} none={words.value.noImages}>
          {(tags) => (
            <div class="cards">
              {tags.map((tag) => (
                <TagCard key={tag.id} tag={tag} />
              ))}
            </div>
          )}
        </Groups>
      </div>
    </>
  );
}

function Toolbar() {
  const w = words.value;
  const { brightness, contrast } = settings;
  const reset = () => (brightness.value = contrast.value = 1);
  return (
    <div class="toolbar" role="toolbar" aria-label={common.value.images}>
      <TagSearch />
      <Slide label={w.brightness} value={brightness} low={0} high={3} by={0.05} />
      <Slide label={w.contrast} value={contrast} low={0} high={3} by={0.05} />
      <button type="button" class="button" onClick={reset}
        disabled={brightness.value === 1 && contrast.value === 1}>{w.reset}</button>
      <Check label={w.actualSize} value={settings.actualSize} />
    </div>
  ); // prettier-ignore
}

/** More images than these have the whole width of a card. */
const FEW = 4;

/** What each run has of a tag, as far as it is here. */
type Known = Signal<ReadonlyMap<number, Picture[]>>;

function TagCard({ tag }: { tag: Tag }) {
  const known: Known = useSignal(new Map());
  const steps = stepsOf(known.value.values());
  const choices = settings.imageSteps;
  const step = stepOf(tag.name, steps, choices.value);
  const turn = (to: number) => (choices.value = withStep(tag.name, steps, to, choices.value));
  const runs = store.shown.value.filter((run) => run.tags.includes(tag.id));
  return (
    <article class={`card of-tag${runs.length > 1 ? " full" : ""}`} data-tag={tag.name}>
      <header>
        <h3 title={tag.name}>{shortName(tag)}</h3>
        <Steps tag={tag} steps={steps} step={step} turn={turn} />
      </header>
      <div class="run-pictures">
        {runs.map((run) => (
          <RunPictures key={run.id} tag={tag} run={run} known={known} step={step} steps={steps} turn={turn} />
        ))}
      </div>
    </article>
  ); // prettier-ignore
}

interface StepsProps {
  tag: Tag;
  steps: number[];
  step: number;
  turn: (step: number) => void;
}

function Steps({ tag, steps, step, turn }: StepsProps) {
  const w = words.value;
  const at = steps.indexOf(step);
  const label = `${common.value.step}: ${tag.name}`;
  return (
    <div class="step-choice">
      <span>
        {common.value.step} <b>{step}</b>
      </span>
      {steps.length > 1 && (
        <input type="range" aria-label={label} aria-valuetext={String(step)} min={0}
          max={steps.length - 1} step={1} value={at}
          onInput={(e) => turn(steps[e.currentTarget.valueAsNumber]!)} />
      )}
      <span class="count" title={`${steps.length} ${w.steps}`}>{at + 1} / {steps.length}</span>
    </div>
  ); // prettier-ignore
}

interface RunProps extends StepsProps {
  run: RunLine;
  known: Known;
}

function RunPictures({ tag, run, known, steps, step, turn }: RunProps) {
  const home = useRef<HTMLElement>(null);
  const large = useSignal<number | null>(null);
  const { value, error } = useLive(home, run.id, tag.id, pictures);
  useEffect(() => {
    if (value) known.value = new Map(known.value).set(run.id, value.found);
  }, [value]);
  useEffect(() => () => void (known.value = without(known.value, run.id)), [run.id]);
  const here = picturesAt(value?.found ?? [], step);
  const open = large.value === null ? undefined : here[Math.min(large.value, here.length - 1)];
  const next = (by: number) => turn(steps[steps.indexOf(step) + by] ?? step);
  return (
    <figure ref={home} aria-busy={!value && !error} class={here.length > FEW ? "many" : ""}>
      <figcaption title={run.name}>
        <i class="dot" style={{ background: store.colours.value.get(run.id) ?? "#888" }} />
        <span class="name">{run.name}</span>
        {here[0] && here[0].step !== step && (
          <span class="count">
            {common.value.step} {here[0].step}
          </span>
        )}
      </figcaption>
      {error && <p class="error">{error}</p>}
      {value && !here.length && <p class="count">{words.value.none}</p>}
      <div class={here.length === 1 ? "thumbnails single" : "thumbnails"}>
        {here.map((picture, i) => (
          <Thumbnail key={i} run={run} tag={tag} picture={picture} order={here.length > 1 ? i + 1 : 0}
            open={() => (large.value = i)} />
        ))}
      </div>
      {open && (
        <Enlarged run={run} tag={tag} picture={open} next={next} close={() => (large.value = null)} />
      )}
    </figure>
  ); // prettier-ignore
}

function without<T>(map: ReadonlyMap<number, T>, key: number): ReadonlyMap<number, T> {
  const rest = new Map(map);
  rest.delete(key);
  return rest;
}
