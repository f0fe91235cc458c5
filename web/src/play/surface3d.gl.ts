/** The view of a surface in three dimensions, by three.js: loaded when one is first shown. */

import * as three from "three";
import { OrbitControls } from "three/addons/controls/OrbitControls.js";
import type { Size } from "./plot";
import { hit } from "./ray";
import { Sheet, type Pair, type Triple } from "./sheet";
import type { Shown } from "./surface3d";
import { axesOf, coarsen, empty, linesOf, Paths, recoloured, surfaceOf } from "./surface3d.things";

const FROM = new three.Vector3(-1.3, 2.5, 2.85);
const MIDDLE = new three.Vector3(0.06, 0.18, 0);
/** Right above the middle, and no more than a hair nearer: else x would not go to the right. */
const ABOVE = new three.Vector3(MIDDLE.x, 4.3, 0.004);
/** The angle of view in degrees; wider where posts stand around a surface and its axes matter. */
const [NARROW, WIDE] = [35, 40];
/** Points of a grid whose contours are left out while it moves. */
const MANY = 60_000;
/** Radians by which a key turns, and how much nearer one comes. */
const TURN = 0.12;
const NEARER = 1.15;
/** Pixels of the picture to one of the page, along each side: at rest, where lines are smooth if there are more, while
 * it moves, and where it moves without a graphics processor, for which each takes time. */
const SHARP = 2;
const COARSE = 1;
const SOFT = 0.7;

/** Whether a context draws by software alone, as the names of such programs tell. */
function isSoft(context: WebGL2RenderingContext): boolean {
  const told = context.getExtension("WEBGL_debug_renderer_info");
  const name: unknown = context.getParameter(told?.UNMASKED_RENDERER_WEBGL ?? context.RENDERER);
  return /swiftshader|llvmpipe|software|basic render/i.test(String(name));
}

const spherical = (position: three.Vector3, target: three.Vector3): three.Spherical =>
  new three.Spherical().setFromVector3(position.clone().sub(target));

export class View {
  private readonly renderer: three.WebGLRenderer;
  private readonly scene = new three.Scene();
  private readonly camera = new three.PerspectiveCamera(NARROW, 1, 0.05, 30);
  private readonly orbit: OrbitControls;
  private readonly ground = new three.Group();
  private readonly lines = new three.Group();
  private readonly paths = new Paths();
  private readonly moving: number;
  private sheet: Sheet | null = null;
  private surface: three.Mesh | null = null;
  private before: Shown | null = null;

  /** `changed` is called when it is to be painted anew. */
  constructor(context: WebGL2RenderingContext, changed: () => void) {
    const canvas = context.canvas as HTMLCanvasElement;
    this.renderer = new three.WebGLRenderer({ canvas, context });
    this.moving = isSoft(context) ? SOFT : COARSE;
    this.renderer.setClearAlpha(0);
    this.renderer.debug.checkShaderErrors = false; // each check waits for the compiler
    this.scene.add(this.ground, this.lines, this.paths.group);
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

  /** From where it is seen, as a text that `see` takes; "" from where it is at first. */
  get seen(): string {
    const { position } = this.camera;
    if (position.distanceTo(FROM) < 1e-3) return "";
    const { theta, phi, radius } = spherical(position, this.orbit.target);
    return [theta, phi, radius].map((v) => Number(v.toFixed(3))).join(":");
  }

  see(text: string): void {
    const [theta, phi, radius] = text.split(":").map(Number) as Triple;
    if (![theta, phi, radius].every(Number.isFinite)) return;
    this.move((at) => at.set(radius, phi, theta));
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
    const at = spherical(this.camera.position, target);
    change(at);
    this.camera.position.setFromSpherical(at).add(target);
    this.orbit.update();
  }

  /** The place of the surface that is seen at a place of the picture, both from −1 to 1 there, in the numbers of
   * its axes; null beside it. */
  at(right: number, up: number): Pair | null {
    if (!this.sheet) return null;
    this.camera.updateMatrixWorld();
    const from = this.camera.position;
    const toward = new three.Vector3(right, up, 0.5).unproject(this.camera).sub(from).normalize();
    const found = hit(this.sheet, from.toArray() as Triple, toward.toArray() as Triple);
    return found && this.sheet.at(...found);
  }

  /** Paint what is shown, in fewer pixels while it moves. */
  paint(size: Size, shown: Shown, moves: boolean): void {
    this.camera.fov = shown.skin ? WIDE : NARROW;
    this.fit(size, moves ? this.moving : SHARP);
    const sheet = this.sheetOf(shown);
    if (this.before?.tracks !== shown.tracks || this.before.relief !== shown.relief) {
      this.paths.draw(sheet, shown.tracks);
    }
    this.before = shown;
    this.paths.coarse(moves);
    if (shown.skin) coarsen(this.surface!, moves);
    this.lines.visible = !moves || sheet.heights.length < MANY;
    this.renderer.render(this.scene, this.camera);
  }

  private fit({ width, height }: Size, ratio: number): void {
    const now = this.renderer.getSize(new three.Vector2());
    if (now.x === width && now.y === height && this.renderer.getPixelRatio() === ratio) return;
    this.renderer.setPixelRatio(ratio);
    this.renderer.setSize(width, height, false);
    this.camera.aspect = width / height;
    this.camera.updateProjectionMatrix();
  }

  /** The surface that stands there, made anew if it is another one. */
  private sheetOf(shown: Shown): Sheet {
    const { before } = this;
    const same = this.sheet?.relief.values === shown.relief.values &&
      this.sheet.relief.heights === shown.relief.heights && before?.look.dark === shown.look.dark; // prettier-ignore
    const sheet = same ? this.sheet! : this.made(shown);
    if (same && shown.skin && before?.skin !== shown.skin)
      recoloured(this.surface!, sheet, shown.skin);
    if (!same || before?.levels !== shown.levels) {
      empty(this.lines);
      if (shown.skin && shown.levels.length) this.lines.add(linesOf(sheet, shown));
    }
    return sheet;
  }

  private made(shown: Shown): Sheet {
    empty(this.ground);
    this.sheet = new Sheet(shown.relief);
    this.surface = surfaceOf(this.sheet, shown);
    this.ground.add(this.surface, ...axesOf(this.sheet, shown.look.soft));
    this.before = null;
    return this.sheet;
  }

  /** What is seen as a GLB file. */
  async model(): Promise<Blob> {
    const { modelOf } = await import("./model");
    return modelOf(this.before!);
  }

  /** Give back all there is but the context. */
  dispose(): void {
    this.paths.dispose();
    empty(this.ground);
    empty(this.lines);
    this.orbit.dispose();
    this.renderer.dispose();
  }
}
