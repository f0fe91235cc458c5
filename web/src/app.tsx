/** The page: its bar, the runs on the left, and one of the pages. */

import { effect, signal } from "@preact/signals";
import type { FunctionComponent } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { coarse, drawing } from "./parts/schedule";
import { IconButton } from "./parts/icons";
import { RunsPanel } from "./parts/runs";
import { Nothing } from "./parts/controls";
import { failure } from "./series";
import { waiting } from "./server";
import { Graph } from "./pages/graph";
import { Histograms } from "./pages/histograms";
import { Hyperparameters } from "./pages/hyperparameters";
import { Images } from "./pages/images";
import { LandscapePage } from "./pages/landscape";
import { PlayPage } from "./pages/play";
import { RacePage } from "./pages/race";
import { RunsPage } from "./pages/runs";
import { Scalars } from "./pages/scalars";
import { Text } from "./pages/text";
import * as settings from "./settings";
import * as store from "./store";
import { spoken, words } from "./words";

const drawer = signal(false);

const PAGES: Record<settings.Page, FunctionComponent> = {
  scalars: Scalars,
  histograms: Histograms,
  graph: Graph,
  images: Images,
  text: Text,
  hyperparameters: Hyperparameters,
  race: RacePage,
  landscape: LandscapePage,
  runs: RunsPage,
  play: PlayPage,
};

export function App() {
  const w = words.value;
  const Page = PAGES[settings.page.value];
  /** Scenes know no runs. */
  const playing = settings.page.value === "play";
  return (
    <>
      <a class="skip" href="#main" onClick={skip}>
        {w.skip}
      </a>
      <Bar />
      <div class={`body${drawer.value ? " drawer-open" : ""}${playing ? " alone" : ""}`}>
        {!playing && (
          <aside onKeyDown={(e) => e.key === "Escape" && (drawer.value = false)}>
            <RunsPanel />
          </aside>
        )}
        {drawer.value && <div class="shade" onClick={() => (drawer.value = false)} />}
        <main id="main" class={`page-${settings.page.value}`} tabIndex={-1}>
          <h1 class="visually-hidden">{w[settings.page.value]}</h1>
          {failure.value && (
            <p class="error" role="alert">
              {failure.value}
            </p>
          )}
          {settings.onlyTicked.value && !playing && <HiddenNotice />}
          {store.begun.value || playing ? (
            <Page key={settings.page.value} />
          ) : (
            <Nothing>{w.loading}</Nothing>
          )}
        </main>
      </div>
    </>
  );
}

/** After a link to some runs, the others are hidden: how to have them back. */
function HiddenNotice() {
  const w = words.value;
  return (
    <p class="notice">
      {w.someHidden} {store.shown.value.length} / {store.runList.value.length}{" "}
      <button type="button" onClick={() => store.tickEvery(true)}>
        {w.showAll}
      </button>
    </p>
  );
}

function skip(event: Event): void {
  event.preventDefault();
  document.getElementById("main")?.focus();
}

function Bar() {
  const w = words.value;
  const links = useRef<HTMLElement>(null);
  useEffect(() => {
    const open = links.current?.querySelector("[aria-current]");
    open?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [settings.page.value]);
  const pages = settings.PAGES.filter(isUseful);
  return (
    <header class="bar">
      <span class="drawer-button">
        <IconButton icon="menu" label={w.menu} pressed={drawer.value}
          onClick={() => (drawer.value = !drawer.value)} />
      </span>
      <span class="brand" title={`Uzviz ${store.version.value}`}>
        <img src="./icon.svg" alt="" width="22" height="22" />
        Uzviz
      </span>
      <nav aria-label={w.pages} ref={links}>
        {pages.map((page) => (
          <a key={page} href={`#page=${page}`}
            aria-current={settings.page.value === page ? "page" : undefined}
            onClick={(e) => turn(e, page)}>{w[page]}</a>
        ))}
      </nav>
      <State />
      <Preferences />
    </header>
  ); // prettier-ignore
}

/** Turn to a page, and keep all other settings. */
function turn(event: MouseEvent, page: settings.Page): void {
  if (event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  settings.page.value = page;
}

const ONLY_WITH: Partial<Record<settings.Page, () => boolean>> = {
  histograms: () => has("histograms"),
  images: () => has("images"),
  text: () => has("text"),
  graph: () => store.runList.value.some((r) => r.graph),
  race: () => store.runList.value.some((r) => r.race),
  landscape: () => store.runList.value.length > 0,
};

/** Whether a page has something to show, or is the one that is open; without a folder only scenes have. */
function isUseful(page: settings.Page): boolean {
  if (store.begun.value && !store.folder.value) return page === "play";
  return settings.page.value === page || (ONLY_WITH[page]?.() ?? true);
}

function has(kind: "histograms" | "images" | "text"): boolean {
  return [...store.tags.value.values()].some((tag) => tag.kind === kind);
}

function State() {
  const w = words.value;
  const { done, total } = store.reading.value;
  if (!store.connected.value) return <span class="state off" role="status">{w.offline}</span>;
  if (done < total) {
    return <span class="state" role="status">{w.reading} {done} / {total}</span>;
  }
  return <span class="state on" title={store.folder.value}><i /> {w.live}</span>;
} // prettier-ignore

function Preferences() {
  const w = words.value;
  return (
    <span class="preferences">
      <select aria-label={w.language} value={spoken.value}
        onChange={(e) => (settings.language.value = e.currentTarget.value as "en")}>
        <option value="en">EN</option>
        <option value="uk">УК</option>
      </select>
      <select aria-label={w.theme} value={settings.theme.value}
        onChange={(e) => (settings.theme.value = e.currentTarget.value as "dark")}>
        <option value="">{w.system}</option>
        <option value="light">{w.light}</option>
        <option value="dark">{w.dark}</option>
      </select>
    </span>
  ); // prettier-ignore
}

/** Language, theme and title of the document; and whether all that is asked for is there. */
export function followDocument(): void {
  effect(() => {
    const root = document.documentElement;
    root.lang = spoken.value;
    root.dataset["theme"] = store.isDark.value ? "dark" : "light";
    document.title = `${words.value[settings.page.value]} · ${store.folder.value || "Uzviz"}`;
  });
  let timer = 0;
  effect(() => {
    const { done, total } = store.reading.value;
    const busy = waiting.value + drawing.value + coarse.value;
    const calm = store.begun.value && done === total && !busy;
    clearTimeout(timer);
    if (!calm) delete document.body.dataset["settled"];
    else timer = window.setTimeout(() => (document.body.dataset["settled"] = "true"), 100);
  });
}
