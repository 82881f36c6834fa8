/** matches finds words in any order, each anywhere, then letters in order within one word. */
export function matches(query: string, text: string): boolean {
  const words = query.toLowerCase().trim().split(/\s+/).filter(Boolean);
  const hay = text.toLowerCase();
  return words.every((w) => hay.includes(w) || hay.split(/\s+/).some((h) => inOrder(w, h)));
}

function inOrder(needle: string, hay: string): boolean {
  if (needle[0] !== hay[0]) return false;
  let i = 0;
  for (const c of hay) if (c === needle[i]) i++;
  return i === needle.length;
}
