import { lazy, Suspense } from "react";
import { type Media, type Part, readPart } from "@/api/canon";
import type { Message } from "@/api/types";
import { Album } from "./Album";
import { CardPart } from "./CardPart";
import { ChoicesPart } from "./ChoicesPart";
import { FilePart } from "./FilePart";
import { ContactPart, LocationPart, OpaquePart, StickerPart, TemplatePart } from "./Others";
import s from "./parts.module.css";
import { RichText } from "./RichText";
import { VoicePart } from "./VoicePart";

// The second sanitiser is only wanted where there is mail.
const Mail = lazy(() => import("./Mail").then((m) => ({ default: m.Mail })));

/** Parts draws every kind of part there is; a kind of tomorrow is drawn as unknown. */
export function Parts({ message }: { message: Message }) {
  const parts = (message.content?.parts ?? []).map(readPart);
  const media = parts.filter((p) => p.type === "media");
  const inline = media.filter((p) => p.inline);
  const images = media.filter((p) => !p.inline && (p.kind === "image" || p.kind === "animation") && shows(p));
  return (
    <div className={s.parts}>
      {parts.map((part, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: parts have no identity but their place
        <PartView key={i} part={part} inline={inline} images={images} />
      ))}
    </div>
  );
}

/** shows tells pictures that every browser draws; an iPhone's HEIC is none, nor a film that a platform calls animation. */
const shows = (p: Media) => !p.mime || /\/(jpeg|png|gif|webp)$/.test(p.mime);

interface ViewProps {
  part: Part;
  /** Pictures that the mail's own text shows. */
  inline: Media[];
  /** The message's pictures, drawn together where the first stands. */
  images: Media[];
}

function PartView({ part, inline, images }: ViewProps) {
  switch (part.type) {
    case "text":
      if (part.html) {
        return (
          <Suspense fallback={<div className={s.mailPlace} />}>
            <Mail part={part} inline={inline} />
          </Suspense>
        );
      }
      return part.body ? <RichText part={part} /> : null;
    case "media":
      if (part.inline) return null;
      if (images.includes(part)) return images[0] === part ? <Album images={images} /> : null;
      return part.kind === "voice" ? <VoicePart part={part} /> : <FilePart part={part} />;
    case "choices":
      return <ChoicesPart part={part} />;
    case "card":
      return <CardPart part={part} />;
    case "location":
      return <LocationPart part={part} />;
    case "sticker":
      return <StickerPart part={part} />;
    case "contact":
      return <ContactPart part={part} />;
    case "template":
      return <TemplatePart part={part} />;
    default:
      return <OpaquePart part={part} />;
  }
}
