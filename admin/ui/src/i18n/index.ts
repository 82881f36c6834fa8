import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { setLanguage as setApiLanguage } from "@/api/client";
import { prepare } from "./features";

/** The languages of the interface. Each has one file with every string. */
export const languages = ["zh", "en"] as const;
export type Language = (typeof languages)[number];

const stored = "parley.language";
const load = { zh: () => import("./zh"), en: () => import("./en") };

/** asLanguage reads any BCP 47 tag as a language of the interface. */
export function asLanguage(tag: string | null | undefined): Language | undefined {
  return languages.find((l) => tag?.toLowerCase().startsWith(l));
}

/** firstLanguage is what to show before anybody signed in. */
export function firstLanguage(): Language {
  return asLanguage(localStorage.getItem(stored)) ?? asLanguage(navigator.language) ?? "en";
}

export async function startI18n(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: "",
    fallbackLng: false,
    fallbackNS: "more", // the words of features
    interpolation: { escapeValue: false },
    returnNull: false,
    resources: {},
  });
  await speak(firstLanguage());
}

/** speak switches the interface, and what the hub answers, to a language. */
export async function speak(language: Language): Promise<void> {
  if (!i18next.hasResourceBundle(language, "translation")) {
    const words = await load[language]();
    i18next.addResourceBundle(language, "translation", words.default);
  }
  await prepare(language);
  setApiLanguage(language);
  localStorage.setItem(stored, language);
  document.documentElement.lang = language === "zh" ? "zh-CN" : language;
  await i18next.changeLanguage(language);
}
