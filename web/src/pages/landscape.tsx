/** Landscapes: loaded when one is first shown, with what draws surfaces. */

import { useEffect, useState } from "preact/hooks";
import type { FunctionComponent } from "preact";
import { Nothing } from "../parts/controls";
import { words } from "../words";

export function LandscapePage() {
  const [loaded, set] = useState<{ Landscape: FunctionComponent } | null>(null);
  useEffect(() => void import("../landscape/page").then(set), []);
  return loaded ? <loaded.Landscape /> : <Nothing>{words.value.loading}</Nothing>;
}
