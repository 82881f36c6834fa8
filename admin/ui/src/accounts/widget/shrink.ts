const side = 256; // pixels: twice what the chat shows
const most = 96 << 10;

/** shrink makes a picture small enough for the head of a chat, as a data: address; undefined: it cannot be read. */
export async function shrink(file: File): Promise<string | undefined> {
  try {
    const picture = await createImageBitmap(file);
    const by = Math.min(1, side / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(picture.width * by));
    canvas.height = Math.max(1, Math.round(picture.height * by));
    canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
    const png = canvas.toDataURL("image/png");
    return (png.length * 3) / 4 < most ? png : canvas.toDataURL("image/webp", 0.9);
  } catch {
    return undefined;
  }
}
