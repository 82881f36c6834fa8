import { App, Dropdown, type MenuProps } from "antd";
import { Copy, FileSearch, Pencil, Reply, Smile, Undo2 } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { words } from "@/api/canon";
import { edit, recall } from "@/api/inbox";
import type { Message } from "@/api/types";
import { copy } from "@/lib/copy";
import { apply } from "@/live/follow";
import { useCan, useSession } from "@/session/useSession";
import type { Opened } from "@/ui/Opener";
import { useDo } from "@/ui/useDo";
import { useReplyTo } from "../composer/replyTo";
import type { About } from "./about";
import s from "./thread.module.css";

const TraceDialog = lazy(() => import("../dialogs/TraceDialog").then((m) => ({ default: m.TraceDialog })));

const ReactDialog = lazy(() => import("../dialogs/ReactDialog").then((m) => ({ default: m.ReactDialog })));

const show = (m: Message) => m?.id && apply.entry({ seq: 0, kind: "message.changed", at: m.at, data: m });

interface Props {
  message: Message;
  about: About;
  opened: Opened;
}

/** MessageMenu is what can be done with one message; recall only within the limit, by the hub's clock. */
export function MessageMenu({ message: m, about, opened }: Props) {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const { agent, tenant } = useSession();
  const replyTo = useReplyTo((r) => r.set);
  const take = useDo(() => recall(m.id), show);
  const change = useDo((text: string) => edit(m.id, text), show);
  const may = useCan();
  const [open, setOpen] = useState("");

  const mine = m.from === "agent" && m.sender === agent.id;
  const can = (op: string) => ["full", "partial"].includes(about.capabilities?.ops?.[op] ?? "");
  const limit = tenant.settings.recall_within;
  const recent = Date.now() - Date.parse(m.at) < limit * 1000;

  const menu: MenuProps = {
    items: [
      ...(m.from === "customer" || m.from === "agent"
        ? [{ key: "reply", icon: <Reply aria-hidden />, label: t("do.quote") }]
        : []),
      ...(m.from === "customer" && can("react")
        ? [{ key: "react", icon: <Smile aria-hidden />, label: t("do.react") }]
        : []),
      { key: "copy", icon: <Copy aria-hidden />, label: t("do.copy") },
      ...(mine && can("edit") ? [{ key: "edit", icon: <Pencil aria-hidden />, label: t("do.edit") }] : []),
      ...(mine && recent && about.capabilities
        ? [
            can("revoke")
              ? { key: "recall", icon: <Undo2 aria-hidden />, label: t("do.recall") }
              : { key: "recall", icon: <Undo2 aria-hidden />, label: t("do.noRecall"), disabled: true },
          ]
        : []),
      ...(m.state && may("trouble.read")
        ? [{ key: "trace", icon: <FileSearch aria-hidden />, label: t("trace.open") }]
        : []),
    ],
    onClick: ({ key }) => {
      if (key === "copy") void copy(words(m.content));
      else if (key === "reply") replyTo(about.conversation, m);
      else if (key === "recall") take.mutate(undefined);
      else if (key === "edit") editText();
      else setOpen(key);
    },
  };

  function editText() {
    let text = words(m.content);
    modal.confirm({
      icon: null,
      title: t("thread.editTitle"),
      content: (
        <textarea
          className={s.editBox}
          defaultValue={text}
          rows={5}
          aria-label={t("thread.editTitle")}
          onChange={(e) => (text = e.target.value)}
        />
      ),
      okText: t("do.save"),
      cancelText: t("do.cancel"),
      onOk: () => change.mutateAsync(text),
    });
  }

  return (
    <>
      <Dropdown {...opened} menu={menu} trigger={["click"]} placement="bottomRight" />
      {open && (
        <Suspense>
          {open === "react" ? (
            <ReactDialog message={m} close={() => setOpen("")} />
          ) : (
            <TraceDialog message={m.id} close={() => setOpen("")} />
          )}
        </Suspense>
      )}
    </>
  );
}
