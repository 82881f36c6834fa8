import { useQuery } from "@tanstack/react-query";
import { App, Button, Input, Modal, Popover } from "antd";
import { CircleAlert, CloudOff, TriangleAlert, Undo2, UploadCloud } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Change, getDiff, publish, undo } from "@/api/bots";
import type { FieldProblem } from "@/api/types";
import { useWords } from "@/i18n/words";
import { queryClient } from "@/lib/query";
import { keys } from "@/live/cache";
import { useCan } from "@/session/useSession";
import { ConfirmButton } from "@/ui/Confirm";
import { useSaying } from "@/ui/States";
import { useDo } from "@/ui/useDo";
import s from "./bots.module.css";
import { placeOf } from "./content";
import { useDraft } from "./draft";
import "@/i18n/more/bots";

/** DraftBar never lets draft and published be confused: what differs, what is wrong, publish, undo. */
export function DraftBar() {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const can = useCan();
  const say = useSaying();
  const words = useWords();
  const { bot, saving, error, errors, warnings, saves, flush } = useDraft();
  const [asking, setAsking] = useState(false);
  const diff = useQuery({
    queryKey: ["bot", bot.id, "diff", saves],
    queryFn: () => getDiff(bot.id),
    placeholderData: (d) => d,
  });
  const changes = diff.data?.items ?? [];
  const again = () => {
    void queryClient.invalidateQueries({ queryKey: keys.bots });
    return queryClient.refetchQueries({ queryKey: ["bot", bot.id] });
  };
  const back = useDo(() => undo(bot.id), again);

  if (saving === "conflict" || saving === "failed") {
    return (
      <div className={s.bar} data-state="bad" role="alert">
        <CloudOff aria-hidden />
        <span>{saving === "conflict" ? t("draft.conflict") : say(error).text}</span>
        <Button size="small" onClick={() => (saving === "conflict" ? again() : flush())}>
          {t(saving === "conflict" ? "draft.reload" : "do.tryAgain")}
        </Button>
      </div>
    );
  }
  const dirty = changes.length > 0 || bot.published === 0;
  return (
    <div className={s.bar} data-state={dirty ? "draft" : "same"}>
      {dirty ? (
        <Popover trigger="click" content={<Changes changes={changes} />} title={t("draft.changes")}>
          <button type="button" className={`bare ${s.changes}`}>
            {bot.published === 0 ? t("bots.unpublished") : t("draft.count", { count: changes.length })}
          </button>
        </Popover>
      ) : (
        <span className="muted">{t("draft.same", { version: bot.published })}</span>
      )}
      <span className="faint" aria-live="polite">
        {saving === "saved" ? t("draft.saved") : t("draft.saving")}
      </span>
      {errors.length > 0 && <Problems kind="errors" problems={errors} />}
      {warnings.length > 0 && (
        <Problems
          kind="warnings"
          problems={warnings.map((w) => ({ field: w.field, detail: words(w.text) }))}
        />
      )}
      {dirty && can("bot.publish") && (
        <Button
          type="primary"
          size="small"
          icon={<UploadCloud aria-hidden />}
          disabled={errors.length > 0}
          onClick={() => void flush().then(() => setAsking(true))}
        >
          {t("draft.publish")}
        </Button>
      )}
      {changes.length > 0 && bot.published > 0 && can("bot.write") && (
        <ConfirmButton
          size="small"
          icon={<Undo2 aria-hidden />}
          question={t("draft.undoQuestion", { version: bot.published })}
          loading={back.isPending}
          onConfirm={() => back.mutate(undefined)}
        >
          {t("draft.undo")}
        </ConfirmButton>
      )}
      {asking && (
        <Publish
          changes={changes}
          close={() => setAsking(false)}
          done={() => {
            message.success(t("draft.published"));
            void again();
          }}
        />
      )}
    </div>
  );
}

function Problems({ kind, problems }: { kind: "errors" | "warnings"; problems: FieldProblem[] }) {
  const { t } = useTranslation();
  const Icon = kind === "errors" ? CircleAlert : TriangleAlert;
  return (
    <Popover
      trigger="click"
      content={
        <ul className={s.problems}>
          {problems.map((p) => (
            <li key={`${p.field} ${p.detail}`}>
              <Place field={p.field} /> {p.detail} {p.remedy}
            </li>
          ))}
        </ul>
      }
    >
      <button type="button" className={`bare ${s[kind]}`}>
        <Icon aria-hidden />
        {t(`draft.${kind}`, { count: problems.length })}
      </button>
    </Popover>
  );
}

/** Place names the rule or menu a problem is in, as the lists beside it do. */
function Place({ field = "" }: { field?: string | undefined }) {
  const { t } = useTranslation();
  const place = placeOf(field, useDraft().content);
  if (!place) return <code>{field}</code>;
  return (
    <>
      <b>
        {t(`section.${place.section}`)} {place.name}
      </b>{" "}
      {place.rest && <code>{place.rest}</code>}
    </>
  );
}

function Changes({ changes }: { changes: Change[] }) {
  const { t, i18n } = useTranslation();
  if (changes.length === 0) return <p className="muted">{t("draft.nothing")}</p>;
  return (
    <ul className={s.problems}>
      {changes.map((c) => {
        const section = `section.${c.section}` as "section.rule";
        return (
          <li key={`${c.section} ${c.id} ${c.kind}`}>
            <span className="muted">{t(`change.${c.kind}`)}</span>{" "}
            {i18n.exists(section) ? t(section) : c.section} {c.name || c.id}
            {c.fields?.length ? <span className="faint"> · {c.fields.join(", ")}</span> : null}
          </li>
        );
      })}
    </ul>
  );
}

function Publish({ changes, close, done }: { changes: Change[]; close: () => void; done: () => void }) {
  const { t } = useTranslation();
  const { bot } = useDraft();
  const [note, setNote] = useState("");
  const out = useDo(
    () => publish(bot.id, note.trim()),
    () => {
      close();
      done();
    },
  );
  return (
    <Modal
      open
      title={t("draft.publishTitle", { version: bot.published + 1 })}
      onCancel={close}
      okText={t("draft.publish")}
      cancelText={t("do.cancel")}
      okButtonProps={{ loading: out.isPending }}
      onOk={() => out.mutate(undefined)}
    >
      <p className="muted">{t("draft.publishLead")}</p>
      <div className={s.publishChanges}>
        <Changes changes={changes} />
      </div>
      <Input
        value={note}
        maxLength={300}
        placeholder={t("draft.note")}
        aria-label={t("draft.note")}
        onChange={(e) => setNote(e.target.value)}
      />
    </Modal>
  );
}
