import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { Button, Drawer } from "antd";
import { ChevronLeft, FlaskConical } from "lucide-react";
import { type ComponentType, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { type BotDetail, getBot } from "@/api/bots";
import { useWide } from "@/lib/media";
import { nameTitle } from "@/lib/title";
import { Loaded } from "@/ui/States";
import { Basics } from "./Basics";
import s from "./bots.module.css";
import { Conversations } from "./Conversations";
import { DraftBar } from "./DraftBar";
import { DraftProvider } from "./draft";
import { Hits } from "./Hits";
import { HumanTab } from "./HumanTab";
import { Menus } from "./Menus";
import { Missed } from "./Missed";
import { Replies } from "./Replies";
import { Rules } from "./Rules";
import { TestConsole } from "./TestConsole";
import { Versions } from "./Versions";
import "@/i18n/more/bots";

const tabs = {
  basics: Basics,
  rules: Rules,
  menus: Menus,
  replies: Replies,
  human: HumanTab,
  hits: Hits,
  missed: Missed,
  conversations: Conversations,
  versions: Versions,
} satisfies Record<string, ComponentType>;
type Tab = keyof typeof tabs;

/** BotPage is a bot's draft in tabs, with the test console always beside it. */
export function BotPage() {
  const { t } = useTranslation();
  const { id } = useParams({ from: "/frame/bots/$id/$tab" });
  // Edited here: what the feed says of it must not overwrite what is being typed.
  const query = useQuery({
    queryKey: ["bot", id],
    queryFn: () => getBot(id),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  return (
    <Loaded query={query} title={t("place.bots")}>
      {(bot) => <Designer key={`${bot.id} ${bot.draft_rev}`} bot={bot} />}
    </Loaded>
  );
}

function Designer({ bot }: { bot: BotDetail }) {
  const { t } = useTranslation();
  const { tab } = useParams({ from: "/frame/bots/$id/$tab" });
  const active: Tab = tab in tabs ? (tab as Tab) : "rules";
  const Body = tabs[active];
  const wide = useWide(1180);
  const [testing, setTesting] = useState(false);
  useEffect(() => {
    nameTitle(bot.name);
  }, [bot.name]);

  return (
    <DraftProvider bot={bot}>
      <div className={s.designer}>
        <div className={s.main}>
          <header className={s.head}>
            <Link to="/bots" className={s.back}>
              <ChevronLeft aria-hidden />
              {t("place.bots")}
            </Link>
            <div className={s.titleRow}>
              <h1 className="cut">{bot.name}</h1>
              <DraftBar />
              {!wide && (
                <Button icon={<FlaskConical aria-hidden />} onClick={() => setTesting(true)}>
                  {t("test.title")}
                </Button>
              )}
            </div>
            <nav className={s.tabs} aria-label={t("bots.parts")}>
              {(Object.keys(tabs) as Tab[]).map((key) => (
                <Link
                  key={key}
                  to="/bots/$id/$tab"
                  params={{ id: bot.id, tab: key }}
                  aria-current={key === active ? "page" : undefined}
                >
                  {t(`botTab.${key}`)}
                </Link>
              ))}
            </nav>
          </header>
          <div className={s.body}>
            <Body />
          </div>
        </div>
        {wide && (
          <aside className={s.test} aria-label={t("test.title")}>
            <TestConsole />
          </aside>
        )}
        {!wide && (
          <Drawer
            open={testing}
            onClose={() => setTesting(false)}
            title={t("test.title")}
            size={400}
            styles={{ body: { padding: 0 } }}
          >
            <TestConsole />
          </Drawer>
        )}
      </div>
    </DraftProvider>
  );
}
