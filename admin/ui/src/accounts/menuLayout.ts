import type { Menu, MenuItem } from "@/api/accounts";

export type Area = NonNullable<MenuItem["area"]>;
export type Picture = NonNullable<Menu["picture"]>;
export type PictureLimit = NonNullable<Menu["limits"]["picture"]>;

/** Layouts are rows of equal height, each of so many equal areas. */
export const layouts: Record<string, number[]> = {
  one: [1],
  two: [2],
  three: [3],
  twoByTwo: [2, 2],
  threeByTwo: [3, 3],
  oneTwo: [1, 2],
  oneThree: [1, 3],
  twoThree: [2, 3],
};

/** measures are those of a picture drawn for a layout: wide for one row, twice as high for two. */
export const measures = (layout: string): { width: number; height: number } => ({
  width: 2500,
  height: (layouts[layout]?.length ?? 1) > 1 ? 1686 : 843,
});

/** areasOf are the areas of a layout on a picture, row by row; none is left over for rounding. */
export function areasOf(layout: string, width: number, height: number): Area[] {
  const rows = layouts[layout] ?? [];
  return rows.flatMap((count, row) => {
    const y = Math.round((row * height) / rows.length);
    const below = Math.round(((row + 1) * height) / rows.length);
    return Array.from({ length: count }, (_, i) => {
      const x = Math.round((i * width) / count);
      return { x, y, width: Math.round(((i + 1) * width) / count) - x, height: below - y };
    });
  });
}

/** layoutOf is the layout whose areas these are, on a picture of these measures. */
export function layoutOf(items: MenuItem[], width: number, height: number): string | undefined {
  const have = JSON.stringify(items.map((i) => i.area && [i.area.x, i.area.y, i.area.width, i.area.height]));
  return Object.keys(layouts).find(
    (name) => have === JSON.stringify(areasOf(name, width, height).map((a) => [a.x, a.y, a.width, a.height])),
  );
}

/** scaled are entries on a picture of other measures. */
export function scaled(items: MenuItem[], from: Picture, to: { width: number; height: number }): MenuItem[] {
  const layout = layoutOf(items, from.width, from.height);
  const fresh = layout ? areasOf(layout, to.width, to.height) : [];
  const x = to.width / from.width;
  const y = to.height / from.height;
  return items.map((item, i) => {
    const a = item.area;
    if (!a) return item;
    const left = Math.floor(a.x * x);
    const top = Math.floor(a.y * y);
    const own = {
      x: left,
      y: top,
      width: Math.floor((a.x + a.width) * x) - left,
      height: Math.floor((a.y + a.height) * y) - top,
    };
    return { ...item, area: fresh[i] ?? own };
  });
}

/** fits reports whether a picture is what the platform wants. */
export function fits(
  p: { width: number; height: number; bytes?: number; mime?: string },
  l: PictureLimit,
): boolean {
  return (
    p.width >= (l.min_width ?? 0) &&
    p.width <= (l.max_width ?? Number.POSITIVE_INFINITY) &&
    p.height >= (l.min_height ?? 0) &&
    p.width >= (l.min_ratio ?? 0) * p.height &&
    (p.bytes ?? 0) <= (l.bytes || Number.POSITIVE_INFINITY) &&
    (!p.mime || !l.mime?.length || l.mime.includes(p.mime))
  );
}

/** draw puts the names of entries into their areas: a plain picture of a menu, in few colours. */
export function draw(
  canvas: HTMLCanvasElement,
  items: MenuItem[],
  of: { width: number; height: number },
): void {
  canvas.width = of.width;
  canvas.height = of.height;
  const c = canvas.getContext("2d");
  if (!c) return;
  c.fillStyle = "#f4f5f7";
  c.fillRect(0, 0, of.width, of.height);
  c.textAlign = "center";
  c.textBaseline = "middle";
  const gap = Math.round(of.width / 200);
  for (const { area: a, label } of items) {
    if (!a) continue;
    c.fillStyle = "#ffffff";
    c.strokeStyle = "#c9ced6";
    c.lineWidth = Math.max(2, gap / 4);
    c.beginPath();
    c.roundRect(a.x + gap, a.y + gap, a.width - 2 * gap, a.height - 2 * gap, gap * 2);
    c.fill();
    c.stroke();
    c.fillStyle = "#1f2937";
    const size = (px: number) => {
      c.font = `600 ${px}px system-ui, "PingFang SC", "Noto Sans SC", "Noto Sans CJK SC", sans-serif`;
      return c.measureText(label).width;
    };
    const most = Math.min(a.height / 3, of.width / 22);
    const wide = size(most);
    const room = a.width - 8 * gap;
    if (wide > room) size(Math.max(12, (most * room) / wide));
    c.fillText(label, a.x + a.width / 2, a.y + a.height / 2, room);
  }
}
