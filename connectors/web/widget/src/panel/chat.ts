import type { Keep } from "./keep";
import { ask, frameOf, Refusal, type Socket, type World } from "./net";
import { Outbox, type Pending } from "./outbox";
import type { Frame, Line, Lines, Post, Session, Standing, Typing } from "./protocol";

export type Link = "starting" | "live" | "poll" | "offline" | "refused";

export interface Visit {
	key: string;
	entry: string;
	frame: boolean;
	facts: () => Record<string, unknown>;
}

// Chat is one visitor's view of their thread: what is known of it, how it is
// kept current, and what still waits to be sent. It draws nothing; whoever does
// is told by changed.
export class Chat {
	lines: Line[] = [];
	more = false; // older lines can be loaded
	standing: Standing = { open: true };
	typing: Typing | null = null;
	link: Link = "starting";
	user = "";
	ended = false;
	refusal = ""; // the hub's words when it will not talk
	offset = 0; // the hub's clock less ours
	readonly outbox: Outbox;

	private token = "";
	private rev = 0;
	private socket: Socket | null = null;
	private misses = 0; // tries to connect in a row that failed
	private mute = 0; // sockets in a row that never said hello
	private socketsAt = 0; // when sockets may be tried again
	private timer: ReturnType<typeof setTimeout> | undefined;
	private alive: ReturnType<typeof setTimeout> | undefined;
	private typingOff: ReturnType<typeof setTimeout> | undefined;
	private run = 0; // counts starts: what belongs to an earlier one is dropped
	private waiting = new Map<string, (f: Frame & { t: "ack" | "nack" }) => void>();
	private marked = "";
	private opened = false;
	private history = false;
	private poll: AbortController | undefined;

	constructor(
		readonly world: World,
		private base: string,
		private live: string,
		private keep: Keep,
		public lang: string,
		private visit: Visit,
		private changed: () => void,
		public identity = "",
	) {
		this.outbox = new Outbox(keep, world, (p) => this.deliver(p), changed);
	}

	now(): number {
		return this.world.now() + this.offset;
	}

	// start begins or resumes the session, and connects.
	async start(): Promise<void> {
		const run = ++this.run;
		this.drop();
		clearTimeout(this.timer);
		if (this.link !== "starting" && this.link !== "offline" && !this.world.online()) this.link = "offline";
		this.changed();
		try {
			const again = this.rev > 0;
			const s = await ask<Session>(this.world, `${this.base}/session`, "", {
				token: this.token || this.keep.get("token") || "",
				identity: this.identity,
				lang: this.lang,
				again,
			});
			if (run !== this.run) return;
			this.take(s, again);
		} catch (e) {
			if (run !== this.run) return;
			if (e instanceof Refusal && e.code === "identity") {
				this.identity = ""; // the host site's word is no good: talk as nobody in particular
				console.warn("parley: the identity token was refused");
				return this.start();
			}
			if (e instanceof Refusal && e.final) {
				this.link = "refused";
				this.refusal = e.message;
				this.changed();
				return;
			}
			this.later(e instanceof Refusal ? e.wait : 0);
		}
	}

	private take(s: Session, again: boolean) {
		const other = this.keep.get("visitor");
		if (other && other !== s.visitor) {
			this.forget();
			if (again) this.rev = 0; // what is shown is someone else's
		}
		this.keep.set("visitor", s.visitor);
		this.keep.set("token", s.keep ? s.token : null);
		this.token = s.token;
		this.user = s.user || "";
		this.offset = s.now - this.world.now();
		if (again && !this.rev) {
			this.lines = [];
			void this.start();
			return;
		}
		if (!again) {
			this.lines = [];
			this.merge(s.lines.items);
			this.rev = s.lines.rev;
			this.more = !!s.lines.more;
			this.ended = this.lines.length > 0 && !s.standing.conv;
		}
		this.stand(s.standing);
		if (this.mute >= 2 && this.world.now() < this.socketsAt) this.polling();
		else this.connect(s.ticket);
		this.hello();
	}

