import { render } from "preact";
import "uplot/dist/uPlot.min.css";
import "./style.css";
import { App, followDocument } from "./app";
import { startLoading } from "./series";
import { followAddress } from "./settings";
import { start } from "./store";

followAddress();
followDocument();
startLoading();
start();
render(<App />, document.getElementById("page")!);
