import { Dropdown, type MenuProps } from "antd";
import { Copy, Ellipsis, FileSearch, Pencil, Reply, Smile, Undo2 } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { words } from "@/api/canon";
import { type Detail, recall } from "@/api/inbox";
import type { Message } from "@/api/types";
import { copy } from "@/lib/copy";
import { apply } from "@/live/follow";
import { useCan, useSession } from "@/session/useSession";
import { useDo } from "@/ui/useDo";
import { useReplyTo } from "../composer/replyTo";
import s from "./thread.module.css";

const TraceDialog = lazy(() => import("../dialogs/TraceDialog").then((m) => ({ default: m.TraceDialog })));

const EditDialog = lazy(() => import("../dialogs/EditDialog").then((m) => ({ default: m.EditDialog })));

const ReactDialog = lazy(() => import("../dialogs/ReactDialog").then((m) => ({ default: m.ReactDialog })));

const show = (m: Message) => m?.id && apply.entry({ seq: 0, kind: "message.changed", at: m.at, data: m });

/** MessageTools is what can be done with one message; recall only within the limit, by the hub's clock. */
export function MessageTools({ message: m, detail }: { message: Message; detail: Detail }) {
  const { t } = useTranslation();
  const { agent, tenant } = useSession();
  const replyTo = useReplyTo((r) => r.set);
  const take = useDo(() => recall(m.id), show);
  const may = useCan();
  const [open, setOpen] = useState("");
  if (m.recalled) return null;

  const mine = m.from === "agent" && m.sender === agent.id;
  const level = (op: string) => detail.capabilities?.ops?.[op] ?? "drop";
  const can = (op: string) => /full|partial/.test(level(op));
  // What the channel cannot do goes as a message, which the dialog shows before.
  const says = (op: string) => level(op) === "degrade";
  const limit = tenant.settings.recall_within;
  const recent = Date.now() - Date.parse(m.at) < limit * 1000;

  const menu: MenuProps = {
    items: [
      ...(m.from === "customer" || m.from === "agent"
        ? [{ key: "reply", icon: <Reply aria-hidden />, label: t("do.quote") }]
        : []),
      ...(m.from === "customer" && (can("react") || says("react"))
        ? [{ key: "react", icon: <Smile aria-hidden />, label: t("do.react") }]
        : []),
      { key: "copy", icon: <Copy aria-hidden />, label: t("do.copy") },
      ...(mine && (can("edit") || says("edit"))
        ? [{ key: "edit", icon: <Pencil aria-hidden />, label: t(says("edit") ? "do.correct" : "do.edit") }]
        : []),
      ...(mine && recent && detail.capabilities
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
      else if (key === "reply") replyTo(detail.conversation.id, m);
      else if (key === "recall") take.mutate(undefined);
      else setOpen(key);
    },
  };

  return (
    <>
      <Dropdown menu={menu} trigger={["click"]} placement="bottomRight">
        <button type="button" className={`bare ${s.tools}`} aria-label={t("thread.tools")}>
          <Ellipsis aria-hidden />
        </button>
      </Dropdown>
      {open && (
        <Suspense>
          {open === "react" ? (
            <ReactDialog message={m} says={says("react")} close={() => setOpen("")} />
          ) : open === "edit" ? (
            <EditDialog message={m} detail={detail} says={says("edit")} close={() => setOpen("")} />
          ) : (
            <TraceDialog message={m.id} close={() => setOpen("")} />
          )}
        </Suspense>
      )}
    </>
  );
}
