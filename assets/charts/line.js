import { SERIES, colour, font, grid, labels, legend, numberForm, tooltip, values } from "./look.js";

// {kind: "line", unit, labels: […], series: [{name, values: […], dashed}], base: number} — base is the 基准线
export function line({ unit, labels: names, series, base }) {
  return {
    color: SERIES,
    textStyle: font,
    grid,
    legend,
    tooltip: tooltip({ trigger: "axis", valueFormatter: numberForm(unit) }),
    xAxis: { ...labels(names), boundaryGap: false },
    yAxis: values(unit),
    series: series.map((one, index) => ({
      type: "line",
      name: one.name,
      data: one.values,
      symbolSize: 6,
      connectNulls: false,
      lineStyle: { width: 2, type: one.dashed ? "dashed" : "solid" },
      markLine: index === 0 && base != null ? baseLine(base) : undefined,
    })),
  };
}

const baseLine = (value) => ({
  silent: true,
  symbol: "none",
  lineStyle: { color: colour("ink-3"), type: "dashed" },
  label: { show: false },
  data: [{ yAxis: value }],
});