	// forget clears what belonged to another visitor of this browser.
	private forget() {
		for (const key of this.keep.keys()) {
			if (key === "draft" || key === "chatted" || key.startsWith("q:")) this.keep.set(key, null);
		}
		this.outbox.clear();
	}

	// identify switches to another customer, or with "" to nobody.
	identify(identity: string) {
		if (identity === this.identity) return;
		this.identity = identity;
		if (!identity) this.keep.set("token", null);
		this.token = "";
		this.lines = [];
		this.rev = 0;
		this.more = this.ended = false;
		this.typing = null;
		this.marked = "";
		this.standing = { open: true };
		this.forget();
		if (this.opened) {
			this.visit.key = this.world.id();
			this.keep.set("opened", null);
		}
		void this.start();
	}

	private connect(ticket: string) {
		const run = this.run;
		let s: Socket;
		try {
			s = this.world.socket(`${this.live}?ticket=${encodeURIComponent(ticket)}&since=${this.rev}`);
		} catch {
			this.mute = 2;
			this.socketsAt = this.world.now() + 60000;
			this.polling();
			return;
		}
		this.socket = s;
		let greeted = false;
		s.onmessage = (e) => {
			if (run !== this.run) return;
			const f = frameOf(e.data);
			if (!f) return;
			if (f.t === "hello") {
				greeted = true;
				this.mute = this.misses = 0;
				this.link = "live";
				this.offset = f.now - this.world.now();
				this.marked = "";
				this.mark();
				void this.outbox.flush();
			}
			this.frame(f);
			this.watch();
		};
		s.onclose = (e) => {
			if (run !== this.run) return;
			this.socket = null;
			this.failWaiting();
			if (!greeted && ++this.mute >= 2) this.socketsAt = this.world.now() + 60000;
			if (e.code === 1012) this.later(500 + this.world.random() * 2500);
			else if (e.code === 4008) void this.start();
			else if (e.code === 1008) this.later(30000);
			else this.later();
		};
		this.watch();
	}

	// watch ends a socket that has been silent for longer than the hub ever is.
	private watch() {
		clearTimeout(this.alive);
		this.alive = setTimeout(() => {
			if (!this.socket) return;
			this.drop();
			this.later();
		}, 60000);
	}

	private drop() {
		clearTimeout(this.alive);
		this.poll?.abort();
		const s = this.socket;
		this.socket = null;
		if (s) {
			s.onmessage = s.onclose = null;
			s.close();
		}
		this.failWaiting();
	}

	private failWaiting() {
		for (const [id, settle] of this.waiting) settle({ t: "nack", id, code: "lost", text: "" });
		this.waiting.clear();
	}

	// later tries again after a wait that grows and is never the same for all.
	private later(wait = 0) {
		this.link = "offline";
		const grown = Math.min(30000, 1000 * 2 ** this.misses++);
		clearTimeout(this.timer);
		this.timer = setTimeout(() => this.start(), wait || grown * (0.5 + this.world.random() / 2));
		this.changed();
	}

	// wake is called when the network or the page comes back.
	wake() {
		if (this.link === "offline") {
			this.misses = 0;
			void this.start();
		} else void this.outbox.flush();
	}

	// lost is called when the browser says that the network is gone.
	lost() {
		if (this.link === "refused") return;
		this.run++;
		this.drop();
		this.later(30000);
	}

