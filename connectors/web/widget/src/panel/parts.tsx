import { Icon } from "./icons";
import { linkify, safeLink } from "./linkify";
import type { Option, Part } from "./protocol";
import { Fragment, h, useRef, useState } from "./ui";
import { length, size, t } from "./words";

export interface Touch {
	take?: (o: Option, part: Part, note?: string) => void; // absent: options cannot be taken here
	taken?: string; // what was taken just now, before the hub says so
	reply?: string; // what the customer said next
	renew: (part: Part) => Promise<Part | undefined>; // a fresh address of a file
}

export function PartView({ part, touch }: { part: Part; touch: Touch }) {
	switch (part.t) {
		case "media":
			return <MediaView part={part} touch={touch} />;
		case "choices":
			return part.scale ? <Scale part={part} touch={touch} /> : <ChoicesView part={part} touch={touch} />;
		case "card":
			return <CardView part={part} />;
		case "location":
			return (
				<Tile
					icon="pin"
					title={part.title || part.text || `${part.lat?.toFixed(5)}, ${part.lon?.toFixed(5)}`}
					note={part.title ? part.text || t("map") : t("map")}
					href={`https://www.openstreetmap.org/?mlat=${part.lat}&mlon=${part.lon}#map=16/${part.lat}/${part.lon}`}
				/>
			);
		case "contact":
			return (
				<div class="card">
					<b>{part.title}</b>
					{part.text && <p>{part.text}</p>}
					{part.phones?.map((v) => (
						<a key={v} href={`tel:${v.replace(/[^\d+*#]/g, "")}`}>
							{v}
						</a>
					))}
					{part.emails?.map((v) => (
						<a key={v} href={`mailto:${encodeURIComponent(v).replace("%40", "@")}`}>
							{v}
						</a>
					))}
				</div>
			);
		case "sticker":
			return part.image ? (
				<img class="sticker" src={safeLink(part.image)} alt={part.text || ""} />
			) : (
				<span class="big">{part.text}</span>
			);
	}
	return <Text text={part.text || ""} />;
}

export const emojiOnly = (text: string): boolean =>
	/^(\p{Extended_Pictographic}[\u{1f3fb}-\u{1f3ff}\ufe0f\u200d]*){1,3}$/u.test(text);

// Text shows words, links apart, and emoji alone larger.
export function Text({ text }: { text: string }) {
	if (emojiOnly(text)) return <div class="big">{text}</div>;
	return (
		<div class="text">
			{linkify(text).map((p, i) =>
				typeof p === "string" ? (
					p
				) : (
					<a key={i} href={p.href} target="_blank" rel="noopener noreferrer nofollow">
						{p.href}
					</a>
				),
			)}
		</div>
	);
}

function Tile(props: {
	icon: "file" | "pin";
	title: string;
	note: string;
	href?: string;
	onOpen?: () => void;
}) {
	const body = (
		<>
			<span class="sq">
				<Icon name={props.icon} />
			</span>
			<span class="grow">
				<b>{props.title}</b>
				<small>{props.note}</small>
			</span>
		</>
	);
	if (!props.href) return <div class="tile">{body}</div>;
	return (
		<a
			class="tile"
			href={safeLink(props.href)}
			target="_blank"
			rel="noopener noreferrer"
			onClick={(e) => {
				if (!props.onOpen) return;
				e.preventDefault();
				props.onOpen();
			}}
		>
			{body}
		</a>
	);
}

