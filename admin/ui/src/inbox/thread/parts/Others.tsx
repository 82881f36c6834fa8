import { LayoutTemplate, MapPin, Puzzle, UserRound } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { ContactCard, Location, Opaque, Sticker, Template } from "@/api/canon";
import s from "./parts.module.css";
import { useFile } from "./useFile";

export function LocationPart({ part }: { part: Location }) {
  const { t } = useTranslation();
  const map = `https://www.openstreetmap.org/?mlat=${part.lat}&mlon=${part.lon}#map=16/${part.lat}/${part.lon}`;
  return (
    <div className={s.block}>
      <MapPin aria-hidden />
      <div>
        <strong>{part.title || t("part.location")}</strong>
        {part.address && <div>{part.address}</div>}
        <div className="faint">
          {part.lat.toFixed(5)}, {part.lon.toFixed(5)} ·{" "}
          <a href={map} target="_blank" rel="noopener noreferrer">
            {t("part.openMap")}
          </a>
        </div>
      </div>
    </div>
  );
}

export function StickerPart({ part }: { part: Sticker }) {
  const { t } = useTranslation();
  const file = useFile(part.image?.file);
  if (file.data)
    return (
      <img className={s.sticker} src={file.data.url} alt={part.emoji || part.words || t("part.sticker")} />
    );
  return part.emoji ? (
    <span className={s.bigEmoji}>{part.emoji}</span>
  ) : (
    <span className="faint">
      {t("part.sticker")}
      {part.words && ` · ${part.words}`}
    </span>
  );
}

export function ContactPart({ part }: { part: ContactCard }) {
  return (
    <div className={s.block}>
      <UserRound aria-hidden />
      <div>
        <strong>{part.name}</strong>
        {part.org && <div className="muted">{part.org}</div>}
        {part.phones?.map((p) => (
          <div key={p}>
            <a href={`tel:${p.replace(/[^\d+*]/g, "")}`}>{p}</a>
          </div>
        ))}
        {part.emails?.map((e) => (
          <div key={e}>
            <a href={`mailto:${encodeURIComponent(e).replace("%40", "@")}`}>{e}</a>
          </div>
        ))}
      </div>
    </div>
  );
}

export function TemplatePart({ part }: { part: Template }) {
  const { t } = useTranslation();
  return (
    <div className={s.block}>
      <LayoutTemplate aria-hidden />
      <div>
        <span className="faint">
          {t("part.template")} · {part.name} · {part.locale}
        </span>
        <div className={s.text}>{part.text}</div>
      </div>
    </div>
  );
}

/** OpaquePart is what this version does not know: named, with what it carried, never dropped. */
export function OpaquePart({ part }: { part: Opaque }) {
  const { t } = useTranslation();
  return (
    <div className={s.block}>
      <Puzzle aria-hidden />
      <div className="grow">
        <strong>{t("part.opaque", { name: part.name })}</strong>
        {part.text && <div className={s.text}>{part.text}</div>}
        {part.raw !== undefined && (
          <details>
            <summary>{t("part.raw")}</summary>
            <pre className={s.raw}>{JSON.stringify(part.raw, null, 2)}</pre>
          </details>
        )}
      </div>
    </div>
  );
}
