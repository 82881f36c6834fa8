import { Ellipsis } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Message } from "@/api/types";
import { Opener } from "@/ui/Opener";
import type { About } from "./about";
import { MessageMenu } from "./MessageMenu";
import s from "./thread.module.css";

/** MessageTools leads to what can be done with one message. */
export function MessageTools({ message: m, about }: { message: Message; about: About }) {
  const { t } = useTranslation();
  if (m.recalled) return null;
  return (
    <Opener
      button={(pressed) => (
        <button type="button" className={`bare ${s.tools}`} aria-label={t("thread.tools")} {...pressed}>
          <Ellipsis aria-hidden />
        </button>
      )}
      popup={(opened) => <MessageMenu message={m} about={about} opened={opened} />}
    />
  );
}
