import { CloudOff, LoaderCircle } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useOutbox } from "@/inbox/composer/outbox";
import { useLive } from "@/live/store";
import s from "./frame.module.css";

/** How long a connection may be away before it is worth a word. */
const PATIENCE = 1500;

/** Banner says honestly when what is shown may be old, and what happens to what is written. */
export function Banner() {
  const { t } = useTranslation();
  const { state, lostAt } = useLive();
  const waiting = useOutbox((o) => o.items.filter((i) => i.state === "waiting").length);
  const [online, setOnline] = useState(navigator.onLine);
  const [late, setLate] = useState(false);

  useEffect(() => {
    const tell = () => setOnline(navigator.onLine);
    window.addEventListener("online", tell);
    window.addEventListener("offline", tell);
    return () => {
      window.removeEventListener("online", tell);
      window.removeEventListener("offline", tell);
    };
  }, []);
  useEffect(() => {
    if (lostAt === undefined) return setLate(false);
    const timer = setTimeout(() => setLate(true), Math.max(0, lostAt + PATIENCE - Date.now()));
    return () => clearTimeout(timer);
  }, [lostAt]);

  const shown = !online || (late && state !== "open");
  return (
    <div role="status" aria-live="polite">
      {shown && (
        <div className={s.banner}>
          {online ? <LoaderCircle aria-hidden className={s.turning} /> : <CloudOff aria-hidden />}
          <span>
            {online ? t("banner.reconnecting") : t("banner.offline")}
            {waiting > 0 && ` ${t("banner.waiting", { count: waiting })}`}
          </span>
        </div>
      )}
    </div>
  );
}
