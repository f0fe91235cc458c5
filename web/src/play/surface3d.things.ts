/** What stands in the three-dimensional view: the surface with its contours and axes, and paths. */

import * as three from "three";
import { LineMaterial } from "three/addons/lines/LineMaterial.js";
import { LineSegments2 } from "three/addons/lines/LineSegments2.js";
import { LineSegmentsGeometry } from "three/addons/lines/LineSegmentsGeometry.js";
import { shortNumber } from "../numbers";
import { groundPicture } from "./paint";
import { type Sheet } from "./sheet";
import type { Shown, Track } from "./surface3d";

/** How far paths are above the surface. */
const ABOVE = 0.006;
/** Pixels of the picture that lies on the surface, along each side. */
const TEXELS = 1024;

/** The surface, on which the contours lie as a picture. */
export function surfaceOf(sheet: Sheet, shown: Shown, anisotropy: number): three.Mesh {
  const { columns, rows } = sheet;
  const positions = new Float32Array(3 * columns * rows);
  const uvs = new Float32Array(2 * columns * rows);
  for (let j = 0; j < rows; j++) {
    for (let i = 0; i < columns; i++) {
      positions.set(sheet.point(i, j), 3 * (j * columns + i));
      uvs.set([i / (columns - 1), j / (rows - 1)], 2 * (j * columns + i));
    }
  }
  const made = new three.BufferGeometry();
  made.setAttribute("position", new three.BufferAttribute(positions, 3));
  made.setAttribute("uv", new three.BufferAttribute(uvs, 2));
  made.setIndex(sheet.triangles());
  made.computeVertexNormals();
  const map = new three.CanvasTexture(pictured(sheet, shown));
  map.colorSpace = three.SRGBColorSpace;
  map.anisotropy = anisotropy;
  // Moved back a little, so that paths win where they lie on it.
  const back = { polygonOffset: true, polygonOffsetFactor: 1, polygonOffsetUnits: 1 };
  const material = new three.MeshLambertMaterial({ map, side: three.DoubleSide, ...back });
  return new three.Mesh(made, material);
}

function pictured(sheet: Sheet, { levels, crosses, look }: Shown): HTMLCanvasElement {
  const { values } = sheet.relief;
  const picture = groundPicture(TEXELS / 2, TEXELS / 2, 2, values, levels, look.dark);
  const pen = picture.getContext("2d")!;
  pen.strokeStyle = look.good;
  pen.lineWidth = 5;
  for (const [x, y] of crosses) {
    const [u, v] = sheet.place(x, y);
    const [left, up] = [(u / (sheet.columns - 1)) * TEXELS, (1 - v / (sheet.rows - 1)) * TEXELS];
    pen.beginPath();
    for (const side of [1, -1]) {
      pen.moveTo(left - 13, up - 13 * side);
      pen.lineTo(left + 13, up + 13 * side);
    }
    pen.stroke();
  }
  return picture;
}

/** The frame below the surface, with names and ends of both axes along the near side and the right one. */
export function axesOf(sheet: Sheet, colour: string): three.Object3D[] {
  const { x, y } = sheet.relief;
  const [right, away] = sheet.sides.map((side) => side / 2) as [number, number];
  const texts: [string, number, number][] = [
    [shortNumber(x[0]), -right, away + 0.1],
    ["x", 0, away + 0.12],
    [shortNumber(x[1]), right - 0.05, away + 0.1],
    [shortNumber(y[0]), right + 0.14, away - 0.06],
    ["y", right + 0.12, 0],
    [shortNumber(y[1]), right + 0.14, -away],
  ];
  const labels = texts.map(([text, at, near]) => {
    const label = written(text, colour);
    label.position.set(at, 0, near);
    return label;
  });
  const corners = [[-1, -1], [1, -1], [1, 1], [-1, 1]]; // prettier-ignore
  const frame = new three.BufferGeometry().setFromPoints(
    corners.map(([i, j]) => new three.Vector3(i! * right, 0, j! * away)),
  );
  const line = new three.LineBasicMaterial({ color: colour, transparent: true, opacity: 0.5 });
  return [new three.LineLoop(frame, line), ...labels];
}

function written(text: string, colour: string): three.Sprite {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [160, 48];
  const pen = canvas.getContext("2d")!;
  pen.font = "34px system-ui, sans-serif";
  pen.textAlign = "center";
  pen.fillStyle = colour;
  pen.fillText(text, 80, 36);
  const map = new three.CanvasTexture(canvas);
  map.colorSpace = three.SRGBColorSpace;
  const sprite = new three.Sprite(new three.SpriteMaterial({ map, depthTest: false }));
  sprite.scale.set(0.36, 0.108, 1);
  return sprite;
}

interface Materials {
  line: LineMaterial;
  ball: three.MeshBasicMaterial;
}

/** Paths, made anew for every picture. Their materials are kept: with the last one of a kind its program would
 * go, and be compiled again. */
export class Paths {
  readonly group = new three.Group();
  private readonly materials = new Map<string, Materials>();
  private readonly round = new three.SphereGeometry(0.028, 20, 14);

  /** Each path up to its step, and a ball where that is. */
  draw(sheet: Sheet, tracks: Track[]): void {
    this.clear();
    for (const { w, upTo, colour, faded } of tracks) {
      const { line, ball } = this.materialsOf(colour, faded);
      const pieces = sheet.draped(w, upTo, ABOVE);
      if (pieces.length) {
        const geometry = new LineSegmentsGeometry().setPositions(pieces);
        this.group.add(new LineSegments2(geometry, line));
      }
      const at = sheet.place(w.data[2 * upTo]!, w.data[2 * upTo + 1]!);
      if (!sheet.holds(at)) continue;
      const mark = new three.Mesh(this.round, ball);
      mark.position.set(...sheet.point(...at, ABOVE));
      this.group.add(mark);
    }
  }

  private materialsOf(color: string, faded: boolean): Materials {
    const key = `${color} ${faded}`;
    const look = { color, transparent: faded, opacity: faded ? 0.15 : 1 };
    const found = this.materials.get(key) ?? {
      line: new LineMaterial({ ...look, linewidth: 2.6 }),
      ball: new three.MeshBasicMaterial(look),
    };
    this.materials.set(key, found);
    return found;
  }

  private clear(): void {
    for (const thing of this.group.children as three.Mesh[]) {
      if (thing.geometry !== this.round) thing.geometry.dispose();
    }
    this.group.clear();
  }

  dispose(): void {
    this.clear();
    this.round.dispose();
    for (const { line, ball } of this.materials.values()) {
      line.dispose();
      ball.dispose();
    }
  }
}

/** Take the surface and its axes out of a group, and give back what they held on the graphics processor. */
export function empty(group: three.Group): void {
  for (const thing of group.children as three.Mesh[]) {
    if (!("isSprite" in thing)) thing.geometry.dispose(); // all sprites share one, of three's own
    const material = thing.material as three.Material & { map?: three.Texture | null };
    material.map?.dispose();
    material.dispose();
  }
  group.clear();
}
