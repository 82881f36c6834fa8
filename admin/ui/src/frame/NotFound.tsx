import { Link } from "@tanstack/react-router";
import { MapPinOff } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Empty } from "@/ui/States";

export function NotFound() {
  const { t } = useTranslation();
  return (
    <Empty icon={MapPinOff} text={t("notFound.text")}>
      <Link to="/">{t("notFound.home")}</Link>
    </Empty>
  );
}
