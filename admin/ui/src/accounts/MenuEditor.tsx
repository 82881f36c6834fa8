import { useQuery } from "@tanstack/react-query";
import { App, Button, Input, InputNumber, Select } from "antd";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { getMenu, type Menu, type MenuItem, menuPictureURL, saveMenu } from "@/api/accounts";
import { fieldProblems } from "@/api/errors";
import { upload } from "@/api/files";
import type { ID } from "@/api/types";
import { queryClient } from "@/lib/query";
import { CardBox } from "@/ui/Page";
import { Failure, Loaded } from "@/ui/States";
import { useDo } from "@/ui/useDo";
import { Canvas, drawnFile, MenuPicture, type Shown } from "./MenuPicture";
import { Moves } from "./Moves";
import s from "./menu.module.css";
import { stillWrong } from "./stillWrong";
import "@/i18n/more/accounts";

/** MenuEditor changes the menu below an account's chats, within what the platform allows, beside a picture of it. */
export function MenuEditor({ account }: { account: ID }) {
  const query = useQuery({ queryKey: ["menu", account], queryFn: () => getMenu(account), staleTime: 60_000 });
  return (
    <CardBox>
      <Loaded query={query}>{(menu) => <Editor account={account} menu={menu} />}</Loaded>
    </CardBox>
  );
}

type Limits = Menu["limits"];

function Editor({ account, menu }: { account: ID; menu: Menu }) {
  const { t } = useTranslation("more");
  const { message } = App.useApp();
  const { top, sub, bar: barLimit, picture: wanted } = menu.limits;
  const [items, setItems] = useState<MenuItem[]>(menu.items ?? []);
  const [bar, setBar] = useState(menu.bar ?? "");
  const [kept, setKept] = useState<Shown | undefined>(
    menu.picture && { ...menu.picture, url: menuPictureURL(account, Date.now()) },
  );
  const [picture, setPicture] = useState(kept);
  const save = useDo(
    async () => {
      const shown = items.length ? picture : undefined;
      const file = shown?.drawn
        ? (await upload(await drawnFile(items, shown), () => undefined, new AbortController().signal)).id
        : shown?.file;
      const next = {
        items,
        ...(barLimit && items.length ? { bar } : {}),
        ...(shown
          ? { picture: { width: shown.width, height: shown.height, ...(file ? { file } : {}) } }
          : {}),
      };
      await saveMenu(account, next);
      return next;
    },
    (next) => {
      const stands = next.picture && { width: next.picture.width, height: next.picture.height };
      queryClient.setQueryData<Menu>(["menu", account], { ...menu, bar: next.bar, items, picture: stands });
      // One that was drawn is drawn anew when a name changes.
      const now =
        stands && (picture?.drawn ? picture : { ...stands, url: menuPictureURL(account, Date.now()) });
      setPicture(now);
      setKept(now);
      message.success(t("menu.saved"));
    },
  );
  const [sent, setSent] = useState<unknown>();
  const now = { items, bar, picture };
  const bad = stillWrong(fieldProblems(save.error), sent, now);
  const changed =
    JSON.stringify(items) !== JSON.stringify(menu.items ?? []) ||
    (items.length > 0 && (bar !== (menu.bar ?? "") || picture !== kept));
  return (
    <div className={s.editor}>
      <div className={s.entries}>
        <p className="faint">{sub ? t("menu.limits", { top, sub }) : t("menu.limitsFlat", { top })}</p>
        {items.length === 0 && <p className="muted">{t("menu.empty")}</p>}
        {wanted && (
          <MenuPicture
            items={items}
            picture={picture}
            limit={wanted}
            wrong={bad.get("picture")}
            set={(next, shown) => {
              setItems(next);
              setPicture(shown);
            }}
          />
        )}
        {barLimit && items.length > 0 && (
          <Field name={t("menu.bar")} value={bar} limit={barLimit} wrong={bad.get("bar")} set={setBar} />
        )}
        <Entries items={items} set={setItems} limits={menu.limits} at="items" bad={bad} within={picture} />
        {save.error && fieldProblems(save.error).length === 0 ? <Failure error={save.error} /> : null}
        <Button
          type="primary"
          disabled={!changed}
          loading={save.isPending}
          onClick={() => {
            setSent(now);
            save.mutate(undefined);
          }}
        >
          {t("menu.save")}
        </Button>
      </div>
      {wanted ? <PicturePreview items={items} picture={picture} bar={bar} /> : <Preview items={items} />}
    </div>
  );
}

interface EntriesProps {
  items: MenuItem[];
  set: (items: MenuItem[]) => void;
  limits: Limits;
  /** The place in the menu, as the hub names it in what it finds wrong. */
  at: string;
  bad: Map<string, string>;
  below?: boolean;
  /** The picture whose areas entries are. */
  within?: { width: number; height: number };
}

