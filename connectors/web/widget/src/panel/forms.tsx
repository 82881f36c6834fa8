import type { Chat } from "./chat";
import { Icon } from "./icons";
import { Refusal } from "./net";
import type { Settings } from "./protocol";
import { Fragment, h, useState } from "./ui";
import { t } from "./words";

function Field(props: {
	name: "name" | "email" | "phone";
	type?: "email" | "tel";
	required?: boolean;
	value: string;
	set: (v: string) => void;
}) {
	return (
		<label>
			<span>{t(props.name)}</span>
			<input
				type={props.type as "text"}
				autocomplete={props.type || "name"}
				required={props.required}
				value={props.value}
				maxLength={200}
				onInput={(e) => props.set(e.currentTarget.value)}
			/>
		</label>
	);
}

// Left is what stands in the form; it outlives a look back at the chat.
export type Left = Record<"id" | "text" | "name" | "email" | "phone", string>;

// Leave takes a message while nobody serves.
export function Leave({ chat, kept, back }: { chat: Chat; kept: Left; back: () => void }) {
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

// Ask asks who it is before the chat, where the business wants that.
export function Ask(props: {
	settings: Settings;
	done: (who: { name: string; email: string; phone: string }) => void;
}) {
	const [f, setF] = useState({ name: "", email: "", phone: "" });
	const put = (name: string) => (v: string) => setF({ ...f, [name]: v });
	return (
		<form
			class="form"
			onSubmit={(e) => {
				e.preventDefault();
				props.done(f);
			}}
		>
			<Field name="name" required value={f.name} set={put("name")} />
			{props.settings.ask === "contact" && (
				<>
					<Field name="email" type="email" required={!f.phone} value={f.email} set={put("email")} />
					<Field name="phone" type="tel" required={!f.email} value={f.phone} set={put("phone")} />
				</>
			)}
			<button type="submit" class="main">
				{t("begin")}
			</button>
		</form>
	);
}
