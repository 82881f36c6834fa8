import { Button } from "antd";
import { useTranslation } from "react-i18next";

interface Pages {
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => unknown;
}

/** LoadMore asks for the next page of a list that has one. */
export function LoadMore({ of }: { of: Pages }) {
  const { t } = useTranslation();
  if (!of.hasNextPage) return null;
  return (
    <Button style={{ marginTop: 16 }} loading={of.isFetchingNextPage} onClick={() => of.fetchNextPage()}>
      {t("do.loadMore")}
    </Button>
  );
}
