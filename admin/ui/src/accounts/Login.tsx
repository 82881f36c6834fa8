import { useMutation } from "@tanstack/react-query";
import { Button, Form, QRCode } from "antd";
import { CircleCheck, Link2 } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { beginLogin, cancelLogin, type LoginStep, nextLogin } from "@/api/login";
import type { Connector, ID } from "@/api/types";
import { useWords } from "@/i18n/words";
import { Failure } from "@/ui/States";
import { asConfig, FormFields } from "./FormFields";
import s from "./login.module.css";

interface Props {
  account: ID;
  done: () => void;
}

/** signsIn tells whether accounts of a kind are signed in step by step. */
export function signsIn(kind: Connector): boolean {
  return ["full", "partial"].includes(kind.capabilities.ops?.login ?? "");
}

/** Login signs an account in step by step: it asks, shows a code with its time left, and follows by itself. */
export function Login({ account, done }: Props) {
  const { t } = useTranslation();
  const { t: more } = useTranslation("more");
  const words = useWords();
  const [step, setStep] = useState<LoginStep>();
  const take = (next: LoginStep) => {
    setStep(next);
    if (next.kind === "done") done();
  };
  const begin = useMutation({ mutationFn: () => beginLogin(account), onSuccess: take });
  const give = useMutation({
    mutationFn: (input: Record<string, string>) => nextLogin(account, step?.txn ?? "", input),
    onSuccess: take,
  });
  const lost = useFollow(account, step, take);
  const open = useRef<string>(undefined);
  open.current = step && step.kind !== "done" ? step.txn : undefined;
  useEffect(
    () => () => {
      if (open.current) void cancelLogin(account, open.current).catch(() => undefined);
    },
    [account],
  );
  const error: unknown = begin.error ?? give.error ?? lost;

  if (!step || error !== null)
    return (
      <div className={s.login}>
        {error !== null && <Failure error={error} />}
        <Button
          type="primary"
          icon={<Link2 aria-hidden />}
          loading={begin.isPending}
          onClick={() => {
            give.reset();
            setStep(undefined);
            begin.mutate();
          }}
        >
          {more(error !== null ? "login.again" : "login.begin")}
        </Button>
      </div>
    );
  return (
    <div className={s.login} aria-live="polite">
      <p>
        {step.kind === "done" && <CircleCheck aria-hidden className={s.done} />}
        {words(step.text)}
      </p>
      {step.kind === "show" && step.display && <Shown step={step} />}
      {step.kind === "visit" && (
        <Button type="primary" href={step.url} target="_blank" rel="noreferrer">
          {more("login.visit")}
        </Button>
      )}
      {step.kind === "input" && (
        <Form<{ config: Record<string, unknown> }>
          key={step.txn}
          layout="vertical"
          requiredMark={false}
          onFinish={(v) => give.mutate(asConfig(v.config))}
        >
          <FormFields fields={step.fields ?? []} />
          <div className="row">
            <Button type="primary" htmlType="submit" loading={give.isPending}>
              {more("login.go")}
            </Button>
            {cancel()}
          </div>
        </Form>
      )}
      {(step.kind === "show" || step.kind === "visit") && cancel()}
    </div>
  );

  function cancel() {
    return (
      <Button
        onClick={() => {
          if (step) void cancelLogin(account, step.txn).catch(() => undefined);
          setStep(undefined);
        }}
      >
        {t("do.cancel")}
      </Button>
    );
  }
}

/** useFollow asks for the next step for as long as there is nothing to do but wait. */
function useFollow(account: ID, step: LoginStep | undefined, take: (next: LoginStep) => void) {
  const [lost, setLost] = useState<unknown>(null);
  const latest = useRef(take);
  latest.current = take;
  useEffect(() => {
    setLost(null);
    if (step?.kind !== "show" && step?.kind !== "visit") return;
    const stop = new AbortController();
    nextLogin(account, step.txn, undefined, stop.signal).then(
      (next) => !stop.signal.aborted && latest.current(next),
      (error: unknown) => !stop.signal.aborted && setLost(error),
    );
    return () => stop.abort();
  }, [account, step]);
  return lost;
}

function Shown({ step }: { step: LoginStep }) {
  const { t: more } = useTranslation("more");
  const left = useSecondsTo(step.expires);
  const data = step.display?.data ?? "";
  return (
    <>
      {step.display?.kind === "qr" ? (
        <div className={s.qr}>
          {/* Dark on light in both themes: that is what cameras expect. */}
          <QRCode
            type="svg"
            value={data}
            size={264}
            color="#000000"
            bgColor="#ffffff"
            bordered={false}
            errorLevel="L"
            aria-label={more("login.qr")}
          />
        </div>
      ) : (
        <output className={s.code}>{data}</output>
      )}
      {left !== undefined && (
        // Not told each second to who listens: only that a new code came.
        <p className="muted" aria-live="off">
          {more(left > 0 ? "login.left" : "login.renewing", { left })}
        </p>
      )}
    </>
  );
}

/** useSecondsTo counts down to a moment. */
function useSecondsTo(at: string | undefined): number | undefined {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!at) return;
    setNow(Date.now());
    const tick = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(tick);
  }, [at]);
  return at ? Math.max(0, Math.ceil((Date.parse(at) - now) / 1000)) : undefined;
}
