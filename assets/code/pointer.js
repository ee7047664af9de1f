// Where in a JSON text a JSON Pointer (RFC 6901) points to: {from, to}. A part that is not there, such as a missing
// key, is shown at the nearest object that is.

export function placeOf(pointer, tree, doc) {
  let node = tree.topNode.firstChild;
  for (const part of (pointer ?? "").split("/").slice(1)) {
    const next = node && child(node, part.replaceAll("~1", "/").replaceAll("~0", "~"), doc);
    if (!next) break;
    node = next;
  }
  if (!node) return { from: 0, to: 0 };
  // A whole object underlined says nothing: its first line is enough.
  return { from: node.from, to: Math.min(node.to, doc.lineAt(node.from).to) };
}

function child(node, part, doc) {
  if (node.name === "Array") return values(node)[Number(part)];
  return node.getChildren("Property").find((property) => keyOf(property, doc) === part)?.lastChild;
}

const values = (array) => {
  const found = [];
  for (let node = array.firstChild; node; node = node.nextSibling) if (!"[],".includes(node.name)) found.push(node);
  return found;
};

function keyOf(property, doc) {
  const { from, to } = property.firstChild;
  try {
    return JSON.parse(doc.sliceString(from, to));
  } catch {
    return null; // half-typed
  }
}
