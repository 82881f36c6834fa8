// A site that is any site: lines and boxes where words and pictures would be.

const css = `
body{margin:0;background:Canvas;color:CanvasText;font:16px system-ui,sans-serif;overflow:hidden}
i{display:block;border-radius:8px;background:#8a94a61f}
header{display:flex;gap:20px;align-items:center;padding:20px 6%;border-bottom:1px solid #8a94a633}
header i{width:72px;height:12px}
header i:first-child{width:120px;height:20px;margin-right:auto}
main{display:grid;grid-template-columns:repeat(auto-fill,minmax(200px,1fr));gap:28px;padding:36px 6%}
main i{height:180px}
main i:first-child{grid-column:1/-1;height:260px}
@media(max-width:480px){header i:nth-child(n+3){display:none}main{grid-template-columns:1fr 1fr;gap:14px}main i{height:140px}}
`;

export function site(doc: Document) {
	const sheet = new CSSStyleSheet();
	sheet.replaceSync(css);
	doc.adoptedStyleSheets = [sheet];
	const fill = (tag: string, n: number) => {
		const el = doc.body.appendChild(doc.createElement(tag));
		el.setAttribute("aria-hidden", "true");
		for (let i = 0; i < n; i++) el.appendChild(doc.createElement("i"));
	};
	fill("header", 5);
	fill("main", 9);
}
