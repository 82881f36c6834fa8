"use strict";
// Draws the OpenAPI document. Everything from it is put in as text, never as HTML.
(async () => {
  const main = document.getElementById("main");
  const nav = document.getElementById("nav");
  const find = document.getElementById("find");
  const el = (tag, props, ...kids) => {
    const e = Object.assign(document.createElement(tag), props);
    e.append(...kids.filter((k) => k !== null && k !== undefined));
    return e;
  };
  // prose understands paragraphs, `code`, **bold** and lists, as the document uses them.
  const prose = (text) => {
    const box = el("div", {});
    for (const block of (text || "").split(/\n\n+/)) {
      if (!block.trim()) continue;
      const lines = block.split("\n");
      const list = lines.every((l) => l.startsWith("- "));
      const parent = el(list ? "ul" : "p", {});
      for (const line of lines) {
        const into = list ? el("li", {}) : parent;
        for (const piece of line.replace(/^- /, "").split(/(`[^`]+`|\*\*[^*]+\*\*)/)) {
          if (piece.startsWith("`")) into.append(el("code", { textContent: piece.slice(1, -1) }));
          else if (piece.startsWith("**")) into.append(el("b", { textContent: piece.slice(2, -2) }));
          else into.append(piece);
        }
        if (list) parent.append(into);
        else into.append(" ");
      }
      box.append(parent);
    }
    return box;
  };
  const response = await fetch("/api/openapi.json");
  const doc = await response.json();
  const schemas = doc.components.schemas;
  const named = (s) => (s && s.$ref ? s.$ref.split("/").pop() : "");
  const whole = (s) => (s && s.$ref ? schemas[named(s)] : s) || {};
  const type = (s) => {
    if (!s) return "";
    if (s.$ref) return named(s);
    const t = Array.isArray(s.type) ? s.type.filter((x) => x !== "null").join(" | ") : s.type || "any";
    if (t === "array") return `${type(s.items)}[]`;
    if (t === "object" && s.additionalProperties && s.additionalProperties !== true) return `{ name: ${type(s.additionalProperties)} }`;
    return s.format && t === "string" ? `${t} (${s.format})` : t;
  };
  const limits = (s) => {
    const out = [];
    if (s.enum) out.push(s.enum.join(" | "));
    if (s.minimum !== undefined || s.maximum !== undefined) out.push(`${s.minimum ?? "…"}–${s.maximum ?? "…"}`);
    if (s.minLength !== undefined || s.maxLength !== undefined) out.push(`${s.minLength ?? 0}–${s.maxLength ?? "…"} characters`);
    if (s.maxItems !== undefined) out.push(`at most ${s.maxItems}`);
    if (s.default !== undefined) out.push(`default ${JSON.stringify(s.default)}`);
    return out.join("; ");
  };
  const row = (name, s, needed) =>
    el("tr", {}, el("td", {}, el("code", { textContent: name + (needed ? " *" : "") })), el("td", {}, el("code", { textContent: type(s) })),
      el("td", {}, el("span", { textContent: [s.description, limits(s)].filter(Boolean).join(" · ") })));
  const table = (rows) => el("table", {}, el("thead", {}, el("tr", {}, el("th", { textContent: "Name" }), el("th", { textContent: "Type" }), el("th", { textContent: "About" }))), el("tbody", {}, ...rows));
  const fields = (s, seen = []) => {
    let shape = whole(s);
    if (shape.type === "array" || (Array.isArray(shape.type) && shape.type.includes("array"))) return fields(shape.items, seen);
    const props = Object.entries(shape.properties || {});
    if (!props.length) return el("p", {}, el("code", { textContent: type(s) }));
    const needed = shape.required || [];
    const box = el("div", {}, table(props.map(([n, p]) => row(n, p, needed.includes(n)))));
    for (const [n, p] of props) {
      const inner = p.$ref ? p : p.items && p.items.$ref ? p.items : null;
      if (!inner || seen.includes(named(inner))) continue;
      const more = el("details", {}, el("summary", { textContent: `${n}: ${named(inner)}` }));
      more.addEventListener("toggle", () => { if (more.open && more.children.length === 1) more.append(fields(inner, [...seen, named(inner)])); });
      box.append(more);
    }
    return box;
  };
  const body = (content) => {
    const [kind, media] = Object.entries(content || {})[0] || [];
    return kind ? el("div", {}, el("p", { textContent: kind }), media.schema ? fields(media.schema) : null) : null;
  };
  main.replaceChildren(prose(doc.info.description));
  const groups = new Map(doc.tags.map((t) => [t.name, []]));
  for (const [path, item] of Object.entries(doc.paths))
    for (const method of ["get", "post", "put", "patch", "delete"])
      if (item[method]) groups.get(item[method].tags[0]).push({ path, method, op: item[method] });
  const all = [];
  for (const [tag, ops] of groups) {
    nav.append(el("h2", { textContent: tag }));
    main.append(el("h2", { textContent: tag }));
    for (const { path, method, op } of ops) {
      const link = el("a", { href: `#${op.operationId}`, title: op.summary }, el("span", { className: "method", textContent: method.toUpperCase() }), path.replace("/api/v1", ""));
      const part = el("section", { id: op.operationId },
        el("span", { className: "may", textContent: op["x-authz"], title: "x-authz: the permission it takes" }),
        el("h3", {}, el("span", { className: "method", textContent: method.toUpperCase() }), " ", el("code", { textContent: path })),
        el("p", { textContent: op.summary }), op.description ? prose(op.description) : null,
        op.parameters ? table(op.parameters.map((p) => row(`${p.name} (${p.in})`, { ...p.schema, description: p.description || p.schema.description }, p.required))) : null);
      if (op.requestBody) part.append(el("details", {}, el("summary", { textContent: "Request body" }), body(op.requestBody.content)));
      for (const [status, r] of Object.entries(op.responses))
        if (status !== "default") part.append(el("details", {}, el("summary", { textContent: `${status} ${r.description || ""}` }), body(r.content)));
      nav.append(link);
      main.append(part);
      all.push({ link, part, text: `${method} ${path} ${op.summary} ${op["x-authz"]}`.toLowerCase() });
    }
  }
  main.append(el("section", { id: "error-forms" }, el("h3", { textContent: "Errors" }), fields({ $ref: "#/components/schemas/Problem" })));
  find.addEventListener("input", () => {
    const words = find.value.toLowerCase().split(/\s+/);
    for (const x of all) x.link.hidden = x.part.hidden = !words.every((w) => x.text.includes(w));
  });
  const at = location.hash.slice(1); // errors name themselves #error-…: their form is described in one place
  if (at) (document.getElementById(at) || (at.startsWith("error-") && document.getElementById("error-forms")))?.scrollIntoView?.();
})();
