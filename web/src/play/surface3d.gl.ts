/** The view of a surface in three dimensions, by three.js: loaded when one is first shown. */

import * as three from "three";
import { OrbitControls } from "three/addons/controls/OrbitControls.js";
import type { Size } from "./plot";
import { Sheet } from "./sheet";
import type { Shown } from "./surface3d";
import { axesOf, empty, Paths, surfaceOf } from "./surface3d.things";

const FROM = new three.Vector3(-1.3, 2.5, 2.85);
const ABOVE = new three.Vector3(0, 4.3, 0.004);
const MIDDLE = new three.Vector3(0.06, 0.18, 0);
/** Radians by which a key turns, and how much nearer one comes. */
const TURN = 0.12;
const NEARER = 1.15;

export class View {
  private readonly renderer: three.WebGLRenderer;
  private readonly scene = new three.Scene();
  private readonly camera = new three.PerspectiveCamera(35, 1, 0.05, 30);
  private readonly orbit: OrbitControls;
  private readonly ground = new three.Group();
  private readonly paths = new Paths();
  private sheet: Sheet | null = null;
  private dark = false;

  /** `changed` is called when it is to be painted anew. */
  constructor(context: WebGL2RenderingContext, changed: () => void) {
    const canvas = context.canvas as HTMLCanvasElement;
    this.renderer = new three.WebGLRenderer({ canvas, context });
    this.renderer.setClearAlpha(0);
    this.renderer.debug.checkShaderErrors = false; // each check waits for the compiler
    this.renderer.setPixelRatio(Math.min(2, devicePixelRatio || 1));
    const sun = new three.DirectionalLight("#fff", 1.6);
    sun.position.set(-2, 2.4, 0.6);
    this.scene.add(new three.AmbientLight("#fff", 2), sun, this.ground, this.paths.group);
    this.orbit = new OrbitControls(this.camera, canvas);
    this.orbit.enablePan = false;
    this.orbit.enableZoom = false;
    this.orbit.minDistance = 0.8;
    this.orbit.maxDistance = 8;
    this.orbit.maxPolarAngle = 0.49 * Math.PI;
    this.reset();
    this.orbit.addEventListener("change", changed);
    canvas.addEventListener("webglcontextrestored", changed);
  }

  /** Whether the wheel zooms. */
  zooms(on: boolean): void {
    this.orbit.enableZoom = on;
  }

  reset(): void {
    this.look(FROM);
  }

  /** From above, x to the right and y upward as contours have them. */
  top(): void {
    this.look(ABOVE);
  }

  private look(from: three.Vector3): void {
    this.camera.position.copy(from);
    this.orbit.target.copy(MIDDLE);
    this.orbit.update();
  }

  /** Turn by steps to the right and upward. */
  turn(right: number, up: number): void {
    this.move((at) => {
      at.theta += right * TURN;
      at.phi = Math.min(this.orbit.maxPolarAngle, Math.max(0.001, at.phi - up * TURN));
    });
  }

  /** Come nearer by steps. */
  zoom(steps: number): void {
    const { minDistance: near, maxDistance: far } = this.orbit;
    this.move((at) => {
      at.radius = Math.min(far, Math.max(near, at.radius * NEARER ** -steps));
    });
  }

  private move(change: (at: three.Spherical) => void): void {
    const { target } = this.orbit;
    const at = new three.Spherical().setFromVector3(this.camera.position.clone().sub(target));
    change(at);
    this.camera.position.setFromSpherical(at).add(target);
    this.orbit.update();
  }

  paint({ width, height }: Size, shown: Shown): void {
    const now = this.renderer.getSize(new three.Vector2());
    if (now.x !== width || now.y !== height) {
      this.renderer.setSize(width, height, false);
      this.camera.aspect = width / height;
      this.camera.updateProjectionMatrix();
    }
    const sheet = this.sheetOf(shown);
    this.paths.draw(sheet, shown.tracks);
    this.renderer.render(this.scene, this.camera);
  }

  /** The surface that stands there, made anew if it is another one. */
  private sheetOf(shown: Shown): Sheet {
    const { relief, look } = shown;
    const same = this.sheet?.relief.values === relief.values && this.dark === look.dark;
    if (this.sheet && same) return this.sheet;
    empty(this.ground);
    this.dark = look.dark;
    this.sheet = new Sheet(relief);
    const anisotropy = this.renderer.capabilities.getMaxAnisotropy();
    this.ground.add(surfaceOf(this.sheet, shown, anisotropy), ...axesOf(this.sheet, look.soft));
    return this.sheet;
  }

  /** Give back all there is but the context. */
  dispose(): void {
    this.paths.dispose();
    empty(this.ground);
    this.orbit.dispose();
    this.renderer.dispose();
  }
}