	// polling keeps the chat current where sockets are blocked.
	private async polling() {
		const run = this.run;
		this.link = "poll";
		this.misses = 0;
		this.changed();
		void this.outbox.flush();
		while (run === this.run) {
			if (this.world.now() >= this.socketsAt) {
				this.mute = 1; // one more failure and it is polling again
				return void this.start();
			}
			try {
				this.poll = new AbortController();
				const a = await ask<{ lines: Lines; standing: Standing; now: number; typing?: Typing }>(
					this.world,
					`${this.base}/lines?wait=1&since=${this.rev}`,
					this.token,
					undefined,
					40000,
					this.poll,
				);
				if (run !== this.run) return;
				this.offset = a.now - this.world.now();
				this.arrive(a.lines);
				this.stand(a.standing);
				if (a.typing) this.frame({ t: "typing", ...a.typing });
			} catch (e) {
				if (run !== this.run) return;
				if (e instanceof Refusal && e.status === 401) this.token = "";
				return this.later(e instanceof Refusal ? e.wait : 0);
			}
		}
	}

	private frame(f: Frame) {
		switch (f.t) {
			case "lines":
				this.arrive(f);
				break;
			case "standing":
				this.stand(f.standing);
				break;
			case "typing":
				clearTimeout(this.typingOff);
				this.typing = f.on ? f : null;
				if (f.on)
					this.typingOff = setTimeout(() => {
						this.typing = null;
						this.changed();
					}, 8000);
				break;
			case "ack":
			case "nack":
				this.waiting.get(f.id)?.(f);
				this.waiting.delete(f.id);
				break;
			case "ping":
				this.socket?.send('{"t":"pong"}');
				return;
		}
		this.changed();
	}

	private arrive(l: Lines) {
		if (l.resync) {
			this.rev = 0;
			void this.start();
			return;
		}
		this.rev = Math.max(this.rev, l.rev);
		this.merge(l.items);
		this.mark();
	}

	private merge(items: Line[]) {
		if (!items.length) return;
		const by = new Map(this.lines.map((l) => [l.id, l]));
		for (const l of items) {
			if ((by.get(l.id)?.rev ?? -1) <= l.rev) by.set(l.id, l);
			if (l.cid) this.outbox.seen(l.cid);
			if (l.from !== "customer" && this.typing) this.typing = null;
		}
		this.lines = [...by.values()].sort((a, b) => a.pos - b.pos);
		this.changed();
	}

	private stand(s: Standing) {
		if (s.conv) this.ended = false;
		else if (this.standing.conv && this.lines.length) this.ended = true;
		this.standing = s;
		this.changed();
	}

	// older loads the lines before the oldest one known.
	async older(): Promise<void> {
		if (this.history || !this.more || !this.lines[0]) return;
		this.history = true;
		const run = this.run;
		try {
			const a = await this.before(this.lines[0].pos, 40);
			if (run !== this.run) return;
			this.more = !!a.more;
			this.merge(a.items);
		} catch {
			// the next scroll tries again
		} finally {
			this.history = false;
			this.changed();
		}
	}

	private async before(pos: number, limit: number): Promise<Lines> {
		const url = `${this.base}/lines?before=${pos}&limit=${limit}`;
		return (await ask<{ lines: Lines }>(this.world, url, this.token)).lines;
	}

	// fresh reads one line anew: addresses of files live ten minutes.
	async fresh(line: Line): Promise<Line | undefined> {
		this.merge((await this.before(line.pos + 1, 1)).items);
		return this.lines.find((l) => l.id === line.id);
	}

	// open tells the hub, once a visit, that the visitor opened the chat.
	open(person?: { name: string; email: string; phone: string }) {
		this.opened = true;
		if (person) this.keep.set("person", JSON.stringify(person));
		this.keep.set("chatted", "1");
		this.hello();
		this.mark();
	}

	close() {
		this.opened = false;
	}

	private async hello() {
		if (!this.opened || !this.token || this.keep.get("opened") === this.visit.key) return;
		const key = this.visit.key;
		const person = JSON.parse(this.keep.get("person") || "{}");
		try {
			await ask(this.world, `${this.base}/open`, this.token, {
				key,
				entry: this.visit.entry,
				frame: this.visit.frame,
				visit: this.visit.facts(),
				...person,
			});
			this.keep.set("opened", key);
		} catch {
			// told again with the next session
		}
	}