function MediaView({ part, touch }: { part: Part; touch: Touch }) {
	const [url, setUrl] = useState("");
	const src = safeLink(url || part.url) || (part.url?.startsWith("blob:") ? part.url : undefined);
	const renew = () => touch.renew(part).then((p) => p?.url && setUrl(p.url));
	const open = async () => {
		// The window opens with the press; its address may have to be renewed first.
		const w = window.open("", "_blank");
		const fresh = await touch.renew(part).catch(() => undefined);
		const to = safeLink(fresh?.url || part.url);
		if (w && to) {
			w.opener = null;
			w.location.href = to;
		} else w?.close();
	};
	if (part.state)
		return (
			<Tile
				icon="file"
				title={part.title || t("image")}
				note={t(part.state === "expired" ? "expired" : "pending")}
			/>
		);
	const caption = part.text && <Text text={part.text} />;
	switch (part.kind) {
		case "image":
		case "animation": {
			if (!src) break;
			const ratio = part.w && part.h ? `${part.w}/${part.h}` : undefined;
			return (
				<>
					<button type="button" class="pic" onClick={open} aria-label={part.title || t("image")}>
						<img
							src={src}
							alt=""
							loading="lazy"
							ref={(el) => {
								if (el && ratio) el.style.aspectRatio = ratio;
							}}
							onError={url ? undefined : renew}
						/>
					</button>
					{caption}
				</>
			);
		}
		case "voice":
			return src ? <VoiceView part={part} src={src} renew={renew} /> : null;
		case "audio":
		case "video": {
			if (!src) break;
			const Tag = part.kind;
			return (
				<>
					<Tag controls preload="metadata" src={src} onError={url ? undefined : renew} />
					{caption}
				</>
			);
		}
	}
	return (
		<>
			<Tile
				icon="file"
				title={part.title || "file"}
				note={size(part.size || 0)}
				href={part.url}
				onOpen={open}
			/>
			{caption}
		</>
	);
}

function VoiceView({ part, src, renew }: { part: Part; src: string; renew: () => void }) {
	const audio = useRef<HTMLAudioElement>();
	const [at, setAt] = useState(0);
	const [on, setOn] = useState(false);
	const bars = part.wave ? Array.from(atob(part.wave), (c) => c.charCodeAt(0)) : Array(24).fill(60);
	const all = (part.ms || 1000) / 1000;
	return (
		<div class="voice">
			<button
				type="button"
				aria-label={`${t(on ? "pause" : "play")} ${t("recorded")} ${length(part.ms || 0)}`}
				onClick={() => (on ? audio.current?.pause() : void audio.current?.play().catch(renew))}
			>
				<Icon name={on ? "pause" : "play"} />
			</button>
			<svg class="wave" viewBox={`0 0 ${bars.length * 4} 32`} preserveAspectRatio="none" aria-hidden="true">
				{bars.map((v, i) => {
					const tall = Math.max(3, (v / 255) * 30);
					return (
						<rect
							key={i}
							x={i * 4}
							y={16 - tall / 2}
							width="2.4"
							height={tall}
							rx="1.2"
							class={i / bars.length < at / all ? "done" : ""}
						/>
					);
				})}
			</svg>
			<time>{length(on ? at * 1000 : part.ms || 0)}</time>
			{/* biome-ignore lint/a11y/useMediaCaption: a voice note has no captions */}
			<audio
				ref={audio}
				src={src}
				preload="none"
				onPlay={() => setOn(true)}
				onPause={() => setOn(false)}
				onEnded={() => {
					setOn(false);
					setAt(0);
				}}
				onTimeUpdate={(e) => setAt(e.currentTarget.currentTime)}
			/>
		</div>
	);
}

