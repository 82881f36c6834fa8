// The words of PROTOCOL.md, as the hub writes them.

export interface Who {
	kind: string;
	name?: string;
	avatar?: string;
}

export interface Option {
	kind: string;
	label: string;
	value?: string;
	detail?: string;
	section?: string;
	url?: string;
}

export interface Part {
	t: string;
	text?: string;
	kind?: string;
	title?: string;
	url?: string;
	image?: string;
	mime?: string;
	size?: number;
	w?: number;
	h?: number;
	ms?: number;
	wave?: string;
	state?: string;
	lat?: number;
	lon?: number;
	style?: string;
	options?: Option[];
	footer?: string;
	taken?: string;
	scale?: boolean;
	offers?: string[];
	said?: string;
	price?: string;
	fields?: { label: string; value: string }[];
	phones?: string[];
	emails?: string[];
}

export interface Line {
	pos: number;
	rev: number;
	id: string;
	rid?: string;
	cid?: string;
	from: string;
	who?: Who;
	at: number;
	parts: Part[];
	quote?: string;
	state?: string;
	recalled?: boolean;
	edited?: boolean;
}

export interface Lines {
	items: Line[];
	rev: number;
	more?: boolean;
	resync?: boolean;
}

export interface Standing {
	conv?: string;
	owner?: string;
	who?: Who;
	place?: number;
	wait?: number;
	open: boolean;
	opens?: number;
	ask?: string;
	typing?: boolean;
}

export interface Typing {
	on?: boolean;
	who?: Who;
	text?: string;
}

export interface Session {
	token: string;
	keep: boolean;
	visitor: string;
	ticket: string;
	lines: Lines;
	standing: Standing;
	now: number;
	user?: string;
	ask?: boolean;
}

export type Frame =
	| { t: "hello"; now: number }
	| ({ t: "lines" } & Lines)
	| { t: "standing"; standing: Standing }
	| ({ t: "typing" } & Typing)
	| { t: "ack"; id: string }
	| { t: "nack"; id: string; code: string; text: string; wait?: number }
	| { t: "ping" };

export interface Post {
	id: string;
	text?: string;
	files?: string[];
	place?: { lat: number; lon: number };
	action?: { target: string; value: string; label: string; menu?: boolean; note?: string };
}

export interface Question {
	name: string;
	kind: string;
	label: string;
	required?: boolean;
	options?: string[];
}

export interface Settings {
	account: string;
	name: string;
	color: string;
	ink: string;
	link: string;
	link_dark: string;
	title: string;
	subtitle: string;
	offline: boolean;
	logo?: string;
	asks: Question[]; // before the chat; the session says whom
	live: boolean;
	origins: string[];
	most: number;
	runes: number;
}
