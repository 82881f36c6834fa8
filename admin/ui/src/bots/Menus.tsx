import { Button, Form, Input, Select } from "antd";
import { ArrowDown, ArrowUp, LayoutList, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ConfirmButton } from "@/ui/Confirm";
import { Field } from "@/ui/Field";
import { CardBox } from "@/ui/Page";
import { Empty } from "@/ui/States";
import s from "./bots.module.css";
import { type Menu, type MenuOption, newMenu, usesOf } from "./content";
import { useDraft } from "./draft";
import "@/i18n/more/bots";
import "@/i18n/more/ui";

/** Menus are sets of options; a customer picks by pressing, by number or by label. */
export function Menus() {
  const { t } = useTranslation();
  const { content, change } = useDraft();
  const [id, setId] = useState(content.menus[0]?.id);
  const at = content.menus.findIndex((m) => m.id === id);
  const menu = content.menus[at];
  const add = () => {
    const fresh = newMenu();
    change((c) => ({ ...c, menus: [...c.menus, fresh] }));
    setId(fresh.id);
  };
  const put = (next: Menu) =>
    change((c) => ({ ...c, menus: c.menus.map((m) => (m.id === next.id ? next : m)) }));
  if (content.menus.length === 0) {
    return (
      <Empty icon={LayoutList} text={t("menus.empty")}>
        <Button type="primary" icon={<Plus aria-hidden />} onClick={add}>
          {t("menus.add")}
        </Button>
      </Empty>
    );
  }
  return (
    <div className={s.menus}>
      <nav aria-label={t("botTab.menus")}>
        {content.menus.map((m) => (
          <button
            key={m.id}
            type="button"
            className="bare"
            aria-pressed={m.id === id}
            onClick={() => setId(m.id)}
          >
            <span className="cut">{m.name || m.options[0]?.label || m.id}</span>
            <span className="faint">{m.options.length}</span>
          </button>
        ))}
        <Button size="small" icon={<Plus aria-hidden />} onClick={add}>
          {t("menus.add")}
        </Button>
      </nav>
      {menu && (
        <CardBox>
          <MenuForm
            key={menu.id}
            menu={menu}
            put={put}
            remove={() => {
              change((c) => ({ ...c, menus: c.menus.filter((m) => m.id !== menu.id) }));
              setId(content.menus.find((m) => m.id !== menu.id)?.id);
            }}
          />
        </CardBox>
      )}
    </div>
  );
}

function MenuForm({ menu, put, remove }: { menu: Menu; put: (menu: Menu) => void; remove: () => void }) {
  const { t } = useTranslation();
  const { content } = useDraft();
  const uses = usesOf(content, menu.id);
  const options = (next: MenuOption[]) => put({ ...menu, options: next });
  const move = (i: number, by: number) => {
    const next = menu.options.toSpliced(i, 1);
    next.splice(i + by, 0, menu.options[i]!);
    options(next);
  };
  return (
    <Form layout="vertical" component="div">
      <div className={s.two}>
        <Field label={t("column.name")}>
          <Input value={menu.name} maxLength={100} onChange={(e) => put({ ...menu, name: e.target.value })} />
        </Field>
        <Field label={t("menus.style")}>
          <Select
            value={menu.style ?? "buttons"}
            onChange={(style) => put({ ...menu, style })}
            options={(["buttons", "quick", "list"] as const).map((x) => ({
              value: x,
              label: t(`menus.${x}`),
            }))}
          />
        </Field>
      </div>
      <Field label={t("menus.prompt")} extra={t("menus.promptHelp")}>
        <Input
          value={menu.prompt}
          maxLength={1000}
          onChange={(e) => put({ ...menu, prompt: e.target.value })}
        />
      </Field>
      <Form.Item label={t("menus.options")}>
        <div className={s.optionList}>
          {menu.options.map((o, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: options have no identity but their place
            <div key={i} className={s.option}>
              <Input
                value={o.label}
                maxLength={100}
                placeholder={t("menus.label")}
                aria-label={t("menus.label")}
                onChange={(e) => options(menu.options.with(i, { ...o, label: e.target.value }))}
              />
              <OptionDoes
                option={o}
                self={menu.id}
                onChange={(next) => options(menu.options.with(i, next))}
              />
              <Button
                size="small"
                type="text"
                disabled={i === 0}
                icon={<ArrowUp aria-hidden />}
                aria-label={t("menus.up")}
                onClick={() => move(i, -1)}
              />
              <Button
                size="small"
                type="text"
                disabled={i === menu.options.length - 1}
                icon={<ArrowDown aria-hidden />}
                aria-label={t("menus.down")}
                onClick={() => move(i, 1)}
              />
              <Button
                size="small"
                type="text"
                icon={<Trash2 aria-hidden />}
                aria-label={t("do.remove")}
                onClick={() => options(menu.options.toSpliced(i, 1))}
              />
            </div>
          ))}
          <Button
            size="small"
            icon={<Plus aria-hidden />}
            onClick={() => options([...menu.options, { label: "" }])}
          >
            {t("menus.addOption")}
          </Button>
        </div>
      </Form.Item>
      <ConfirmButton
        danger
        question={uses.length ? t("menus.deleteUsed", { names: uses.join(", ") }) : t("menus.deleteQuestion")}
        onConfirm={remove}
      >
        {t("menus.delete")}
      </ConfirmButton>
    </Form>
  );
}