function Entries({ items, set, limits, at, bad, below, within }: EntriesProps) {
  const { t } = useTranslation("more");
  const { t: base } = useTranslation();
  const most = below ? limits.sub : limits.top;
  const change = (i: number, to: Partial<MenuItem>) =>
    set(items.map((x, n) => (n === i ? { ...x, ...to } : x)));
  const swap = (i: number, j: number) => {
    const next = [...items];
    // An entry moves; the areas of a picture stay where they are.
    [next[i], next[j]] = [
      { ...next[j]!, area: next[i]!.area },
      { ...next[i]!, area: next[j]!.area },
    ];
    set(next);
  };
  const kinds = [...(limits.kinds ?? []), ...(!below && limits.sub > 0 ? ["below"] : [])];
  return (
    <ol className={s.list}>
      {items.map((x, i) => {
        const here = `${at}[${i}]`;
        const opens = x.items !== undefined && x.items !== null;
        const wrong = (field: string) => bad.get(`${here}.${field}`);
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: entries have no identity but their place
          <li key={i}>
            <div className={s.entry}>
              {limits.picture && <b className={s.number}>{i + 1}</b>}
              <Field
                name={t("menu.name")}
                value={x.label}
                limit={below ? limits.sub_label : limits.label}
                wrong={wrong("label")}
                set={(label) => change(i, { label })}
              />
              {/* biome-ignore lint/a11y/noLabelWithoutControl: the choice is within */}
              <label className={s.field}>
                <span>{t("menu.does")}</span>
                <Select
                  aria-label={t("menu.does")}
                  value={x.raw ? "raw" : opens ? "below" : x.kind}
                  disabled={Boolean(x.raw)}
                  status={wrong("kind") ? "error" : undefined}
                  options={(x.raw ? ["raw"] : kinds).map((k) => ({
                    value: k,
                    label: t(`menu.${k as "url"}`),
                  }))}
                  onChange={(kind) =>
                    change(
                      i,
                      kind === "below"
                        ? { kind: undefined, items: [{ label: "" }] }
                        : { kind: kind as MenuItem["kind"], items: undefined },
                    )
                  }
                />
                {wrong("kind") && <em>{wrong("kind")}</em>}
              </label>
              {(x.kind === "reply" || x.kind === "phone") && (
                <Field
                  name={t("menu.value")}
                  value={x.value}
                  limit={limits.value}
                  wrong={wrong("value")}
                  set={(value) => change(i, { value })}
                />
              )}
              {(x.kind === "url" || (x.kind === "app" && !limits.no_app_url)) && (
                <Field
                  name={t(x.kind === "app" ? "menu.oldAddress" : "menu.address")}
                  value={x.url}
                  limit={limits.url}
                  wrong={wrong("url")}
                  set={(url) => change(i, { url })}
                />
              )}
              {x.kind === "app" && (
                <>
                  <Field
                    name={t("menu.appId")}
                    value={x.app_id}
                    wrong={wrong("app_id")}
                    set={(app_id) => change(i, { app_id })}
                  />
                  <Field name={t("menu.page")} value={x.path} set={(path) => change(i, { path })} />
                </>
              )}
              <span className={s.moves}>
                <Moves
                  all={items}
                  at={i}
                  set={set}
                  names={{ up: t("menu.up"), down: t("menu.down"), remove: base("do.remove") }}
                  swap={swap}
                />
              </span>
              {limits.picture && x.area && (
                <AreaFields
                  area={x.area}
                  within={within}
                  wrong={wrong("area")}
                  set={(area) => change(i, { area })}
                />
              )}
            </div>
            {opens && (
              <Entries
                items={x.items ?? []}
                set={(next) => change(i, { items: next })}
                limits={limits}
                at={`${here}.items`}
                bad={bad}
                below
              />
            )}
          </li>
        );
      })}
      {bad.get(at) && (
        <li>
          <em>{bad.get(at)}</em>
        </li>
      )}
      {items.length < most && !limits.picture && (
        <li>
          <Button
            size="small"
            icon={<Plus aria-hidden />}
            onClick={() => set([...items, { label: "", kind: (limits.kinds ?? [])[0] }])}
          >
            {t(below ? "menu.addBelow" : "menu.add")}
          </Button>
        </li>
      )}
    </ol>
  );
}

interface FieldProps {
  name: string;
  value?: string;
  limit?: Limits["label"];
  wrong?: string;
  set: (value: string) => void;
}

