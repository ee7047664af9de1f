// Colours and number forms that all charts share; the colours are those of app.css.

const styles = getComputedStyle(document.documentElement);

export const colour = (name) => styles.getPropertyValue(`--${name}`).trim();

export const SERIES = ["accent", "series-2", "series-3", "series-4", "series-5"].map(colour);

export const font = { fontFamily: getComputedStyle(document.body).fontFamily, color: colour("ink-2"), fontSize: 13 };

export const lightColour = (light) => (light ? colour(`light-${light}`) : colour("ink-3"));

// Tooltips are drawn, not written as HTML: HTML of ECharts carries style attributes, which our security policy refuses.
export const tooltip = (options = {}) => ({
  renderMode: "richText",
  backgroundColor: colour("surface"),
  borderColor: colour("line"),
  borderWidth: 1,
  padding: 12,
  textStyle: { ...font, color: colour("ink"), lineHeight: 22 },
  ...options,
});

const chinese = document.documentElement.lang.startsWith("zh");
const plain = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 2 });

export function numberForm(unit) {
  if (unit === "money") return chinese ? chineseMoney : (yuan) => `¥${plain.format(yuan / 1e6)} M`;
  if (unit === "percent") return (share) => `${plain.format(share * 100)}%`;
  return (value) => (value == null ? "—" : plain.format(value) + (unit ?? ""));
}

function chineseMoney(yuan) {
  if (Math.abs(yuan) >= 1e8) return `${plain.format(yuan / 1e8)}亿`;
  if (Math.abs(yuan) >= 1e4) return `${plain.format(yuan / 1e4)}万`;
  return plain.format(yuan);
}

export const grid = { left: 8, right: 16, top: 40, bottom: 8, containLabel: true };

export const legend = { top: 0, left: 0, icon: "roundRect", itemWidth: 10, itemHeight: 10, textStyle: font };

export const labels = (categories) => ({
  type: "category",
  data: categories,
  axisTick: { show: false },
  axisLine: { lineStyle: { color: colour("line-strong") } },
  axisLabel: font,
});

export const values = (unit) => ({
  type: "value",
  splitLine: { lineStyle: { color: colour("line") } },
  axisLabel: { ...font, formatter: numberForm(unit) },
});
