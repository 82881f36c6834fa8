// The words of the forms in English.
import type { words as zh } from "./forms-zh";

export const words: typeof zh = {
	leaveHint: "Tell us what it is about and how to reach you. We answer when we are back.",
	name: "Name",
	email: "E-mail",
	phone: "Phone",
	about: "How can we help?",
	thanks: "We have your message and will get back to you.",
	back: "Back",
	begin: "Start the chat",
	pick: "Please choose",
	optional: "optional",
};
