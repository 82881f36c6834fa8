import { useTranslation } from "react-i18next";
import type { Contents } from "@/api/ratings";
import { useNames } from "@/session/data";
import s from "./watch.module.css";
import "@/i18n/more/watch";

type One = Contents["all"];

/** Average is how content customers were, and of how many that is said. */
export function Average({ of }: { of: One | undefined }) {
  const { t } = useTranslation("more");
  if (!of?.average) return <span className="faint">–</span>;
  return (
    <span title={t("watch.answered", { count: of.answered, asked: of.asked })} className={s.average}>
      ★ {of.average.toFixed(2)} <span className="faint">({of.answered})</span>
    </span>
  );
}

/** Content lists them by name, best first. */
export function Content({ of }: { of: One[] }) {
  const { t } = useTranslation("more");
  const names = useNames();
  const rated = of.filter((x) => x.answered > 0).sort((a, b) => (b.average ?? 0) - (a.average ?? 0));
  if (rated.length === 0) return <p className="faint">{t("watch.noRatings")}</p>;
  return (
    <ul className={s.list}>
      {rated.map((x) => (
        <li key={x.id}>
          <span className="cut grow">{names(x.id)}</span>
          <Average of={x} />
        </li>
      ))}
    </ul>
  );
}
