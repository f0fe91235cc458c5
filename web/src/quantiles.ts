/** Quantiles of many numbers, linear between neighbours (NumPy's default), without sorting them. */

type Numbers = Float32Array | Float64Array;

/** The k-th smallest of some numbers, put in an order in which none behind it is smaller. */
function select(values: Numbers, k: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const pivot = values[(low + high) >> 1]!;
    let i = low;
    let j = high;
    while (i <= j) {
      while (values[i]! < pivot) i++;
      while (values[j]! > pivot) j--;
      if (i <= j) {
        const held = values[i]!;
        values[i++] = values[j]!;
        values[j--] = held;
      }
    }
    if (k <= j) high = j;
    else if (k >= i) low = i;
    else break;
  }
  return values[k]!;
}

/** The number at a rank, linear between neighbours; the order becomes that of `select`. */
export function ranked(values: Numbers, at: number): number {
  const low = Math.floor(at);
  const below = select(values, low);
  if (at === low || !Number.isFinite(below)) return below;
  let above = values[low + 1]!; // the least of those that the selection has put behind it
  for (let i = low + 2; i < values.length; i++) if (values[i]! < above) above = values[i]!;
  return below + (at - low) * (above - below);
}

/**
 * Quantiles of all finite values of all columns; NaN of none. Values are counted by the upper bits
 * that they have, so that only those near a quantile are copied and put in order.
 */
export function quantiles(columns: Float32Array[], shares: number[]): number[] {
  const words = columns.map((y) => new Int32Array(y.buffer, y.byteOffset, y.length));
  const counts = countsOf(words);
  const total = counts.reduce((sum, n) => sum + n, 0);
  return shares.map((q) => (total ? quantile(words, counts, q * (total - 1)) : NaN));
}

const CELLS = 1 << 14;

/** The cell of a value's bits: the greater the value, the later. */
const cellOf = (bits: number) => ((bits ^ ((bits >> 31) >>> 1)) >> 18) + CELLS / 2;

const word = new Float32Array(1);
const bitsOf = new Int32Array(word.buffer);

function cellOfValue(value: number): number {
  word[0] = value;
  return cellOf(bitsOf[0]!);
}

/** How many finite values lie in each cell. */
function countsOf(words: Int32Array[]): Uint32Array {
  const counts = new Uint32Array(CELLS);
  for (const bits of words) for (let i = 0; i < bits.length; i++) counts[cellOf(bits[i]!)]!++;
  counts.fill(0, 0, cellOfValue(-Infinity) + 1);
  return counts.fill(0, cellOfValue(Infinity));
}

/** The number at a rank among all, found in the cells that hold it and the next one. */
function quantile(words: Int32Array[], counts: Uint32Array, at: number): number {
  let first = 0;
  let before = 0;
  while (before + counts[first]! <= Math.floor(at)) before += counts[first++]!;
  let last = first;
  let count = counts[first]!;
  while (before + count <= Math.ceil(at)) count += counts[++last]!;
  const found = new Float32Array(count);
  const foundBits = new Int32Array(found.buffer);
  let n = 0;
  for (const bits of words) {
    for (let i = 0; i < bits.length; i++) {
      const cell = cellOf(bits[i]!);
      if (cell >= first && cell <= last) foundBits[n++] = bits[i]!;
    }
  }
  return ranked(found, at - before);
}
