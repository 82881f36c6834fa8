/** Recording is a sound as it was recorded. */
export interface Recording {
  file: File;
  millis: number;
  /** Base64 of up to 40 levels. */
  wave: string;
}

export interface Microphone {
  /** Level now, 0 to 1. */
  level(): number;
  stop(): Promise<Recording>;
  cancel(): void;
}

const WRITTEN = ["audio/ogg;codecs=opus", "audio/webm;codecs=opus", "audio/mp4"];
const LEVEL_EVERY = 60; // milliseconds

/** listen records from now on. It fails with the browser's own error where there is no microphone or no leave to use it. */
export async function listen(name: string): Promise<Microphone> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const type = WRITTEN.find((m) => MediaRecorder.isTypeSupported(m));
  const recorder = new MediaRecorder(stream, type ? { mimeType: type } : undefined);
  const chunks: Blob[] = [];
  recorder.ondataavailable = (e) => chunks.push(e.data);

  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 256;
  context.createMediaStreamSource(stream).connect(analyser);
  const heard = new Uint8Array(analyser.fftSize);
  const levels: number[] = [];
  const timer = setInterval(() => {
    analyser.getByteTimeDomainData(heard);
    levels.push(heard.reduce((most, v) => Math.max(most, Math.abs(v - 128)), 0) / 128);
  }, LEVEL_EVERY);
  const began = performance.now();
  const end = () => {
    clearInterval(timer);
    for (const track of stream.getTracks()) track.stop();
    void context.close();
  };
  recorder.start();
  return {
    level: () => levels.at(-1) ?? 0,
    cancel() {
      recorder.onstop = null;
      if (recorder.state !== "inactive") recorder.stop();
      end();
    },
    stop: () =>
      new Promise((settle) => {
        const millis = Math.round(performance.now() - began);
        recorder.onstop = () => {
          end();
          const plain = recorder.mimeType.split(";")[0] || "audio/webm";
          const ending = plain === "audio/mp4" ? "m4a" : plain.slice(plain.indexOf("/") + 1);
          settle({
            file: new File(chunks, `${name}.${ending}`, { type: plain }),
            millis,
            wave: waveOf(levels),
          });
        };
        recorder.stop();
      }),
  };
}

/** waveOf draws any number of levels, each 0 to 1, as at most 40 bytes in base64. */
export function waveOf(levels: number[]): string {
  const bars = Math.min(40, levels.length);
  const at = (i: number) => Math.floor((i * levels.length) / bars);
  return btoa(
    Array.from({ length: bars }, (_, i) =>
      String.fromCharCode(Math.round(Math.min(1, Math.max(...levels.slice(at(i), at(i + 1)))) * 255)),
    ).join(""),
  );
}
