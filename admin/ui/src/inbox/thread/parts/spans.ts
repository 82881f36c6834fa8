import type { Span } from "@/api/canon";
import { safeURL } from "@/lib/format";

export interface Piece {
  text: string;
  styles: Span["style"][];
  url?: string;
}

const address = /\bhttps?:\/\/[^\s<>"'（）【】《》，。！？；]+[^\s<>"'（）【】《》，。！？；.,:;!?)\]]/gi;

/** pieces cuts a body at its spans, which count code points, and finds plain addresses. */
export function pieces(body: string, spans: Span[] = []): Piece[] {
  const points = [...body];
  const cuts = new Set([0, points.length]);
  for (const span of spans) {
    cuts.add(Math.min(points.length, Math.max(0, span.start)));
    cuts.add(Math.min(points.length, Math.max(0, span.start + span.length)));
  }
  const at = [...cuts].sort((a, b) => a - b);
  const out: Piece[] = [];
  for (let i = 0; i + 1 < at.length; i++) {
    const [from, to] = [at[i]!, at[i + 1]!];
    const over = spans.filter((x) => x.start <= from && x.start + x.length >= to);
    const url = safeURL(over.find((x) => x.style === "link")?.url);
    const piece = { text: points.slice(from, to).join(""), styles: over.map((x) => x.style), url };
    if (url || piece.styles.includes("code") || piece.styles.includes("pre")) out.push(piece);
    else out.push(...linked(piece));
  }
  return out;
}

function linked(piece: Piece): Piece[] {
  const out: Piece[] = [];
  let done = 0;
  for (const hit of piece.text.matchAll(address)) {
    if (hit.index > done) out.push({ ...piece, text: piece.text.slice(done, hit.index) });
    out.push({ ...piece, text: hit[0], url: safeURL(hit[0]) });
    done = hit.index + hit[0].length;
  }
  if (done < piece.text.length) out.push({ ...piece, text: piece.text.slice(done) });
  return out;
}
