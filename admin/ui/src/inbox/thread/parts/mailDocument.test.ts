import { describe, expect, it } from "vitest";
import { mailDocument } from "./mailDocument";

const o = {
  inline: { "logo@x": "https://hub.example/files/1" },
  remote: false,

  nonce: "n",
  quoted: false,
};
// The sanitiser itself needs a real browser; what is done after it is tested here.
function make(html: string, more: object = {}) {
  const root = document.createElement("div");
  root.innerHTML = html;
  return mailDocument(root, { ...o, ...more });
}

describe("mail in its frame", () => {
  it("holds pictures of other hosts back until asked, and says how many", () => {
    const html = '<p>Hi</p><img src="https://tracker.example/1.png"><img src="http://x.example/2.png">';
    const held = make(html);
    expect(held.held).toBe(2);
    expect(held.html).not.toContain("tracker.example");
    const shown = make(html, { remote: true });
    expect(shown.html).toContain("https://tracker.example/1.png");
    expect(shown.held).toBe(0);
  });
  it("does not let styles fetch", () => {
    const d = make('<p style="color:red;background:url(https://tracker.example/bg.png)">x</p>');
    expect(d.html).not.toContain("tracker.example");
    expect(d.held).toBe(1);
    expect(d.html).toContain("color:red");
  });
  it("shows the pictures the mail brought with it", () => {
    expect(make('<img src="cid:logo@x">').html).toContain("https://hub.example/files/1");
  });
  it("folds quoted earlier mail", () => {
    const html = '<p>New</p><blockquote type="cite"><p>Old</p></blockquote>';
    expect(make(html)).toMatchObject({ hasQuote: true });
    expect(make(html).html).not.toContain("Old");
    expect(make(html, { quoted: true }).html).toContain("Old");
  });
  it("has a policy of its own that runs nothing", () => {
    expect(make("<p>x</p>").html).toMatch(
      /Content-Security-Policy" content="default-src 'none'; img-src data: blob: \S+ ;/,
    );
  });
  it("keeps only links that lead out", () => {
    const d = make(
      '<a href="https://a.example">a</a><a href="javascript:alert(1)">b</a><a href="/settings">c</a>',
    );
    expect(d.html).toContain('href="https://a.example"');
    expect(d.html).not.toMatch(/javascript:|href="\/settings"/);
  });
});
