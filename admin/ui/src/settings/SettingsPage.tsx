import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useWide } from "@/lib/media";
import { Page } from "@/ui/Page";
import "@/i18n/more/settings";

interface Props {
  name:
    | "profile"
    | "notifications"
    | "keys"
    | "sessions"
    | "team"
    | "routing"
    | "hours"
    | "canned"
    | "tags"
    | "attributes"
    | "business"
    | "rating"
    | "alerts"
    | "blocks"
    | "tokens"
    | "audit";
  actions?: ReactNode;
  children: ReactNode;
}

/** SettingsPage is one section: its name and one sentence on what it does. */
export function SettingsPage({ name, actions, children }: Props) {
  const { t } = useTranslation();
  const wide = useWide(768);
  return (
    <Page
      title={t(`settings.${name}`)}
      lead={t(`settings.${name}Lead`)}
      actions={actions}
      back={wide ? undefined : { to: "/settings", label: t("place.settings") }}
    >
      {children}
    </Page>
  );
}
