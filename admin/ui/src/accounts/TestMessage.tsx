import { useQuery } from "@tanstack/react-query";
import { Button, Form, Input, Select } from "antd";
import { Check, LoaderCircle, Send, X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { listConversations } from "@/api/inbox";
import { lines } from "@/api/lines";
import type { ID, Words } from "@/api/types";
import { useWords } from "@/i18n/words";
import { CardBox } from "@/ui/Page";
import { Failure } from "@/ui/States";
import { Ago } from "@/ui/Time";
import { useContactName } from "@/ui/useContactName";
import s from "./accounts.module.css";
import "@/i18n/more/accounts";

interface Hop {
  name: "accepted" | "committed" | "handled" | "retried" | "sent" | "taken" | "delivered" | "read" | "failed";
  at: string;
  after_ms: number;
  detail?: Words;
}
interface Line {
  hop?: Hop;
  done?: boolean;
  ok: boolean;
}

/** other stands for somebody who is named. */
const other = "other";

/** TestMessage sends one to somebody who wrote before or whom the administrator names, and shows each station it passes with its time. */
export function TestMessage({ account }: { account: ID }) {
  const { t } = useTranslation("more");
  const words = useWords();
  const contactName = useContactName();
  const [hops, setHops] = useState<Hop[]>([]);
  const [running, setRunning] = useState(false);
  const [error, setError] = useState<unknown>();
  const people = useQuery({
    queryKey: ["test-peers", account],
    queryFn: () => listConversations({ account: [account], sort: "newest" }, undefined, 50),
  });
  const seen = new Set<ID>();
  const rows = (people.data?.items ?? []).filter(
    (r) => !seen.has(r.contact.id) && seen.add(r.contact.id) !== undefined,
  );

  const send = async (v: { conversation?: ID; to?: string; text: string }) => {
    setHops([]);
    setError(undefined);
    setRunning(true);
    await lines<Line>(
      `/api/v1/accounts/${account}/test-message`,
      { ...v, conversation: v.conversation === other ? undefined : v.conversation },
      ({ hop }) => {
        if (hop) setHops((all) => [...all, hop]);
      },
    ).catch(setError);
    setRunning(false);
  };

  return (
    <CardBox>
      {people.error ? <Failure error={people.error} retry={() => people.refetch()} /> : null}
      {people.data && (
        <Form
          layout="vertical"
          requiredMark={false}
          className={s.column}
          initialValues={{ conversation: rows[0]?.conversation.id ?? other, text: t("hop.standard") }}
          onFinish={send}
        >
          <Form.Item name="conversation" label={t("hop.to")}>
            <Select
              showSearch={{ optionFilterProp: "name" }}
              options={[
                ...rows.map((r) => ({
                  value: r.conversation.id,
                  name: contactName(r.contact),
                  label: (
                    <span className="row">
                      <span className="grow cut">{contactName(r.contact)}</span>
                      <span className="faint">
                        <Ago at={r.conversation.last_at} />
                      </span>
                    </span>
                  ),
                })),
                { value: other, name: t("hop.somebody"), label: t("hop.somebody") },
              ]}
            />
          </Form.Item>
          <Form.Item noStyle dependencies={["conversation"]}>
            {({ getFieldValue }) =>
              getFieldValue("conversation") === other && (
                <Form.Item
                  name="to"
                  label={t("hop.named")}
                  extra={t("hop.namedHelp")}
                  rules={[{ required: true, whitespace: true }]}
                >
                  <Input maxLength={254} />
                </Form.Item>
              )
            }
          </Form.Item>
          <Form.Item name="text" label={t("hop.text")} rules={[{ required: true, whitespace: true }]}>
            <Input.TextArea maxLength={500} autoSize={{ minRows: 2, maxRows: 5 }} />
          </Form.Item>
          <Button htmlType="submit" icon={<Send aria-hidden />} loading={running}>
            {t("hop.send")}
          </Button>
        </Form>
      )}
      {error !== undefined && <Failure error={error} />}
      {(hops.length > 0 || running) && (
        <ol className={`${s.checks} ${s.hops}`} aria-live="polite">
          {hops.map((h) => (
            <li key={`${h.name}${h.at}`} data-ok={h.name !== "failed" && h.name !== "retried"}>
              {h.name === "failed" ? <X aria-hidden /> : <Check aria-hidden />}
              <span className="grow">
                {t(`hop.${h.name}`)}
                {h.detail && words(h.detail) && <span className={s.detail}>{words(h.detail)}</span>}
              </span>
              <span className="faint">{t("hop.millis", { count: h.after_ms })}</span>
            </li>
          ))}
          {running && (
            <li>
              <LoaderCircle aria-hidden className={s.turning} />
            </li>
          )}
        </ol>
      )}
    </CardBox>
  );
}
