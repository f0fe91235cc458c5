/** Distances: nine of them, each between things that are dragged or typed. */

import { shortNumber } from "../../numbers";
import { fact, usePart } from "../frames";
import { said } from "../words";
import { Globe, WorldMap } from "./distances-earth";
import { Balls, Cosine, InPlane } from "./distances-plane";
import { Sets, Words } from "./distances-sets";

export function Scene() {
  const plane = usePart("plane");
  const balls = usePart("balls");
  const globe = usePart("globe");
  const words = usePart("words");
  const sets = usePart("sets");
  if (!plane || !balls || !globe || !words || !sets) return null;
  const kinds = ["euclidean", "manhattan", "chebyshev", "minkowski"] as const;
  return (
    <>
      <div class="panels thirds">
        {kinds.map((kind) => (
          <InPlane key={kind} kind={kind} plane={plane} balls={balls} />
        ))}
        <Cosine plane={plane} />
        <Balls balls={balls} />
      </div>
      <div class="panels earth">
        <WorldMap globe={globe} />
        <Globe globe={globe} />
      </div>
      <div class="panels">
        <Words words={words} />
        <Sets sets={sets} />
      </div>
      <p class="readout" role="status" data-readout>
        {[...kinds, "cosine" as const].map((kind) => (
          <span key={kind}>
            {said(kind)} <b>{shortNumber(fact(plane, kind))}</b> ·{" "}
          </span>
        ))}
        {said("hamming")} <b>{fact(words, "hamming")}</b> · {said("jaccard")}{" "}
        <b>{shortNumber(fact(sets, "jaccard"))}</b> · {said("dice")}{" "}
        <b>{shortNumber(fact(sets, "dice"))}</b> · {said("haversine")}{" "}
        <b>{Math.round(fact(globe, "haversine"))} {said("km")}</b>
      </p>
    </>
  ); // prettier-ignore
}
