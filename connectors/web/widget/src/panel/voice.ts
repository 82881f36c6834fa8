import type { Voice } from "./upload";

// Recorder records while a button is held, and keeps the loudness for the wave.
export interface Recorder {
	stop(): Promise<{ blob: Blob; voice: Voice }>;
	cancel(): void;
}

export const canRecord = (): boolean =>
	typeof MediaRecorder !== "undefined" && !!navigator.mediaDevices?.getUserMedia;

export async function record(): Promise<Recorder> {
	const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
	const mime = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"].find((m) =>
		MediaRecorder.isTypeSupported(m),
	);
	const recorder = new MediaRecorder(stream, mime ? { mimeType: mime } : undefined);
	const chunks: Blob[] = [];
	recorder.ondataavailable = (e) => chunks.push(e.data);
	const context = new AudioContext();
	const analyser = context.createAnalyser();
	analyser.fftSize = 256;
	context.createMediaStreamSource(stream).connect(analyser);
	const buffer = new Uint8Array(analyser.fftSize);
	const levels: number[] = [];
	const timer = setInterval(() => {
		analyser.getByteTimeDomainData(buffer);
		let peak = 0;
		for (const v of buffer) peak = Math.max(peak, Math.abs(v - 128));
		levels.push(Math.min(255, peak * 2));
	}, 60);
	const began = Date.now();
	const done = () => {
		clearInterval(timer);
		for (const track of stream.getTracks()) track.stop();
		void context.close();
	};
	recorder.start();
	return {
		cancel() {
			recorder.onstop = null;
			recorder.stop();
			done();
		},
		stop: () =>
			new Promise((settle) => {
				const ms = Date.now() - began;
				recorder.onstop = () => {
					done();
					const type = (recorder.mimeType || "audio/webm").split(";")[0] as string;
					settle({ blob: new Blob(chunks, { type }), voice: { ms, wave: waveOf(levels) } });
				};
				recorder.stop();
			}),
	};
}

// waveOf draws any number of levels as at most 40 bars, base64.
export function waveOf(levels: number[]): string {
	const bars = Math.min(40, levels.length);
	let out = "";
	for (let i = 0; i < bars; i++) {
		const from = Math.floor((i * levels.length) / bars);
		const to = Math.floor(((i + 1) * levels.length) / bars);
		out += String.fromCharCode(Math.max(...levels.slice(from, to)));
	}
	return btoa(out);
}
