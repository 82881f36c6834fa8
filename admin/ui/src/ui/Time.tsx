import { Tooltip } from "antd";
import { useLanguage } from "@/i18n/words";
import { ago, exact, useNow } from "@/lib/time";

/** Ago is a relative time with the exact one on hover. */
export function Ago({ at }: { at: string }) {
  const language = useLanguage();
  const now = useNow();
  return (
    <Tooltip title={exact(at, language)} mouseEnterDelay={0.4}>
      <time dateTime={at}>{ago(at, now, language)}</time>
    </Tooltip>
  );
}
