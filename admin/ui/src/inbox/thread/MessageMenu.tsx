import { Dropdown, type MenuProps } from "antd";
import { Copy, FileSearch, Pencil, Reply, Smile, Undo2 } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { words } from "@/api/canon";
import { recall } from "@/api/inbox";
import type { Message } from "@/api/types";
import { copy } from "@/lib/copy";
import { apply } from "@/live/follow";
import { useCan, useSession } from "@/session/useSession";
import type { Opened } from "@/ui/Opener";
import { useDo } from "@/ui/useDo";
import { useReplyTo } from "../composer/replyTo";
import type { About } from "./about";

const TraceDialog = lazy(() => import("../dialogs/TraceDialog").then((m) => ({ default: m.TraceDialog })));

const EditDialog = lazy(() => import("../dialogs/EditDialog").then((m) => ({ default: m.EditDialog })));

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
  const { agent, tenant } = useSession();
  const replyTo = useReplyTo((r) => r.set);
  const take = useDo(() => recall(m.id), show);
  const may = useCan();
  const [open, setOpen] = useState("");

  const mine = m.from === "agent" && m.sender === agent.id;
  const level = (op: string) => about.capabilities?.ops?.[op] ?? "drop";
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
      else setOpen(key);
    },
  };

  return (
    <>
      <Dropdown {...opened} menu={menu} trigger={["click"]} placement="bottomRight" />
      {open && (
        <Suspense>
          {open === "react" ? (
            <ReactDialog message={m} says={says("react")} close={() => setOpen("")} />
          ) : open === "edit" ? (
            <EditDialog
              message={m}
              capabilities={about.capabilities}
              says={says("edit")}
              close={() => setOpen("")}
            />
          ) : (
            <TraceDialog message={m.id} close={() => setOpen("")} />
          )}
        </Suspense>
      )}
    </>
  );
}
