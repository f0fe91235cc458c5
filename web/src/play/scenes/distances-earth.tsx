/** The distance over a globe: two places on a flat map, and the shortest way between them on the round one. */

import { geoDistance, geoGraticule10, geoInterpolate, geoOrthographic, geoPath } from "d3-geo";
import { shortNumber } from "../../numbers";
import { spoken } from "../../words";
import { fact } from "../frames";
import { CITIES, LAND, SOUTH, type City } from "../land";
import { Panel, type Handle } from "../panel";
import * as paint from "../paint";
import { inside, type Plot } from "../plot";
import type { Got } from "../server";
import { pointNamed, set } from "../state";
import { controlWords, said } from "../words";

type Place = [number, number];

const here = (): Place => pointNamed("here");
const there = (): Place => pointNamed("there");

const colours = (dark: boolean) =>
  dark
    ? { land: "#3c4a3f", sea: "#1c2836", net: "#ffffff18" }
    : { land: "#dfe6d3", sea: "#eaf2f9", net: "#00000014" };

/** The shortest way, in pieces that do not cross the map's edge. */
function pieces(): Place[][] {
  const at = geoInterpolate(here(), there());
  const found: Place[][] = [[]];
  for (let i = 0; i <= 160; i++) {
    const place = at(i / 160);
    const last = found.at(-1)!.at(-1);
    if (last && Math.abs(place[0] - last[0]) > 180) found.push([]);
    found.at(-1)!.push(place);
  }
  return found;
}

export function WorldMap({ globe }: { globe: Got }) {
  const draw = (plot: Plot) => {
    const { pen, look } = plot;
    const { land, sea } = colours(look.dark);
    inside(plot, () => {
      pen.fillStyle = sea;
      pen.fillRect(plot.left, plot.top, plot.right - plot.left, plot.bottom - plot.top);
      pen.fillStyle = land;
      pen.fillRect(plot.left, plot.y(-72), plot.right - plot.left, plot.bottom - plot.y(-72));
      for (const ring of LAND) {
        pen.beginPath();
        for (const [i, [lon, lat]] of ring.entries()) {
          if (i) pen.lineTo(plot.x(lon), plot.y(lat));
          else pen.moveTo(plot.x(lon), plot.y(lat));
        }
        pen.fill();
      }
    });
    const some = plot.right - plot.left > 330 ? CITIES : [];
    for (const one of some) name(plot, one, plot.x(one.at[0]), plot.y(one.at[1]));
    const [one, two] = [here(), there()];
    paint.line(plot, [one[0], two[0]], [one[1], two[1]], { colour: look.soft, dash: [4, 4], width: 1.4 });
    for (const piece of pieces()) {
      paint.line(plot, piece.map((p) => p[0]), piece.map((p) => p[1]), { colour: look.accent, width: 2.4 });
    }
  }; // prettier-ignore
  const handles: Handle[] = [
    { label: controlWords("here"), at: here(), colour: "var(--good)", move: (x, y) => set({ here: [x, y] }) },
    { label: controlWords("there"), at: there(), colour: "var(--bad)", move: (x, y) => set({ there: [x, y] }) },
  ]; // prettier-ignore
  const km = Math.round(fact(globe, "haversine"));
  return (
    <Panel label={said("map")} title={`${said("haversine")}: ${km} ${said("km")}`}
      x={{ ends: [-180, 180], label: said("longitude") }} y={{ ends: [-90, 90], label: said("latitude") }}
      ratio={0.54} paint={draw} handles={handles} />
  ); // prettier-ignore
}

/** A city's dot and name; further off where one of the two places covers it. */
function name(plot: Plot, city: City, x: number, y: number): void {
  plot.pen.fillStyle = plot.look.soft;
  plot.pen.beginPath();
  plot.pen.arc(x, y, 1.8, 0, 7);
  plot.pen.fill();
  const covered = [here(), there()].some((p) => geoDistance(p, city.at) < 0.08);
  const off = covered ? 16 : 4;
  paint.say(plot, city[spoken.value], x + 4, city.below ? y + off + 9 : y - off, plot.look.soft);
}

export function Globe({ globe }: { globe: Got }) {
  const draw = (plot: Plot) => {
    const { pen, look } = plot;
    const { land, sea, net } = colours(look.dark);
    const middle = geoInterpolate(here(), there())(0.5);
    const [width, height] = [plot.right - plot.left, plot.bottom - plot.top];
    const projection = geoOrthographic()
      .rotate([-middle[0], -middle[1]])
      .scale(Math.min(width, height) / 2)
      .translate([plot.left + width / 2, plot.top + height / 2]);
    const path = geoPath(projection, pen);
    const filled = (what: Parameters<typeof path>[0], colour: string) => {
      pen.beginPath();
      path(what);
      pen.fillStyle = colour;
      pen.fill();
    };
    const lined = (what: Parameters<typeof path>[0], colour: string, wide: number) => {
      pen.beginPath();
      path(what);
      pen.strokeStyle = colour;
      pen.lineWidth = wide;
      pen.stroke();
    };
    pen.setLineDash([]);
    filled({ type: "Sphere" }, sea);
    filled(SOUTH, land);
    for (const ring of LAND) filled({ type: "Polygon", coordinates: [ring] }, land);
    lined(geoGraticule10(), net, 1);
    lined({ type: "Sphere" }, look.soft, 1);
    for (const one of CITIES.filter(({ at }) => geoDistance(at, middle) < 1.15)) {
      name(plot, one, ...projection(one.at)!);
    }
    lined({ type: "LineString", coordinates: pieces().flat() }, look.accent, 2.6);
    for (const [place, colour] of [[here(), look.good], [there(), look.bad]] as const) {
      filled({ type: "Point", coordinates: place }, colour);
    }
  }; // prettier-ignore
  const none = { ends: [0, 1], ticks: [] } as const;
  const words = `${said("globe")}: ${shortNumber(fact(globe, "haversine"))} ${said("km")}`;
  return <Panel label={words} title={said("globe")} x={none} y={none} ratio={1} paint={draw} />;
}
