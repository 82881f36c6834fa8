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
	asking = false; // the questions before the chat are not answered yet
	refusal = ""; // the hub's words when it will not talk
	offset = 0; // the hub's clock less ours
	readonly outbox: Outbox;

	private token_ = "";
	private rev_ = 0;
	private socket_: Socket | null = null;
	private misses_ = 0; // tries to connect in a row that failed
	private mute_ = 0; // sockets in a row that never said hello
	private socketsAt_ = 0; // when sockets may be tried again
	private timer_: ReturnType<typeof setTimeout> | undefined;
	private alive_: ReturnType<typeof setTimeout> | undefined;
	private typingOff_: ReturnType<typeof setTimeout> | undefined;
	private run_ = 0; // counts starts: what belongs to an earlier one is dropped
	private waiting_ = new Map<string, (f: Frame & { t: "ack" | "nack" }) => void>();
	private marked_ = "";
	private seen_ = 0; // position of the last line looked at
	private opened_ = false;
	private history_ = false;
	private poll_: AbortController | undefined;

	constructor(
		readonly world_: World,
		private base_: string,
		private live_: string,
		private keep_: Keep,
		public lang: string,
		private visit_: Visit,
		private changed_: () => void,
		public identity = "",
	) {
		this.outbox = new Outbox(keep_, world_, (p) => this.deliver_(p), changed_);
	}

	now(): number {
		return this.world_.now() + this.offset;
	}

	// start begins or resumes the session, and connects.
	async start(): Promise<void> {
		const run = ++this.run_;
		this.drop_();
		clearTimeout(this.timer_);
		if (this.link !== "starting" && this.link !== "offline" && !this.world_.online()) this.link = "offline";
		this.changed_();
		try {
			const again = this.rev_ > 0;
			const s = await ask<Session>(this.world_, `${this.base_}/session`, "", {
				token: this.token_ || this.keep_.get("token") || "",
				identity: this.identity,
				lang: this.lang,
				again,
			});
			if (run !== this.run_) return;
			this.take_(s, again);
		} catch (e) {
			if (run !== this.run_) return;
			if (e instanceof Refusal && e.code === "identity" && this.identity) {
				this.identity = ""; // the host site's word is no good: talk as nobody in particular
				console.warn("parley: identity refused");
				return this.start();
			}
			if (e instanceof Refusal && e.final) {
				this.link = "refused";
				this.refusal = e.message;
				this.changed_();
				return;
			}
			this.later_(e instanceof Refusal ? e.wait : 0);
		}
	}

	private take_(s: Session, again: boolean) {
		const other = this.keep_.get("visitor");
		if (other && other !== s.visitor) {
			this.forget_();
			if (again) this.rev_ = 0; // what is shown is someone else's
		}
		this.keep_.set("visitor", s.visitor);
		this.keep_.set("token", s.keep ? s.token : null);
		this.token_ = s.token;
		this.user = s.user || "";
		this.asking = !!s.ask;
		this.offset = s.now - this.world_.now();
		if (again && !this.rev_) {
			this.lines = [];
			void this.start();
			return;
		}
		if (!again) {
			this.lines = [];
			this.merge_(s.lines.items);
			this.rev_ = s.lines.rev;
			this.more = !!s.lines.more;
			this.ended = this.lines.length > 0 && !s.standing.conv;
		}
		this.stand_(s.standing);
		if (this.mute_ >= 2 && this.world_.now() < this.socketsAt_) this.polling_();
		else this.connect_(s.ticket);
		this.greet_();
	}

	// forget clears what belonged to another visitor of this browser.
	private forget_() {
		for (const key of this.keep_.keys()) {
			if (key === "draft" || key === "chatted" || key.startsWith("q:")) this.keep_.set(key, null);
		}
		this.outbox.clear();
	}

	// identify switches to another customer, or with "" to nobody.
	identify(identity: string) {
		if (identity === this.identity) return;
		this.identity = identity;
		if (!identity) this.keep_.set("token", null);
		this.token_ = "";
		this.lines = [];
		this.rev_ = 0;
		this.more = this.ended = false;
		this.typing = null;
		this.marked_ = "";
		this.seen_ = 0;
		this.standing = { open: true };
		this.forget_();
		if (this.opened_) {
			this.visit_.key = this.world_.id();
			this.keep_.set("opened", null);
		}
		void this.start();
	}

	private connect_(ticket: string) {
		const run = this.run_;
		let s: Socket;
		try {
			s = this.world_.socket(`${this.live_}?ticket=${encodeURIComponent(ticket)}&since=${this.rev_}`);
		} catch {
			this.mute_ = 2;
			this.socketsAt_ = this.world_.now() + 60000;
			this.polling_();
			return;
		}
		this.socket_ = s;
		let greeted = false;
		s.onmessage = (e) => {
			if (run !== this.run_) return;
			const f = frameOf(e.data);
			if (!f) return;
			if (f.t === "hello") {
				greeted = true;
				this.mute_ = this.misses_ = 0;
				this.link = "live";
				this.offset = f.now - this.world_.now();
				this.marked_ = "";
				this.mark();
				void this.outbox.flush();
			}
			this.frame_(f);
			this.watch_();
		};
		s.onclose = (e) => {
			if (run !== this.run_) return;
			this.socket_ = null;
			this.failWaiting_();
			if (!greeted && ++this.mute_ >= 2) this.socketsAt_ = this.world_.now() + 60000;
			if (e.code === 1012) this.later_(500 + this.world_.random() * 2500);
			else if (e.code === 4008) void this.start();
			else if (e.code === 1008) this.later_(30000);
			else this.later_();
		};
		this.watch_();
	}

	// watch ends a socket that has been silent for longer than the hub ever is.
	private watch_() {
		clearTimeout(this.alive_);
		this.alive_ = setTimeout(() => {
			if (!this.socket_) return;
			this.drop_();
			this.later_();
		}, 60000);
	}

	private drop_() {
		clearTimeout(this.alive_);
		this.poll_?.abort();
		const s = this.socket_;
		this.socket_ = null;
		if (s) {
			s.onmessage = s.onclose = null;
			s.close();
		}
		this.failWaiting_();
	}

	private failWaiting_() {
		for (const [id, settle] of this.waiting_) settle({ t: "nack", id, code: "lost", text: "" });
		this.waiting_.clear();
	}

	// later tries again after a wait that grows and is never the same for all.
	private later_(wait = 0) {
		this.link = "offline";
		const grown = Math.min(30000, 1000 * 2 ** this.misses_++);
		clearTimeout(this.timer_);
		this.timer_ = setTimeout(() => this.start(), wait || grown * (0.5 + this.world_.random() / 2));
		this.changed_();
	}

	// wake is called when the network or the page comes back.
	wake() {
		if (this.link === "offline") {
			this.misses_ = 0;
			void this.start();
		} else void this.outbox.flush();
	}

	// lost is called when the browser says that the network is gone.
	lost() {
		if (this.link === "refused") return;
		this.run_++;
		this.drop_();
		this.later_(30000);
	}

	// polling keeps the chat current where sockets are blocked.
	private async polling_() {
		const run = this.run_;
		this.link = "poll";
		this.misses_ = 0;
		this.changed_();
		void this.outbox.flush();
		while (run === this.run_) {
			if (this.world_.now() >= this.socketsAt_) {
				this.mute_ = 1; // one more failure and it is polling again
				return void this.start();
			}
			try {
				this.poll_ = new AbortController();
				const a = await ask<{ lines: Lines; standing: Standing; now: number; typing?: Typing }>(
					this.world_,
					`${this.base_}/lines?wait=1&since=${this.rev_}`,
					this.token_,
					undefined,
					40000,
					this.poll_,
				);
				if (run !== this.run_) return;
				this.offset = a.now - this.world_.now();
				this.arrive_(a.lines);
				this.stand_(a.standing);
				if (a.typing) this.frame_({ t: "typing", ...a.typing });
			} catch (e) {
				if (run !== this.run_) return;
				if (e instanceof Refusal && e.status === 401) this.token_ = "";
				return this.later_(e instanceof Refusal ? e.wait : 0);
			}
		}
	}

	private frame_(f: Frame) {
		switch (f.t) {
			case "lines":
				this.arrive_(f);
				break;
			case "standing":
				this.stand_(f.standing);
				break;
			case "typing":
				clearTimeout(this.typingOff_);
				this.typing = f.on ? f : null;
				if (f.on)
					this.typingOff_ = setTimeout(() => {
						this.typing = null;
						this.changed_();
					}, 8000);
				break;
			case "ack":
			case "nack":
				this.waiting_.get(f.id)?.(f);
				this.waiting_.delete(f.id);
				break;
			case "ping":
				this.socket_?.send('{"t":"pong"}');
				return;
		}
		this.changed_();
	}

	private arrive_(l: Lines) {
		if (l.resync) {
			this.rev_ = 0;
			void this.start();
			return;
		}
		this.rev_ = Math.max(this.rev_, l.rev);
		this.merge_(l.items);
		this.mark();
	}

	private merge_(items: Line[]) {
		if (!items.length) return;
		const by = new Map(this.lines.map((l) => [l.id, l]));
		for (const l of items) {
			if ((by.get(l.id)?.rev ?? -1) <= l.rev) by.set(l.id, l);
			if (l.cid) this.outbox.seen(l.cid);
			if (l.from !== "customer" && this.typing) this.typing = null;
		}
		this.lines = [...by.values()].sort((a, b) => a.pos - b.pos);
		this.changed_();
	}

	private stand_(s: Standing) {
		if (s.conv) this.ended = false;
		else if (this.standing.conv && this.lines.length) this.ended = true;
		this.standing = s;
		this.changed_();
	}

	// older loads the lines before the oldest one known.
	async older(): Promise<void> {
		if (this.history_ || !this.more || !this.lines[0]) return;
		this.history_ = true;
		const run = this.run_;
		try {
			const a = await this.before_(this.lines[0].pos, 40);
			if (run !== this.run_) return;
			this.more = !!a.more;
			this.merge_(a.items);
		} catch {
			// the next scroll tries again
		} finally {
			this.history_ = false;
			this.changed_();
		}
	}

	private async before_(pos: number, limit: number): Promise<Lines> {
		const url = `${this.base_}/lines?before=${pos}&limit=${limit}`;
		return (await ask<{ lines: Lines }>(this.world_, url, this.token_)).lines;
	}

	// fresh reads one line anew: addresses of files live ten minutes.
	async fresh(line: Line): Promise<Line | undefined> {
		this.merge_((await this.before_(line.pos + 1, 1)).items);
		return this.lines.find((l) => l.id === line.id);
	}

	// open tells the hub, once a visit, that the visitor opened the chat.
	open() {
		this.opened_ = true;
		this.keep_.set("chatted", "1");
		this.greet_();
		this.mark();
	}

	close() {
		this.opened_ = false;
	}

	private async hello_(answers?: Record<string, string>) {
		const key = this.visit_.key;
		const a = await ask<{ token?: string }>(this.world_, `${this.base_}/open`, this.token_, {
			key,
			entry: this.visit_.entry,
			frame: this.visit_.frame,
			visit: this.visit_.facts(),
			answers,
		});
		this.keep_.set("opened", key);
		return a.token;
	}

	private greet_() {
		if (!this.opened_ || !this.token_ || this.asking || this.keep_.get("opened") === this.visit_.key) return;
		this.hello_().catch(() => {}); // told again with the next session
	}

	// answer gives what was asked before the chat, and goes on as who answered.
	async answer(answers: Record<string, string>): Promise<void> {
		const token = await this.hello_(answers);
		if (token) {
			this.token_ = token;
			this.keep_.set("token", token);
		}
		this.asking = false;
		await this.start();
	}

	// send posts words, files or a press; they wait in the outbox until taken.
	send(post: Omit<Post, "id">, shown?: Partial<Pending>): Pending {
		const p = this.outbox.add({ ...post, id: this.world_.id() }, shown);
		if (this.token_ && this.link !== "offline") void this.outbox.flush();
		return p;
	}

	// press takes an option, or without one asks for a person.
	press(label: string, value = this.standing.ask || "human", target = "", menu = false, note?: string) {
		this.send({ action: { target, value, label, menu, note } });
	}

	private async deliver_(p: Pending): Promise<void> {
		if (!this.token_) throw new TypeError("no session yet");
		if (this.socket_ && this.link === "live") {
			const f = await this.request_({ t: "post", ...p.post });
			if (f.t === "ack") return;
			if (f.code === "lost") throw new TypeError("connection lost");
			const passing = f.code === "away" || f.code === "too_fast";
			throw new Refusal(passing ? 503 : 422, f.code, f.text, f.wait || 0);
		}
		try {
			await ask(this.world_, `${this.base_}/messages`, this.token_, p.post);
		} catch (e) {
			if (e instanceof Refusal && e.status === 401) {
				this.token_ = "";
				void this.start();
			}
			throw e;
		}
	}

	private request_(body: { t: string; id: string }): Promise<Frame & { t: "ack" | "nack" }> {
		return new Promise((settle) => {
			const timer = setTimeout(() => {
				this.waiting_.delete(body.id);
				settle({ t: "nack", id: body.id, code: "lost", text: "" });
			}, 15000);
			this.waiting_.set(body.id, (f) => {
				clearTimeout(timer);
				settle(f);
			});
			this.socket_?.send(JSON.stringify(body));
		});
	}

	// mark tells the hub how far our lines came. Looked at says it all.
	mark(): void {
		if (!this.token_ || !(this.link === "live" || this.link === "poll")) return;
		let last: Line | undefined;
		for (const l of this.lines) if (ours(l)) last = l;
		if (!last) return;
		const read = this.opened_ && this.looking();
		if (read) this.seen_ = last.pos;
		const target = last.rid || last.id;
		const want = (read ? "read:" : "delivered:") + target;
		if (want === this.marked_ || last.state === "read" || (!read && last.state === "delivered")) return;
		if (!read && this.marked_ === `read:${target}`) return;
		this.marked_ = want;
		const body = read ? { read: target } : { delivered: target };
		const undo = () => {
			if (this.marked_ === want) this.marked_ = "";
		};
		if (this.socket_) {
			void this.request_({ t: "mark", id: this.world_.id(), ...body }).then((f) => f.t === "nack" && undo());
		} else void ask(this.world_, `${this.base_}/marks`, this.token_, body).catch(undo);
	}

	looking: () => boolean = () => true;

	// unread counts our lines the visitor has not looked at.
	unread(): number {
		if (this.opened_ && this.looking()) return 0;
		let n = 0;
		for (let i = this.lines.length - 1; i >= 0; i--) {
			const l = this.lines[i] as Line;
			if (!ours(l)) continue;
			if (l.state === "read" || l.pos <= this.seen_) break;
			if (!l.recalled) n++;
		}
		return n;
	}

	// write passes on what stands in the box; see Draft for how often.
	write(text: string, live: boolean) {
		const body = live && this.standing.typing ? { text } : { on: text !== "" };
		if (this.socket_ && this.link === "live") this.socket_.send(JSON.stringify({ t: "typing", ...body }));
	}

	look(page: string, title: string) {
		if (this.socket_ && this.link === "live") this.socket_.send(JSON.stringify({ t: "look", page, title }));
	}

	async leave(form: Record<string, string>): Promise<void> {
		await ask(this.world_, `${this.base_}/form`, this.token_, form);
		this.wake(); // the network is there
	}

	auth(): string {
		return this.token_;
	}
}

export const ours = (l: Line): boolean => l.from === "bot" || l.from === "agent";
