import { useQuery } from "@tanstack/react-query";
import { App, Button, Form, InputNumber, Select, Switch } from "antd";
import { useTranslation } from "react-i18next";
import { getTenant, saveTenant } from "@/api/session";
import type { RatingSettings, Session, Tenant } from "@/api/types";
import { queryClient } from "@/lib/query";
import { amend, keys } from "@/live/cache";
import { Section } from "@/ui/Page";
import { Loaded } from "@/ui/States";
import { useDo } from "@/ui/useDo";
import { RatingAnswers } from "./RatingAnswers";
import { RatingPreview } from "./RatingPreview";
import { BothLanguages, Reasons } from "./RatingWords";
import { SettingsPage } from "./SettingsPage";
import s from "./settings.module.css";
import "@/i18n/more/settings";

/** Rating is whether and how customers are asked how content they are, and what they answered. */
export function Rating() {
  const { t } = useTranslation();
  const query = useQuery({ queryKey: ["tenant"], queryFn: getTenant });
  return (
    <SettingsPage name="rating">
      <Loaded query={query}>{(tenant) => <Fields key={tenant.id} tenant={tenant} />}</Loaded>
      <Section title={t("rating.answers")} lead={t("rating.answersLead")}>
        <RatingAnswers />
      </Section>
    </SettingsPage>
  );
}

function Fields({ tenant }: { tenant: Tenant }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [form] = Form.useForm<RatingSettings>();
  const typed = Form.useWatch((v: RatingSettings) => v, form);
  const first: RatingSettings = {
    on: false,
    after: "person",
    scale: "faces",
    every: 0,
    ...tenant.settings.rating,
  };
  const save = useDo(
    (v: RatingSettings) =>
      saveTenant({ settings: { rating: { ...v, every: v.every ?? 0, reasons: v.reasons ?? [] } } }),
    (saved) => {
      queryClient.setQueryData(["tenant"], saved);
      amend<Session>(queryClient, keys.session, (x) => ({ ...x, tenant: saved }));
      message.success(t("do.saved"));
    },
  );
  const select = <T extends string>(values: readonly T[], word: (v: T) => string) => (
    <Select options={values.map((value) => ({ value, label: word(value) }))} />
  );
  return (
    <div className={s.split}>
      <Form<RatingSettings>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={first}
        onFinish={save.mutate}
      >
        <Form.Item name="on" label={t("rating.on")} extra={t("rating.on_help")} valuePropName="checked">
          <Switch />
        </Form.Item>
        <Form.Item name="after" label={t("rating.after")}>
          {select(["person", "bot", "both"], (v) => t(`rating.after_${v}`))}
        </Form.Item>
        <Form.Item name="every" label={t("rating.every")} extra={t("rating.every_help")}>
          <InputNumber min={0} max={365} precision={0} suffix={t("rating.days")} style={{ width: 140 }} />
        </Form.Item>
        <Form.Item name="scale" label={t("rating.scale")}>
          {select(["faces", "stars"], (v) => t(`rating.scale_${v}`))}
        </Form.Item>
        <Section title={t("rating.words")} lead={t("rating.wordsLead")}>
          <BothLanguages name="question" max={300} />
          <BothLanguages name="thanks" max={300} />
        </Section>
        <Section title={t("rating.reasons")} lead={t("rating.reasonsLead")}>
          <Reasons />
        </Section>
        <Button type="primary" htmlType="submit" loading={save.isPending}>
          {t("do.save")}
        </Button>
      </Form>
      <RatingPreview settings={{ ...first, ...typed }} />
    </div>
  );
}
