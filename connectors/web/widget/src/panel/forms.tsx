import type { Chat } from "./chat";
import { Icon } from "./icons";
import { Refusal } from "./net";
import type { Settings } from "./protocol";
import { Fragment, h, useState } from "./ui";
import type { Word, Words } from "./words";

function Field(props: {
	name: Word;
	t: Words;
	type?: "email" | "tel";
	optional?: boolean;
	value: string;
	set: (v: string) => void;
	complete?: string;
}) {
	return (
		<label>
			<span>
				{props.t(props.name)}
				{props.optional && <small> · {props.t("optional")}</small>}
			</span>
			<input
				type={props.type as "text"}
				autocomplete={props.complete as AutoFill}
				value={props.value}
				maxLength={200}
				onInput={(e) => props.set(e.currentTarget.value)}
			/>
		</label>
	);
}

// Leave takes a message while nobody serves.
export function Leave({ chat, t, back }: { chat: Chat; t: Words; back: () => void }) {
	const [f, setF] = useState({ text: "", name: "", email: "", phone: "" });
	const [id] = useState(() => chat.world.id());
	const [bad, setBad] = useState("");
	const [state, setState] = useState<"" | "busy" | "done">("");
	const put = (name: string) => (v: string) => setF({ ...f, [name]: v });
	const submit = async (e: Event) => {
		e.preventDefault();
		if (!f.text.trim()) return setBad(t("needText"));
		if (!f.email.trim() && !f.phone.trim()) return setBad(t("needContact"));
		setState("busy");
		setBad("");
		try {
			await chat.leave({ id, ...f }); // the same id at every try: it counts once
			setState("done");
		} catch (e) {
			setState("");
			setBad((e instanceof Refusal && e.message) || t("offline"));
		}
	};
	if (state === "done")
		return (
			<div class="form done" role="status">
				<span class="seal">
					<Icon name="check" />
				</span>
				<p>{t("thanks")}</p>
				<button type="button" class="main" onClick={back}>
					{t("back")}
				</button>
			</div>
		);
	return (
		<form class="form" onSubmit={submit} noValidate>
			<button type="button" class="plain" onClick={back}>
				<Icon name="back" /> {t("back")}
			</button>
			<h2>{t("leave")}</h2>
			<p>{t("leaveHint")}</p>
			<label>
				<span>{t("about")}</span>
				<textarea
					rows={4}
					maxLength={5000}
					value={f.text}
					onInput={(e) => put("text")(e.currentTarget.value)}
				/>
			</label>
			<Field name="name" t={t} optional value={f.name} set={put("name")} complete="name" />
			<Field name="email" t={t} type="email" value={f.email} set={put("email")} complete="email" />
			<Field name="phone" t={t} type="tel" value={f.phone} set={put("phone")} complete="tel" />
			<p class="bad" role="alert">
				{bad}
			</p>
			<button type="submit" class="main" disabled={state === "busy"}>
				{t("submit")}
			</button>
		</form>
	);
}

// Ask asks who it is before the chat, where the business wants that.
export function Ask(props: {
	settings: Settings;
	t: Words;
	done: (who: { name: string; email: string; phone: string }) => void;
}) {
	const { t, settings } = props;
	const [f, setF] = useState({ name: "", email: "", phone: "" });
	const [bad, setBad] = useState("");
	const put = (name: string) => (v: string) => setF({ ...f, [name]: v });
	const submit = (e: Event) => {
		e.preventDefault();
		if (!f.name.trim()) return setBad(t("needName"));
		if (settings.ask === "contact" && !f.email.trim() && !f.phone.trim()) return setBad(t("needContact"));
		props.done(f);
	};
	return (
		<form class="form" onSubmit={submit} noValidate>
			<Field name="name" t={t} value={f.name} set={put("name")} complete="name" />
			{settings.ask === "contact" && (
				<>
					<Field name="email" t={t} type="email" value={f.email} set={put("email")} complete="email" />
					<Field name="phone" t={t} type="tel" value={f.phone} set={put("phone")} complete="tel" />
				</>
			)}
			<p class="bad" role="alert">
				{bad}
			</p>
			<button type="submit" class="main">
				{t("begin")}
			</button>
		</form>
	);
}
