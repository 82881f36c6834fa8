import { useMutation, useQuery } from "@tanstack/react-query";
import { App, Button, Form } from "antd";
import { useTranslation } from "react-i18next";
import { getLink, saveLink } from "@/api/accounts";
import type { Connector, ID, Link } from "@/api/types";
import { queryClient } from "@/lib/query";
import { Failure, Loaded } from "@/ui/States";
import { showFieldErrors } from "@/ui/useFormErrors";
import s from "./accounts.module.css";
import { asConfig, asTyped, FormFields } from "./FormFields";
import { useLiveCheck } from "./useLiveCheck";

interface Props {
  link: ID;
  kind: Connector;
  done: () => void;
}

/** LinkForm changes the credentials of a link. Secrets are never read back: left empty, they stay. */
export function LinkForm({ link, kind, done }: Props) {
  const query = useQuery({ queryKey: ["link", link], queryFn: () => getLink(link) });
  return <Loaded query={query}>{(stored) => <Fields stored={stored} kind={kind} done={done} />}</Loaded>;
}

function Fields({ stored, kind, done }: { stored: Link; kind: Connector; done: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [form] = Form.useForm<{ config: Record<string, unknown> }>();
  const live = useLiveCheck(form, kind.kind, stored.id);
  const secret = new Set(kind.form.fields.filter((f) => f.kind === "secret").map((f) => f.name));
  const save = useMutation({
    mutationFn: (v: { config: Record<string, unknown> }) => {
      const all = asConfig(v.config, true);
      // An empty secret stays as it is; any other empty field is taken away.
      const config = Object.fromEntries(
        Object.entries(all).filter(([name, value]) => value || !secret.has(name)),
      );
      return saveLink(stored.id, { config });
    },
    onSuccess: () => {
      void queryClient.invalidateQueries({ queryKey: ["link", stored.id] });
      form.resetFields([...secret].map((name) => ["config", name]));
      message.success(t("do.saved"));
      done();
    },
    onError: (error) => showFieldErrors(form, error),
  });
  return (
    <Form
      form={form}
      layout="vertical"
      requiredMark={false}
      className={s.column}
      initialValues={{ config: asTyped(kind.form.fields, stored.config) }}
      onFinish={save.mutate}
      onValuesChange={live}
    >
      <FormFields fields={kind.form.fields} docs={kind.form.docs} secrets={stored.secrets} />
      {save.error && <Failure error={save.error} />}
      <Button type="primary" htmlType="submit" loading={save.isPending}>
        {t("do.save")}
      </Button>
    </Form>
  );
}