	// send posts words, files or a press; they wait in the outbox until taken.
	send(post: Omit<Post, "id">, shown?: Partial<Pending>): Pending {
		const p = this.outbox.add({ ...post, id: this.world.id() }, shown);
		if (this.token && this.link !== "offline") void this.outbox.flush();
		return p;
	}

	// human asks for a person with the word the bot knows.
	human() {
		this.send({ text: this.standing.ask || (this.lang.startsWith("zh") ? "人工" : "human") });
	}

	private async deliver(p: Pending): Promise<void> {
		if (!this.token) throw new TypeError("no session yet");
		if (this.socket && this.link === "live") {
			const f = await this.request({ t: "post", ...p.post });
			if (f.t === "ack") return;
			if (f.code === "lost") throw new TypeError("connection lost");
			const passing = f.code === "away" || f.code === "too_fast";
			throw new Refusal(passing ? 503 : 422, f.code, f.text, f.wait || 0);
		}
		try {
			await ask(this.world, `${this.base}/messages`, this.token, p.post);
		} catch (e) {
			if (e instanceof Refusal && e.status === 401) {
				this.token = "";
				void this.start();
			}
			throw e;
		}
	}

	private request(body: { t: string; id: string }): Promise<Frame & { t: "ack" | "nack" }> {
		return new Promise((settle) => {
			const timer = setTimeout(() => {
				this.waiting.delete(body.id);
				settle({ t: "nack", id: body.id, code: "lost", text: "" });
			}, 15000);
			this.waiting.set(body.id, (f) => {
				clearTimeout(timer);
				settle(f);
			});
			this.socket?.send(JSON.stringify(body));
		});
	}

	// mark tells the hub how far our lines came. Looked at says it all.
	mark(): void {
		if (!this.token || !(this.link === "live" || this.link === "poll")) return;
		let last: Line | undefined;
		for (const l of this.lines) if (ours(l) && l.rid) last = l;
		if (!last) return;
		const read = this.opened && this.looking();
		const want = (read ? "read:" : "delivered:") + last.rid;
		if (want === this.marked || last.state === "read" || (!read && last.state === "delivered")) return;
		if (!read && this.marked === `read:${last.rid}`) return;
		this.marked = want;
		const body = read ? { read: last.rid } : { delivered: last.rid };
		const undo = () => {
			if (this.marked === want) this.marked = "";
		};
		if (this.socket) {
			void this.request({ t: "mark", id: this.world.id(), ...body }).then((f) => f.t === "nack" && undo());
		} else void ask(this.world, `${this.base}/marks`, this.token, body).catch(undo);
	}

	looking: () => boolean = () => true;

	// unread counts our lines the visitor has not looked at.
	unread(): number {
		if (this.opened && this.looking()) return 0;
		let n = 0;
		for (let i = this.lines.length - 1; i >= 0; i--) {
			const l = this.lines[i] as Line;
			if (!ours(l)) continue;
			if (l.state === "read" || (l.rid && this.marked === `read:${l.rid}`)) break;
			if (!l.recalled) n++;
		}
		return n;
	}

	// write passes on what stands in the box; see Draft for how often.
	write(text: string, live: boolean) {
		const body = live && this.standing.typing ? { text } : { on: text !== "" };
		if (this.socket && this.link === "live") this.socket.send(JSON.stringify({ t: "typing", ...body }));
	}

	look(page: string, title: string) {
		if (this.socket && this.link === "live") this.socket.send(JSON.stringify({ t: "look", page, title }));
	}

	async leave(form: Record<string, string>): Promise<void> {
		await ask(this.world, `${this.base}/form`, this.token, form);
	}

	auth(): string {
		return this.token;
	}
}

export const ours = (l: Line): boolean => l.from === "bot" || l.from === "agent";
