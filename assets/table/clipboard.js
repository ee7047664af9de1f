// Copy, cut and paste as spreadsheets do: tabs between cells, lines between rows, quotes around a cell that has either.

const MOST_LINES = 501; // the server says how many a table may have; more than one too many need not travel

export function startClipboard(session, grid) {
  document.addEventListener("copy", (event) => grid.isActive() && copy(event));
  document.addEventListener("cut", (event) => {
    if (!grid.isActive()) return;
    copy(event);
    session.perform({ do: "clear", ...grid.block() });
  });
  document.addEventListener("paste", (event) => {
    if (!grid.isActive()) return;
    event.preventDefault();
    const text = event.clipboardData.getData("text/plain");
    const lines = text.replace(/\r\n?/g, "\n").replace(/\n+$/, "").split("\n");
    session.perform({
      do: "paste", ...grid.start(), merged: hasMergedCells(event.clipboardData.getData("text/html")),
      text: lines.slice(0, MOST_LINES).join("\n"), lines: lines.length > MOST_LINES ? lines.length : null,
    });
  });

  function copy(event) {
    event.preventDefault();
    event.clipboardData.setData("text/plain", grid.text().map((line) => line.map(quoted).join("\t")).join("\n"));
  }
}

const quoted = (text) => (/[\t\n"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

// Text alone does not tell: merged cells come as one full and some empty ones.
function hasMergedCells(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  return [...page.querySelectorAll("td, th")].some((cell) => cell.rowSpan > 1 || cell.colSpan > 1);
}
