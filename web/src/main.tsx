import { render } from "preact";
import "uplot/dist/uPlot.min.css";
import "./style.css";
import { App, followDocument } from "./app";
import { drawn } from "./chart/card";
import { paintings } from "./play/paintings";
import { drawing } from "./parts/schedule";
import { pointsHere, refinements, startLoading } from "./series";
import { closePopups } from "./parts/popups";
import { followAddress } from "./settings";
import { waiting } from "./server";
import { start } from "./store";

followAddress();
closePopups();
followDocument();
startLoading();
start();
render(<App />, document.getElementById("page")!);

/** Counters by which tests and benchmarks tell what is on the screen. */
Object.assign(window, {
  uzviz: {
    drawn: () => drawn.value,
    drawing: () => drawing.value,
    refined: () => refinements,
    points: pointsHere,
    painted: () => paintings.count,
    busy: () => waiting.value > 0 || drawing.value > 0,
  },
});
