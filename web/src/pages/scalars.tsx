/** Curves of everything that was logged as numbers. */

import { ChartCard } from "../chart/card";
import { Check, Choice, Several, Slide } from "../parts/controls";
import { Group, Groups, TagSearch } from "../parts/groups";
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
  const named = <T extends string>(all: readonly T[]) =>
    all.map((name) => [name, w[name as "step"]] as const);
  return (
    <div class="toolbar" role="toolbar" aria-label={w.scalars}>
      <TagSearch />
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
  const all = ordered(store.tagsOf("scalars"));
  const pinned = settings.pinned.value.flatMap((name) => all.filter((t) => t.name === name));
  return (
    <>
      {pinned.length > 0 && (
        <Group name={words.value.pinned} mark="★" count={pinned.length}>
          <CardsOf tags={pinned} all={null} />
        </Group>
      )}
      <Groups tags={all} none={words.value.noSeries}>
        {(tags) => <CardsOf tags={tags} all={all} />}
      </Groups>
    </>
  );
}

/** Tags in the person's own order, the others behind. */
function ordered(tags: Tag[]): Tag[] {
  const places = new Map(settings.order.value.map((name, i) => [name, i]));
  const place = (tag: Tag) => places.get(tag.name) ?? Infinity;
  return [...tags].sort((a, b) => (place(a) === place(b) ? 0 : place(a) - place(b)));
}

interface CardsProps {
  tags: Tag[];
  /** All tags in order, within which a card can be moved; null where it cannot. */
  all: Tag[] | null;
}

function CardsOf({ tags, all }: CardsProps) {
  const move = (tag: Tag, by: -1 | 1) => {
    const other = tags[tags.indexOf(tag) + by];
    if (!all || !other) return;
    const names = all.map((t) => t.name);
    const [i, j] = [names.indexOf(tag.name), names.indexOf(other.name)];
    [names[i], names[j]] = [names[j]!, names[i]!];
    settings.order.value = names;
  };
  return (
    <div class="cards">
      {tags.map((tag) => (
        <ChartCard key={tag.id} tag={tag} {...(all ? { move: (by) => move(tag, by) } : {})} />
      ))}
    </div>
  );
}
