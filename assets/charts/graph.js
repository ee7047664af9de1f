import { SERIES, colour, font, tooltip } from "./look.js";

const ROW = 26;

// {kind: "graph", nodes: [{id, name, group, size, url, column, row}], links: [{from, to, label}]} — which factor acts on
// which. With columns and rows the picture stands still and is read from left to right; without, it finds its own place.
export function graph({ nodes, links }, holder) {
  const laidOut = nodes.every((node) => node.column !== undefined);
  const groups = [...new Set(nodes.map((node) => node.group))];
  const columns = Math.max(...nodes.map((node) => node.column ?? 0), 1);
  const rows = Math.max(...nodes.map((node) => node.row ?? 0), 1);
  if (laidOut) holder.style.height = `${(rows + 2) * ROW}px`;
  const room = { left: 24, right: 150, top: 16, bottom: 24 };
  const place = ({ column, row }) => laidOut && {
    x: (column / columns) * (holder.clientWidth - room.left - room.right),
    y: (row / rows) * (holder.clientHeight - room.top - room.bottom),
  };
  return {
    color: SERIES,
    textStyle: font,
    tooltip: tooltip(),
    series: [{
      type: "graph",
      layout: laidOut ? "none" : "force",
      ...(laidOut && room),
      roam: "move",
      force: { repulsion: 320, edgeLength: 120, layoutAnimation: false },
      categories: groups.map((name) => ({ name: name ?? "" })),
      data: nodes.map((node) => ({ ...node, ...place(node), symbolSize: node.size ?? 28, category: groups.indexOf(node.group) })),
      links: links.map(({ from, to, label }) => ({ source: from, target: to, label: label && { show: true, formatter: label } })),
      edgeSymbol: ["none", "arrow"],
      edgeSymbolSize: 8,
      lineStyle: { color: colour("line-strong"), width: 1.5, curveness: laidOut ? 0 : 0.1 },
      label: { show: true, position: laidOut ? "right" : "bottom", ...font },
      emphasis: { focus: "adjacency" },
    }],
  };
}
