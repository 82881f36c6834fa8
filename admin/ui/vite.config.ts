import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

// The hub that `npm run dev` talks to: a running `parley serve`, or dev/mock.
const hub = process.env.PARLEY_DEV_HUB ?? "http://127.0.0.1:8080";

/** Some styles of the component library are made without the nonce it was given: they take the page's. */
const nonce: Plugin = {
  name: "nonce-for-every-style",
  transform(code, id) {
    if (!id.includes("@rc-component/util/es/Dom/dynamicCSS")) return;
    const out = code.replace(
      /if \(csp\?\.nonce\) \{\s*styleNode\.nonce = csp\?\.nonce;\s*\}/,
      'styleNode.nonce = csp?.nonce ?? document.querySelector("meta[name=csp-nonce]")?.content ?? "";',
    );
    if (out === code) this.error("the library makes styles in another way now");
    return out;
  },
};

export default defineConfig({
  plugins: [react(), nonce],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    target: "es2022",
    // dist/.keep is committed so that Go can embed the folder before a build.
    emptyOutDir: false,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1200,
    manifest: true,
    // What the inbox starts with comes in two files, one of which seldom changes, and what stands beside a thread in
    // a third, after them: a hundred small ones cost more than their words. The rest is cut as its screens need it.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: "library", tags: ["$initial"], test: /node_modules/, priority: 2 },
            { name: "start", tags: ["$initial"], priority: 1 },
            { name: "beside", test: /src\/beside\.ts$/ },
          ],
        },
      },
    },
  },
  server: { proxy: { "/api": { target: hub, ws: true }, "/files": hub } },
});
