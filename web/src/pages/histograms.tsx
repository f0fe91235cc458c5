/** How weights, gradients and whatever else was logged are spread, step by step. */

import { useMemo, useRef } from "preact/hooks";
import { histogramOf } from "../histograms";
import type { RunLine, Tag } from "../messages";
import { chosen, RunChoice } from "../parts/chooser";
import { DownloadMenu, logged } from "../parts/downloads";
import { Groups, shortName, TagSearch } from "../parts/groups";
import { IconButton } from "../parts/icons";
import { useLive } from "../parts/live";
import { Switch } from "../parts/switch";
import { distributions } from "../server";
import * as settings from "../settings";
import * as store from "../store";
import { words as common } from "../words";
import "./histograms.css";
import { FanPlot, RidgePlot } from "./histograms.plots";
import { words } from "./histograms.words";

export function Histograms() {
  const tags = store.tagsOf("histograms");
  const runs = store.shown.value.filter((run) => tags.some((tag) => run.tags.includes(tag.id)));
  const run = chosen(runs);
  return (
    <>
      <div class="toolbar" role="toolbar" aria-label={common.value.histograms}>
        <TagSearch />
        {run && <RunChoice runs={runs} />}
        <Switch
          label={words.value.view}
          value={settings.distributions}
          off={words.value.ridges}
          on={words.value.fans}
        />
        {settings.distributions.value && <p class="fan-key">{words.value.key}</p>}
      </div>
      <Groups
        tags={tags.filter((tag) => run?.tags.includes(tag.id))}
        none={words.value.noHistograms}
      >
        {(some) => (
          <div class="cards">
            {some.map((tag) => (
              <Card key={`${run!.id} ${tag.id}`} run={run!} tag={tag} />
            ))}
          </div>
        )}
      </Groups>
    </>
  );
}

function Card({ run, tag }: { run: RunLine; tag: Tag }) {
  const home = useRef<HTMLElement>(null);
  const { value, error } = useLive(home, run.id, tag.id, distributions);
  const all = useMemo(() => value?.found.map(histogramOf) ?? [], [value]);
  const full = settings.fullSize.value.includes(tag.name);
  const toggle = () =>
    (settings.fullSize.value = settings.toggled(settings.fullSize.value, tag.name));
  const look = { name: tag.name, colour: store.colours.value.get(run.id) ?? "#888" };
  const few = value && value.found.length < value.total;
  return (
    <article class={`card${full ? " full" : ""}`} data-tag={tag.name} ref={home}>
      <header>
        <h3 title={tag.name}>{shortName(tag)}</h3>
        {few && <Chosen count={value.found.length} total={value.total} />}
        <IconButton icon="full" label={common.value.fullSize} pressed={full} onClick={toggle} />
        <DownloadMenu offers={logged(tag, () => [run])} />
      </header>
      {error && <p class="error card-note">{error}</p>}
      {!value && !error && <div class="plot" aria-busy="true" />}
      {value && (settings.distributions.value
        ? <FanPlot all={all} {...look} />
        : <RidgePlot all={all} {...look} />)}
    </article>
  ); // prettier-ignore
}

/** That not all histograms are here. */
function Chosen({ count, total }: { count: number; total: number }) {
  const w = words.value;
  return (
    <span class="count" title={`${count} ${w.evenly} ${total}`}>
      {count} / {total}
    </span>
  );
}
