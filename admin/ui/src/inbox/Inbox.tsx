import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { lazy, memo, Suspense, useCallback, useDeferredValue, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useAction } from "@/actions/store";
import { useWide } from "@/lib/media";
import { useStored } from "@/lib/stored";
import { nameTitle } from "@/lib/title";
import { Empty } from "@/ui/States";
import { Context } from "./context/Context";
import { Grip } from "./Grip";
import s from "./inbox.module.css";
import { ConversationList } from "./list/ConversationList";
import { ViewSelect } from "./list/ViewSelect";
import { ConversationScreen } from "./thread/ConversationScreen";
import { asView } from "./views/query";
import { Views } from "./views/Views";

const MentionList = lazy(() => import("./mentions/MentionList").then((m) => ({ default: m.MentionList })));
const ContextDrawer = lazy(() =>
  import("./context/ContextDrawer").then((m) => ({ default: m.ContextDrawer })),
);

// Going from one conversation to the next draws each column once: the inbox itself is drawn again when what stands
// beside the thread follows it.
const ViewColumn = memo(Views);
const ListColumn = memo(ConversationList);
const ThreadColumn = memo(ConversationScreen);
const ContextColumn = memo(Context);
const ColumnGrip = memo(Grip);

/** Inbox is views, list, thread and context; as the window narrows they fold away from the outside in. */
export function Inbox() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const params = useParams({ strict: false });
  const search = useSearch({ from: "/frame/inbox/$view" });
  const view = asView(params.view ?? "mine");
  const current = params.conversation;

  const four = useWide(1440);
  const three = useWide(1180);
  const two = useWide(768);
  const [focus, setFocus] = useState(false);
  const [listWidth, setListWidth] = useStored("width.list", 340);
  const [contextWidth, setContextWidth] = useStored("width.context", 320);
  const [asideOpen, setAsideOpen] = useStored("context.open", true);
  const [drawer, setDrawer] = useState(false);
  useAction("focus", two ? () => setFocus((f) => !f) : undefined);

  // The thread comes first; what stands beside it follows.
  const beside = useDeferredValue(current) ?? current;
  useEffect(() => {
    nameTitle(t("place.inbox"));
  }, [t]);

  const aside = three && asideOpen && !focus;
  const back = useCallback(
    () => void navigate({ to: "/inbox/$view", params: { view }, search }),
    [navigate, view, search],
  );
  const toggleDrawer = useCallback(() => setDrawer((d) => !d), []);
  const toggleAside = useCallback(() => setAsideOpen(!asideOpen), [setAsideOpen, asideOpen]);
  const list =
    view === "mentions" ? (
      <Suspense>
        <MentionList current={current} select={!four && <ViewSelect view={view} search={search} />} />
      </Suspense>
    ) : (
      <ListColumn view={view} search={search} current={current} withViews={!four} />
    );

  const heading = <h1 className="sr">{t("place.inbox")}</h1>;
  const drawerFor = !three && current && drawer && (
    <Suspense>
      <ContextDrawer id={current} close={() => setDrawer(false)} />
    </Suspense>
  );

  if (!two) {
    return (
      <div className={s.one}>
        {heading}
        {current && (
          <ThreadColumn
            key={current}
            id={current}
            back={back}
            contextOpen={drawer}
            toggleContext={toggleDrawer}
          />
        )}
        {/* It stays where it was read, out of sight and reach. */}
        <div className={s.behind} data-behind={current && ""} inert={Boolean(current)}>
          {list}
        </div>
        {drawerFor}
      </div>
    );
  }
  return (
    <div className={s.inbox}>
      {heading}
      {four && !focus && (
        <div className={s.views}>
          <ViewColumn view={view} search={search} />
        </div>
      )}
      {/* Out of sight it still knows which conversation is next. */}
      <div className={s.list} style={{ width: listWidth, display: focus ? "none" : undefined }}>
        {list}
      </div>
      {!focus && (
        <ColumnGrip
          label={t("inbox.resizeList")}
          width={listWidth}
          set={setListWidth}
          min={280}
          max={480}
          side="left"
        />
      )}
      <div className={s.thread}>
        {current ? (
          <ThreadColumn
            key={current}
            id={current}
            contextOpen={three ? aside : drawer}
            toggleContext={three ? toggleAside : toggleDrawer}
          />
        ) : (
          <Empty text={t("inbox.choose")} />
        )}
      </div>
      {aside && current && (
        <>
          <ColumnGrip
            label={t("inbox.resizeContext")}
            width={contextWidth}
            set={setContextWidth}
            min={260}
            max={480}
            side="right"
          />
          <aside className={s.context} style={{ width: contextWidth }} aria-label={t("context.title")}>
            <ContextColumn key={beside} id={beside ?? current} />
          </aside>
        </>
      )}
      {drawerFor}
    </div>
  );
}
