// Placeholder until openapi.json exists; `npm run client` writes this file.
// biome-ignore lint/suspicious/noExplicitAny: replaced by the generated types
export type paths = any;
