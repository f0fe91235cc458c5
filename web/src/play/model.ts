/** A surface with its paths as a GLB file, which other programs open; loaded when one is asked for. */

import * as three from "three";
import { GLTFExporter } from "three/addons/exporters/GLTFExporter.js";
import { Sheet } from "./sheet";
import { coloursOf, positionsOf } from "./skin";
import type { Shown, Track } from "./surface3d";

export async function modelOf(shown: Shown): Promise<Blob> {
  const found = await new GLTFExporter().parseAsync(sceneOf(shown), { binary: true });
  return new Blob([found as ArrayBuffer], { type: "model/gltf-binary" });
}

/** What the file holds: the surface without its holes, each corner in its colour, and a line for each path. */
export function sceneOf(shown: Shown): three.Scene {
  const sheet = new Sheet(shown.relief);
  const scene = new three.Scene();
  scene.add(groundOf(sheet, shown));
  for (const [k, track] of shown.tracks.entries()) {
    const pieces = piecesOf(sheet, track);
    if (!pieces.length) continue;
    const geometry = new three.BufferGeometry();
    geometry.setAttribute("position", new three.Float32BufferAttribute(pieces, 3));
    const material = new three.LineBasicMaterial({ color: track.colour });
    const line = new three.LineSegments(geometry, material);
    line.name = `path ${k}`;
    scene.add(line);
  }
  return scene;
}

const piecesOf = (sheet: Sheet, { w, upTo, losses, lifted }: Track): number[] =>
  losses && lifted ? sheet.lifted(w, losses, upTo) : sheet.draped(w, upTo, 0.006);

function groundOf(sheet: Sheet, { skin }: Shown): three.Mesh {
  const geometry = new three.BufferGeometry();
  geometry.setAttribute("position", new three.BufferAttribute(positionsOf(sheet), 3));
  geometry.setIndex(sheet.triangles());
  geometry.computeVertexNormals();
  if (skin) {
    // Files have linear colours.
    const colours = Float32Array.from(coloursOf(sheet, skin), (byte) => linear(byte / 255));
    geometry.setAttribute("color", new three.BufferAttribute(colours, 3));
  }
  const material = new three.MeshStandardMaterial({ vertexColors: !!skin, side: three.DoubleSide });
  const ground = new three.Mesh(geometry, material);
  ground.name = "ground";
  return ground;
}

const linear = (c: number): number => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