type Does = "ask" | "rule" | "menu" | "url" | "human";
const doesOf = (o: MenuOption): Does =>
  o.human
    ? "human"
    : o.rule !== undefined
      ? "rule"
      : o.menu !== undefined
        ? "menu"
        : o.url !== undefined
          ? "url"
          : "ask";

function OptionDoes({
  option: o,
  self,
  onChange,
}: {
  option: MenuOption;
  self: string;
  onChange: (o: MenuOption) => void;
}) {
  const { t } = useTranslation();
  const { content } = useDraft();
  const does = doesOf(o);
  const to = (next: Does) => {
    const { label } = o;
    if (next === "human") onChange({ label, human: true });
    else if (next === "rule") onChange({ label, rule: content.rules[0]?.id ?? "" });
    else if (next === "menu") onChange({ label, menu: content.menus.find((m) => m.id !== self)?.id ?? "" });
    else if (next === "url") onChange({ label, url: "https://" });
    else onChange({ label });
  };
  return (
    <>
      <Select
        value={does}
        aria-label={t("menus.does")}
        popupMatchSelectWidth={false}
        onChange={to}
        options={(["ask", "rule", "menu", "url", "human"] as const).map((d) => ({
          value: d,
          label: t(`menus.does_${d}`),
        }))}
      />
      {does === "ask" && (
        <Input
          value={o.value}
          placeholder={t("menus.askPlaceholder")}
          aria-label={t("menus.does_ask")}
          onChange={(e) => onChange({ label: o.label, value: e.target.value || undefined })}
        />
      )}
      {does === "url" && (
        <Input
          value={o.url}
          aria-label={t("menus.does_url")}
          onChange={(e) => onChange({ label: o.label, url: e.target.value })}
        />
      )}
      {does === "rule" && (
        <Select
          showSearch={{ optionFilterProp: "label" }}
          value={o.rule || undefined}
          aria-label={t("menus.does_rule")}
          onChange={(rule) => onChange({ label: o.label, rule })}
          options={content.rules.map((r) => ({ value: r.id, label: r.name || r.patterns[0] || r.id }))}
        />
      )}
      {does === "menu" && (
        <Select
          value={o.menu || undefined}
          aria-label={t("menus.does_menu")}
          onChange={(menu) => onChange({ label: o.label, menu })}
          options={content.menus.map((m) => ({ value: m.id, label: m.name || m.id }))}
        />
      )}
      {does === "human" && <span />}
    </>
  );
}
