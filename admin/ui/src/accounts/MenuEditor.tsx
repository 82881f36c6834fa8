import { useQuery } from "@tanstack/react-query";
import { App, Button, Input, Select } from "antd";
import { ArrowDown, ArrowUp, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { getMenu, type Menu, type MenuItem, saveMenu } from "@/api/accounts";
import { fieldProblems } from "@/api/errors";
import type { ID } from "@/api/types";
import { queryClient } from "@/lib/query";
import { CardBox } from "@/ui/Page";
import { Failure, Loaded } from "@/ui/States";
import { useDo } from "@/ui/useDo";
import s from "./menu.module.css";
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
  const [items, setItems] = useState<MenuItem[]>(menu.items ?? []);
  const save = useDo(
    () => saveMenu(account, items),
    () => {
      queryClient.setQueryData<Menu>(["menu", account], { ...menu, items });
      message.success(t("menu.saved"));
    },
  );
  const bad = new Map(fieldProblems(save.error).map((p) => [p.field ?? "", p.detail]));
  const changed = JSON.stringify(items) !== JSON.stringify(menu.items ?? []);
  const { top, sub } = menu.limits;
  return (
    <div className={s.editor}>
      <div className={s.entries}>
        <p className="faint">{sub ? t("menu.limits", { top, sub }) : t("menu.limitsFlat", { top })}</p>
        {items.length === 0 && <p className="muted">{t("menu.empty")}</p>}
        <Entries items={items} set={setItems} limits={menu.limits} at="items" bad={bad} />
        {save.error && bad.size === 0 ? <Failure error={save.error} /> : null}
        <Button
          type="primary"
          disabled={!changed}
          loading={save.isPending}
          onClick={() => save.mutate(undefined)}
        >
          {t("menu.save")}
        </Button>
      </div>
      <Preview items={items} />
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
}

function Entries({ items, set, limits, at, bad, below }: EntriesProps) {
  const { t } = useTranslation("more");
  const { t: base } = useTranslation();
  const most = below ? limits.sub : limits.top;
  const change = (i: number, to: Partial<MenuItem>) =>
    set(items.map((x, n) => (n === i ? { ...x, ...to } : x)));
  const swap = (i: number, j: number) => {
    const next = [...items];
    [next[i], next[j]] = [next[j]!, next[i]!];
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
                <Button
                  type="text"
                  size="small"
                  aria-label={t("menu.up")}
                  icon={<ArrowUp aria-hidden />}
                  disabled={i === 0}
                  onClick={() => swap(i, i - 1)}
                />
                <Button
                  type="text"
                  size="small"
                  aria-label={t("menu.down")}
                  icon={<ArrowDown aria-hidden />}
                  disabled={i === items.length - 1}
                  onClick={() => swap(i, i + 1)}
                />
                <Button
                  type="text"
                  size="small"
                  danger
                  aria-label={base("do.remove")}
                  icon={<Trash2 aria-hidden />}
                  onClick={() => set(items.filter((_, n) => n !== i))}
                />
              </span>
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
      {items.length < most && (
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
