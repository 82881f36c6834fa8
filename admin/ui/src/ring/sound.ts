/** What sounds, each in a way of its own: frequencies in Hz with the seconds at which they begin. */
const tunes = {
  assigned: [
    [660, 0],
    [880, 0.14],
  ],
  waiting: [[523, 0]],
  mentioned: [
    [784, 0],
    [784, 0.12],
    [1047, 0.24],
  ],
} as const;

export type Tune = keyof typeof tunes;

const LENGTH = 0.5; // seconds of one tone
const LOUDEST = 0.4; // of what the loudspeaker could do

let context: AudioContext | undefined;

/** unlock prepares for sounds at the first press of a key or button: before that no browser makes any. */
export function unlock(): () => void {
  const wake = () => {
    context ??= new AudioContext();
    void context.resume();
    off();
  };
  const off = () => {
    window.removeEventListener("pointerdown", wake, true);
    window.removeEventListener("keydown", wake, true);
  };
  window.addEventListener("pointerdown", wake, true);
  window.addEventListener("keydown", wake, true);
  return off;
}

/** play makes a sound, at a volume of 0 to 100; none before the first press. */
export function play(tune: Tune, volume: number): void {
  if (!volume || !context) return;
  const now = context.currentTime;
  for (const [frequency, at] of tunes[tune]) {
    const tone = context.createOscillator();
    const gain = context.createGain();
    tone.frequency.value = frequency;
    // Soft in, slowly out: no click. Loudness is heard by its square root.
    gain.gain.setValueAtTime(0, now + at);
    gain.gain.linearRampToValueAtTime(LOUDEST * (volume / 100) ** 2, now + at + 0.02);
    gain.gain.exponentialRampToValueAtTime(0.0001, now + at + LENGTH);
    tone.connect(gain).connect(context.destination);
    tone.start(now + at);
    tone.stop(now + at + LENGTH);
  }
}
