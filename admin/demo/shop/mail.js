// Shows new mail by itself: asks for the list every two seconds while the page
// is looked at, and leaves an opened quotation and the form alone.
const list = document.getElementById("letters");
let last = "";
async function look() {
	if (document.hidden || list.querySelector("details[open]")) return;
	const answer = await fetch(`/demo/mail/letters?lang=${list.dataset.lang}`);
	if (!answer.ok) return;
	const text = await answer.text();
	if (text === last) return;
	last = text;
	const page = new DOMParser().parseFromString(text, "text/html");
	list.replaceChildren(...page.body.childNodes);
}
setInterval(() => look().catch(() => {}), 2000);
