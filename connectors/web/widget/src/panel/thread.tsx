import { type Chat, ours } from "./chat";
import { Icon, type IconName } from "./icons";
import type { Pending } from "./outbox";
import { emojiOnly, PartView, Text, type Touch } from "./parts";
import type { Line, Option, Part, Who } from "./protocol";
import { type Child, Fragment, h, useEffect, useRef, useState } from "./ui";
import { clock, t } from "./words";

const apart = 5 * 60000; // a longer silence shows the time

// Face is a picture, or the first letters of a name, or the bot's mark.
export function Face({ who }: { who?: Who }) {
	const [broken, setBroken] = useState(false);
	const name = who?.name || "";
	const letter = /^[\u3400-\u9fff]/.test(name) ? name.slice(-1) : name.slice(0, 1).toUpperCase();
	return (
		<span class={`face ${who?.kind || ""}`} aria-hidden="true">
			{who?.avatar && !broken ? (
				<img src={who.avatar} alt="" onError={() => setBroken(true)} />
			) : who?.kind === "bot" || !letter ? (
				<Icon name={who?.kind === "bot" ? "bot" : "person"} />
			) : (
				letter
			)}
		</span>
	);
}

export function Thread({ chat, top }: { chat: Chat; top: Child }) {
	const box = useRef<HTMLDivElement>();
	const stick = useRef(true); // at the newest line, and meant to stay there
	const first = useRef<{ id?: string; height: number }>({ height: 0 });
	const seen = useRef(0);
	const [below, setBelow] = useState(false);
	const last = chat.lines[chat.lines.length - 1];
	const own = chat.outbox.items.length;

	useEffect(() => {
		const el = box.current;
		if (!el) return;
		const oldest = chat.lines[0]?.id;
		if (first.current.id && oldest !== first.current.id && !stick.current) {
			el.scrollTop += el.scrollHeight - first.current.height; // history came in above
		} else if (stick.current || own > seen.current) {
			el.scrollTop = el.scrollHeight;
			stick.current = true;
		} else if (last && ours(last)) setBelow(true);
		seen.current = own;
		first.current = { id: oldest, height: el.scrollHeight };
	}, [last?.id, last?.rev, own, chat.lines.length, chat.typing, chat.ended]);

	useEffect(() => {
		const el = box.current;
		if (!el || typeof ResizeObserver === "undefined") return;
		const watch = new ResizeObserver(() => {
			if (stick.current) el.scrollTop = el.scrollHeight;
		});
		watch.observe(el);
		if (el.firstElementChild) watch.observe(el.firstElementChild); // pictures arriving
		return () => watch.disconnect();
	}, []);

	const scrolled = () => {
		const el = box.current;
		if (!el) return;
		stick.current = el.scrollHeight - el.scrollTop - el.clientHeight < 40;
		if (stick.current) setBelow(false);
		if (el.scrollTop < 120) void chat.older();
	};

	// The last of ours that the customer sent shows how far it came.
	let told: string | undefined;
	for (const l of chat.lines) if (l.from === "customer") told = l.id;
	// What was said next to a line of ours shows which option was taken.
	const replies: (string | undefined)[] = [];
	for (let i = chat.lines.length - 1, next: string | undefined; i >= 0; i--) {
		const l = chat.lines[i] as Line;
		replies[i] = next;
		if (l.from === "customer") next = l.parts[0]?.text || " ";
	}
	const waiting = chat.outbox.items.filter((p) => p.parts.length);

	return (
		<div class="scroll" ref={box} onScroll={scrolled}>
			<div class="log" role="log" aria-live="polite" aria-label={t("chat")}>
				{chat.more ? <div class="sys">{t("loading")}</div> : top}
				{chat.lines.map((l, i) => (
					<LineView
						key={l.id}
						line={l}
						before={chat.lines[i - 1]}
						after={chat.lines[i + 1]}
						told={l.id === told && !waiting.length}
						reply={replies[i]}
						chat={chat}
					/>
				))}
				{waiting.map((p) => (
					<PendingView key={p.post.id} p={p} chat={chat} />
				))}
				{chat.typing && (
					<div
						class="msg theirs"
						role="status"
						aria-label={`${chat.typing.who?.name || t("agent")} ${t("typing")}`}
					>
						<Face who={chat.typing.who} />
						<div class="stack">
							<div class="bubble">
								{chat.typing.text ? (
									<Text text={chat.typing.text} />
								) : (
									<span class="dots">
										<i />
										<i />
										<i />
									</span>
								)}
							</div>
						</div>
					</div>
				)}
				{chat.ended && !waiting.length && (
					<div class="sys">
						<b>{t("ended")}</b> {t("restart")}
					</div>
				)}
			</div>
			{below && (
				<button
					type="button"
					class="pill newer"
					onClick={() => {
						const el = box.current;
						if (el) el.scrollTop = el.scrollHeight;
					}}
				>
					{t("newer")} <Icon name="down" />
				</button>
			)}
		</div>
	);
}

