/** The paths with their colours, each ticked off and on; and whether they are as high as their own losses. */

import { Check } from "../parts/controls";
import * as settings from "../settings";
import { landscapeWords } from "./landscape.words";
import type { Trail } from "./trails";

export const isShown = (trail: Trail): boolean => !settings.hiddenPaths.value.includes(trail.label);

export function Legend({ paths, lift }: { paths: Trail[]; lift: boolean }) {
  const w = landscapeWords.value;
  if (!paths.length) return null;
  return (
    <div class="paths" role="group" aria-label={w.paths}>
      <span class="soft">{w.paths}</span>
      {paths.map((path, k) => (
        <label class="check" key={k} title={path.label}>
          <input type="checkbox" checked={isShown(path)} style={{ accentColor: path.colour }}
            onChange={() => (settings.hiddenPaths.value = settings.toggled(settings.hiddenPaths.value, path.label))} />
          <i class="swatch-of" style={{ background: path.colour }} />
          <span class="label">{path.label}</span>
        </label>
      ))}
      {lift && (
        <span class="lift" title={w.trueLossHelp}>
          <Check label={w.trueLoss} value={settings.trueLoss} />
        </span>
      )}
    </div>
  ); // prettier-ignore
}
