/** The page of the scenes: a list, one scene with its pictures, and what can be set in it. */

import { computed, signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../parts/icons";
import { Nothing } from "../parts/controls";
import { clock } from "./clock";
import { Controls } from "./controls";
import { Formula } from "./formula";
import { troubles } from "./frames";
import { savePicture, saveFilm } from "./recorder";
import { scenes as drawn, type Pictures } from "./scenes";
import { addressOf, begin, isSet, missing, scene, scenes, turn } from "./state";
import { own, presetWord, titleOf, words } from "./words";
import "./play.css";

export function Play() {
  const w = words.value;
  useEffect(() => void begin(), []);
  if (missing.value) {
    return (
      <Nothing>
        {missing.value}{" "}
        <button type="button" onClick={() => void begin()}>{w.again}</button>
      </Nothing>
    ); // prettier-ignore
  }
  if (!scene.value) return <Nothing>{w.starting}</Nothing>;
  return (
    <div class="play">
      <List />
      <Stage key={scene.value.name} />
    </div>
  );
}

function List() {
  const w = words.value;
  const now = scene.value!.name;
  return (
    <nav class="scene-list" aria-label={w.scenes}>
      <select aria-label={w.scenes} value={now} onChange={(e) => turn(e.currentTarget.value)}>
        {scenes.value.map(({ name }) => (
          <option key={name} value={name}>{titleOf(name)}</option>
        ))}
      </select>
      <ol>
        {scenes.value.map(({ name, slides }) => (
          <li key={name}>
            <a href={addressOf(name)} aria-current={name === now ? "page" : undefined}
              onClick={(e) => follow(e, name, {})}>
              {titleOf(name)} <small>{slides}</small>
            </a>
          </li>
        ))}
      </ol>
    </nav>
  ); // prettier-ignore
}

/** Turn to a preset, unless it is to be opened elsewhere. */
function follow(event: MouseEvent, name: string, preset: Record<string, unknown>): void {
  if (event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  turn(name, preset);
}

const sentence = computed(() => Object.values(troubles.value)[0] ?? "");

function Stage() {
  const found = scene.value!;
  const pictures = useRef<HTMLDivElement>(null);
  const loaded = useLoaded(found.name);
  const w = words.value;
  return (
    <article class="stage" data-scene={found.name} onKeyDown={keyed}>
      <header>
        <h2>{titleOf(found.name)}</h2>
        <p class="about">{own.value?.about}</p>
        <div class="formulas">
          {found.formulas.map((tex) => (
            <Formula key={tex} tex={tex} />
          ))}
        </div>
      </header>
      <p class={`trouble${sentence.value ? "" : " visually-hidden"}`} role="alert">
        {sentence.value}
      </p>
      <Presets />
      <div class="work">
        <div
          class="pictures"
          ref={pictures}
          data-waiting={loaded && !sentence.value ? w.computing : ""}
        >
          {loaded ? <loaded.Scene /> : <Nothing>{w.starting}</Nothing>}
        </div>
        <section class="settings" aria-label={w.settings}>
          <Transport />
          {loaded?.Settings ? <loaded.Settings /> : <Controls isShown={loaded?.isShown} />}
          <Records home={pictures} name={found.name} />
          <p class="hint">{w.keys}</p>
          <p class="hint">
            {w.slides} {found.slides}. {w.link}
          </p>
        </section>
      </div>
    </article>
  );
}

/** A scene's pictures, once they are loaded. */
function useLoaded(name: string): Pictures | null {
  const [loaded, set] = useState<Pictures | null>(null);
  useEffect(() => {
    void drawn[name]?.load().then(set);
  }, [name]);
  return loaded;
}

function Presets() {
  const { name, presets } = scene.value!;
  if (!Object.keys(presets).length) return null;
  return (
    <p class="presets">
      {words.value.presets}:{" "}
      {Object.entries(presets).map(([word, preset]) => (
        <a key={word} href={addressOf(name, preset)} aria-current={isSet(preset) ? "true" : undefined}
          onClick={(e) => follow(e, name, preset)}>
          {presetWord(word)}
        </a>
      ))}
    </p>
  ); // prettier-ignore
}

function Transport() {
  const w = words.value;
  const now = clock.value;
  if (!now) return null;
  const { playing, step, length } = now;
  return (
    <div class="transport" role="group" aria-label={w.time}>
      <button type="button" onClick={playing ? now.pause : now.play} class="main-button">
        {playing ? w.pause : w.play}
      </button>
      <button type="button" class="icon-button" aria-label={w.step} title={w.step} onClick={now.ahead}>
        <Icon name="next" />
      </button>
      <button type="button" class="icon-button" aria-label={w.reset} title={w.reset} onClick={() => now.to(0)}>
        <Icon name="first" />
      </button>
      <output data-step={Math.floor(step)}>
        {w.time} {Math.floor(step)}
        {Number.isFinite(length) && ` / ${length}`}
      </output>
    </div>
  ); // prettier-ignore
}

const filming = signal(false);

function Records({ home, name }: { home: { current: HTMLDivElement | null }; name: string }) {
  const w = words.value;
  const film = async () => {
    filming.value = true;
    await saveFilm(home.current!, name).finally(() => (filming.value = false));
  };
  return (
    <p class="records">
      <button type="button" onClick={() => savePicture(home.current!, name)}>{w.picture}</button>
      {clock.value && (
        <button type="button" disabled={filming.value} onClick={() => void film()}>
          {filming.value ? w.filming : w.film}
        </button>
      )}
    </p>
  ); // prettier-ignore
}

/** The keys of the clock, unless they belong to a field. */
function keyed(event: KeyboardEvent): void {
  const now = clock.peek();
  const { tagName, className } = event.target as HTMLElement;
  const free = !/^(INPUT|SELECT|TEXTAREA)$/.test(tagName);
  if (!now || !free || event.ctrlKey || event.metaKey || event.altKey) return;
  const onGrip = className === "grip";
  if (event.key === " " && tagName !== "A" && (tagName !== "BUTTON" || onGrip)) {
    event.preventDefault();
    if (now.playing) now.pause();
    else now.play();
  } else if (event.key === "ArrowRight" && !onGrip) now.ahead();
  else if (event.key === "ArrowLeft" && !onGrip) now.to(0);
}
