// Fails when the script needed to show the inbox grows beyond its budget.
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const BUDGET = 350; // kB, gzipped
const dist = new URL("../dist", import.meta.url).pathname;
const manifest = JSON.parse(readFileSync(join(dist, ".vite/manifest.json"), "utf8"));

const seen = new Set();
function add(key) {
  const chunk = manifest[key];
  if (!chunk || seen.has(chunk.file)) return;
  seen.add(chunk.file);
  for (const next of chunk.imports ?? []) add(next);
}
// The page names its scripts; the manifest knows what they import.
const page = readFileSync(join(dist, "index.html"), "utf8");
const named = [...page.matchAll(/<script[^>]* src="\/([^"]+)"/g)].map((m) => m[1]);
for (const key of Object.keys(manifest)) if (named.includes(manifest[key].file)) add(key);
if (seen.size !== named.length) throw new Error(`the page names ${named}, of which ${[...seen]} are known`);
add("src/i18n/zh.ts");

let total = 0;
for (const file of seen) {
  const packed = join(dist, `${file}.gz`); // compress.mjs leaves small ones as they are
  total += (
    existsSync(packed) ? readFileSync(packed) : gzipSync(readFileSync(join(dist, file)), { level: 9 })
  ).length;
}
const kilobytes = Math.round(total / 1000);
console.log(`inbox: ${kilobytes} kB of script, gzipped (budget ${BUDGET})`);
if (kilobytes > BUDGET) process.exit(1);
rmSync(join(dist, ".vite"), { recursive: true });
