import { Alert, Button, Form, Input, Slider, Switch } from "antd";
import { Volume2 } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Ring } from "@/api/preferences";
import { zoneName } from "@/lib/time";
import { play, type Tune } from "@/ring/sound";
import { usePreferences } from "@/session/usePreferences";
import { Section } from "@/ui/Page";
import { SettingsPage } from "./SettingsPage";
import s from "./settings.module.css";
import "@/i18n/more/ring";
import "@/i18n/more/settings";

const tunes: Tune[] = ["assigned", "waiting", "mentioned"];

type Allowed = NotificationPermission | "unable";
const allowed = (): Allowed =>
  "Notification" in window && window.isSecureContext ? Notification.permission : "unable";

/** Notifications are how one is told while one looks elsewhere: by the browser, by sounds, and with how many words. */
export function Notifications() {
  const { t } = useTranslation("more");
  const [{ ring }, save] = usePreferences();
  const set = (change: Partial<Ring>) => save({ ring: { ...ring, ...change } });
  const [volume, setVolume] = useState(ring.volume);
  useEffect(() => setVolume(ring.volume), [ring.volume]);
  return (
    <SettingsPage name="notifications">
      <Section title={t("ring.browser")} lead={t("ring.browserLead")}>
        <Permission ring={ring} set={set} />
        <Form layout="vertical" component="div" className={s.form}>
          <Form.Item
            label={t("ring.privately")}
            extra={t("ring.privatelyHelp", { words: t("ring.private") })}
          >
            <Switch
              aria-label={t("ring.privately")}
              checked={ring.private}
              onChange={(on) => set({ private: on })}
            />
          </Form.Item>
        </Form>
      </Section>
      <Section title={t("ring.sounds")} lead={t("ring.soundsLead")}>
        <Form layout="vertical" component="div" className={s.form}>
          <Form.Item label={volume ? t("ring.volume", { volume }) : t("ring.mute")}>
            <Slider
              ariaLabelForHandle={t("ring.loudness")}
              value={volume}
              step={10}
              onChange={setVolume}
              onChangeComplete={(v) => set({ volume: v })}
              tooltip={{ formatter: null }}
            />
          </Form.Item>
          {tunes.map((tune) => (
            <div key={tune} className={s.tune}>
              {/* biome-ignore lint/a11y/noLabelWithoutControl: the switch is the control */}
              <label className="row grow">
                <Switch checked={ring[tune]} onChange={(on) => set({ [tune]: on })} />
                {t(`ring.on_${tune}`)}
              </label>
              <Button
                size="small"
                icon={<Volume2 aria-hidden />}
                disabled={!volume}
                aria-label={t("ring.listenTo", { name: t(`ring.on_${tune}`) })}
                onClick={() => play(tune, volume)}
              >
                {t("ring.listen")}
              </Button>
            </div>
          ))}
        </Form>
      </Section>
      <QuietHours ring={ring} set={set} />
    </SettingsPage>
  );
}

/** QuietHours are those of one's own day without sounds and notifications. */
function QuietHours({ ring, set }: { ring: Ring; set: (change: Partial<Ring>) => void }) {
  const { t } = useTranslation("more");
  const quiet = ring.quiet ?? { on: false, from: "22:00", until: "08:00" };
  const time = (end: "from" | "until") => (
    <Input
      type="time"
      aria-label={t(`ring.${end}`)}
      defaultValue={quiet[end]}
      disabled={!quiet.on}
      style={{ width: 120 }}
      onBlur={(e) =>
        e.target.value && e.target.value !== quiet[end] && set({ quiet: { ...quiet, [end]: e.target.value } })
      }
    />
  );
  return (
    <Section title={t("ring.quiet")} lead={t("ring.quietLead", { zone: zoneName() })}>
      <Form layout="vertical" component="div" className={s.form}>
        <div className={s.tune}>
          {/* biome-ignore lint/a11y/noLabelWithoutControl: the switch is the control */}
          <label className="row grow">
            <Switch checked={quiet.on} onChange={(on) => set({ quiet: { ...quiet, on } })} />
            {t("ring.quietOn")}
          </label>
          <span className="row">
            {time("from")}
            <span className="faint" aria-hidden>
              –
            </span>
            {time("until")}
          </span>
        </div>
      </Form>
    </Section>
  );
}

/** Permission is the browser's: asked for at a press, and where it was refused it says how to change that. */
function Permission({ ring, set }: { ring: Ring; set: (change: Partial<Ring>) => void }) {
  const { t } = useTranslation("more");
  const [is, setIs] = useState(allowed);
  useEffect(() => {
    const look = () => setIs(allowed());
    window.addEventListener("focus", look);
    return () => window.removeEventListener("focus", look);
  }, []);
  switch (is) {
    case "granted":
      return (
        <Form layout="vertical" component="div" className={s.form}>
          <Form.Item label={t("ring.notify")} extra={t("ring.notifyHelp")}>
            <Switch
              aria-label={t("ring.notify")}
              checked={ring.notify}
              onChange={(on) => set({ notify: on })}
            />
          </Form.Item>
        </Form>
      );
    case "default":
      return (
        <Alert
          className={s.asking}
          type="info"
          title={t("ring.ask")}
          description={
            <div className="col">
              {t("ring.askWhy")}
              <div>
                <Button type="primary" onClick={() => void Notification.requestPermission().then(setIs)}>
                  {t("ring.allow")}
                </Button>
              </div>
            </div>
          }
        />
      );
    default:
      return (
        <Alert
          className={s.asking}
          type="warning"
          showIcon
          title={t(`ring.${is}`)}
          description={t(`ring.${is}How`)}
        />
      );
  }
}
