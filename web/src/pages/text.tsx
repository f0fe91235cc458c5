/** Texts that were logged, the newest first, run beside run. */

import { useRef } from "preact/hooks";
import type { RunLine, Tag, Text as Logged } from "../messages";
import { DownloadMenu, logged } from "../parts/downloads";
import { Groups, shortName, TagSearch } from "../parts/groups";
import { useLive } from "../parts/live";
import { Switch } from "../parts/switch";
import { texts } from "../server";
import * as settings from "../settings";
import * as store from "../store";
import { spoken, words as common } from "../words";
import "./text.css";
import { words } from "./text.words";

export function Text() {
  const w = words.value;
  return (
    <>
      <div class="toolbar" role="toolbar" aria-label={common.value.text}>
        <TagSearch />
        <Switch label={w.look} value={settings.textSource} off={w.formatted} on={w.source} />
      </div>
      <Groups tags={store.tagsOf("text")} none={w.noText}>
        {(tags) => tags.map((tag) => <TagTexts key={tag.id} tag={tag} />)}
      </Groups>
    </>
  );
}

function TagTexts({ tag }: { tag: Tag }) {
  const runs = store.shown.value.filter((run) => run.tags.includes(tag.id));
  return (
    <section class="of-tag" data-tag={tag.name} aria-label={tag.name}>
      <h3 title={tag.name}>{shortName(tag)}</h3>
      <div class="cards texts">
        {runs.map((run) => (
          <RunTexts key={run.id} run={run} tag={tag} />
        ))}
      </div>
    </section>
  );
}

function RunTexts({ run, tag }: { run: RunLine; tag: Tag }) {
  const w = words.value;
  const home = useRef<HTMLElement>(null);
  const { value, error } = useLive(home, run.id, tag.id, texts);
  const [newest, ...older] = [...(value?.found ?? [])].reverse();
  return (
    <article class="card" ref={home} aria-busy={!value && !error}>
      <header>
        <i class="dot" style={{ background: store.colours.value.get(run.id) ?? "#888" }} />
        <b class="name" title={run.name}>{run.name}</b>
        {newest && <When text={newest} />}
        <DownloadMenu offers={logged(tag, () => [run])} />
      </header>
      {error && <p class="error card-note">{error}</p>}
      {newest && <Words text={newest} name={`${tag.name}, ${run.name}`} />}
      {value && value.total > value.found.length && (
        <p class="count card-note">{w.last} {value.found.length} {w.of} {value.total}</p>
      )}
      {older.map((text, i) => (
        <details key={`${text.step} ${older.length - i}`} class="older">
          <summary>
            <When text={text} />
            <span class="first-line">{firstLine(text.source)}</span>
          </summary>
          <Words text={text} name={`${tag.name}, ${run.name}`} />
        </details>
      ))}
    </article>
  ); // prettier-ignore
}

function When({ text: { step, wall } }: { text: Logged }) {
  const form = { dateStyle: "short", timeStyle: "short" } as const;
  const time = new Intl.DateTimeFormat(spoken.value, form).format(1000 * wall);
  return (
    <span class="count" title={time}>
      {common.value.step} {step}
    </span>
  );
}

/** A region of its own, since a long text is scrolled by keyboard too. */
function Words({ text, name }: { text: Logged; name: string }) {
  const label = `${name}, ${common.value.step} ${text.step}`;
  const region = { tabIndex: 0, role: "region", "aria-label": label } as const;
  if (settings.textSource.value) return <pre class="words source" {...region}>{text.source}</pre>;
  // Safe: the board makes this HTML of Markdown with all HTML in it escaped, no images, and links
  // to http, https and mailto alone (uzviz/board/markdown.py); its CSP forbids inline scripts.
  return <div class="words" {...region} dangerouslySetInnerHTML={{ __html: text.html }} />;
} // prettier-ignore

/** What a text that is closed begins with. */
function firstLine(source: string): string {
  const line = source.split("\n", 20).find((part) => /\w|[^\x00-\x7f]/.test(part)) ?? "";
  return line.replace(/^[\s#>*-]+/, "").slice(0, 200);
}
