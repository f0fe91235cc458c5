/** What stands in the three-dimensional view: the surface with its contours and axes, and paths. */

import * as three from "three";
import { LineMaterial } from "three/addons/lines/LineMaterial.js";
import { LineSegments2 } from "three/addons/lines/LineSegments2.js";
import { LineSegmentsGeometry } from "three/addons/lines/LineSegmentsGeometry.js";
import { shortNumber } from "../numbers";
import { isolines } from "./isolines";
import { groundPicture } from "./paint";
import { type Sheet } from "./sheet";
import { coloursOf, positionsOf, type Skin } from "./skin";
import { tubes } from "./tubes";
import type { Shown, Track } from "./surface3d";

/** How far lines are above the surface. */
const ABOVE = 0.006;
/** Half of how thick paths are while all moves. */
const TUBE = 0.009;
/** Pixels of the picture that lies on the surface, along each side. */
const TEXELS = 1024;
// Moved back a little, so that lines win where they lie on it.
const BACK = { polygonOffset: true, polygonOffsetFactor: 1, polygonOffsetUnits: 1 };

/** The surface: in the colours of its skin, else with the contours on it as a picture. */
export function surfaceOf(sheet: Sheet, shown: Shown): three.Mesh {
  const made = new three.BufferGeometry();
  made.setAttribute("position", new three.BufferAttribute(positionsOf(sheet), 3));
  made.setIndex(sheet.triangles());
  if (shown.skin) {
    const surface = new three.Mesh(made, painted());
    const by = Math.ceil(Math.sqrt(sheet.heights.length / FEW));
    const coarse = new three.BufferGeometry().setIndex(by > 1 ? sheet.triangles(by) : made.index);
    surface.userData = { [FINE]: made.index, [COARSE]: coarse.index };
    recoloured(surface, sheet, shown.skin);
    return surface;
  }
  made.setAttribute("uv", new three.BufferAttribute(corners(sheet), 2));
  made.setAttribute("light", new three.BufferAttribute(lightOn(made), 1));
  const map = new three.CanvasTexture(pictured(sheet, shown));
  map.minFilter = three.LinearMipmapNearestFilter;
  return new three.Mesh(made, pasted(map));
}

/** Towards the sun. */
const SUN = new three.Vector3(-2, 2.4, 0.6).normalize();

/** How bright each corner is, as the eye sees it. */
function lightOn(made: three.BufferGeometry): Float32Array {
  made.computeVertexNormals();
  const normals = made.getAttribute("normal");
  const normal = new three.Vector3();
  const bright = Float32Array.from({ length: normals.count }, (_, i) => {
    const facing = Math.max(0, normal.fromBufferAttribute(normals, i).dot(SUN));
    return Math.min(1, (2 + 1.6 * facing) / Math.PI) ** (1 / 2.2);
  });
  made.deleteAttribute("normal");
  return bright;
}

/** Points of a surface that is drawn while it moves. */
const FEW = 12_000;
const [FINE, COARSE] = ["fine", "coarse"];

/** Draw larger triangles of the same surface, or all there are. */
export function coarsen(surface: three.Mesh, coarse: boolean): void {
  surface.geometry.setIndex(surface.userData[coarse ? COARSE : FINE] as three.BufferAttribute);
}

/** The grid's points on the picture. */
function corners({ columns, rows }: Sheet): Float32Array {
  const uvs = new Float32Array(2 * columns * rows);
  for (let j = 0; j < rows; j++) {
    for (let i = 0; i < columns; i++) {
      uvs.set([i / (columns - 1), j / (rows - 1)], 2 * (j * columns + i));
    }
  }
  return uvs;
}

/** A material that shows a picture in the light of the corners: no fragment asks for more, since without a
 * graphics processor that is what takes time. */
const pasted = (map: three.Texture) =>
  Object.assign(
    new three.ShaderMaterial({
      uniforms: { map: { value: map } },
      vertexShader: `attribute float light; varying vec3 seen;
        void main() { seen = vec3(uv, light); gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0); }`,
      fragmentShader: `uniform sampler2D map; varying vec3 seen;
        void main() { gl_FragColor = vec4(seen.z * texture2D(map, seen.xy).rgb, 1.0); }`,
      side: three.DoubleSide,
      ...BACK,
    }),
    { map }, // given back with the material
  );

/** A material that shows the colours of the corners as they are. */
const painted = () =>
  new three.ShaderMaterial({
    vertexShader: `attribute vec3 color; varying vec3 shown;
      void main() { shown = color; gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0); }`,
    fragmentShader: `varying vec3 shown; void main() { gl_FragColor = vec4(shown, 1.0); }`,
    side: three.DoubleSide,
    ...BACK,
  });

/** Give a surface the colours of a skin. */
export function recoloured(surface: three.Mesh, sheet: Sheet, skin: Skin): void {
  const colours = new three.BufferAttribute(coloursOf(sheet, skin), 3, true);
  surface.geometry.setAttribute("color", colours);
}

