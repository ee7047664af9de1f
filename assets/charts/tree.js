import { colour, font, lightColour, numberForm, tooltip } from "./look.js";

const ROW = 30; // px one leaf needs to be read and tapped
const OPEN_LEVELS = 1;

const TONES = { active: "accent", locked: "series-4", reserve: "series-3" };

// {kind: "tree", unit, root: {name, value, light or tone, note, url, children: [ditto]}}
// A node with a url leads there; one with children opens and closes.
export function tree({ unit, root }) {
  const format = numberForm(unit);
  return {
    textStyle: font,
    tooltip: tooltip({ formatter: ({ data }) => [data.name, format(data.value), data.note].filter(Boolean).join("\n") }),
    series: [{
      type: "tree",
      data: [dress(root)],
      left: 24, right: 190, top: 8, bottom: 8,
      symbol: "circle",
      symbolSize: 12,
      initialTreeDepth: OPEN_LEVELS,
      lineStyle: { color: colour("line-strong"), width: 1.5, curveness: 0.6 },
      label: { ...labelAt("right"), formatter: ({ data }) => `{name|${data.name}}  {value|${format(data.value)}}` },
    }],
  };
}

const labelAt = (position) => ({
  position,
  distance: 8,
  rich: { name: { ...font, color: colour("ink"), fontWeight: 500 }, value: font },
  backgroundColor: colour("surface"), // lines pass behind the words
  padding: [2, 4],
});

function dress(node) {
  const fill = node.tone ? colour(TONES[node.tone]) : lightColour(node.light);
  const children = node.children?.map(dress);
  return { ...node, children, itemStyle: { color: children?.length ? fill : colour("surface"), borderColor: fill, borderWidth: 2 } };
}

// ECharts fits a tree into its box; people read it by scrolling. So the box grows and shrinks with the open nodes.
export function growWithTree(chart, holder) {
  const fit = () => {
    const rows = openLeaves(chart.getModel().getSeriesByIndex(0).getData().tree.root);
    holder.style.height = `${Math.max(rows * ROW, 160)}px`;
  };
  fit();
  chart.on("click", () => setTimeout(fit));
}

const openLeaves = (node) =>
  node.isExpand && node.children.length ? node.children.reduce((sum, child) => sum + openLeaves(child), 0) : 1;
