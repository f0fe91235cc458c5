/** Curves of everything that was logged as numbers. */

import { ChartCard } from "../chart/card";
import { Check, Choice, Nothing, Search, Several, Slide } from "../parts/controls";
import { pattern } from "../filters";
import type { Tag } from "../messages";
import * as settings from "../settings";
import * as store from "../store";
import { words } from "../words";

export function Scalars() {
  return (
    <>
      <Toolbar />
      <Cards />
    </>
  );
}

function Toolbar() {
  const w = words.value;
  const { error } = pattern(settings.tagPattern.value);
  const named = <T extends "step" | "default" | "value" | string>(all: readonly T[]) =>
    all.map((name) => [name, w[name as "step"]] as const);
  return (
    <div class="toolbar" role="toolbar" aria-label={w.scalars}>
      <Search label={w.filterTags} value={settings.tagPattern} error={error && w.badPattern} />
      <Slide label={w.smoothing} value={settings.smoothing} low={0} high={0.999} by={0.001} />
      <Choice label={w.axis} value={settings.axis} options={named(settings.AXES)} />
      <Choice label={w.sorting} value={settings.tooltipSort} options={named(settings.SORTS)} />
      <Several
        label={w.columns}
        value={settings.tooltipColumns}
        options={named(settings.COLUMNS)}
      />
      <Check label={w.outliers} value={settings.ignoreOutliers} />
      <Check label={w.logX} value={settings.logX} />
    </div>
  );
}

function Cards() {
  const w = words.value;
  const all = store.tagsOf("scalars");
  const { test } = pattern(settings.tagPattern.value);
  const matching = ordered(all.filter((tag) => test(tag.name)));
  if (!store.shown.value.length) {
    return <Nothing>{store.runList.value.length ? w.nothingShown : w.noRuns}</Nothing>;
  }
  if (!matching.length) {
    return <Nothing>{all.length ? w.noMatch : store.reading.value.done < store.reading.value.total ? w.loading : w.noSeries}</Nothing>;
  } // prettier-ignore
  const pinned = settings.pinned.value.flatMap((name) => matching.filter((t) => t.name === name));
  const sections = grouped(matching);
  return (
    <>
      {pinned.length > 0 && <Section name={w.pinned} mark="★" tags={pinned} order={null} />}
      {sections.map(([name, tags]) => (
        <Section key={name} name={name || "·"} tags={tags} order={matching} />
      ))}
    </>
  );
}

/** Tags in the person's own order, the others behind. */
export function ordered(tags: Tag[]): Tag[] {
  const places = new Map(settings.order.value.map((name, i) => [name, i]));
  const place = (tag: Tag) => places.get(tag.name) ?? Infinity;
  return [...tags].sort((a, b) => (place(a) === place(b) ? 0 : place(a) - place(b)));
}

/** Tags by what stands before the first "/". */
export function grouped(tags: Tag[]): [string, Tag[]][] {
  const found = new Map<string, Tag[]>();
  for (const tag of tags) {
    const name = tag.name.includes("/") ? tag.name.split("/")[0]! : "";
    if (!found.has(name)) found.set(name, []);
    found.get(name)!.push(tag);
  }
  return [...found];
}

interface SectionProps {
  name: string;
  mark?: string;
  tags: Tag[];
  /** All tags in order, within which a card can be moved. */
  order: Tag[] | null;
}

function Section({ name, mark, tags, order }: SectionProps) {
  const key = mark ?? name;
  const open = !settings.closed.value.includes(key);
  const move = (tag: Tag, by: -1 | 1) => {
    const at = tags.indexOf(tag);
    const other = tags[at + by];
    if (!order || !other) return;
    const names = order.map((t) => t.name);
    const [i, j] = [names.indexOf(tag.name), names.indexOf(other.name)];
    [names[i], names[j]] = [names[j]!, names[i]!];
    settings.order.value = names;
  };
  return (
    <section class="group">
      <h2>
        <button
          type="button"
          aria-expanded={open}
          onClick={() => (settings.closed.value = settings.toggled(settings.closed.value, key))}
        >
          <i class={`triangle${open ? " open" : ""}`} />
          {name}
          <span class="count">{tags.length}</span>
        </button>
      </h2>
      {open && (
        <div class="cards">
          {tags.map((tag) => (
            <ChartCard key={tag.id} tag={tag} {...(order ? { move: (by) => move(tag, by) } : {})} />
          ))}
        </div>
      )}
    </section>
  );
}
