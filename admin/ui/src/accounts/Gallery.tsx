import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Connector } from "@/api/types";
import { useWords } from "@/i18n/words";
import { ChannelIcon } from "@/ui/ChannelIcon";
import { Page, Section } from "@/ui/Page";
import { Loaded } from "@/ui/States";
import s from "./accounts.module.css";
import { useKinds } from "./useKinds";
import "@/i18n/more/accounts";

const rows = ["own", "china", "world"] as const;

/** Gallery is the choice of a kind of channel: one sentence each, with what will be needed. */
export function Gallery() {
  const { t } = useTranslation();
  return (
    <Page
      title={t("channels.link")}
      lead={t("gallery.lead")}
      back={{ to: "/channels", label: t("place.channels") }}
    >
      <Loaded query={useKinds()}>
        {(kinds) =>
          rows.map((row) => {
            const here = kinds.filter((k) => k.row === row);
            if (here.length === 0) return null;
            return (
              <Section key={row} title={t(`gallery.${row}`)}>
                <ul className={s.gallery}>
                  {here.map((k) => (
                    <Kind key={k.kind} kind={k} />
                  ))}
                </ul>
              </Section>
            );
          })
        }
      </Loaded>
    </Page>
  );
}

function Kind({ kind }: { kind: Connector }) {
  const { t } = useTranslation();
  const words = useWords();
  return (
    <li>
      <Link to="/channels/link/$kind" params={{ kind: kind.kind }} className={s.choice}>
        <span className={s.kind}>
          <ChannelIcon kind={kind.kind} size={20} />
        </span>
        <span>
          <strong>{words(kind.name)}</strong>
          <span className={s.choiceHelp}>{words(kind.help)}</span>
          {kind.usable === false && <span className={s.needs}>{t("gallery.needsHttps")}</span>}
        </span>
      </Link>
    </li>
  );
}
