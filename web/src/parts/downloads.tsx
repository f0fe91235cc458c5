/** Files that a page gives: all that was logged under a tag, from the board; and what the page has itself. */

import type { RunLine, Tag } from "../messages";
import { downloadAddress } from "../server";
import { words } from "../words";
import { Icon } from "./icons";

/** What a menu offers: a name, and what gives the file. */
export type Offer = readonly [name: string, give: () => void];

export function DownloadMenu({ offers }: { offers: readonly Offer[] }) {
  const label = words.value.download;
  return (
    <details class="menu">
      <summary class="icon-button" role="button" aria-label={label} title={label}>
        <Icon name="download" />
      </summary>
      <div class="popup right">
        {offers.map(([name, give]) => (
          <button key={name} type="button" onClick={(e) => {
            give();
            e.currentTarget.closest("details")!.open = false;
          }}>{name}</button>
        ))}
      </div>
    </details>
  ); // prettier-ignore
}

/** A name that every system takes, but for its end. */
export const fileName = (text: string) => text.replace(/[^\w.-]+/g, "-");

/** All that some runs have logged under a tag. */
export function logged(tag: Tag, runs: () => RunLine[]): Offer[] {
  const ids = () => runs().flatMap((run) => (run.tags.includes(tag.id) ? [run.id] : []));
  return (["csv", "json"] as const).map((format) => [
    format.toUpperCase(),
    () => save(downloadAddress(tag.id, ids(), format), `${fileName(tag.name)}.${format}`),
  ]);
}

export function saveBlob(blob: Blob, name: string): void {
  const address = URL.createObjectURL(blob);
  save(address, name);
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

function save(address: string, name: string): void {
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
}
