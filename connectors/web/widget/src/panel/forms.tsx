// The forms: what is asked before the chat, and the message left while nobody
// serves. The panel fetches them when it needs them first; so that they are one
// small file, they import nothing the panel has, and get it lent.
import type { Chat } from "./chat";
import type { Icon as IconOf } from "./icons";
import type { Refusal as RefusalOf } from "./net";
import type { Question, Settings } from "./protocol";
import type { useEffect as EffectOf, h, useRef as RefOf, useState as StateOf } from "./ui";
import type { Words } from "./words";
import { words } from "./words/forms-zh";

// Left is what stands in the form; it outlives a look back at the chat.
export type Left = Record<"id" | "text" | "name" | "email" | "phone", string>;

export interface Kit {
	h: typeof h;
	useEffect: typeof EffectOf;
	useRef: typeof RefOf;
	useState: typeof StateOf;
	Icon: typeof IconOf;
	Refusal: typeof RefusalOf;
	t: Words;
}

// biome-ignore lint/correctness/noUnusedFunctionParameters: JSX is made with h
export function forms({ h, useEffect, useRef, useState, Icon, Refusal, t }: Kit) {
	const types: Record<string, string> = { email: "email", phone: "tel" };

	function Field(props: {
		name: "name" | "email" | "phone";
		type?: "email" | "tel";
		value: string;
		set: (v: string) => void;
	}) {
		return (
			<label>
				<span>{words[props.name]}</span>
				<input
					type={props.type as "text"}
					autocomplete={props.type || "name"}
					value={props.value}
					maxLength={200}
					onInput={(e) => props.set(e.currentTarget.value)}
				/>
			</label>
		);
	}

	// Leave takes a message while nobody serves.
	function Leave({ chat, kept, back }: { chat: Chat; kept: Left; back: () => void }) {
		const f = kept;
		f.id ||= chat.world_.id();
		const [, redraw] = useState({});
		const [bad, setBad] = useState("");
		const [state, setState] = useState<"" | "busy" | "done">("");
		const put = (name: keyof Left) => (v: string) => {
			f[name] = v;
			redraw({});
		};
		const submit = async (e: Event) => {
			e.preventDefault();
			setState("busy");
			setBad("");
			try {
				await chat.leave(f); // the same id at every try: it counts once
				f.id = f.text = "";
				setState("done");
			} catch (e) {
				setState("");
				setBad((e instanceof Refusal && e.message) || t("unsaid"));
			}
		};
		if (state === "done")
			return (
				<div class="form done" role="status">
					<span class="seal">
						<Icon name="check" />
					</span>
					<p>{words.thanks}</p>
					<button type="button" class="main" onClick={back}>
						{words.back}
					</button>
				</div>
			);
		return (
			<form class="form" onSubmit={submit} noValidate>
				<button type="button" class="plain" onClick={back}>
					<Icon name="back" /> {words.back}
				</button>
				<h2>{t("leave")}</h2>
				<p>{words.leaveHint}</p>
				<label>
					<span>{words.about}</span>
					<textarea
						rows={4}
						maxLength={5000}
						value={f.text}
						onInput={(e) => put("text")(e.currentTarget.value)}
					/>
				</label>
				<Field name="name" value={f.name} set={put("name")} />
				<Field name="email" type="email" value={f.email} set={put("email")} />
				<Field name="phone" type="tel" value={f.phone} set={put("phone")} />
				<p class="bad" role="alert">
					{bad}
				</p>
				<button type="submit" class="main" disabled={state === "busy"}>
					{t("submit")}
				</button>
			</form>
		);
	}

	// Ask asks what the business wants to know before the chat. The hub checks what
	// was answered, and names the question it cannot take.
	function Ask({ chat, settings }: { chat: Chat; settings: Settings }) {
		const [f, setF] = useState<Record<string, string>>({});
		const [bad, setBad] = useState({ name: "", text: "" });
		const [busy, setBusy] = useState(false);
		const form = useRef<HTMLFormElement>();
		const at = (name: string) => form.current?.querySelector<HTMLElement>(`[name="${name}"]`);
		useEffect(() => {
			if (bad.name) at(bad.name)?.focus();
		}, [bad]);
		const submit = async (e: Event) => {
			e.preventDefault();
			setBusy(true);
			try {
				await chat.answer(f);
			} catch (e) {
				const r = e instanceof Refusal ? e : undefined;
				setBad({ name: r?.code.replace(/^invalid_/, "") || "", text: r?.message || t("offline") });
			}
			setBusy(false);
		};
		const field = (q: Question) => {
			const same = {
				name: q.name,
				id: `ask-${q.name}`,
				value: f[q.name] || "",
				required: q.required,
				"aria-invalid": bad.name === q.name,
				"aria-describedby": bad.name === q.name ? "ask-bad" : undefined,
			};
			const put = (e: { currentTarget: { value: string } }) =>
				setF({ ...f, [q.name]: e.currentTarget.value });
			return (
				<div class="ask" key={q.name}>
					<label for={same.id}>
						<span>
							{q.label}
							{!q.required && <small> · {words.optional}</small>}
						</span>
					</label>
					{q.options ? (
						<select {...same} onChange={put}>
							<option value="">{words.pick}</option>
							{q.options.map((o) => (
								<option key={o} value={o} selected={o === same.value}>
									{o}
								</option>
							))}
						</select>
					) : (
						<input
							{...same}
							type={types[q.kind] as "text"}
							autocomplete={(types[q.kind] || (q.kind === "name" ? "name" : "off")) as "off"}
							maxLength={500}
							onInput={put}
						/>
					)}
					{bad.name === q.name && (
						<p class="bad" id="ask-bad" role="alert">
							{bad.text}
						</p>
					)}
				</div>
			);
		};
		return (
			<form class="form" ref={form} onSubmit={submit} noValidate>
				{settings.asks.map(field)}
				{!settings.asks.some((q) => q.name === bad.name) && bad.text && (
					<p class="bad" role="alert">
						{bad.text}
					</p>
				)}
				<button type="submit" class="main" disabled={busy}>
					{words.begin}
				</button>
			</form>
		);
	}

	return { Ask, Leave };
}
