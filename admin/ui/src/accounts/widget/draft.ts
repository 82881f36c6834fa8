import type { FormField } from "@/api/types";

/** Draft is the link's form as it is typed: texts, as the hub keeps them. */
export type Draft = Record<string, string>;

/** draftOf is what is stored, with what the hub takes for what is not. */
export function draftOf(fields: FormField[], config: Record<string, string>): Draft {
  return Object.fromEntries(
    fields.filter((f) => f.kind !== "secret").map((f) => [f.name, config[f.name] ?? f.default ?? ""]),
  );
}

/** changes is what differs, so that nothing else is written over. */
export function changes(stored: Draft, draft: Draft): Draft {
  return Object.fromEntries(Object.entries(draft).filter(([name, value]) => value !== (stored[name] ?? "")));
}

export interface Words {
  zh: string;
  en: string;
}

export const questionKinds = ["name", "email", "phone", "text", "choice"] as const;
export type QuestionKind = (typeof questionKinds)[number];

/** Question is one thing visitors are asked before the chat. */
export interface Question {
  name: string;
  kind: QuestionKind;
  required?: boolean;
  label: Words;
  options?: Words[];
}

export const questionsMost = 8;

/** questionsOf reads the stored list; what earlier versions wrote are words. */
export function questionsOf(text: string): Question[] {
  if (!text.startsWith("[")) {
    const name = question("name", true);
    if (text === "name") return [name];
    return text === "contact" ? [name, question("email"), question("phone")] : [];
  }
  try {
    const all = JSON.parse(text) as Question[];
    return all.map((q) => ({ ...q, label: { zh: q.label?.zh ?? "", en: q.label?.en ?? "" } }));
  } catch {
    return [];
  }
}

export function textOf(questions: Question[]): string {
  return questions.length ? JSON.stringify(questions) : "";
}

const question = (kind: QuestionKind, required = false): Question => ({
  name: kind,
  kind,
  required,
  label: { zh: "", en: "" },
});

/** another is a new question of a kind, under a name nothing else has. */
export function another(kind: QuestionKind, all: Question[]): Question {
  const own = kind === "text" || kind === "choice";
  let n = 1;
  while (all.some((q) => q.name === `${kind}_${n}`)) n++;
  return {
    ...question(kind),
    name: own ? `${kind}_${n}` : kind,
    ...(kind === "choice" && {
      options: [
        { zh: "", en: "" },
        { zh: "", en: "" },
      ],
    }),
  };
}

/** Invitation is a line beside the button that offers help to who reads a page. */
export interface Invitation {
  page?: string;
  after?: number;
  scroll?: number;
  text: Words;
}

export const invitationsMost = 5;

/** invitationsOf reads the stored list. */
export function invitationsOf(text: string): Invitation[] {
  if (!text) return [];
  try {
    const all = JSON.parse(text) as Invitation[];
    return all.map((v) => ({ ...v, text: { zh: v.text?.zh ?? "", en: v.text?.en ?? "" } }));
  } catch {
    return [];
  }
}

export function invitationsText(all: Invitation[]): string {
  return all.length ? JSON.stringify(all) : "";
}

/** allows reports whether a site is among those that may show the chat, by the rule of the hub. */
export function allows(origins: string, site: string): boolean {
  return origins.split("\n").some((line) => {
    const one = line.trim().replace(/\/$/, "").toLowerCase();
    if (one === "*" || one === site) return true;
    const [scheme, rest] = one.split("://*");
    return (
      rest !== undefined &&
      site.startsWith(`${scheme}://`) &&
      site.endsWith(rest) &&
      site.length > `${scheme}://${rest}`.length
    );
  });
}
