import { Outlet, useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useState } from "react";
import { useKeyboard } from "@/actions/keyboard";
import { useAction } from "@/actions/store";
import { onHeld, onSignedOut } from "@/api/client";
import { saveProfile } from "@/api/session";
import { speak } from "@/i18n";
import { useLanguage } from "@/i18n/words";
import { useUnread } from "@/inbox/views/useTallies";
import { queryClient } from "@/lib/query";
import { countTitle } from "@/lib/title";
import { useFeed } from "@/live/useFeed";
import { useCan, useKeptSession } from "@/session/useSession";
import { useMode } from "@/theme/mode";
import { Banner } from "./Banner";
import s from "./frame.module.css";
import { Rail } from "./Rail";

// Asked for by a key, not by everybody.
const Palette = lazy(() => import("@/actions/Palette").then((m) => ({ default: m.Palette })));
const Strip = lazy(() => import("@/beside").then((m) => ({ default: m.Strip })));
const Told = lazy(() => import("@/beside").then((m) => ({ default: m.Told })));
const Ring = lazy(() => import("@/beside").then((m) => ({ default: m.Ring })));
const Help = lazy(() => import("@/actions/Help").then((m) => ({ default: m.Help })));

/** TitleCount keeps in the window's title how much waits to be read; apart, so that nothing else is drawn for it. */
function TitleCount() {
  const unread = useUnread();
  useEffect(() => countTitle(unread), [unread]);
  useEffect(() => () => countTitle(0), []);
  return null;
}

/** Frame is what every screen stands in: the rail, the banner, the palette and the keys. */
export function Frame() {
  const navigate = useNavigate();
  const can = useCan();
  const language = useLanguage();
  const { dark, setMode } = useMode();
  const [palette, setPalette] = useState(false);
  const [help, setHelp] = useState(false);
  useKeptSession();
  useFeed();
  useKeyboard();

  useEffect(() => {
    onSignedOut(() => {
      queryClient.clear();
      void navigate({ to: "/signin", search: { next: location.pathname + location.search } });
    });
    onHeld(() => {
      queryClient.clear();
      void navigate({ to: "/two-step", search: { next: location.pathname + location.search } });
    });
  }, [navigate]);

  useAction("palette", () => setPalette(true));
  useAction("help", () => setHelp(true));
  useAction("goKeys", () => void navigate({ to: "/settings/$section", params: { section: "keys" } }));
  useAction("theme", () => setMode(dark ? "light" : "dark"));
  useAction("language", () => {
    const next = language === "zh" ? "en" : "zh";
    void speak(next);
    void saveProfile({ language: next }).catch(() => undefined);
  });
  const inbox = (view: string) => () => void navigate({ to: "/inbox/$view", params: { view } });
  useAction("goInbox", inbox("mine"));
  useAction("goMine", inbox("mine"));
  useAction("goQueue", inbox("queue"));
  useAction("find", () => void navigate({ to: "/search", search: {} }));
  useAction("goWatch", can("agent.state") ? () => void navigate({ to: "/watch" }) : undefined);
  useAction("goContacts", can("contact.list") ? () => void navigate({ to: "/contacts" }) : undefined);
  useAction("goBots", can("bot.read") ? () => void navigate({ to: "/bots" }) : undefined);
  useAction("goChannels", can("link.read") ? () => void navigate({ to: "/channels" }) : undefined);
  useAction("goSettings", () => void navigate({ to: "/settings" }));

  return (
    <div className={s.frame}>
      <TitleCount />
      <Rail openPalette={() => setPalette(true)} />
      <div className={s.main}>
        <Banner />
        <Suspense>
          <Strip />
          <Told />
          <Ring />
        </Suspense>
        <main className={s.screen} tabIndex={-1}>
          <Outlet />
        </main>
      </div>
      <Suspense fallback={<span data-opening />}>
        {palette && <Palette onClose={() => setPalette(false)} />}
        {help && <Help onClose={() => setHelp(false)} />}
      </Suspense>
    </div>
  );
}
