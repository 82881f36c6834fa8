// Builds the loader and the panel into dist/, hashed and precompressed, with
// manifest.json naming the files for the hub.
import { createHash } from "node:crypto";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

import { build } from "esbuild";

const out = new URL("dist/", import.meta.url);

async function bundle(entry, options) {
	const result = await build({
		entryPoints: [new URL(entry, import.meta.url).pathname],
		bundle: true,
		minify: true,
		write: false,
		legalComments: "none",
		logLevel: "warning",
		...options,
	});
	return result.outputFiles[0].contents;
}

async function write(name, contents) {
	const raw = Buffer.from(contents);
	await writeFile(new URL(name, out), raw);
	await writeFile(new URL(`${name}.gz`, out), gzipSync(raw, { level: 9 }));
	await writeFile(
		new URL(`${name}.br`, out),
		brotliCompressSync(raw, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
	);
}

const hash = (contents) => createHash("sha256").update(contents).digest("base64url").slice(0, 12);

// english puts the English words in the place of the Chinese ones.
const english = {
	name: "english",
	setup(b) {
		b.onResolve({ filter: /\/words\/zh$/ }, (a) => ({ path: join(a.resolveDir, "words/en.ts") }));
	},
};
// Names that end in an underscore leave the panel nowhere: the build shortens them.
const panelOptions = { format: "esm", target: ["es2021"], mangleProps: /[a-z]_$/ };

const [loader, zh, en, css] = await Promise.all([
	// The loader runs in pages of others and in old web views.
	bundle("src/loader/loader.ts", { format: "iife", target: ["es2020"] }),
	bundle("src/panel/main.tsx", panelOptions),
	bundle("src/panel/main.tsx", { ...panelOptions, plugins: [english] }),
	bundle("src/panel/style.css", { target: ["safari15", "chrome87"] }),
]);

await mkdir(out, { recursive: true });
for (const name of await readdir(out)) {
	if (name !== ".keep") await rm(new URL(name, out));
}
const panel = {
	css: `panel-${hash(css)}.css`,
	js: { zh: `panel-zh-${hash(zh)}.js`, en: `panel-en-${hash(en)}.js` },
};
await write("widget.js", loader);
await write(panel.css, css);
await write(panel.js.zh, zh);
await write(panel.js.en, en);
await writeFile(
	new URL("manifest.json", out),
	`${JSON.stringify({ loader: hash(loader), panel }, null, "\t")}\n`,
);
