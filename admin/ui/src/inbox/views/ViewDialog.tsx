import { useNavigate } from "@tanstack/react-router";
import { App, Input, Modal, Radio, Select, Switch } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Filter, Role, SavedView } from "@/api/types";
import { changeView, createView, type ViewForm } from "@/api/views";
import { queryClient } from "@/lib/query";
import { keys } from "@/live/cache";
import { useCan } from "@/session/useSession";
import { tagColors } from "@/ui/TagChip";
import { useDo } from "@/ui/useDo";
import { iconOf, type ViewIcon, viewIcons } from "./looks";
import s from "./views.module.css";
import "@/i18n/more/inbox";

interface Props {
  /** The view to change; without one a new one is made of the filter. */
  view?: SavedView;
  filter: Filter;
  close: () => void;
}

const roles: Role[] = ["owner", "admin", "supervisor", "agent", "limited", "designer", "bot"];

/** ViewDialog names a filter, and says who else has it. */
export function ViewDialog({ view, filter, close }: Props) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const can = useCan();
  const { message } = App.useApp();
  const [form, setForm] = useState<ViewForm>({
    name: view?.name ?? "",
    icon: view?.icon ?? "list",
    color: view?.color ?? "grey",
    filter,
    shared: Boolean(view && !view.owner),
    roles: view?.roles ?? [],
  });
  const set = (next: Partial<ViewForm>) => setForm({ ...form, ...next });
  const save = useDo(
    () => (view ? changeView(view.id, form) : createView(form)),
    async (saved: SavedView) => {
      await queryClient.invalidateQueries({ queryKey: keys.views });
      close();
      if (!view) {
        void message.success(t("savedView.saved"));
        void navigate({ to: "/inbox/$view", params: { view: saved.id }, search: {} });
      }
    },
  );
  const ok = form.name.trim().length > 0;
  return (
    <Modal
      open
      title={t(view ? "savedView.edit" : "savedView.create")}
      onCancel={close}
      okText={t("do.save")}
      cancelText={t("do.cancel")}
      okButtonProps={{ disabled: !ok, loading: save.isPending }}
      onOk={() => save.mutate(undefined)}
      width={440}
    >
      <div className={s.form}>
        {/* biome-ignore lint/a11y/noLabelWithoutControl: the field is the control */}
        <label>
          <span>{t("savedView.name")}</span>
          <Input
            autoFocus
            value={form.name}
            maxLength={60}
            aria-label={t("savedView.name")}
            onChange={(e) => set({ name: e.target.value })}
            onPressEnter={(e) => ok && !e.nativeEvent.isComposing && save.mutate(undefined)}
          />
        </label>
        <div>
          <span>{t("savedView.icon")}</span>
          <Radio.Group
            className={s.looks}
            aria-label={t("savedView.icon")}
            optionType="button"
            value={form.icon}
            onChange={(e) => set({ icon: e.target.value as string })}
            options={(Object.keys(viewIcons) as ViewIcon[]).map((name) => {
              const Icon = iconOf(name);
              return { value: name, label: <Icon role="img" aria-label={t(`viewIcon.${name}`)} /> };
            })}
          />
        </div>
        <div>
          <span>{t("savedView.color")}</span>
          <Radio.Group
            className={s.looks}
            aria-label={t("savedView.color")}
            optionType="button"
            value={form.color}
            onChange={(e) => set({ color: e.target.value as string })}
            options={Object.entries(tagColors).map(([name, value]) => ({
              value: name,
              label: (
                <i
                  role="img"
                  className={s.dot}
                  style={{ background: value }}
                  aria-label={t(`viewColor.${name as "grey"}`)}
                />
              ),
            }))}
          />
        </div>
        {can("view.share") && (
          <>
            {/* biome-ignore lint/a11y/noLabelWithoutControl: the switch is the control */}
            <label className={s.switch}>
              <Switch checked={form.shared} onChange={(shared) => set({ shared })} />
              <span>{t("savedView.shared")}</span>
            </label>
            {form.shared && (
              <>
                <p className="muted">{t("savedView.sharedLead")}</p>
                {/* biome-ignore lint/a11y/noLabelWithoutControl: the select is the control */}
                <label>
                  <span>{t("savedView.roles")}</span>
                  <Select
                    mode="multiple"
                    value={form.roles}
                    placeholder={t("savedView.everybody")}
                    aria-label={t("savedView.roles")}
                    onChange={(next: Role[]) => set({ roles: next })}
                    options={roles.map((r) => ({ value: r, label: t(`role.${r}`) }))}
                  />
                </label>
              </>
            )}
          </>
        )}
      </div>
    </Modal>
  );
}
