import { useQuery } from "@tanstack/react-query";
import { useBlocker, useParams } from "@tanstack/react-router";
import { App, Button, Input, Modal, Select } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { getAccount, getLink, type Linked, saveLink } from "@/api/accounts";
import { fieldProblems } from "@/api/errors";
import type { Connector, Link } from "@/api/types";
import { useLanguage } from "@/i18n/words";
import { queryClient } from "@/lib/query";
import { CopyBox } from "@/ui/Copy";
import { Page, Section } from "@/ui/Page";
import { Failure, Loaded } from "@/ui/States";
import { useDo } from "@/ui/useDo";
import { useKinds } from "../useKinds";
import { changes, type Draft, draftOf, invitationsOf, invitationsText, questionsOf, textOf } from "./draft";
import { Both, Field } from "./Field";
import { Invitations } from "./Invitations";
import { Logo } from "./Logo";
import { Preview, type Verdict, type View } from "./Preview";
import { Questions } from "./Questions";
import { Seen } from "./Seen";
import s from "./widget.module.css";
import "@/i18n/more/accounts";

/** WidgetPage is how the chat of a site looks, what it asks, and where it was seen, beside the chat itself. */
export function WidgetPage() {
  const { id } = useParams({ from: "/frame/channels/a/$id/widget" });
  const account = useQuery({ queryKey: ["account", id], queryFn: () => getAccount(id) });
  const at = account.data?.link_id ?? account.data?.link;
  const link = useQuery({ queryKey: ["link", at], queryFn: () => getLink(at!), enabled: Boolean(at) });
  const kind = useKinds().data?.find((k) => k.kind === account.data?.kind);
  return (
    <Loaded query={account}>
      {(a) => (
        <Loaded query={link}>{(l) => kind && <Editor key={l.id} account={a} link={l} kind={kind} />}</Loaded>
      )}
    </Loaded>
  );
}

