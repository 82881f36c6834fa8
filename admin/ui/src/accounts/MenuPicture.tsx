import { Alert, Button, Select } from "antd";
import { ImageUp, PenLine } from "lucide-react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { MenuItem } from "@/api/accounts";
import { upload } from "@/api/files";
import type { ID } from "@/api/types";
import { useDo } from "@/ui/useDo";
import s from "./menu.module.css";
import {
  areasOf,
  draw,
  fits,
  layoutOf,
  layouts,
  measures,
  type Picture,
  type PictureLimit,
  scaled,
} from "./menuLayout";
import "@/i18n/more/accounts";

/** Shown is the picture of a menu: one that stands or was uploaded has an address, one drawn from the names has none. */
export interface Shown extends Picture {
  url?: string;
  drawn?: boolean;
}

interface Props {
  items: MenuItem[];
  picture?: Shown;
  limit: PictureLimit;
  wrong?: string;
  set: (items: MenuItem[], picture: Shown) => void;
}

/** MenuPicture chooses the picture of a menu and how it is divided into areas. */
export function MenuPicture({ items, picture, limit, wrong, set }: Props) {
  const { t } = useTranslation("more");
  const input = useRef<HTMLInputElement>(null);
  // Entries a smaller layout has no room for come back with a larger one.
  const spare = useRef<MenuItem[]>([]);
  const layout = picture && layoutOf(items, picture.width, picture.height);
  const wants = t("menu.pictureWants", {
    kinds: (limit.mime ?? []).map((m) => m.replace("image/", "").toUpperCase()).join(" / "),
    kb: Math.round((limit.bytes ?? 0) / 1024),
    min: limit.min_width,
    max: limit.max_width,
    high: limit.min_height,
    ratio: limit.min_ratio,
  });
  const put = useDo(
    async (file: File) => {
      const image = await createImageBitmap(file).catch(() => undefined);
      const of = { width: image?.width ?? 0, height: image?.height ?? 0 };
      image?.close();
      if (!fits({ ...of, bytes: file.size, mime: file.type }, limit)) return { ...of, misfit: true } as const;
      const stored = await upload(file, () => undefined, new AbortController().signal);
      return { file: stored.id as ID, url: stored.url, ...of };
    },
    (got) => {
      if (!("misfit" in got)) set(picture ? scaled(items, picture, got) : arranged("one", got), got);
    },
  );
  const misfit = put.data && "misfit" in put.data ? put.data : undefined;
  const arranged = (name: string, of: { width: number; height: number }): MenuItem[] => {
    const all = [...items, ...spare.current.slice(items.length)];
    spare.current = all;
    return areasOf(name, of.width, of.height).map((area, i) => ({
      ...(all[i] ?? { label: "", kind: "reply" }),
      area,
    }));
  };
  const choose = (name: string) => {
    const of = !picture || picture.drawn ? { ...measures(name), drawn: true } : picture;
    set(arranged(name, of), of);
  };
  return (
    <div className={s.picture}>
      {/* biome-ignore lint/a11y/noLabelWithoutControl: the choice is within */}
      <label className={s.field}>
        <span>{t("menu.layout")}</span>
        <Select
          aria-label={t("menu.layout")}
          value={items.length ? (layout ?? "own") : undefined}
          placeholder={t("menu.layoutChoose")}
          options={[
            ...Object.keys(layouts).map((value) => ({ value, label: t(`menuLayout.${value as "one"}`) })),
            ...(items.length && !layout
              ? [{ value: "own", label: t("menuLayout.own"), disabled: true }]
              : []),
          ]}
          onChange={choose}
        />
      </label>
      <input
        ref={input}
        type="file"
        hidden
        aria-label={t("menu.upload")}
        accept={(limit.mime ?? []).join(",")}
        onChange={(e) => {
          const f = e.target.files?.[0];
          if (f) put.mutate(f);
          e.target.value = "";
        }}
      />
      <div className="row">
        <Button icon={<ImageUp aria-hidden />} loading={put.isPending} onClick={() => input.current?.click()}>
          {t("menu.upload")}
        </Button>
        {items.length > 0 && !picture?.drawn && (
          <Button
            icon={<PenLine aria-hidden />}
            onClick={() => {
              const of = { ...measures(layout ?? "twoByTwo"), drawn: true };
              set(picture ? scaled(items, picture, of) : arranged(layout ?? "one", of), of);
            }}
          >
            {t("menu.draw")}
          </Button>
        )}
      </div>
      <p className="faint">{picture?.drawn ? t("menu.drawn") : wants}</p>
      {misfit && (
        <Alert
          type="error"
          showIcon
          title={t("menu.pictureMisfit", { width: misfit.width, height: misfit.height })}
          description={wants}
        />
      )}
      {wrong && <em>{wrong}</em>}
    </div>
  );
}

/** Canvas draws the names of entries into their areas. */
export function Canvas({ items, picture }: { items: MenuItem[]; picture: Shown }) {
  const ref = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (ref.current) draw(ref.current, items, picture);
  }, [items, picture]);
  return <canvas ref={ref} aria-hidden />;
}

/** drawnFile is what Canvas shows, as a file to upload. */
export function drawnFile(items: MenuItem[], picture: Shown): Promise<File> {
  const canvas = document.createElement("canvas");
  draw(canvas, items, picture);
  return new Promise((resolve, reject) =>
    canvas.toBlob(
      (blob) =>
        blob ? resolve(new File([blob], "menu.png", { type: "image/png" })) : reject(new Error("no canvas")),
      "image/png",
    ),
  );
}