function ChoicesView({ part, touch }: { part: Part; touch: Touch }) {
	const [shown, setShown] = useState(part.style !== "list");
	const options = part.options || [];
	const said = options.find((o) => o.label === touch.reply);
	// Quick replies are over once anything was answered.
	const over = part.style === "quick" && touch.reply ? " " : "";
	const taken = part.taken || touch.taken || (said && (said.value || said.label)) || over;
	let section = "";
	return (
		<>
			{part.text && <Text text={part.text} />}
			{!shown && !taken && (
				<button type="button" class="opt" aria-expanded="false" onClick={() => setShown(true)}>
					{t("list")}
					<Icon name="down" />
				</button>
			)}
			{(shown || taken) && (
				<div class={`opts ${part.style}`}>
					{options.map((o, i) => {
						const mine = taken === (o.value || o.label);
						// Once a quick reply is taken the others would only invite mistakes.
						if (part.style === "quick" && taken && !mine) return null;
						const head = o.section && o.section !== section ? o.section : "";
						section = o.section || section;
						const words = (
							<>
								<span class="grow">
									{o.label}
									{o.detail && <small>{o.detail}</small>}
								</span>
								{mine && <Icon name="check" />}
							</>
						);
						const href =
							o.kind === "url"
								? safeLink(o.url)
								: o.kind === "phone"
									? `tel:${(o.value || "").replace(/[^\d+*#]/g, "")}`
									: undefined;
						return (
							<div key={i}>
								{head && <h3>{head}</h3>}
								{href ? (
									<a class="opt" href={href} target="_blank" rel="noopener noreferrer">
										{words}
									</a>
								) : (
									<button
										type="button"
										class={`opt${mine ? " mine" : ""}`}
										aria-pressed={mine}
										disabled={!touch.take || (!!taken && part.style !== "buttons")}
										onClick={() => touch.take?.(o, part)}
									>
										{words}
									</button>
								)}
							</div>
						);
					})}
				</div>
			)}
			{part.footer && <small class="foot">{part.footer}</small>}
		</>
	);
}

// Scale is a question about the service: one press answers it, a second may say
// why. A label is a picture and its words.
function Scale({ part, touch }: { part: Part; touch: Touch }) {
	const [told, setTold] = useState(false);
	const options = part.options || [];
	const taken = options.findIndex((o) => o.value === (part.taken || touch.taken));
	const given = options[taken];
	return (
		<form
			class="card form scale"
			onSubmit={(e) => {
				e.preventDefault();
				const why = new FormData(e.currentTarget).getAll("why").filter(Boolean).join(" · ");
				if (why && given) touch.take?.(given, part, why);
				setTold(true);
			}}
		>
			<fieldset>
				<legend>{part.text}</legend>
				{options.map((o, i) => {
					const [picture, ...words] = o.label.split(" ");
					return (
						<button
							type="button"
							key={i}
							class="big"
							aria-label={words.join(" ")}
							aria-pressed={taken === i}
							onClick={() => given || touch.take?.(o, part)}
						>
							{picture?.[0] !== "★" ? picture : i > taken ? "☆" : "★"}
						</button>
					);
				})}
			</fieldset>
			{given && <small>{part.said || given.label}</small>}
			{given && !part.said && !told && !touch.reply && (
				<>
					<div class="opts quick">
						{part.offers?.map((w) => (
							<label key={w} class="opt">
								<input type="checkbox" name="why" value={w} />
								{w}
							</label>
						))}
					</div>
					<textarea name="why" rows={2} maxLength={500} placeholder={t("why")} aria-label={t("why")} />
					<button type="submit" class="main">
						{t("submit")}
					</button>
				</>
			)}
		</form>
	);
}

function CardView({ part }: { part: Part }) {
	const href = safeLink(part.url);
	return (
		<div class="card">
			{part.image && <img src={safeLink(part.image)} alt="" loading="lazy" />}
			{part.kind === "order" && <small>{t("order")}</small>}
			<b>{part.title}</b>
			{part.text && <p>{part.text}</p>}
			{(part.price || part.state) && (
				<p class="row">
					<strong>{part.price}</strong>
					{part.state && <em>{part.state}</em>}
				</p>
			)}
			{part.fields?.map((f) => (
				<p class="row" key={f.label}>
					<small>{f.label}</small>
					<span>{f.value}</span>
				</p>
			))}
			{href && (
				<a class="go" href={href} target="_blank" rel="noopener noreferrer">
					{t("open")}
				</a>
			)}
		</div>
	);
}
