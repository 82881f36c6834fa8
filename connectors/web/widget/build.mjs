// Builds the loader and the panel into dist/, hashed and precompressed, with
// manifest.json naming the files for the hub.
import { createHash } from "node:crypto";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
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
		b.onResolve({ filter: /\/words\/(forms-)?zh$/ }, (a) => ({
			path: join(a.resolveDir, `${a.path.replace(/zh$/, "en")}.ts`),
		}));
	},
};

// program builds one for a language, with what it fetches late as files of their
// own. Names that end in an underscore leave it nowhere: the build shortens them.
async function program(entry, lang, plugins) {
	const result = await build({
		entryPoints: [new URL(entry, import.meta.url).pathname],
		bundle: true,
		minify: true,
		write: false,
		splitting: true,
		metafile: true,
		legalComments: "none",
		logLevel: "warning",
		format: "esm",
		target: ["es2021"],
		mangleProps: /[a-z]_$/,
		outdir: "dist",
		entryNames: `[name]-${lang}-[hash]`,
		chunkNames: `[name]-${lang}-[hash]`,
		plugins,
	});
	const first = Object.entries(result.metafile.outputs).find(([, o]) => o.entryPoint?.endsWith(entry));
	if (first[1].imports.some((i) => i.kind === "import-statement"))
		throw new Error(`${entry} begins with several files`);
	const names = result.outputFiles.map((f) => basename(f.path));
	for (const f of result.outputFiles) files.set(basename(f.path), f.contents);
	return { first: basename(first[0]), late: names.filter((n) => n !== basename(first[0])) };
}

const files = new Map();
const languages = { zh: [], en: [english] };
const inEach = async (entry) =>
	Object.fromEntries(
		await Promise.all(Object.entries(languages).map(async ([l, p]) => [l, await program(entry, l, p)])),
	);

const [loader, invite, panels, previews, css] = await Promise.all([
	// The loader runs in pages of others and in old web views.
	bundle("src/loader/loader.ts", { format: "iife", target: ["es2020"], mangleProps: /[a-z]_$/ }),
	bundle("src/loader/invite.ts", { format: "esm", target: ["es2020"] }),
	inEach("src/panel/main.tsx"),
	inEach("src/preview/preview.tsx"),
	bundle("src/panel/style.css", { target: ["safari15", "chrome87"] }),
]);

await mkdir(out, { recursive: true });
for (const name of await readdir(out)) {
	if (name !== ".keep") await rm(new URL(name, out));
}
const firsts = (all) => Object.fromEntries(Object.entries(all).map(([l, p]) => [l, p.first]));
const panel = {
	css: `panel-${hash(css)}.css`,
	js: firsts(panels),
	preview: firsts(previews),
	late: [...Object.values(panels), ...Object.values(previews)].flatMap((p) => p.late),
};
const invites = `invite-${hash(invite)}.js`;
await write("widget.js", loader);
await write(invites, invite);
await write(panel.css, css);
for (const [name, contents] of files) await write(name, contents);
await writeFile(
	new URL("manifest.json", out),
	`${JSON.stringify({ loader: hash(loader), invite: invites, panel }, null, "\t")}\n`,
);
