import { useTranslation } from "react-i18next";
import type { Words } from "@/api/types";
import type { Language } from "./index";

/** useLanguage is the language the interface speaks now. */
export function useLanguage(): Language {
  return useTranslation().i18n.language as Language;
}

/** useWords reads texts that the hub gives in both languages. */
export function useWords(): (words: Words | undefined) => string {
  const language = useLanguage();
  return (words) => words?.[language] || words?.en || "";
}