const bare = (p: Part) =>
	p.t === "sticker" ||
	(p.t === "text" && emojiOnly(p.text || "")) ||
	p.t === "card" ||
	(p.t === "media" && !p.text && (p.kind === "image" || p.kind === "video"));

function sameSpeaker(a: Line | undefined, b: Line): boolean {
	return !!a && a.from === b.from && a.who?.name === b.who?.name && b.at - a.at < apart && !a.recalled;
}

function LineView(props: {
	line: Line;
	before?: Line;
	after?: Line;
	told: boolean;
	reply?: string;
	chat: Chat;
}) {
	const { line, before, after, chat } = props;
	const [took, setTook] = useState("");
	const late = !before || line.at - before.at > apart;
	const time = late && <div class="sys time">{clock(line.at, chat.now(), chat.lang)}</div>;
	if (line.recalled)
		return (
			<>
				{time}
				<div class="sys">{t("recalled")}</div>
			</>
		);
	const mine = line.from === "customer";
	const begins = late || !sameSpeaker(before, line);
	const ends = !after || !sameSpeaker(line, after);
	const touch: Touch = {
		taken: took,
		reply: props.reply,
		take: mine
			? undefined
			: (o, part, note) => {
					if (o.kind !== "location") setTook(o.value || o.label);
					take(chat, line, o, part, note);
				},
		renew: async (part) => {
			const i = line.parts.indexOf(part);
			return (await chat.fresh(line))?.parts[i];
		},
	};
	if (line.from === "system")
		return (
			<>
				{time}
				{line.parts.map((p, i) =>
					p.scale ? (
						<PartView key={i} part={p} touch={touch} />
					) : (
						<div class="sys" key={i}>
							{p.text}
						</div>
					),
				)}
			</>
		);
	return (
		<>
			{time}
			<div class={`msg ${mine ? "mine" : "theirs"}${ends ? " ends" : ""}`}>
				{!mine && (ends ? <Face who={line.who} /> : <span class="face none" />)}
				<div class="stack">
					{!mine && begins && (
						<div class="by">
							{line.who?.name || t(line.from === "bot" ? "bot" : "agent")}
							{line.from === "bot" && <span class="tag">{t("bot")}</span>}
						</div>
					)}
					{line.parts.map((p, i) => (
						<div key={i} class={bare(p) ? "bare" : p.t === "choices" ? "choices" : "bubble"}>
							{i === 0 && line.quote && <blockquote>{line.quote}</blockquote>}
							<PartView part={p} touch={touch} />
						</div>
					))}
					{line.edited && <div class="state">{t("edited")}</div>}
					{props.told && <State state={line.state} />}
				</div>
			</div>
		</>
	);
}

LineView.pure = true;

function take(chat: Chat, line: Line, o: Option, part: Part, note?: string) {
	if (o.kind === "location") {
		navigator.geolocation?.getCurrentPosition((at) => {
			const place = { lat: at.coords.latitude, lon: at.coords.longitude };
			chat.send({ place }, { parts: [{ t: "location", ...place }] });
		});
		return;
	}
	const value = o.value || (o.kind === "human" ? undefined : o.label);
	chat.press(o.label, value, line.rid || line.id, part.style === "list", note);
}

const ticks: Record<string, IconName> = { sent: "check", delivered: "checks", read: "checks" };

function State({ state = "sent" }: { state?: string }) {
	const shown = state in ticks ? state : "sent";
	return (
		<div class={`state ${shown}`}>
			<Icon name={ticks[shown] as IconName} /> {t(shown as "sent" | "delivered" | "read")}
		</div>
	);
}

function PendingView({ p, chat }: { p: Pending; chat: Chat }) {
	const touch: Touch = { renew: async () => undefined };
	return (
		<div class={`msg mine ends ${p.state}`}>
			<div class="stack">
				{p.parts.map((part, i) => (
					<div key={i} class={bare(part) ? "bare" : "bubble"}>
						<PartView part={part} touch={touch} />
					</div>
				))}
				{p.state === "uploading" && (
					<div class="state">
						<progress max={1} value={p.progress} aria-label={t("sending")} />
						<button type="button" class="plain" onClick={() => p.cancel?.()}>
							{t("cancel")}
						</button>
					</div>
				)}
				{p.state === "waiting" && (
					<div class="state">
						<Icon name="clock" /> {t("sending")}
					</div>
				)}
				{p.state === "taken" && <State />}
				{p.state === "failed" && (
					<div class="state bad" role="alert">
						<Icon name="alert" /> {p.reason || t("failed")}
						{(p.retry || p.post.text || p.post.files) && (
							<button type="button" class="plain" onClick={() => chat.outbox.again(p)}>
								{t("again")}
							</button>
						)}
						<button type="button" class="plain" onClick={() => chat.outbox.remove(p)}>
							{t("remove")}
						</button>
					</div>
				)}
			</div>
		</div>
	);
}
