import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// The hub that `npm run dev` talks to: a running `parley serve`, or dev/mock.
const hub = process.env.PARLEY_DEV_HUB ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    target: "es2022",
    // dist/.keep is committed so that Go can embed the folder before a build.
    emptyOutDir: false,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1200,
    manifest: true,
  },
  server: { proxy: { "/api": { target: hub, ws: true }, "/files": hub } },
});
