/** tongue names a language as people call it: "zh_CN", which some platforms write, too. What is none stays as it is. */
export function tongue(tag: string, language: string): string {
  try {
    return new Intl.DisplayNames(language, { type: "language" }).of(tag.replaceAll("_", "-")) ?? tag;
  } catch {
    return tag;
  }
}
