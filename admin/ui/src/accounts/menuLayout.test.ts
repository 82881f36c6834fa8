import { expect, test } from "vitest";
import { areasOf, fits, layoutOf, layouts, scaled } from "./menuLayout";

const limit = {
  mime: ["image/jpeg", "image/png"],
  bytes: 1 << 20,
  min_width: 800,
  max_width: 2500,
  min_height: 250,
  min_ratio: 1.45,
};

test("the areas of every layout cover the picture, none twice", () => {
  for (const name of Object.keys(layouts)) {
    for (const [w, h] of [
      [2500, 1686],
      [801, 271],
    ] as const) {
      const all = areasOf(name, w, h);
      expect(
        all.reduce((sum, a) => sum + a.width * a.height, 0),
        name,
      ).toBe(w * h);
      expect(
        layoutOf(
          all.map((area) => ({ label: "x", area })),
          w,
          h,
        ),
        name,
      ).toBe(name);
      for (const a of all)
        expect(a.x >= 0 && a.y >= 0 && a.x + a.width <= w && a.y + a.height <= h).toBe(true);
    }
  }
});

test("areas follow a picture of other measures, those of no layout too", () => {
  const items = areasOf("threeByTwo", 2500, 1686).map((area) => ({ label: "x", area }));
  const small = scaled(items, { width: 2500, height: 1686 }, { width: 801, height: 541 });
  expect(layoutOf(small, 801, 541)).toBe("threeByTwo");
  const own = [{ label: "x", area: { x: 100, y: 50, width: 700, height: 300 } }];
  expect(scaled(own, { width: 1000, height: 400 }, { width: 2000, height: 800 })[0]?.area).toEqual({
    x: 200,
    y: 100,
    width: 1400,
    height: 600,
  });
});

test("a picture is held to what the platform wants", () => {
  expect(fits({ width: 2500, height: 1686, bytes: 1000, mime: "image/png" }, limit)).toBe(true);
  for (const bad of [
    { width: 799 },
    { width: 2501 },
    { height: 249 },
    { height: 1800 },
    { bytes: 1 << 21 },
    { mime: "image/webp" },
  ])
    expect(fits({ width: 2500, height: 843, bytes: 1000, mime: "image/png", ...bad }, limit)).toBe(false);
});
