import type { Chat } from "./chat";
import { Composer } from "./composer";
import { Icon } from "./icons";
import type { Keep } from "./keep";
import { Refusal } from "./net";
import type { Settings } from "./protocol";
import { Face, Thread } from "./thread";
import { Fragment, h, useEffect, useRef, useState } from "./ui";
import { sendFile } from "./upload";
import { clock, nth, t } from "./words";

export interface AppProps {
	chat: Chat;
	keep: Keep;
	base: string;
	settings: Settings;
	open: number; // counts openings; 0 while closed
	close?: () => void; // absent on the chat's own page
}

export function App(props: AppProps) {
	const { chat, settings, keep, base, close } = props;
	const [leaving, setLeaving] = useState(false);
	const [left] = useState(() => ({ id: "", text: "", name: "", email: "", phone: "" }));
	const [note, setNote] = useState("");
	const [over, setOver] = useState(false);
	const forms = useForms(chat.asking || leaving);
	const root = useRef<HTMLDivElement>();

	useEffect(() => {
		if (!note) return;
		const timer = setTimeout(() => setNote(""), 5000);
		return () => clearTimeout(timer);
	}, [note]);

	useEffect(() => {
		if (props.open) chat.open();
	}, [props.open]);

	// In a frame the panel is a dialog: Tab stays in it and Escape closes it.
	const keys = (e: KeyboardEvent) => {
		if (!close || e.isComposing) return;
		if (e.key === "Escape" && !e.defaultPrevented) close();
		if (e.key !== "Tab" || !root.current) return;
		const all = Array.from(
			root.current.querySelectorAll<HTMLElement>(
				"button,a[href],input:not([hidden]),select,textarea,audio,video",
			),
		).filter((el) => !el.matches(":disabled") && el.offsetParent);
		const edge = e.shiftKey ? all[0] : all[all.length - 1];
		if (document.activeElement === edge || document.activeElement === document.body) {
			e.preventDefault();
			all[e.shiftKey ? all.length - 1 : 0]?.focus();
		}
	};

	const hello = (
		<div class="hello">
			{settings.logo && <img src={settings.logo} alt="" />}
			<h1>{settings.title}</h1>
			<p>{settings.subtitle}</p>
		</div>
	);
	const s = chat.standing;
	const away = !s.open && s.owner !== "agent";

	return (
		<div
			class={`app${close ? " framed" : ""}`}
			ref={root}
			role={close ? "dialog" : "main"}
			aria-label={settings.name || t("chat")}
			onKeyDown={keys}
			onDragOver={(e) => {
				e.preventDefault();
				setOver(true);
			}}
			onDragLeave={(e) => e.relatedTarget || setOver(false)}
			onDrop={(e) => {
				e.preventDefault();
				setOver(false);
				for (const f of Array.from(e.dataTransfer?.files || []).slice(0, 10))
					sendFile(chat, base, f, settings);
			}}
		>
			<Header {...props} />
			{chat.link === "offline" && (
				<div class="banner" role="status">
					<Icon name="off" /> {t("offline")}
				</div>
			)}
			{chat.link === "refused" ? (
				<div class="form done" role="status">
					<p>{chat.refusal}</p>
				</div>
			) : chat.asking || leaving ? (
				<div class="scroll">
					{chat.asking && hello}
					{forms &&
						(chat.asking ? (
							<forms.Ask chat={chat} settings={settings} />
						) : (
							<forms.Leave chat={chat} kept={left} back={() => setLeaving(false)} />
						))}
				</div>
			) : (
				<>
					<Thread chat={chat} top={hello} />
					{note && (
						<div class="note" role="alert">
							{note}
						</div>
					)}
					{away && (
						<div class="banner away">
							<span class="grow">
								<b>{t("closedSub")}</b>
								{s.opens ? ` · ${t("opens", clock(s.opens, chat.now(), chat.lang))}` : ""}
							</span>
							{settings.offline && (
								<button type="button" class="pill" onClick={() => setLeaving(true)}>
									{t("leave")}
								</button>
							)}
						</div>
					)}
					<Composer
						chat={chat}
						keep={keep}
						base={base}
						settings={settings}
						focus={props.open}
						say={setNote}
					/>
				</>
			)}
			{over && <div class="drop">{t("drop")}</div>}
		</div>
	);
}

type Forms = ReturnType<typeof import("./forms").forms>;

// useForms fetches the forms when they are needed first, and until they come.
function useForms(need: boolean): Forms | undefined {
	const [forms, setForms] = useState<Forms | undefined>(undefined);
	const [tries, again] = useState(0);
	useEffect(() => {
		if (need && !forms)
			import("./forms").then(
				(m) => setForms(m.forms({ h, useEffect, useRef, useState, Icon, Refusal, t })),
				() => setTimeout(() => again(tries + 1), 2000),
			);
	}, [need, tries]);
	return forms;
}

// Header says who serves now and what to expect of it.
function Header({ chat, settings, close }: AppProps) {
	const s = chat.standing;
	const serving = (s.owner === "agent" || s.owner === "bot") && s.who;
	let title = settings.name || t("chat");
	let sub = chat.link === "starting" ? t("loading") : s.open ? t("openSub") : t("closedSub");
	if (serving) {
		title = serving.name || title;
		sub = s.owner === "bot" ? t("botSub") : t("agentSub");
	} else if (s.owner === "queue") {
		const wait = s.wait ? Math.max(1, Math.round(s.wait / 60)) : 0;
		const place = s.place ? t("place", nth(s.place)) : t("queueing");
		const more = wait ? t("wait", wait) : s.place === 1 ? t("soon") : "";
		sub = place + (more && t("comma") + more);
	}
	return (
		<div class="head">
			<Face
				who={
					serving || { kind: s.owner === "queue" ? "queue" : "", name: settings.name, avatar: settings.logo }
				}
			/>
			<div class="grow" aria-live="polite">
				<b>{title}</b>
				<small class={s.open || s.owner === "bot" ? "on" : ""}>{sub}</small>
			</div>
			{s.owner !== "agent" && s.owner !== "queue" && chat.link !== "refused" && !chat.asking && (
				<button type="button" class="pill" onClick={() => chat.press(t("human"))}>
					<Icon name="person" /> {t("human")}
				</button>
			)}
			{close && (
				<button type="button" class="tool" aria-label={t("close")} title={t("close")} onClick={close}>
					<Icon name="close" />
				</button>
			)}
		</div>
	);
}
