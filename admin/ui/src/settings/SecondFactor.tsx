import { useMutation, useQuery } from "@tanstack/react-query";
import { App, Button, Form, Input, Modal } from "antd";
import { ShieldCheck, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { getSecondFactor, newRecoveryCodes, removeSecondFactor } from "@/api/signin";
import type { SecondFactor as Factor } from "@/api/types";
import { queryClient } from "@/lib/query";
import { RecoveryCodes } from "@/session/RecoveryCodes";
import { TwoStepSetup } from "@/session/TwoStepSetup";
import { Section } from "@/ui/Page";
import { Failure, Loaded } from "@/ui/States";
import { Ago } from "@/ui/Time";
import { showFieldErrors, stands } from "@/ui/useFormErrors";
import s from "./settings.module.css";
import "@/i18n/more/session";

const key = ["second-factor"];

/** Few recovery codes are left when so many or fewer are. */
const FEW = 3;

type Open = "setup" | "codes" | "remove";

/** SecondFactor is one's own two-step sign-in: set up, set up anew, new recovery codes, switched off. */
export function SecondFactor() {
  const { t } = useTranslation();
  const query = useQuery({ queryKey: key, queryFn: getSecondFactor });
  return (
    <Section title={t("twoStep.name")} lead={t("twoStep.what")}>
      <Loaded query={query} rows={2}>
        {(factor) => <State factor={factor} />}
      </Loaded>
    </Section>
  );
}

function State({ factor }: { factor: Factor }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [open, setOpen] = useState<Open>();
  const [coded, setCoded] = useState(false);
  const close = () => {
    setOpen(undefined);
    setCoded(false);
    void queryClient.invalidateQueries({ queryKey: key });
  };
  return (
    <>
      {factor.on ? (
        <>
          <p className={s.on}>
            <ShieldCheck aria-hidden />
            {t("twoStep.on")}
            {factor.since && (
              <span className="faint">
                <Ago at={factor.since} />
              </span>
            )}
          </p>
          <p className={factor.recovery_codes <= FEW ? s.few : "muted"}>
            {factor.recovery_codes <= FEW && <TriangleAlert aria-hidden />}
            {t("twoStep.left", { count: factor.recovery_codes })}
          </p>
          <div className="row wrap" style={{ marginTop: 16 }}>
            <Button onClick={() => setOpen("codes")}>{t("twoStep.newCodes")}</Button>
            <Button onClick={() => setOpen("setup")}>{t("twoStep.anew")}</Button>
            {!factor.required && (
              <Button danger onClick={() => setOpen("remove")}>
                {t("twoStep.remove")}
              </Button>
            )}
          </div>
          {factor.required && <p className={s.note}>{t("twoStep.required")}</p>}
        </>
      ) : (
        <Button type="primary" onClick={() => setOpen("setup")}>
          {t("twoStep.setup")}
        </Button>
      )}
      {open === "setup" && (
        <Modal
          open
          title={t("twoStep.setup")}
          onCancel={close}
          footer={null}
          closable={!coded}
          keyboard={!coded}
          mask={{ closable: false }}
          width={440}
        >
          <TwoStepSetup
            coded={() => setCoded(true)}
            done={() => {
              message.success(t("twoStep.isOn"));
              close();
            }}
          />
        </Modal>
      )}
      {open === "codes" && <NewCodes close={close} />}
      {open === "remove" && (
        <WithPassword
          title={t("twoStep.remove")}
          lead={t("twoStep.removeLead")}
          action={t("twoStep.remove")}
          danger
          run={removeSecondFactor}
          done={() => {
            message.success(t("twoStep.isOff"));
            close();
          }}
          close={close}
        />
      )}
    </>
  );
}

function NewCodes({ close }: { close: () => void }) {
  const { t } = useTranslation();
  const [codes, setCodes] = useState<string[]>();
  if (codes) {
    return (
      <Modal
        open
        title={t("twoStep.newCodes")}
        footer={null}
        closable={false}
        keyboard={false}
        mask={{ closable: false }}
        width={440}
      >
        <RecoveryCodes codes={codes} done={close} />
      </Modal>
    );
  }
  return (
    <WithPassword
      title={t("twoStep.newCodes")}
      lead={t("twoStep.newCodesLead")}
      action={t("twoStep.newCodes")}
      run={newRecoveryCodes}
      done={setCodes}
      close={close}
    />
  );
}

interface Asking<T> {
  title: string;
  lead: string;
  action: string;
  danger?: boolean;
  run: (password: string) => Promise<T>;
  done: (answer: T) => void;
  close: () => void;
}

/** WithPassword does something for which one's password is asked once more. */
function WithPassword<T>({ title, lead, action, danger, run, done, close }: Asking<T>) {
  const { t } = useTranslation();
  const [form] = Form.useForm<{ password: string }>();
  const ask = useMutation({
    mutationFn: (v: { password: string }) => run(v.password),
    onSuccess: done,
    onError: (error) => showFieldErrors(form, error),
  });
  return (
    <Modal
      open
      title={title}
      onCancel={close}
      cancelText={t("do.cancel")}
      okText={action}
      okButtonProps={{ loading: ask.isPending, danger }}
      onOk={form.submit}
      width={440}
    >
      <p className="muted" style={{ marginBottom: 16 }}>
        {lead}
      </p>
      <Form form={form} layout="vertical" requiredMark={false} onFinish={ask.mutate}>
        <Form.Item
          name="password"
          label={t("profile.old")}
          rules={[{ required: true, message: t("form.required") }]}
        >
          <Input.Password autoComplete="current-password" autoFocus />
        </Form.Item>
        {ask.error && !stands(ask.error, "password") && <Failure error={ask.error} />}
      </Form>
    </Modal>
  );
}
