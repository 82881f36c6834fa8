import { useMutation } from "@tanstack/react-query";
import { Button, Form, Input, type InputRef, QRCode } from "antd";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { beginSecondFactor, confirmSecondFactor } from "@/api/signin";
import type { NewSecondFactor } from "@/api/types";
import { CopyButton } from "@/ui/Copy";
import { Failure } from "@/ui/States";
import { showFieldErrors, stands } from "@/ui/useFormErrors";
import { CodeField, useWrongCode } from "./CodeField";
import { RecoveryCodes } from "./RecoveryCodes";
import s from "./session.module.css";
import "@/i18n/more/session";

interface Props {
  /** The recovery codes are shown, this once: it should not be closed by accident now. */
  coded?: () => void;
  done: () => void;
}

/** TwoStepSetup leads through it: password, app and first code, recovery codes. */
export function TwoStepSetup({ coded, done }: Props) {
  const [factor, setFactor] = useState<NewSecondFactor>();
  const [codes, setCodes] = useState<string[]>();
  const confirmed = (codes: string[]) => {
    setCodes(codes);
    coded?.();
  };
  if (codes) return <RecoveryCodes codes={codes} done={done} />;
  if (factor) return <App key={factor.secret} factor={factor} confirmed={confirmed} />;
  return <AskPassword begun={setFactor} />;
}

function AskPassword({ begun }: { begun: (f: NewSecondFactor) => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<{ password: string }>();
  const begin = useMutation({
    mutationFn: (v: { password: string }) => beginSecondFactor(v.password),
    onSuccess: begun,
    onError: (error) => showFieldErrors(form, error),
  });
  return (
    <Form form={form} layout="vertical" requiredMark={false} onFinish={begin.mutate}>
      <p className={s.hint}>{t("twoStep.what")}</p>
      <Form.Item
        name="password"
        label={t("profile.old")}
        rules={[{ required: true, message: t("form.required") }]}
      >
        <Input.Password autoComplete="current-password" autoFocus size="large" disabled={begin.isPending} />
      </Form.Item>
      {begin.error && !stands(begin.error, "password") && <Failure error={begin.error} />}
      <Button type="primary" htmlType="submit" size="large" block loading={begin.isPending}>
        {t("twoStep.next")}
      </Button>
    </Form>
  );
}

function App({ factor, confirmed }: { factor: NewSecondFactor; confirmed: (codes: string[]) => void }) {
  const { t } = useTranslation();
  const [code, setCode] = useState("");
  const field = useRef<InputRef>(null);
  const confirm = useMutation({ mutationFn: confirmSecondFactor, onSuccess: confirmed });
  const wrong = useWrongCode(confirm.error, field, setCode);
  const groups = factor.secret.match(/.{1,4}/g)!.join(" ");
  return (
    <form
      className={s.step}
      onSubmit={(e) => {
        e.preventDefault();
        if (code.length === 6) confirm.mutate(code);
      }}
    >
      <p className={s.hint}>{t("twoStep.scan")}</p>
      <div className={s.qr}>
        {/* Dark on light in both themes: that is what cameras expect. */}
        <QRCode
          type="svg"
          value={factor.uri}
          size={200}
          color="#000000"
          bgColor="#ffffff"
          bordered={false}
          errorLevel="L"
          aria-label={t("twoStep.qr")}
        />
      </div>
      <div className={s.secret}>
        <span>{t("twoStep.typed")}</span>
        <code>{groups}</code>
        <CopyButton text={factor.secret} label={t("twoStep.copySecret")} />
      </div>
      <CodeField
        ref={field}
        value={code}
        onChange={setCode}
        onFull={confirm.mutate}
        error={wrong}
        disabled={confirm.isPending}
      />
      {confirm.error && !wrong && <Failure error={confirm.error} />}
      <Button
        type="primary"
        htmlType="submit"
        size="large"
        block
        loading={confirm.isPending}
        disabled={code.length < 6}
      >
        {t("twoStep.confirm")}
      </Button>
    </form>
  );
}
