import { Select } from "antd";
import { useTranslation } from "react-i18next";
import type { ID, Tag } from "@/api/types";
import { useTags } from "@/session/data";
import { TagChip } from "@/ui/TagChip";
import "@/i18n/more/inbox";

interface Props {
  scope: Tag["scope"];
  value: ID[];
  onChange: (tags: ID[]) => void;
  autoFocus?: boolean;
}

/** TagPick chooses among the tags there are. */
export function TagPick({ scope, value, onChange, autoFocus }: Props) {
  const { t } = useTranslation();
  const tags = useTags().data?.filter((x) => x.scope === scope) ?? [];
  return (
    <Select
      mode="multiple"
      autoFocus={autoFocus}
      defaultOpen={autoFocus}
      style={{ width: "100%" }}
      value={value}
      placeholder={t("tags.choose")}
      aria-label={t("tags.choose")}
      onChange={onChange}
      showSearch={{ optionFilterProp: "title" }}
      notFoundContent={t("tags.none")}
      options={tags.map((x) => ({ value: x.id, title: x.name, label: <TagChip tag={x} /> }))}
    />
  );
}
