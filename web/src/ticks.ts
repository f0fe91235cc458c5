/** Where an axis has its ticks. */

/** Round numbers inside of a range, about as many as asked for. */
export function linearTicks(low: number, high: number, most = 6): number[] {
  if (!(high > low)) return [low];
  const rough = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((n) => n * power >= rough) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Powers of ten inside of a range above 0; where it holds few of them, 2 and 5 times these too. */
export function logTicks(low: number, high: number, most = 6): number[] {
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const powers = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  const inside = (ticks: number[]) => ticks.filter((v) => v >= low * 0.999 && v <= high * 1.001);
  const tens = inside(powers.map((p) => Number(`1e${p}`)));
  if (tens.length > most) {
    const stride = Math.ceil(tens.length / most);
    return tens.filter((_, i) => i % stride === 0);
  }
  if (tens.length > 2) return tens;
  const more = inside(powers.flatMap((p) => [1, 2, 5].map((n) => Number(`${n}e${p}`))));
  return more.length > 1 ? more : linearTicks(low, high, most).filter((v) => v > 0);
}
