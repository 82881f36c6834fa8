import { Button } from "antd";
import { Check, Copy, Download } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { copy } from "@/lib/copy";
import s from "./session.module.css";
import "@/i18n/more/session";

/** RecoveryCodes shows them, this once, with ways to keep them. */
export function RecoveryCodes({ codes, done }: { codes: string[]; done: () => void }) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => head.current?.focus(), []);
  const text = `${t("twoStep.recoveryFile", { host: location.host })}\n\n${codes.join("\n")}\n`;
  const download = () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
    link.download = "parley-recovery-codes.txt";
    link.click();
    URL.revokeObjectURL(link.href);
  };
  return (
    <section className={s.step}>
      <h2 ref={head} tabIndex={-1}>
        {t("twoStep.recovery")}
      </h2>
      <p className={s.hint}>{t("twoStep.recoveryLead")}</p>
      <ul className={s.recovery}>
        {codes.map((c) => (
          <li key={c}>
            <code>{c}</code>
          </li>
        ))}
      </ul>
      <div className="row wrap">
        <Button
          icon={copied ? <Check aria-hidden /> : <Copy aria-hidden />}
          onClick={() => copy(codes.join("\n")).then(() => setCopied(true))}
        >
          {t(copied ? "do.copied" : "do.copy")}
        </Button>
        <Button icon={<Download aria-hidden />} onClick={download}>
          {t("twoStep.download")}
        </Button>
      </div>
      <Button type="primary" size="large" block onClick={done}>
        {t("twoStep.kept")}
      </Button>
    </section>
  );
}
