import type { Chat } from "./chat";
import { Icon } from "./icons";
import type { Keep } from "./keep";
import type { Settings } from "./protocol";
import { Fragment, h, useEffect, useRef, useState } from "./ui";
import { sendFile } from "./upload";
import { canRecord, type Recorder, record } from "./voice";
import { length, t } from "./words";

// The block of faces begins at U+1F600.
const emoji = [
	...Array.from({ length: 56 }, (_, i) => String.fromCodePoint(0x1f600 + i)),
	..."👍👎👌🙏👏💪🤝👋💔🎉🎁🌹✅❌",
];

// Composer is where the visitor writes. The draft is kept through reloads, and
// what stands in the box is passed on while it is typed, at most four times a
// second.
export function Composer(props: {
	chat: Chat;
	keep: Keep;
	base: string;
	settings: Settings;
	focus: number;
	say: (words: string) => void;
}) {
	const { chat, keep, base, settings, say } = props;
	const [text, setText] = useState(() => keep.get("draft") || "");
	const [faces, setFaces] = useState(false);
	const [rec, setRec] = useState<Recorder | null>(null);
	const area = useRef<HTMLTextAreaElement>();
	const pick = useRef<HTMLInputElement>();
	const wire = useRef<{ timer?: number; at: number }>({ at: 0 });

	useEffect(() => {
		const el = area.current;
		if (!el) return;
		el.style.height = "auto";
		el.style.height = `${Math.min(120, el.scrollHeight)}px`;
	}, [text]);

	// A pointer that can hover has a keyboard: focusing calls up none on screen.
	useEffect(() => {
		if (props.focus && matchMedia("(hover:hover)").matches) area.current?.focus();
	}, [props.focus]);

	const write = (value: string) => {
		setText(value);
		keep.set("draft", value || null);
		clearTimeout(wire.current.timer);
		const tell = () => {
			wire.current.at = Date.now();
			chat.write(value, settings.live);
		};
		const wait = value ? wire.current.at + 260 - Date.now() : 0;
		if (wait <= 0) tell();
		else wire.current.timer = window.setTimeout(tell, wait);
	};

	const post = () => {
		const value = text.trim();
		if (!value) return;
		chat.send({ text: value });
		write("");
		setFaces(false);
		area.current?.focus();
	};

	const files = (list: Iterable<File>) => {
		for (const f of Array.from(list).slice(0, 10)) sendFile(chat, base, f, settings);
	};

	const insert = (face: string) => {
		const el = area.current;
		const at = el?.selectionStart ?? text.length;
		write(text.slice(0, at) + face + text.slice(el?.selectionEnd ?? at));
		el?.focus();
		requestAnimationFrame(() => el?.setSelectionRange(at + face.length, at + face.length));
	};

	return (
		<div class="composer">
			{faces && (
				<div class="faces">
					{emoji.map((f) => (
						<button type="button" key={f} onClick={() => insert(f)}>
							{f}
						</button>
					))}
				</div>
			)}
			<div class="box">
				{rec ? (
					<Recording />
				) : (
					<>
						<button
							type="button"
							class="tool"
							aria-label={t("attach")}
							title={t("attach")}
							onClick={() => pick.current?.click()}
						>
							<Icon name="clip" />
						</button>
						<textarea
							ref={area}
							rows={1}
							maxLength={settings.runes}
							value={text}
							placeholder={t("write")}
							aria-label={t("write")}
							enterkeyhint="send"
							onInput={(e) => write(e.currentTarget.value)}
							onPaste={(e) => {
								const list = e.clipboardData?.files;
								if (!list?.length) return;
								e.preventDefault();
								files(list);
							}}
							onKeyDown={(e) => {
								// While an input method composes, Enter belongs to it.
								if (e.key !== "Enter" || e.shiftKey || e.isComposing || e.keyCode === 229) return;
								e.preventDefault();
								post();
							}}
						/>
						<button
							type="button"
							class="tool"
							aria-label={t("emoji")}
							title={t("emoji")}
							aria-expanded={faces}
							onClick={() => setFaces(!faces)}
						>
							<Icon name="smile" />
						</button>
					</>
				)}
				{text.trim() || !canRecord() ? (
					<button type="button" class="send" aria-label={t("send")} disabled={!text.trim()} onClick={post}>
						<Icon name="send" />
					</button>
				) : (
					<Mic
						rec={rec}
						setRec={setRec}
						say={say}
						done={(blob, voice) => sendFile(chat, base, blob, settings, voice)}
					/>
				)}
			</div>
			<input
				ref={pick}
				type="file"
				multiple
				hidden
				onChange={(e) => {
					files(e.currentTarget.files || []);
					e.currentTarget.value = "";
				}}
			/>
		</div>
	);
}

// Mic records while it is held, by pointer or by key; sliding away cancels.
function Mic(props: {
	rec: Recorder | null;
	setRec: (r: Recorder | null) => void;
	say: (words: string) => void;
	done: (blob: Blob, voice: { ms: number; wave: string }) => void;
}) {
	const { setRec, say } = props;
	const held = useRef(false);
	const rec = useRef<Recorder | null>(null);
	const begin = async () => {
		if (held.current) return;
		held.current = true;
		try {
			const r = await record();
			if (!held.current) return r.cancel(); // let go while the browser asked
			rec.current = r;
			setRec(r);
		} catch {
			held.current = false;
			say(t("noMic"));
		}
	};
	const end = async (keep: boolean) => {
		held.current = false;
		const r = rec.current;
		rec.current = null;
		setRec(null);
		if (!r) return;
		if (!keep) return r.cancel();
		const { blob, voice } = await r.stop();
		if (voice.ms > 700) props.done(blob, voice); // shorter was a slip of the finger
	};
	const key = (e: KeyboardEvent) => e.key === " " || e.key === "Enter";
	return (
		<button
			type="button"
			class={`send mic${props.rec ? " on" : ""}`}
			aria-label={t("record")}
			title={t("record")}
			onPointerDown={(e) => {
				e.currentTarget.setPointerCapture(e.pointerId);
				void begin();
			}}
			onPointerUp={(e) => {
				const r = e.currentTarget.getBoundingClientRect();
				const near = Math.hypot(e.clientX - r.x - r.width / 2, e.clientY - r.y - r.height / 2) < 60;
				void end(near);
			}}
			onPointerCancel={() => void end(false)}
			onContextMenu={(e) => e.preventDefault()}
			onKeyDown={(e) => {
				if (key(e)) {
					e.preventDefault();
					void begin();
				} else if (e.key === "Escape") void end(false);
			}}
			onKeyUp={(e) => key(e) && void end(true)}
			onBlur={() => void end(false)}
		>
			<Icon name="mic" />
		</button>
	);
}

function Recording() {
	const [now, setNow] = useState(0);
	const began = useRef(Date.now());
	useEffect(() => {
		const timer = setInterval(() => setNow(Date.now() - began.current), 200);
		return () => clearInterval(timer);
	}, []);
	return (
		<div class="rec" role="status">
			<i />
			<time>{length(now)}</time>
			<span>{t("recording")}</span>
		</div>
	);
}
