import { Fragment, type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Text } from "@/api/canon";
import s from "./parts.module.css";
import { pieces } from "./spans";

/** A text longer than this is folded, so that one message never fills the screen. */
const LONG = 1500;

/** RichText is plain text with its spans; nothing in it is ever read as HTML. */
export function RichText({ part }: { part: Text }) {
  const { t } = useTranslation();
  const [whole, setWhole] = useState(false);
  const long = part.body.length > LONG;
  const body = long && !whole ? `${part.body.slice(0, LONG)}…` : part.body;
  return (
    <div className={s.text} dir="auto">
      {pieces(body, part.spans).map((piece, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no identity but their place
        <Fragment key={i}>
          {piece.styles.reduce<ReactNode>(
            (inner, style) => styled(style, inner),
            piece.url ? (
              <a href={piece.url} target="_blank" rel="noopener noreferrer nofollow">
                {piece.text}
              </a>
            ) : (
              piece.text
            ),
          )}
        </Fragment>
      ))}
      {long && (
        <button type="button" className={`bare ${s.more}`} onClick={() => setWhole(!whole)}>
          {whole ? t("thread.less") : t("thread.more", { count: part.body.length })}
        </button>
      )}
    </div>
  );
}

function styled(style: string, inner: ReactNode): ReactNode {
  switch (style) {
    case "bold":
      return <strong>{inner}</strong>;
    case "italic":
      return <em>{inner}</em>;
    case "strike":
      return <s>{inner}</s>;
    case "code":
    case "pre":
      return <code className={s.code}>{inner}</code>;
    case "mention":
      return <span className={s.mention}>{inner}</span>;
    case "quote":
      return <span className={s.quoted}>{inner}</span>;
    default:
      return inner;
  }
}
