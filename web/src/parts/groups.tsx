/** Cards of tags, grouped by what stands before the first "/". */

import type { ComponentChildren } from "preact";
import { pattern } from "../filters";
import type { Tag } from "../messages";
import * as settings from "../settings";
import * as store from "../store";
import { words } from "../words";
import { Nothing, Search } from "./controls";

/** The pattern that tags are filtered by, the same on all pages. */
export function TagSearch() {
  const w = words.value;
  const { error } = pattern(settings.tagPattern.value);
  return <Search label={w.filterTags} value={settings.tagPattern} error={error && w.badPattern} />;
}

interface Props {
  tags: Tag[];
  /** What is said where no run has such a tag. */
  none: string;
  /** The cards of one group. */
  children: (tags: Tag[]) => ComponentChildren;
}

/** Why no run is shown. */
export function nothingShown(): string {
  const w = words.value;
  if (!store.runList.value.length) return w.noRuns;
  return store.matching.value.length ? w.nothingShown : w.noRunMatches;
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

/** The tags that the pattern lets through; else a sentence that says why there are none. */
export function Groups({ tags, none, children }: Props) {
  const w = words.value;
  const { done, total } = store.reading.value;
  const { test } = pattern(settings.tagPattern.value);
  const matching = tags.filter((tag) => test(tag.name));
  if (!store.shown.value.length) {
    return <Nothing>{nothingShown()}</Nothing>;
  }
  if (!matching.length) {
    return <Nothing>{tags.length ? w.noMatch : done < total ? w.loading : none}</Nothing>;
  }
  return (
    <>
      {grouped(matching).map(([name, some]) => (
        <Group key={name} name={name || w.ungrouped} count={some.length}>
          {children(some)}
        </Group>
      ))}
    </>
  );
}

/** A group that opens and closes; `mark` is what it is remembered by, where that is not its name. */
export function Group(props: {
  name: string;
  mark?: string;
  count: number;
  children: ComponentChildren;
}) {
  const { name, mark = name } = props;
  const open = !settings.closed.value.includes(mark);
  return (
    <section class="group">
      <h2>
        <button
          type="button"
          aria-expanded={open}
          onClick={() => (settings.closed.value = settings.toggled(settings.closed.value, mark))}
        >
          <i class={`triangle${open ? " open" : ""}`} />
          {name}
          <span class="count">{props.count}</span>
        </button>
      </h2>
      {open && props.children}
    </section>
  );
}

/** A tag's name without its group. */
export function shortName(tag: Tag): string {
  return tag.name.split("/").slice(1).join("/") || tag.name;
}
