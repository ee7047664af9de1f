// Bundles our sources with the npm packages into assets/built/, every name carrying its content's hash.
// Run by hatch_build.py; by hand: node assets/build.mjs. manifest.json and icons.json are read by core/assets.py.

import * as esbuild from "esbuild";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { gzipSync } from "node:zlib";

const SOURCES = import.meta.dirname;
const BUILT = join(SOURCES, "built");
const ICONS = join(SOURCES, "../node_modules/@tabler/icons/icons/outline");

rmSync(BUILT, { recursive: true, force: true });
mkdirSync(BUILT, { recursive: true });

const manifest = { ...(await bundle()), ...copyImages() };
manifest["site.webmanifest"] = webmanifest();
compress();
write("icons.json", JSON.stringify(icons()));
// Last, because a manifest promises that all it names is there.
write("manifest.json", JSON.stringify(manifest, null, 2) + "\n");

async function bundle() {
  const { metafile } = await esbuild.build({
    entryPoints: ["app.js", "charts.js", "code.js", "flow_designer.js", "form_designer.js", "form_page.js", "formula.js", "rich_text.js", "service_worker.js", "table.js", "app.css"].map((name) => join(SOURCES, name)),
    outdir: BUILT,
    entryNames: "[name]-[hash]",
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2022",
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
  });
  const outputs = Object.entries(metafile.outputs).filter(([, output]) => output.entryPoint);
  return Object.fromEntries(outputs.map(([path, output]) => [basename(output.entryPoint), basename(path)]));
}

function copyImages() {
  const names = readdirSync(join(SOURCES, "images"));
  return Object.fromEntries(names.map((name) => [name, writeHashed(name, readFileSync(join(SOURCES, "images", name)))]));
}

function webmanifest() {
  const text = readFileSync(join(SOURCES, "site.webmanifest"), "utf8");
  return writeHashed("site.webmanifest", text.replace("logo.svg", manifest["logo.svg"]));
}

function writeHashed(name, content) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 8);
  const hashed = `${basename(name, extname(name))}-${hash}${extname(name)}`;
  write(hashed, content);
  return hashed;
}

// The server sends these as they are: compressing 500 kB of CSS for every visitor would cost more than it saves.
function compress() {
  for (const name of readdirSync(BUILT).filter((name) => /\.(js|css|svg)$/.test(name))) {
    write(`${name}.gz`, gzipSync(readFileSync(join(BUILT, name)), { level: 9 }));
  }
}

// Icons are written into the page, so no browser needs a second request or a wider security policy for them.
function icons() {
  const names = readFileSync(join(SOURCES, "icons.txt"), "utf8").split("\n").filter(Boolean);
  return Object.fromEntries(names.map((name) => [name, shapes(readFileSync(join(ICONS, `${name}.svg`), "utf8"))]));
}

function shapes(svg) {
  const inner = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"));
  return inner.replace(/<path stroke="none" d="M0 0h24v24H0z"[^>]*>/, "").replace(/\s*\n\s*/g, "");
}

function write(name, content) {
  writeFileSync(join(BUILT, name), content);
}
