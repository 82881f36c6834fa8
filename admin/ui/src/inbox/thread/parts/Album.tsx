import { ImageOff } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Media } from "@/api/canon";
import { useWords } from "@/i18n/words";
import s from "./parts.module.css";
import { useFile } from "./useFile";

const Viewer = lazy(() => import("./Viewer").then((m) => ({ default: m.Viewer })));

/** Album shows the pictures of one message; a press opens them large. */
export function Album({ images }: { images: Media[] }) {
  const [at, setAt] = useState<number>();
  return (
    <>
      <div className={s.album} data-many={images.length > 1 || undefined}>
        {images.map((image, i) => (
          <Picture key={image.file ?? i} image={image} open={() => setAt(i)} alone={images.length === 1} />
        ))}
      </div>
      {images.map(
        (image) =>
          image.caption && (
            <div key={image.file ?? image.caption} className={s.text}>
              {image.caption}
            </div>
          ),
      )}
      <Suspense>
        {at !== undefined && <Viewer images={images} start={at} close={() => setAt(undefined)} />}
      </Suspense>
    </>
  );
}

function Picture({ image, open, alone }: { image: Media; open: () => void; alone: boolean }) {
  const { t } = useTranslation();
  const why = useWords()(image.why);
  const file = useFile(image.file);
  // The place is kept before the picture comes, so nothing jumps.
  const [w, h] = image.width && image.height ? [image.width, image.height] : [4, 3];
  const scale = Math.min(1, 280 / w, 320 / h);
  const size = alone
    ? { width: image.width ? Math.max(96, w * scale) : 240, aspectRatio: `${w} / ${h}` }
    : undefined;
  const label = image.name ? t("media.imageNamed", { name: image.name }) : t("media.image");
  if (image.state || file.error) {
    return (
      <div className={s.gone} style={size}>
        <ImageOff aria-hidden />
        {why || t(image.state === "pending" ? "media.pending" : "media.expired")}
      </div>
    );
  }
  return (
    <button type="button" className={`bare ${s.picture}`} style={size} onClick={open} aria-label={label}>
      {file.data && (
        <img src={file.data.url} alt={label} loading="lazy" onError={() => file.isStale && file.refetch()} />
      )}
    </button>
  );
}
