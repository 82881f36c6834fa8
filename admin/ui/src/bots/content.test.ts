import { expect, test } from "vitest";
import { newMenu, newRule, placeOf } from "./content";

test("a problem names the rule or menu it is in, and counts from one", () => {
  const rule = { ...newRule(), name: "Wrapping" };
  const menu = newMenu();
  const content = { rules: [rule], menus: [menu] };
  expect(placeOf("rules[0].answers[1].parts[0]", content)).toEqual({
    section: "rule",
    name: "Wrapping",
    rest: "answers 2 · parts 1",
  });
  expect(placeOf("menus[0].options[1].label", content)?.name).toBe(menu.id);
  expect(placeOf("welcome.says", content)).toBeUndefined();
});