function Field({ name, value = "", limit, wrong, set }: FieldProps) {
  const { t } = useTranslation("more");
  const { t: base } = useTranslation();
  const used = limit ? size(value, limit.unit) : 0;
  const over = limit !== undefined && limit.max > 0 && used > limit.max;
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the input is within
    <label className={s.field}>
      <span>{name}</span>
      <Input
        aria-label={name}
        value={value}
        status={over || wrong ? "error" : undefined}
        onChange={(e) => set(e.target.value)}
      />
      {wrong && <em>{wrong}</em>}
      {!wrong && limit && limit.max > 0 && used > limit.max * 0.7 && (
        <small data-over={over || undefined}>
          {t("menu.left", { used, max: limit.max, unit: base(`unit.${(limit.unit || "runes") as "runes"}`) })}
        </small>
      )}
    </label>
  );
}

/** AreaFields are the measures of an area, in pixels of the picture. */
function AreaFields({
  area,
  within,
  wrong,
  set,
}: {
  area: NonNullable<MenuItem["area"]>;
  within?: { width: number; height: number };
  wrong?: string;
  set: (area: NonNullable<MenuItem["area"]>) => void;
}) {
  const { t } = useTranslation("more");
  const beyond =
    within && (area.x + area.width > within.width || area.y + area.height > within.height)
      ? t("menu.areaBeyond")
      : undefined;
  return (
    <details className={s.area} open={Boolean(wrong ?? beyond) || undefined}>
      <summary>{t("menu.area")}</summary>
      <div className="row">
        {(["x", "y", "width", "height"] as const).map((side) => (
          // biome-ignore lint/a11y/noLabelWithoutControl: the input is within
          <label key={side} className={s.field}>
            <span>{t(`menu.${side}`)}</span>
            <InputNumber
              min={side === "x" || side === "y" ? 0 : 1}
              precision={0}
              value={area[side]}
              status={(wrong ?? beyond) ? "error" : undefined}
              onChange={(v) => v !== null && set({ ...area, [side]: v })}
            />
          </label>
        ))}
      </div>
      {(wrong ?? beyond) && <em>{wrong ?? beyond}</em>}
    </details>
  );
}

/** PicturePreview is a menu that is a picture, its areas numbered as the entries are, above the bar that opens it. */
function PicturePreview({ items, picture, bar }: { items: MenuItem[]; picture?: Shown; bar: string }) {
  const { t } = useTranslation("more");
  const part = (n: number, of: number) => `${(100 * n) / of}%`;
  return (
    <figure className={s.phone} aria-label={t("menu.preview")}>
      <figcaption className="faint">{t("menu.preview")}</figcaption>
      <div className={s.screen}>
        {picture && items.length > 0 && (
          <div className={s.rich} style={{ aspectRatio: `${picture.width} / ${picture.height}` }}>
            {picture.url ? <img src={picture.url} alt="" /> : <Canvas items={items} picture={picture} />}
            <ol>
              {items.map(
                (x, i) =>
                  x.area && (
                    <li
                      // biome-ignore lint/suspicious/noArrayIndexKey: entries have no identity but their place
                      key={i}
                      aria-label={x.label || t("menu.name")}
                      style={{
                        insetInlineStart: part(x.area.x, picture.width),
                        top: part(x.area.y, picture.height),
                        width: part(x.area.width, picture.width),
                        height: part(x.area.height, picture.height),
                      }}
                    >
                      <b>{i + 1}</b>
                    </li>
                  ),
              )}
            </ol>
          </div>
        )}
        <div className={s.bar}>{items.length > 0 ? `${bar} ▾` : ""}</div>
      </div>
    </figure>
  );
}

/** size counts a text as the platform does. */
function size(text: string, unit: string): number {
  if (unit === "bytes") return new TextEncoder().encode(text).length;
  if (unit === "utf16") return text.length;
  if (unit === "graphemes") return [...new Intl.Segmenter().segment(text)].length;
  return [...text].length;
}

/** Preview is the foot of a chat with the menu; an entry that opens shows what is below it. */
function Preview({ items }: { items: MenuItem[] }) {
  const { t } = useTranslation("more");
  const [open, setOpen] = useState<number>();
  const below = open === undefined ? undefined : items[open]?.items;
  return (
    <figure className={s.phone} aria-label={t("menu.preview")}>
      <figcaption className="faint">{t("menu.preview")}</figcaption>
      <div className={s.screen}>
        {below && (
          <ul style={{ insetInlineStart: `${((open ?? 0) / Math.max(1, items.length)) * 60}%` }}>
            {below.map((x, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: entries have no identity but their place
              <li key={i}>{x.label}</li>
            ))}
          </ul>
        )}
        <div className={s.foot}>
          {items.map((x, i) => (
            <button
              // biome-ignore lint/suspicious/noArrayIndexKey: entries have no identity but their place
              key={i}
              type="button"
              aria-expanded={x.items ? open === i : undefined}
              onClick={() => setOpen(open === i ? undefined : i)}
            >
              {x.items ? "≡ " : ""}
              {x.label}
            </button>
          ))}
        </div>
      </div>
    </figure>
  );
}
