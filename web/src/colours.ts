/** Colours of runs, told apart by the colour-blind too, for light and for dark. */

/** After Okabe and Ito, and Tol's "muted"; the yellow is darkened to be seen on white. */
const LIGHT = [
  "#0072b2", "#d55e00", "#009e73", "#a4508b", "#b8860b", "#3b9bd6", "#882255", "#44aa99",
  "#6a5acd", "#7a7a2e", "#cc6677", "#5a5a5a",
]; // prettier-ignore
const DARK = [
  "#4aa8e8", "#ff8c42", "#2fd1a0", "#e08cc7", "#f0c24a", "#8fd0ff", "#e0659b", "#7fe0cf",
  "#a99cff", "#c9c96a", "#ff9aa5", "#bdbdbd",
]; // prettier-ignore

export function category(index: number, dark: boolean): string {
  const palette = dark ? DARK : LIGHT;
  return palette[index % palette.length]!;
}

/** Of a share from 0 to 1, from blue over green to yellow (cividis and viridis are alike in this). */
export function shade(share: number, dark: boolean): string {
  const t = Math.min(1, Math.max(0, share));
  const stops = dark
    ? [[86, 100, 214], [72, 160, 190], [98, 205, 140], [250, 225, 90]] // prettier-ignore
    : [[55, 45, 140], [35, 115, 150], [45, 155, 95], [215, 165, 0]]; // prettier-ignore
  const at = t * (stops.length - 1);
  const low = Math.min(stops.length - 2, Math.floor(at));
  const mixed = [0, 1, 2].map((i) =>
    Math.round(stops[low]![i]! + (at - low) * (stops[low + 1]![i]! - stops[low]![i]!)),
  );
  return `rgb(${mixed.join(",")})`;
}
