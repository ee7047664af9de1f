// Draws every <div data-chart> from the JSON that stands in it (<script type="application/json">) or at data-url.
// The server sends numbers and words, never looks: the shapes it may send are in docs/how-to/pages.md.

import { BarChart, GraphChart, LineChart, TreeChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, MarkAreaComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { bar } from "./charts/bar.js";
import { graph } from "./charts/graph.js";
import { line } from "./charts/line.js";
import { growWithTree, tree } from "./charts/tree.js";

use([
  BarChart, GraphChart, LineChart, TreeChart,
  AriaComponent, GridComponent, LegendComponent, MarkAreaComponent, MarkLineComponent, TooltipComponent,
  SVGRenderer,
]);

const KINDS = { bar, graph, line, tree };
const quiet = matchMedia("(prefers-reduced-motion: reduce)").matches;

drawAll(document);
document.addEventListener("htmx:afterSettle", (event) => drawAll(event.detail.elt));

function drawAll(root) {
  for (const holder of root.querySelectorAll("[data-chart]:not([data-drawn])")) draw(holder);
}

async function draw(holder) {
  holder.dataset.drawn = "";
  const data = await dataOf(holder);
  const chart = init(holder, null, { renderer: "svg", height: data.height });
  chart.setOption({ animation: !quiet, animationDuration: 300, ...KINDS[data.kind](data, holder) });
  if (data.kind === "tree") growWithTree(chart, holder);
  chart.on("click", ({ data: point }) => point?.url && location.assign(point.url));
  new ResizeObserver(() => chart.resize({ width: holder.clientWidth, height: holder.clientHeight })).observe(holder);
}

async function dataOf(holder) {
  if (!holder.dataset.url) return JSON.parse(holder.querySelector('script[type="application/json"]').textContent);
  const answer = await fetch(holder.dataset.url, { headers: { Accept: "application/json" } });
  return answer.json();
}
