import { Button } from "antd";
import { ChevronLeft, ChevronRight, Download, X, ZoomIn } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { useTranslation } from "react-i18next";
import type { Media } from "@/api/canon";
import s from "./parts.module.css";
import { useFile } from "./useFile";

interface Props {
  images: Media[];
  start: number;
  close: () => void;
}

/** Viewer shows one picture as large as the window; arrows turn pages, Escape leaves. */
export function Viewer({ images, start, close }: Props) {
  const { t } = useTranslation();
  const [at, setAt] = useState(start);
  const [large, setLarge] = useState(false);
  const dialog = useRef<HTMLDialogElement>(null);
  const image = images[at]!;
  const file = useFile(image.file);
  useEffect(() => dialog.current?.showModal(), []);
  const turn = (by: number) => {
    setLarge(false);
    setAt((n) => (n + by + images.length) % images.length);
  };
  return createPortal(
    <dialog
      ref={dialog}
      className={s.viewer}
      aria-label={image.name ?? t("media.image")}
      onClose={close}
      onClick={(e) => e.target === e.currentTarget && close()}
      onKeyDown={(e) => {
        e.stopPropagation();
        if (e.key === "ArrowRight") turn(1);
        else if (e.key === "ArrowLeft") turn(-1);
      }}
    >
      <header>
        <span className="grow cut">
          {image.name}
          {images.length > 1 && ` · ${at + 1} / ${images.length}`}
        </span>
        <Button
          type="text"
          icon={<ZoomIn aria-hidden />}
          aria-label={t("media.zoom")}
          onClick={() => setLarge(!large)}
        />
        {file.data && (
          <Button
            type="text"
            icon={<Download aria-hidden />}
            aria-label={t("media.download")}
            href={file.data.url}
            download={image.name ?? true}
          />
        )}
        <Button type="text" icon={<X aria-hidden />} aria-label={t("do.close")} onClick={close} />
      </header>
      <div className={s.stage} data-large={large || undefined}>
        {file.data && <img src={file.data.url} alt={image.caption ?? image.name ?? t("media.image")} />}
      </div>
      {images.length > 1 && (
        <>
          <Button
            className={s.prev}
            shape="circle"
            icon={<ChevronLeft aria-hidden />}
            aria-label={t("media.previous")}
            onClick={() => turn(-1)}
          />
          <Button
            className={s.next}
            shape="circle"
            icon={<ChevronRight aria-hidden />}
            aria-label={t("media.next")}
            onClick={() => turn(1)}
          />
        </>
      )}
    </dialog>,
    document.body,
  );
}
