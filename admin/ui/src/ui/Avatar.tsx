import { useQuery } from "@tanstack/react-query";
import type { CSSProperties } from "react";
import { getFile } from "@/api/files";
import { hue, initials } from "@/lib/format";
import { ChannelIcon } from "./ChannelIcon";
import s from "./ui.module.css";

interface Props {
  id: string;
  name: string;
  file?: string;
  size?: number;
  /** The kind of channel, drawn as a small mark. */
  channel?: string;
}

/** Avatar is a picture, or initials on a colour of their own. The name always stands beside it. */
export function Avatar({ id, name, file, size = 32, channel }: Props) {
  const style = { width: size, height: size, fontSize: size * 0.34, "--hue": hue(id) } as CSSProperties;
  return (
    <span className={s.avatar} style={style} translate="no" aria-hidden>
      {file ? <Picture file={file} name={name} /> : initials(name)}
      {channel && (
        <span className={s.mark}>
          <ChannelIcon kind={channel} />
        </span>
      )}
    </span>
  );
}

function Picture({ file, name }: { file: string; name: string }) {
  const picture = useQuery({
    queryKey: ["file", file],
    queryFn: () => getFile(file),
    staleTime: 8 * 60_000,
  });
  return picture.data ? <img src={picture.data.url} alt="" /> : initials(name);
}