/** The contours of a surface as lines on it. */
export function linesOf(sheet: Sheet, { levels, look }: Shown): three.LineSegments {
  const pieces = isolines(sheet, levels.map(sheet.relief.heights.of)); // prettier-ignore
  const places = new Float32Array(pieces.length);
  for (let k = 0; k < pieces.length; k += 3) {
    places.set(sheet.raised(pieces[k]!, pieces[k + 1]!, pieces[k + 2]!, ABOVE / 2), k);
  }
  const geometry = new three.BufferGeometry();
  geometry.setAttribute("position", new three.BufferAttribute(places, 3));
  const color = look.dark ? "#ffffff" : "#000000";
  const line = new three.LineBasicMaterial({ color, transparent: true, opacity: 0.3 });
  return new three.LineSegments(geometry, line);
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
  edge: LineMaterial;
  post: three.LineBasicMaterial;
  ball: three.MeshBasicMaterial;
}

/** Paths, made anew when they are others. Their materials are kept: with the last one of a kind its program would
 * go, and be compiled again. */
export class Paths {
  readonly group = new three.Group();
  /** Lines as they are at rest, and while all moves. */
  private readonly sharp = new three.Group();
  private readonly blunt = new three.Group();
  /** What makes the lines that are sharp, once they are wanted: most paths change before. */
  private toSharpen: (() => void)[] = [];
  private readonly materials = new Map<string, Materials>();
  private readonly round = new three.SphereGeometry(0.028, 20, 14);

  /** Each path up to its step, and a ball where that is. */
  draw(sheet: Sheet, tracks: Track[]): void {
    this.clear();
    for (const track of tracks) this.add(sheet, track);
    this.group.add(this.sharp, this.blunt);
  }

  private add(sheet: Sheet, track: Track): void {
    const { w, upTo, losses, lifted } = track;
    const of = this.materialsOf(track);
    const raised = losses && lifted ? losses : undefined;
    const pieces = raised
      ? sheet.lifted(w, raised, upTo)
      : sheet.draped(w, upTo, track.edge ? 2 * ABOVE : ABOVE);
    if (pieces.length) this.lay(pieces, of, !!track.edge);
    if (losses) this.stand(sheet.posts(w, losses, upTo), of.post);
    const at = sheet.place(w.data[2 * upTo]!, w.data[2 * upTo + 1]!);
    if (!sheet.holds(at)) return;
    const place = raised ? sheet.raised(...at, sheet.relief.heights.of(raised[upTo]!)) : sheet.point(...at, ABOVE); // prettier-ignore
    if (!Number.isFinite(place[1])) return;
    const mark = new three.Mesh(this.round, of.ball);
    mark.position.set(...place);
    this.group.add(mark);
  }

  /** A line, sharp and with an edge at rest, as a tube while all moves. */
  private lay(pieces: number[], { line, edge, ball }: Materials, hasEdge: boolean): void {
    this.toSharpen.push(() => {
      const geometry = new LineSegmentsGeometry().setPositions(pieces);
      const own = new LineSegments2(geometry, line);
      own.renderOrder = 1;
      if (hasEdge) this.sharp.add(new LineSegments2(geometry, edge));
      this.sharp.add(own);
    });
    const places = new three.BufferAttribute(tubes(pieces, TUBE), 3);
    const tube = new three.BufferGeometry().setAttribute("position", places);
    this.blunt.add(new three.Mesh(tube, ball));
  }

  private stand(pieces: number[], material: three.LineBasicMaterial): void {
    if (!pieces.length) return;
    const places = new three.Float32BufferAttribute(pieces, 3);
    const geometry = new three.BufferGeometry().setAttribute("position", places);
    this.group.add(new three.LineSegments(geometry, material));
  }

  private materialsOf({ colour: color, faded, edge }: Track): Materials {
    const key = `${color} ${faded} ${edge}`;
    const look = { color, transparent: faded, opacity: faded ? 0.15 : 1 };
    const found = this.materials.get(key) ?? {
      line: new LineMaterial({ ...look, linewidth: 2.6 }),
      edge: new LineMaterial({ color: edge ?? color, linewidth: 5, depthWrite: false }),
      post: new three.LineBasicMaterial({ color, transparent: true, opacity: 0.75 }),
      ball: new three.MeshBasicMaterial(look),
    };
    this.materials.set(key, found);
    return found;
  }

  private clear(): void {
    this.group.remove(this.sharp, this.blunt);
    this.toSharpen = [];
    for (const group of [this.group, this.sharp, this.blunt]) {
      for (const thing of group.children as three.Mesh[]) {
        if (thing.geometry !== this.round) thing.geometry.dispose();
      }
      group.clear();
    }
  }

  /** How lines are drawn while all moves, or at rest. */
  coarse(moves: boolean): void {
    if (!moves) for (const sharpen of this.toSharpen.splice(0)) sharpen();
    this.sharp.visible = !moves;
    this.blunt.visible = moves;
  }

  dispose(): void {
    this.clear();
    this.round.dispose();
    for (const all of this.materials.values()) {
      for (const material of Object.values(all) as three.Material[]) material.dispose();
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
