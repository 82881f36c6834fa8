import { useTranslation } from "react-i18next";

/** useContactName names a contact; one without a name is told from others by the end of its id. */
export function useContactName(): (contact: { id: string; name: string }) => string {
  const { t } = useTranslation();
  return ({ id, name }) => name || t("contact.visitor", { code: id.slice(-4).toUpperCase() });
}
