// Puts .br and .gz in the place of every text asset, so that the hub serves them as
// they are and the program does not carry each a third time; and removes what an
// earlier build left.
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const dist = new URL("../dist", import.meta.url).pathname;
const assets = join(dist, "assets");
const manifest = JSON.parse(readFileSync(join(dist, ".vite/manifest.json"), "utf8"));
const current = new Set();
for (const chunk of Object.values(manifest)) {
  for (const file of [chunk.file, ...(chunk.css ?? []), ...(chunk.assets ?? [])]) current.add(file);
}

for (const name of readdirSync(assets)) {
  const path = join(assets, name);
  if (!current.has(`assets/${name.replace(/\.(br|gz)$/, "")}`)) {
    rmSync(path);
    continue;
  }
  if (!/\.(js|css|svg|json)$/.test(name) || statSync(path).size < 1024) continue;
  const body = readFileSync(path);
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 10 } };
  writeFileSync(`${path}.br`, brotliCompressSync(body, quality));
  writeFileSync(`${path}.gz`, gzipSync(body, { level: 9 }));
  rmSync(path);
}
