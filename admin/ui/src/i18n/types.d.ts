import "i18next";
import type { AuthoriseWords } from "./authorise";
import type en from "./en";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "translation";
    resources: { translation: typeof en; authorise: AuthoriseWords };
  }
}
