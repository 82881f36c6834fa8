import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { TriangleAlert } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { listChanges } from "@/api/bots";
import { useWords } from "@/i18n/words";
import { ChannelIcon } from "@/ui/ChannelIcon";
import s from "./bots.module.css";
import type { Rule, RulesContent } from "./content";
import { useDraft } from "./draft";
import "@/i18n/more/bots";

/** alone is a content that says nothing but what a rule answers. */
const alone = (c: RulesContent, rule: Rule): RulesContent => ({
  ...c,
  welcome: { ...c.welcome, replies: [] },
  default: { ...c.default, replies: [] },
  repeated: { ...c.repeated, replies: [] },
  timeout: { ...c.timeout, replies: [] },
  rules: [rule],
});

/** ChannelChanges warns of what the accounts the bot serves would change about a rule's answers; nothing where all arrive as written. */
export function ChannelChanges({ rule }: { rule: Rule }) {
  const { t } = useTranslation();
  const say = useWords();
  const { bot, content } = useDraft();
  const [asked, setAsked] = useState(rule);
  useEffect(() => {
    const later = setTimeout(() => setAsked(rule), 400);
    return () => clearTimeout(later);
  }, [rule]);
  const { data } = useQuery({
    queryKey: ["changes", bot.id, asked.answers, asked.menus, content.menus],
    queryFn: () => listChanges(bot.id, alone(content, asked)),
    placeholderData: keepPreviousData,
    gcTime: 0,
    retry: false,
  });
  if (!data?.length) return null;
  const accounts = [...new Map(data.map((c) => [c.account.id, c.account])).values()];
  return (
    <section className={s.channels} aria-label={t("test.changes")}>
      <h4>
        <TriangleAlert aria-hidden /> {t("test.changes")}
      </h4>
      <ul>
        {accounts.map((a) => {
          const mine = data.filter((c) => c.account.id === a.id);
          const words = new Set(
            mine.flatMap((c) => [...(c.refused ? [say(c.refused)] : []), ...c.notes.map((n) => say(n.text))]),
          );
          return (
            <li key={a.id}>
              <ChannelIcon kind={a.kind} /> <b>{a.name}</b> {[...words].join(" · ")}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
