// Signing with a finger or the mouse. What was drawn is sent as a picture when the finger is lifted; the form carries its
// name. A page that comes back shows the picture again.

import { send } from "./uploads.js";

const ready = new WeakSet();

for (const event of ["htmx:afterSettle", "form:drawn"]) document.addEventListener(event, prepare);
prepare();

function prepare() {
  for (const box of document.querySelectorAll("[data-signature]")) {
    const pad = box.querySelector("canvas");
    if (!ready.has(pad) && box.closest("form")) begin(box, pad);
  }
}

function begin(box, pad) {
  ready.add(pad);
  const ratio = window.devicePixelRatio || 1;
  pad.width = pad.clientWidth * ratio;
  pad.height = pad.clientHeight * ratio;
  const ink = pad.getContext("2d");
  ink.scale(ratio, ratio);
  Object.assign(ink, { lineWidth: 2, lineCap: "round", lineJoin: "round", strokeStyle: "#1a2233" });
  const kept = box.querySelector("input");
  if (kept.value) recall(pad, ink, box.closest("form").dataset.file.replace("NAME", kept.value));
  pad.addEventListener("pointerdown", (event) => draw(event, pad, ink));
  pad.addEventListener("pointerup", () => keep(box, pad, kept));
  box.querySelector("[data-signature-clear]").addEventListener("click", () => {
    ink.clearRect(0, 0, pad.clientWidth, pad.clientHeight);
    settle(kept, "");
  });
}

function draw(event, pad, ink) {
  pad.setPointerCapture(event.pointerId);
  ink.beginPath();
  ink.moveTo(event.offsetX, event.offsetY);
  const move = ({ offsetX, offsetY }) => {
    ink.lineTo(offsetX, offsetY);
    ink.stroke();
  };
  pad.addEventListener("pointermove", move);
  pad.addEventListener("pointerup", () => pad.removeEventListener("pointermove", move), { once: true });
}

function keep(box, pad, kept) {
  pad.toBlob(async (picture) => {
    const answer = await send(box.closest("form"), kept.name, [new File([picture], "signature.png")]).catch(() => null);
    if (!answer?.ok) return;
    const drawn = new DOMParser().parseFromString(await answer.text(), "text/html");
    settle(kept, drawn.querySelector("input").value);
  });
}

function settle(kept, name) {
  kept.value = name;
  kept.dispatchEvent(new Event("change", { bubbles: true }));
}

function recall(pad, ink, url) {
  const picture = new Image();
  picture.onload = () => ink.drawImage(picture, 0, 0, pad.clientWidth, pad.clientHeight);
  picture.src = url;
}
