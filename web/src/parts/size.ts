/** How wide an element is, now and after it was made wider or narrower. */

import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";

/** A place to put the element in, and its width in pixels; 0 until it is there. */
export function useWidth<E extends HTMLElement>() {
  const home = useRef<E>(null);
  const width = useSignal(0);
  useLayoutEffect(() => {
    const element = home.current;
    if (!element) return;
    width.value = element.clientWidth;
    const observer = new ResizeObserver(() => (width.value = element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return { home, width: width.value };
}
