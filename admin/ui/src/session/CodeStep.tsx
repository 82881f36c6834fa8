import { Button, Form, Input, type InputRef } from "antd";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "@/api/errors";
import type { Credentials } from "@/api/signin";
import { Failure } from "@/ui/States";
import { CodeField, useWrongCode } from "./CodeField";
import { Door } from "./Door";
import s from "./session.module.css";
import type { useEnter } from "./useEnter";
import "@/i18n/more/session";

type Way = Pick<ReturnType<typeof useEnter>, "enter" | "back"> & { asked: Credentials };

/** CodeStep is the second step of signing in: the code of the app, or a recovery code instead. */
export function CodeStep({ enter, asked, back }: Way) {
  const { t } = useTranslation();
  const [recovery, setRecovery] = useState(false);
  const [code, setCode] = useState("");
  const field = useRef<InputRef>(null);
  const send = (code: string) => enter.mutate({ ...asked, code });
  const wrong = useWrongCode(enter.error, field, setCode);
  // That a code is needed is what brought us here.
  const failed = !wrong && !(enter.error instanceof ApiError && enter.error.code === "second_factor");

  return (
    <Door title={t("twoStep.title")} lead={t(recovery ? "twoStep.recoveryUse" : "twoStep.lead")}>
      <form
        className={s.step}
        onSubmit={(e) => {
          e.preventDefault();
          if (code) send(code);
        }}
      >
        {recovery ? (
          <Form.Item
            layout="vertical"
            label={t("twoStep.recoveryCode")}
            htmlFor="recovery-code"
            validateStatus={wrong ? "error" : undefined}
            help={wrong}
          >
            <Input
              id="recovery-code"
              ref={field}
              autoFocus
              size="large"
              autoComplete="off"
              spellCheck={false}
              className="mono"
              placeholder="····-····-····-····"
              maxLength={40}
              value={code}
              disabled={enter.isPending}
              onChange={(e) => setCode(e.target.value)}
            />
          </Form.Item>
        ) : (
          <CodeField
            ref={field}
            value={code}
            onChange={setCode}
            onFull={send}
            error={wrong}
            disabled={enter.isPending}
          />
        )}
        {enter.error && failed && <Failure error={enter.error} />}
        <Button
          type="primary"
          htmlType="submit"
          size="large"
          block
          loading={enter.isPending}
          disabled={recovery ? !code.trim() : code.length < 6}
        >
          {t("signIn.enter")}
        </Button>
        <div className={s.others}>
          <Button
            type="link"
            onClick={() => {
              setRecovery(!recovery);
              setCode("");
              enter.reset();
            }}
          >
            {t(recovery ? "twoStep.useApp" : "twoStep.useRecovery")}
          </Button>
          <Button type="link" onClick={back}>
            {t("twoStep.back")}
          </Button>
        </div>
      </form>
    </Door>
  );
}
