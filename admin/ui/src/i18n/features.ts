import i18next from "i18next";
import type { Language } from "./index";

type Read = Record<Language, () => Promise<{ default: object }>>;

/** The features that were opened so far, and what each has read. */
const opened = new Map<Read, Set<Language>>();
/** The language that is about to be spoken, or is. */
let wanted: Language | undefined;

/**
 * feature reads the words of screens that are not needed at first, in the one
 * language that is spoken. Who uses them imports "@/i18n/more/<feature>", which
 * waits for this: nothing is drawn with words that are not there.
 */
export async function feature(read: Read): Promise<void> {
  const has = new Set<Language>();
  opened.set(read, has);
  const missing = () => [i18next.language as Language, wanted].find((l) => l && !has.has(l));
  for (let next = missing(); next; next = missing()) await learn(read, next);
}

/** prepare reads what the opened features say in a language that will be spoken. */
export async function prepare(language: Language): Promise<void> {
  const was = wanted;
  wanted = language;
  try {
    await Promise.all([...opened.keys()].map((read) => learn(read, language)));
  } catch (error) {
    wanted = was;
    throw error;
  }
}

async function learn(read: Read, language: Language): Promise<void> {
  const has = opened.get(read);
  if (has?.has(language)) return;
  const words = await patiently(read[language]);
  i18next.addResourceBundle(language, "more", words.default, true);
  has?.add(language);
}

/** patiently tries again what a weak network lost: a module that failed once stays failed. */
async function patiently<T>(load: () => Promise<T>): Promise<T> {
  for (const wait of [500, 1500, 4000]) {
    try {
      return await load();
    } catch {
      await new Promise((go) => setTimeout(go, wait));
    }
  }
  return load();
}