function Editor({ account, link, kind }: { account: Linked; link: Link; kind: Connector }) {
  const { t } = useTranslation("more");
  const { t: base } = useTranslation();
  const language = useLanguage();
  const { message } = App.useApp();
  const stored = draftOf(kind.form.fields, link.config);
  const [draft, setDraft] = useState(stored);
  const [view, setView] = useState<View>("chat");
  const [verdict, setVerdict] = useState<Verdict>();
  const changed = changes(stored, draft);
  const dirty = Object.keys(changed).length > 0;
  const save = useDo(
    () => saveLink(link.id, { config: changed }),
    (saved) => {
      queryClient.setQueryData(["link", link.id], saved);
      setDraft(draftOf(kind.form.fields, saved.config));
      void queryClient.invalidateQueries({ queryKey: ["sightings", account.id] });
      message.success(t("widget.saved"));
    },
  );
  const leave = useBlocker({
    shouldBlockFn: () => dirty,
    enableBeforeUnload: () => dirty,
    withResolver: true,
  });
  useEffect(() => {
    if (view === "ask" && !draft.ask) setView("chat");
  }, [view, draft.ask]);

  const put = (to: Draft) => setDraft((d) => ({ ...d, ...to }));
  // The hub has looked at every draft; what it refused at saving it says too.
  const wrong = (field: string) => {
    const found = verdict?.problems.find((p) => p.field === field)?.text[language];
    if (found) return found;
    const refused = fieldProblems(save.error).find((p) => p.field?.endsWith(`.${field}`));
    return refused && draft[field] !== stored[field] ? refused.detail : undefined;
  };
  const text = (name: string, label: string, max: number, help?: string) => (
    <Field label={label} help={help} wrong={wrong(name)}>
      {(same) => (
        <Input
          {...same}
          value={draft[name]}
          maxLength={max}
          onChange={(e) => put({ [name]: e.target.value })}
        />
      )}
    </Field>
  );
  const both = (name: string, label: string, max: number) => (
    <Both
      label={label}
      zh={draft[`${name}_zh`] ?? ""}
      en={draft[`${name}_en`] ?? ""}
      max={max}
      set={(lang, v) => put({ [`${name}_${lang}`]: v })}
    />
  );
  const origin = account.hook_url ? new URL(account.hook_url).origin : location.origin;
  const snippet = `<script src="${origin}/widget.js" data-account="${account.id}" async></script>`;

  return (
    <Page
      title={t("widget.title")}
      lead={t("widget.lead", { name: account.name })}
      back={{ to: `/channels/a/${account.id}`, label: account.name }}
      wide
    >
      <div className={s.split}>
        <form
          className={s.form}
          onSubmit={(e) => {
            e.preventDefault();
            if (dirty) save.mutate(undefined);
          }}
        >
          <Section title={t("widget.look")}>
            <Field label={t("widget.color")} wrong={wrong("color")} help={contrastHelp()}>
              {(same) => (
                <div className="row">
                  <input
                    type="color"
                    className={s.color}
                    aria-label={t("widget.colorPick")}
                    value={/^#[0-9a-f]{6}$/i.test(draft.color ?? "") ? draft.color : "#2f5bea"}
                    onChange={(e) => put({ color: e.target.value })}
                  />
                  <Input
                    {...same}
                    className={s.hex}
                    value={draft.color}
                    maxLength={7}
                    spellCheck={false}
                    onChange={(e) => put({ color: e.target.value.trim() })}
                  />
                </div>
              )}
            </Field>
            <Logo value={draft.logo ?? ""} wrong={wrong("logo")} set={(logo) => put({ logo })} />
            {text("name", t("widget.name"), 60, t("widget.nameHelp"))}
          </Section>
          <Section title={t("widget.greeting")}>
            {both("title", t("widget.titleField"), 60)}
            {both("subtitle", t("widget.subtitle"), 160)}
          </Section>
          <Section title={t("widget.button")}>
            <div className={s.trio}>
              <Field label={t("widget.position")}>
                {({ id }) => (
                  <Select
                    id={id}
                    value={draft.position}
                    options={(["right", "left"] as const).map((value) => ({
                      value,
                      label: t(`widget.${value}`),
                    }))}
                    onChange={(position) => put({ position })}
                  />
                )}
              </Field>
              {(["offset_side", "offset_bottom"] as const).map((name) => (
                <Field key={name} label={t(`widget.${name}`)} wrong={wrong(name)}>
                  {(same) => (
                    <Input
                      {...same}
                      inputMode="numeric"
                      suffix="px"
                      value={draft[name]}
                      onChange={(e) => put({ [name]: e.target.value.trim() })}
                    />
                  )}
                </Field>
              ))}
            </div>
            {both("launcher", t("widget.launcher"), 20)}
          </Section>
          <Section title={t("widget.asks")} lead={t("widget.asksLead")}>
            <Questions
              all={questionsOf(draft.ask ?? "")}
              wrong={wrong("ask")}
              set={(all) => {
                put({ ask: textOf(all) });
                setView(all.length ? "ask" : "chat");
              }}
            />
          </Section>
          <Section title={t("widget.invites")} lead={t("widget.invitesLead")}>
            <Invitations
              all={invitationsOf(draft.invite ?? "")}
              wrong={wrong("invite")}
              set={(all) => put({ invite: invitationsText(all) })}
            />
          </Section>
          <Section title={t("widget.sites")} lead={t("widget.sitesLead")}>
            <Field label={t("widget.origins")} wrong={wrong("origins")} help={t("widget.originsHelp")}>
              {(same) => (
                <Input.TextArea
                  {...same}
                  rows={3}
                  spellCheck={false}
                  value={draft.origins}
                  placeholder="https://www.example.com"
                  onChange={(e) => put({ origins: e.target.value })}
                />
              )}
            </Field>
            <div className={s.field}>
              <span>{t("widget.snippet")}</span>
              <CopyBox text={snippet} label={base("addresses.copySnippet")} />
            </div>
            <h3 className={s.seenHead}>{t("widget.seen")}</h3>
            <Seen
              account={account.id}
              origins={draft.origins ?? ""}
              allow={(site) => put({ origins: [draft.origins?.trim(), site].filter(Boolean).join("\n") })}
            />
          </Section>
          {save.error && fieldProblems(save.error).length === 0 ? <Failure error={save.error} /> : null}
          <div className={s.bar}>
            <span className="grow muted" role="status">
              {t(dirty ? "widget.unsaved" : "widget.allSaved")}
            </span>
            <Button disabled={!dirty} onClick={() => setDraft(stored)}>
              {t("widget.undo")}
            </Button>
            <Button
              type="primary"
              htmlType="submit"
              disabled={!dirty || Boolean(verdict?.problems.length)}
              loading={save.isPending}
            >
              {base("do.save")}
            </Button>
          </div>
        </form>
        <Preview account={account.id} draft={draft} view={view} setView={setView} hear={setVerdict} />
      </div>
      <Modal
        open={leave.status === "blocked"}
        title={t("widget.leaveTitle")}
        okText={t("widget.leaveGo")}
        okButtonProps={{ danger: true }}
        cancelText={t("widget.leaveStay")}
        onOk={() => leave.proceed?.()}
        onCancel={() => leave.reset?.()}
      >
        <p>{t("widget.leaveText")}</p>
      </Modal>
    </Page>
  );

  function contrastHelp() {
    if (!verdict) return t("widget.colorHelp");
    const ink = t(verdict.ink === "#ffffff" ? "widget.white" : "widget.black");
    return t("widget.contrast", { ink, ratio: verdict.contrast.toFixed(1) });
  }
}
