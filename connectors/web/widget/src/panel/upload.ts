import type { Chat } from "./chat";
import type { Pending } from "./outbox";
import type { Part, Settings } from "./protocol";
import { t } from "./words";

export interface Voice {
	ms: number;
	wave: string; // base64 of up to 64 levels
}

// refusedFile says in words why a file cannot be sent, before it is.
export function refusedFile(file: Blob, settings: Settings): string {
	return file.size > settings.most ? t("tooLarge", settings.most >> 20) : "";
}

// sendFile uploads a file, showing how far it is, and posts it when it is there.
export function sendFile(chat: Chat, base: string, file: File | Blob, settings: Settings, voice?: Voice) {
	const name = file instanceof File ? file.name : "voice";
	const kind = voice ? "voice" : (/^(image|video|audio)\//.exec(file.type)?.[1] ?? "file");
	const part: Part = {
		t: "media",
		kind,
		title: name,
		size: file.size,
		mime: file.type,
		url: kind === "file" ? undefined : URL.createObjectURL(file),
		ms: voice?.ms,
		wave: voice?.wave,
	};
	const reason = refusedFile(file, settings);
	const p: Pending = chat.send({}, { parts: [part], state: reason ? "failed" : "uploading", reason });
	if (reason) return;
	p.retry = () => transfer(chat, base, file, name, p, voice);
	p.retry();
}

function transfer(chat: Chat, base: string, file: Blob, name: string, p: Pending, voice: Voice | undefined) {
	const x = new XMLHttpRequest();
	const fail = (why: string, cut: boolean) => {
		p.state = "failed";
		p.reason = why;
		p.cut = cut;
		chat.outbox.touch();
	};
	p.state = "uploading";
	p.progress = 0;
	p.cut = false;
	p.cancel = () => {
		x.abort();
		chat.outbox.remove(p);
	};
	x.open("POST", `${base}/files`);
	x.setRequestHeader("Authorization", `Bearer ${chat.auth()}`);
	x.setRequestHeader("Content-Type", file.type || "application/octet-stream");
	x.setRequestHeader("X-Parley-Name", encodeURIComponent(name));
	if (voice) {
		x.setRequestHeader("X-Parley-Voice", `${voice.ms}`);
		x.setRequestHeader("X-Parley-Wave", voice.wave);
	}
	x.upload.onprogress = (e) => {
		p.progress = e.total ? e.loaded / e.total : 0;
		chat.outbox.touch();
	};
	x.onerror = () => fail(t("lost"), true);
	x.onload = () => {
		let answer: { handle?: string; detail?: string } = {};
		try {
			answer = JSON.parse(x.responseText);
		} catch {
			// a proxy's page: the status says enough
		}
		if (!answer.handle) return fail(answer.detail || t("lost"), x.status >= 500);
		p.post.files = [answer.handle];
		p.state = "waiting";
		p.retry = p.cancel = undefined;
		chat.outbox.save(p);
		void chat.outbox.flush();
		chat.outbox.touch();
	};
	x.send(file);
}
