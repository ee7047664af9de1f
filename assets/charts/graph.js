import { SERIES, colour, font, tooltip } from "./look.js";

// {kind: "graph", nodes: [{id, name, group, size, url}], links: [{from, to, label}]} — which factor acts on which
export function graph({ nodes, links }) {
  const groups = [...new Set(nodes.map((node) => node.group))];
  return {
    color: SERIES,
    textStyle: font,
    tooltip: tooltip(),
    series: [{
      type: "graph",
      layout: "force",
      roam: "move",
      force: { repulsion: 320, edgeLength: 120, layoutAnimation: false },
      categories: groups.map((name) => ({ name: name ?? "" })),
      data: nodes.map((node) => ({ ...node, symbolSize: node.size ?? 28, category: groups.indexOf(node.group) })),
      links: links.map(({ from, to, label }) => ({ source: from, target: to, label: label && { show: true, formatter: label } })),
      edgeSymbol: ["none", "arrow"],
      edgeSymbolSize: 8,
      lineStyle: { color: colour("line-strong"), width: 1.5, curveness: 0.1 },
      label: { show: true, position: "bottom", ...font },
      emphasis: { focus: "adjacency" },
    }],
  };
}
