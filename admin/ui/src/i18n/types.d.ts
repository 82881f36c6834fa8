import "i18next";
import type en from "./en";
import type more from "./more.en";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "translation";
    resources: { translation: typeof en & typeof more; more: typeof more };
  }
}
