/** Which landscape is shown, and how. */

import type { Signal } from "@preact/signals";
import { batch } from "@preact/signals";
import type { RunLine } from "../messages";
import { RunChoice } from "../parts/chooser";
import { Check, Choice, Slide } from "../parts/controls";
import { DownloadMenu, fileName, saveBlob, type Offer } from "../parts/downloads";
import { savePicture } from "../play/recorder";
import type { View } from "../play/surface3d.gl";
import * as settings from "../settings";
import { COLOUR_MAPS } from "./colourmaps";
import { mapsOf, type Ground } from "./ground";
import type { Land } from "./land";
import { kindWord, landscapeWords } from "./landscape.words";
import type { LandscapeLine } from "../messages";

interface Props {
  runs: RunLine[];
  run: RunLine;
  logged: LandscapeLine[];
  land: Land | null;
  ground: Ground | null;
  view: Signal<View | null>;
  home: { current: HTMLElement | null };
}

/** What no landscape is called: names of logged ones are printable. */
const COMPUTED = "\n";
/** Letters of a name that have room. */
const LONGEST = 60;

export function Toolbar(props: Props) {
  const w = landscapeWords.value;
  const { runs, land, ground } = props;
  const names = land ? mapsOf(land) : [];
  const map = { get value() { return ground?.name ?? ""; }, set value(name) { settings.landscapeMap.value = name; } }; // prettier-ignore
  return (
    <div class="toolbar" role="toolbar" aria-label={w.landscape}>
      {runs.length > 1 && <RunChoice runs={runs} headingOf={(run) => (run.landscape ? w.withOne : w.withoutOne)} />}
      <LandChoice {...props} />
      {land && ground && (
        <>
          {names.length > 1 && (
            <Choice label={w.map} value={map} options={names.map((name) => [name, name.slice(0, LONGEST)] as const)} />
          )}
          <Choice label={w.palette} value={settings.colourMap} options={COLOUR_MAPS.map((name) => [name, w[name]] as const)} />
          <Slide label={w.levels} value={settings.levels} low={settings.LEVELS[0]} high={settings.LEVELS[1]} by={1} />
          <Slide label={w.sun} value={settings.sun} low={settings.SUN[0]} high={settings.SUN[1]} by={5} />
        </>
      )}
      {land && (
        <span title={ground && settings.logHeight.value && !ground.log ? w.noLog : ""}>
          <Check label={w.logHeight} value={settings.logHeight} />
        </span>
      )}
      {land && <DownloadMenu offers={offers(props)} />}
    </div>
  ); // prettier-ignore
}

/** A logged landscape, or the one that is computed. */
function LandChoice({ logged }: Props) {
  const w = landscapeWords.value;
  if (!logged.length) return null;
  const value = {
    get value() {
      if (settings.computed.value) return COMPUTED;
      const name = settings.landscape.value;
      return logged.some((one) => one.name === name) ? name : logged[0]!.name;
    },
    set value(name) {
      batch(() => {
        settings.computed.value = name === COMPUTED;
        if (name !== COMPUTED) settings.landscape.value = name;
      });
    },
  };
  const options = logged.map((one) => [one.name, lineText(one)] as const);
  return (
    <Choice label={w.landscape} value={value} options={[...options, [COMPUTED, w.computedOne]]} />
  );
}

function lineText({ name, shape, done, directions }: LandscapeLine): string {
  const whole = shape.reduce((a, b) => a * b, 1);
  const left = done < whole ? ` (${done} / ${whole})` : "";
  const kind = name === directions || !directions ? "" : `${kindWord(directions)}, `;
  return `${name.slice(0, LONGEST)}: ${kind}${shape.join(" × ")}${left}`;
}

function offers({ run, view, home, ground }: Props): Offer[] {
  const w = landscapeWords.value;
  const name = `${fileName(run.name)}-landscape`;
  const picture: Offer = [w.picture, () => home.current && savePicture(home.current, name)];
  const model: Offer = [
    w.model,
    () => void view.peek()?.model().then((blob) => saveBlob(blob, `${name}.glb`)), // prettier-ignore
  ];
  return ground && view.value ? [picture, model] : [picture];
}
