import type { Keep } from "./keep";
import { Refusal, type World } from "./net";
import type { Part, Post } from "./protocol";

// Pending is something the visitor sent that is not in the thread yet.
export interface Pending {
	post: Post;
	at: number;
	state: "uploading" | "waiting" | "taken" | "failed";
	reason: string; // the hub's words, when failed
	parts: Part[]; // how it is drawn meanwhile
	progress: number; // of an upload, 0 to 1
	retry?: () => void; // for an upload
	cut?: boolean; // it failed by the network, and is tried again when that is back
	cancel?: () => void;
}

// Outbox keeps what is to be sent, in order, through reloads and lost networks.
// Each entry has its own key in the browser's storage, so that tabs do not
// overwrite each other's; and its own id, so that the hub counts it once however
// often and by however many tabs it is sent.
export class Outbox {
	items: Pending[] = [];
	private busy_ = false;
	private misses_ = 0;
	private timer_: ReturnType<typeof setTimeout> | undefined;

	constructor(
		private keep_: Keep,
		private world_: World,
		private deliver_: (p: Pending) => Promise<void>,
		private changed_: () => void,
	) {
		for (const key of keep_.keys()) {
			if (!key.startsWith("q:")) continue;
			try {
				const { post, at, parts } = JSON.parse(keep_.get(key) || "");
				if (typeof post.id === "string" && Array.isArray(parts)) this.items.push(pending(post, at, parts));
			} catch {
				keep_.set(key, null);
			}
		}
		this.items.sort((a, b) => a.at - b.at);
	}

	add(post: Post, shown?: Partial<Pending>): Pending {
		const parts: Part[] = post.action ? [] : [{ t: "text", text: post.text }];
		const p = { ...pending(post, this.world_.now(), parts), ...shown };
		this.items = [...this.items, p];
		if (p.state === "waiting") this.save(p);
		this.changed_();
		return p;
	}

	save(p: Pending) {
		this.keep_.set(`q:${p.post.id}`, JSON.stringify({ post: p.post, at: p.at, parts: p.parts.map(lasting) }));
	}

	// flush sends what waits, one after the other: order is kept even when a try
	// fails in the middle. Uploads that the network cut begin again.
	async flush(): Promise<void> {
		for (const p of this.items) if (p.cut) p.retry?.();
		if (this.busy_) return;
		this.busy_ = true;
		clearTimeout(this.timer_);
		try {
			for (;;) {
				const p = this.items.find((i) => i.state === "waiting");
				if (!p) return;
				try {
					await this.deliver_(p);
					this.misses_ = 0;
					p.state = "taken";
					this.keep_.set(`q:${p.post.id}`, null);
					if (p.post.action) this.remove(p);
				} catch (e) {
					if (e instanceof Refusal && e.final) {
						p.state = "failed";
						p.reason = e.message;
					} else {
						const wait =
							e instanceof Refusal && e.wait ? e.wait : Math.min(30000, 1000 * 2 ** this.misses_++);
						this.timer_ = setTimeout(() => this.flush(), wait * (0.75 + this.world_.random() / 2));
						return;
					}
				}
				this.changed_();
			}
		} finally {
			this.busy_ = false;
			this.changed_();
		}
	}

	// seen takes out what has arrived in the thread.
	seen(id: string) {
		const p = this.items.find((i) => i.post.id === id);
		if (p) this.remove(p);
	}

	remove(p: Pending) {
		this.keep_.set(`q:${p.post.id}`, null);
		this.items = this.items.filter((i) => i !== p);
		for (const part of p.parts) if (part.url?.startsWith("blob:")) URL.revokeObjectURL(part.url);
		this.changed_();
	}

	again(p: Pending) {
		p.reason = "";
		if (p.retry) p.retry();
		else {
			p.state = "waiting";
			this.save(p);
			void this.flush();
		}
		this.changed_();
	}

	// touch says that an entry changed.
	touch() {
		this.changed_();
	}

	clear() {
		clearTimeout(this.timer_);
		for (const p of this.items) p.cancel?.();
		this.items = [];
	}
}

function pending(post: Post, at: number, parts: Part[]): Pending {
	return { post, at, parts, state: "waiting", reason: "", progress: 0 };
}

// lasting is a part as it can be drawn after a reload, when blobs are gone.
function lasting(p: Part): Part {
	return p.url?.startsWith("blob:") ? { ...p, url: undefined } : p;
}
