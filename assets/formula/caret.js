// Writes into a text area as if it were typed, so that undo takes it back.

// The server counts characters, the browser UTF-16 units.
export function unitOf(text, place) {
  return [...text].slice(0, place).join("").length;
}

export function insertAtCaret(area, text, caret) {
  const before = area.value.slice(0, area.selectionStart);
  const chosen = area.value.slice(area.selectionStart, area.selectionEnd);
  const wraps = text.endsWith("()") && chosen;
  type(area, wraps ? `${text.slice(0, -1)}${chosen})` : text);
  const place = before.length + text.length + (wraps ? chosen.length : caret);
  area.setSelectionRange(place, place);
}

export function replaceRange(area, start, end, text) {
  const at = unitOf(area.value, start);
  area.focus();
  area.setSelectionRange(at, unitOf(area.value, end));
  type(area, text);
}

function type(area, text) {
  area.focus();
  const written = text === "" ? document.execCommand("delete") : document.execCommand("insertText", false, text);
  if (written) return;
  area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
  area.dispatchEvent(new InputEvent("input", { bubbles: true }));
}
