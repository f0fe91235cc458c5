/** Popups close when one turns elsewhere: by a click outside, by Escape, by opening another. */

const OPEN = "details.several[open], details.menu[open]";

function closeBut(kept: Element | null): boolean {
  const open = [...document.querySelectorAll<HTMLDetailsElement>(OPEN)].filter((d) => d !== kept);
  for (const details of open) details.open = false;
  return open.length > 0;
}

export function closePopups(): void {
  addEventListener("pointerdown", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    closeBut(target?.closest("details") ?? null);
  });
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const own = document.activeElement?.closest("details");
    if (closeBut(null)) own?.querySelector("summary")?.focus();
  });
}
