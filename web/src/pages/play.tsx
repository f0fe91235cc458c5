/** The scenes: loaded when they are first shown, since most people look at runs. */

import { useEffect, useState } from "preact/hooks";
import type { FunctionComponent } from "preact";
import { Nothing } from "../parts/controls";
import { words } from "../words";

export function PlayPage() {
  const [loaded, set] = useState<{ Play: FunctionComponent } | null>(null);
  useEffect(() => void import("../play/page").then(set), []);
  return loaded ? <loaded.Play /> : <Nothing>{words.value.loading}</Nothing>;
}
