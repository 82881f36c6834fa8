import { Button, Dropdown, Input, Select } from "antd";
import { FileText, LayoutList, Plus, SquareStack, Trash2, Type } from "lucide-react";
import { useTranslation } from "react-i18next";
import { languages } from "@/i18n";
import s from "./bots.module.css";
import { type Reply, type ReplyPart, textReply } from "./content";
import { useDraft } from "./draft";
import { FilePick } from "./FilePick";
import "@/i18n/more/bots";

interface Props {
  replies: Reply[];
  onChange: (replies: Reply[]) => void;
}

/** ReplyList are the variants of an answer; one of them is said. */
export function ReplyList({ replies, onChange }: Props) {
  const { t } = useTranslation();
  return (
    <div className={s.replies}>
      {replies.map((reply, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: variants have no identity but their place
        <div key={i} className={s.reply}>
          <div className={s.replyHead}>
            <span className="faint grow">
              {replies.length > 1 ? t("reply.variant", { count: i + 1 }) : ""}
            </span>
            <Select
              size="small"
              variant="borderless"
              allowClear
              value={reply.language || undefined}
              placeholder={t("rules.anyLanguage")}
              aria-label={t("rules.language")}
              onChange={(language) => onChange(replies.with(i, { ...reply, language }))}
              options={languages.map((l) => ({ value: l, label: t(`language.${l}`) }))}
            />
            {replies.length > 1 && (
              <Button
                size="small"
                type="text"
                icon={<Trash2 aria-hidden />}
                aria-label={t("reply.removeVariant", { count: i + 1 })}
                onClick={() => onChange(replies.toSpliced(i, 1))}
              />
            )}
          </div>
          <PartList
            parts={reply.parts}
            onChange={(parts) => onChange(replies.with(i, { ...reply, parts }))}
          />
        </div>
      ))}
      <Button size="small" icon={<Plus aria-hidden />} onClick={() => onChange([...replies, textReply()])}>
        {t("reply.addVariant")}
      </Button>
    </div>
  );
}

const kinds = [
  { type: "text", icon: Type },
  { type: "file", icon: FileText },
  { type: "menu", icon: LayoutList },
  { type: "card", icon: SquareStack },
] as const;

function PartList({ parts, onChange }: { parts: ReplyPart[]; onChange: (parts: ReplyPart[]) => void }) {
  const { t } = useTranslation();
  const { content } = useDraft();
  const add = (type: ReplyPart["type"]) => {
    const part: ReplyPart =
      type === "menu"
        ? { type, menu: content.menus[0]?.id ?? "" }
        : type === "card"
          ? { type, card: { kind: "link", title: "" } }
          : { type, text: "" };
    onChange([...parts, part]);
  };
  return (
    <>
      {parts.map((part, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: parts have no identity but their place
        <div key={i} className={s.part}>
          <div className="grow">
            <PartEdit part={part} onChange={(next) => onChange(parts.with(i, next))} />
          </div>
          {parts.length > 1 && (
            <Button
              size="small"
              type="text"
              icon={<Trash2 aria-hidden />}
              aria-label={t("reply.removePart")}
              onClick={() => onChange(parts.toSpliced(i, 1))}
            />
          )}
        </div>
      ))}
      <Dropdown
        trigger={["click"]}
        menu={{
          items: kinds.map(({ type, icon: Icon }) => ({
            key: type,
            icon: <Icon aria-hidden />,
            label: t(`reply.${type}`),
          })),
          onClick: ({ key }) => add(key as ReplyPart["type"]),
        }}
      >
        <Button size="small" type="text" icon={<Plus aria-hidden />}>
          {t("reply.addPart")}
        </Button>
      </Dropdown>
    </>
  );
}

function PartEdit({ part, onChange }: { part: ReplyPart; onChange: (part: ReplyPart) => void }) {
  const { t } = useTranslation();
  const { content } = useDraft();
  switch (part.type) {
    case "text":
      return (
        <Input.TextArea
          autoSize={{ minRows: 2, maxRows: 10 }}
          maxLength={5000}
          value={part.text}
          aria-label={t("reply.text")}
          placeholder={t("reply.textPlaceholder")}
          onChange={(e) => onChange({ ...part, text: e.target.value })}
        />
      );
    case "menu":
      return (
        <Select
          style={{ width: "100%" }}
          value={part.menu || undefined}
          placeholder={t("reply.menu")}
          aria-label={t("reply.menu")}
          onChange={(menu) => onChange({ ...part, menu })}
          options={content.menus.map((m) => ({ value: m.id, label: m.name || m.id }))}
        />
      );
    case "card": {
      const card = part.card ?? { kind: "link" as const, title: "" };
      const set = (next: Partial<typeof card>) => onChange({ ...part, card: { ...card, ...next } });
      return (
        <div className={s.cardEdit}>
          <Select
            value={card.kind}
            aria-label={t("reply.cardKind")}
            onChange={(kind) => set({ kind })}
            options={(["link", "product", "order", "article"] as const).map((k) => ({
              value: k,
              label: t(`card.${k}`),
            }))}
          />
          <Input
            value={card.title}
            placeholder={t("reply.cardTitle")}
            aria-label={t("reply.cardTitle")}
            onChange={(e) => set({ title: e.target.value })}
          />
          <Input
            value={card.text}
            placeholder={t("reply.cardText")}
            aria-label={t("reply.cardText")}
            onChange={(e) => set({ text: e.target.value })}
          />
          <Input
            value={card.url}
            placeholder="https://"
            aria-label={t("reply.cardURL")}
            onChange={(e) => set({ url: e.target.value })}
          />
          <Input
            value={card.price}
            placeholder={t("reply.cardPrice")}
            aria-label={t("reply.cardPrice")}
            onChange={(e) => set({ price: e.target.value })}
          />
        </div>
      );
    }
    default:
      return <FilePick part={part} onChange={onChange} />;
  }
}
