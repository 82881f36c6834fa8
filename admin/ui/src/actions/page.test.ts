import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import en from "@/i18n/en";
import more from "@/i18n/more.en";
import { type Action, actions, groups } from "./table";

const names: Record<string, string> = {
  mod: "Ctrl/⌘",
  alt: "Alt",
  shift: "Shift",
  enter: "Enter",
  escape: "Esc",
};
const key = (chord: string) => {
  const spelled = (k: string) => k.split("+").map((x) => names[x] ?? x.replace(/^./, (c) => c.toUpperCase()));
  return chord
    .split(" ")
    .map((k) => `\`${spelled(k).join("-")}\``)
    .join(" then ");
};

/** page is the table of actions as people read it in the documentation. */
function page(): string {
  const rows = (group: string) =>
    (actions as readonly Action[])
      .filter((a) => a.group === group)
      .map((a) => {
        const keys = [...(a.sign ? [`\`${a.sign}\` while writing`] : []), ...(a.keys ?? []).map(key)].join(
          ", ",
        );
        return `| ${en.action[a.id as keyof typeof en.action]} | ${keys} | ${a.permission ? `\`${a.permission}\`` : ""} |`;
      });
  return [
    "# Keys",
    "",
    "Everything the application can do, from the one table that its palette (`Ctrl/⌘-K`), its sheet of keys (`?`) and its menus",
    "are made of (`admin/ui/src/actions/table.ts`). Each person may give any action other keys under *Settings → Keys*; they hold at",
    "every machine that person signs in at. Keys without Ctrl or Alt can be switched off as a whole there, do nothing while one",
    "types in a field, and belong to an input method while it composes.",
    ...groups.flatMap((group) => [
      "",
      `## ${more.group[group]}`,
      "",
      "| action | keys | permission |",
      "|---|---|---|",
      ...rows(group),
    ]),
    "",
  ].join("\n");
}

it("U-12 the page of keys in the documentation is what the table says (UPDATE_GOLDEN=1 writes it)", () => {
  const path = join(process.cwd(), "../../docs/keys.md");
  if (process.env.UPDATE_GOLDEN) writeFileSync(path, page());
  expect(readFileSync(path, "utf8")).toBe(page());
});
