import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { App as AntApp, ConfigProvider } from "antd";
import en from "antd/locale/en_US";
import zh from "antd/locale/zh_CN";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useLanguage } from "./i18n/words";
import { useStill } from "./lib/media";
import { queryClient } from "./lib/query";
import { router } from "./router";
import { antdTheme } from "./theme/antd";
import { useMode } from "./theme/mode";

// The styles that the component library makes at run time carry the nonce of this page.
const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content;

/** Menus and dialogs stand in a landmark of their own, so that a screen reader can say where they are. */
const popups = () => document.getElementById("popups") ?? document.body;

export function App() {
  const { t } = useTranslation();
  const language = useLanguage();
  const dark = useMode((m) => m.dark);
  const still = useStill();
  const theme = useMemo(() => antdTheme(dark, still), [dark, still]);
  return (
    <ConfigProvider
      locale={language === "zh" ? zh : en}
      theme={theme}
      csp={{ nonce }}
      button={{ autoInsertSpace: false }}
      getPopupContainer={popups}
    >
      <AntApp component={false}>
        <QueryClientProvider client={queryClient}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </AntApp>
      <section id="popups" aria-label={t("frame.popups")} />
    </ConfigProvider>
  );
}
