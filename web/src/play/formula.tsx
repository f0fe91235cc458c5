/** A formula, typeset as MathML by the browser itself. */

import temml from "temml";
import { useEffect, useRef } from "preact/hooks";

export function Formula({ tex }: { tex: string }) {
  const home = useRef<HTMLSpanElement>(null);
  useEffect(() => temml.render(tex, home.current!, { displayMode: true }), [tex]);
  return <span class="formula" ref={home} />;
}
