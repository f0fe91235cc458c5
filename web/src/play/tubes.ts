/** Pieces of lines as three-sided tubes: what a graphics processor made of software draws soonest. */

import type { Triple } from "./sheet";

/** Corners of the triangles, [x, y, z] of each; of pieces as both ends of each. */
export function tubes(pieces: ArrayLike<number>, radius: number): Float32Array {
  const found = new Float32Array(pieces.length * 9);
  let at = 0;
  for (let k = 0; k < pieces.length; k += 6) {
    const [from, to] = [k, k + 3].map((i): Triple => [pieces[i]!, pieces[i + 1]!, pieces[i + 2]!]);
    const sides = around(from!, to!, radius);
    for (let s = 0; s < 3; s++) {
      const [a, b] = [sides[s]!, sides[(s + 1) % 3]!];
      for (const [end, side] of [[from!, a], [from!, b], [to!, a], [from!, b], [to!, b], [to!, a]] as const) {
        for (let i = 0; i < 3; i++) found[at++] = end[i]! + side[i]!;
      }
    }
  }
  return found;
} // prettier-ignore

/** Three ways across a line, as long as the radius. */
function around(from: Triple, to: Triple, radius: number): Triple[] {
  const along = unit([to[0] - from[0], to[1] - from[1], to[2] - from[2]]);
  const first = unit(cross(along, Math.abs(along[1]) < 0.9 ? [0, 1, 0] : [1, 0, 0]));
  const second = cross(along, first);
  return [90, 210, 330].map((degrees): Triple => {
    const turn = (degrees * Math.PI) / 180;
    const [c, s] = [radius * Math.cos(turn), radius * Math.sin(turn)];
    return [0, 1, 2].map((i) => c * first[i]! + s * second[i]!) as Triple;
  });
}

const cross = (a: Triple, b: Triple): Triple => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];

function unit([x, y, z]: Triple): Triple {
  const length = Math.hypot(x, y, z);
  return length > 0 ? [x / length, y / length, z / length] : [1, 0, 0];
}
