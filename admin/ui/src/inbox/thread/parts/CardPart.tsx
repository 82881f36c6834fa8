import { ExternalLink } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Card } from "@/api/canon";
import { host, safeURL } from "@/lib/format";
import s from "./parts.module.css";
import { useFile } from "./useFile";

/** CardPart is a product, an order, a link, a mini-program page or an article. */
export function CardPart({ part }: { part: Card }) {
  const { t } = useTranslation();
  const image = useFile(part.image?.file);
  const url = safeURL(part.url);
  return (
    <div className={s.card}>
      {part.image && <div className={s.cardImage}>{image.data && <img src={image.data.url} alt="" />}</div>}
      <div className={s.cardBody}>
        <span className="faint">
          {t(`card.${part.kind}`)}
          {part.ref && ` · ${part.ref}`}
        </span>
        <strong>{part.title}</strong>
        {part.text && <span className={s.cardText}>{part.text}</span>}
        {(part.price || part.status) && (
          <span className="row wrap">
            {part.price && <b>{part.price}</b>}
            {part.status && <span className={s.cardStatus}>{part.status}</span>}
          </span>
        )}
        {part.fields?.map((f) => (
          <span key={f.name} className="row wrap">
            <span className="faint">{f.label || f.name}</span>
            <span>{f.value}</span>
          </span>
        ))}
        {url && (
          <a href={url} target="_blank" rel="noopener noreferrer nofollow" className="row">
            <ExternalLink aria-hidden />
            <span className="cut">{host(url)}</span>
          </a>
        )}
      </div>
    </div>
  );
}
