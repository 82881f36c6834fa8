import { Link } from "@tanstack/react-router";
import { MapPinOff } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Empty } from "@/ui/States";

export function NotFound() {
  const { t } = useTranslation();
  return (
    <main>
      <h1 className="sr">{t("notFound.text")}</h1>
      <Empty icon={MapPinOff} text={t("notFound.text")}>
        <Link to="/">{t("notFound.home")}</Link>
      </Empty>
    </main>
  );
}
