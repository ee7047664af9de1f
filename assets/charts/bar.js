import { SERIES, colour, font, grid, labels, legend, lightColour, numberForm, tooltip, values } from "./look.js";

// {kind: "bar", unit, labels: […], series: [{name, values: [number | {value, light, url}]}], stacked, horizontal, band: [low, high]}
export function bar({ unit, labels: names, series, stacked, horizontal, band }) {
  const format = numberForm(unit);
  const axes = [labels(names), values(unit)];
  const [xAxis, yAxis] = horizontal ? axes.reverse() : axes;
  if (horizontal) yAxis.inverse = true; // the first label stands on top, as in a list
  return {
    color: SERIES,
    textStyle: font,
    grid: { ...grid, top: series.length > 1 ? 40 : 16 },
    legend: series.length > 1 ? legend : undefined,
    tooltip: tooltip({ trigger: "axis", axisPointer: { type: "shadow" }, valueFormatter: format }),
    xAxis,
    yAxis,
    series: series.map((one, index) => ({
      type: "bar",
      name: one.name,
      data: one.values.map(point),
      stack: stacked ? "all" : undefined,
      barMaxWidth: 28,
      itemStyle: { borderRadius: stacked ? 0 : 4 },
      markArea: index === 0 && band ? bandArea(band, horizontal) : undefined,
    })),
  };
}

function point(value) {
  if (value === null || typeof value !== "object") return value;
  return { value: value.value, url: value.url, itemStyle: value.light && { color: lightColour(value.light) } };
}

function bandArea([low, high], horizontal) {
  const axis = horizontal ? "xAxis" : "yAxis";
  return { silent: true, itemStyle: { color: colour("accent-tint") }, data: [[{ [axis]: low }, { [axis]: high }]] };
}
