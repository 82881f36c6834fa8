import { useQuery } from "@tanstack/react-query";
import { Segmented } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { averages } from "@/api/ratings";
import { useLanguage } from "@/i18n/words";
import { useTallies } from "@/inbox/views/useTallies";
import { span, useNow } from "@/lib/time";
import { keys } from "@/live/cache";
import { Page, Section } from "@/ui/Page";
import { Content } from "./Content";
import { Going } from "./Going";
import { People } from "./People";
import { Queues } from "./Queues";
import s from "./watch.module.css";
import "@/i18n/more/watch";

const periods = [1, 7, 30, 90];

/** Watch is the supervisor's: who waits, who serves how many, what is being said, and how content customers are. */
export function Watch() {
  const { t } = useTranslation("more");
  const [days, setDays] = useState(7);
  const content = useQuery({ queryKey: [...keys.contentment, days], queryFn: () => averages(days) }).data;
  return (
    <Page
      title={t("watch.title")}
      lead={t("watch.lead")}
      wide
      actions={
        <Segmented
          aria-label={t("watch.period")}
          value={days}
          onChange={setDays}
          options={periods.map((n) => ({ value: n, label: t("watch.days", { count: n }) }))}
        />
      }
    >
      <Head content={content} />
      <div className={s.columns}>
        <Section title={t("watch.waiting")}>
          <Going waiting />
        </Section>
        <div>
          <Section title={t("watch.queues")}>
            <Queues content={content?.teams} />
          </Section>
          <Section title={t("watch.accounts")}>
            <Content of={content?.accounts ?? []} />
          </Section>
        </div>
      </div>
      <Section title={t("watch.people")}>
        <People content={content?.agents} />
      </Section>
      <Section title={t("watch.going")}>
        <Going />
      </Section>
    </Page>
  );
}

/** Head is what one looks for first: how many wait and for how long. */
function Head({ content }: { content: { all: { answered: number; average?: number } } | undefined }) {
  const { t } = useTranslation("more");
  const language = useLanguage();
  const now = useNow();
  const tallies = useTallies().data;
  const queues = Object.values(tallies?.queue ?? {});
  const longest = queues
    .map((q) => q.longest_waiting_since)
    .filter((at) => at !== undefined)
    .sort()[0];
  const facts = [
    [t("watch.inQueue"), queues.reduce((n, q) => n + q.n, 0)],
    [t("watch.longest"), longest ? span(Math.max(0, now - Date.parse(longest)), language) : "–"],
    [t("watch.withPeople"), tallies?.agent ?? 0],
    [t("watch.withBots"), tallies?.bot ?? 0],
    [t("watch.content"), content?.all.average ? `★ ${content.all.average.toFixed(2)}` : "–"],
  ] as const;
  return (
    <dl className={s.head}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
