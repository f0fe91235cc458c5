/** The names of the entrants: pointed at, one of them is seen alone in all figures. */

import { useEffect } from "preact/hooks";
import { raceWords } from "./race.words";
import { kept, pointed, Swatch } from "./figure";
import { nameOf, type RaceResult } from "./result";

export function Legend({ race }: { race: RaceResult }) {
  useEffect(() => () => void (kept.value = pointed.value = null), []);
  return (
    <div class="legend" role="group" aria-label={raceWords.value.entrants}>
      {race.entrants.map((entrant, place) => (
        <button
          key={entrant.entrant}
          type="button"
          aria-pressed={kept.value === place}
          title={raceWords.value.isolate}
          onPointerEnter={() => (pointed.value = place)}
          onPointerLeave={() => (pointed.value = null)}
          onFocus={() => (pointed.value = place)}
          onBlur={() => (pointed.value = null)}
          onClick={() => (kept.value = kept.value === place ? null : place)}
        >
          <Swatch place={place} />
          {nameOf(race, place)}
        </button>
      ))}
    </div>
  );
}
