import { h } from "./ui";

const paths = {
	close: "M6 6l12 12M18 6L6 18",
	send: "M12 19V5M6 11l6-6 6 6",
	clip: "M20 11.5l-8 8a5 5 0 01-7-7l8-8a3 3 0 015 5l-8 8a1.5 1.5 0 01-2-2l7-7",
	smile: "M12 21a9 9 0 110-18 9 9 0 010 18zM8 14a5 5 0 008 0M9 9.5v.1M15 9.5v.1",
	mic: "M12 15a3 3 0 003-3V6a3 3 0 00-6 0v6a3 3 0 003 3zM6 11.5a6 6 0 0012 0M12 17.5V21",
	person: "M12 12a4 4 0 100-8 4 4 0 000 8zM5 20a7 7 0 0114 0",
	bot: "M12 4v3M7 7h10a3 3 0 013 3v6a3 3 0 01-3 3H7a3 3 0 01-3-3v-6a3 3 0 013-3zM9 12v1.5M15 12v1.5",
	check: "M5 12.5l4.5 4.5L19 7.5",
	checks: "M2 12.5l4.5 4.5L16 7.5M11.5 16.5l.5.5 9.5-9.5",
	clock: "M12 21a9 9 0 110-18 9 9 0 010 18zM12 7.5V12l3 2",
	alert: "M12 21a9 9 0 110-18 9 9 0 010 18zM12 7.5v5.5M12 16.2v.1",
	file: "M14 3H7a2 2 0 00-2 2v14a2 2 0 002 2h10a2 2 0 002-2V8zM14 3v5h5",
	pin: "M12 21c4-4 7-8 7-11a7 7 0 10-14 0c0 3 3 7 7 11zM12 12a2 2 0 100-4 2 2 0 000 4z",
	play: "M8 5.5v13l11-6.5z",
	pause: "M8.5 6v12M15.5 6v12",
	down: "M6 9.5l6 6 6-6",
	back: "M14.5 6l-6 6 6 6",
	off: "M3 3l18 18M9 15.5a5 5 0 016 0M5.5 12.5a9 9 0 0113 0M12 19v.1",
};

export type IconName = keyof typeof paths;

export function Icon({ name }: { name: IconName }) {
	return (
		<svg viewBox="0 0 24 24" aria-hidden="true" class={`i ${name}`}>
			<path d={paths[name]} />
		</svg>
	);
}
