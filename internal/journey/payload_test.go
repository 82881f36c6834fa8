package journey

import (
	"fmt"
	"strings"
)

// pwn is what every payload tries; the marks tell which one got through.
const pwn = `window.__pwn=1;top.__pwn=1;alert('pwn')`

// payloads are texts that become code, or make a browser ask another host, where
// somebody forgets what they are. RUN stands for script, URL for an address of
// the canary that is different for every payload.
var payloads = []string{
	// Elements that run.
	`<script>RUN</script>`,
	`"><script>RUN</script>`,
	`'><script>RUN</script><a title='`,
	`</script><script>RUN</script>`,
	`</title><script>RUN</script>`,
	`</textarea><script>RUN</script>`,
	`</style><script>RUN</script>`,
	`--><script>RUN</script><!--`,
	`]]><script>RUN</script>`,
	`<scr<script>ipt>RUN</scr</script>ipt>`,
	`<SCRIPT SRC=URL></SCRIPT>`,
	`<script type=module>import("URL")</script>`,
	`<script type=speculationrules>{"prefetch":[{"source":"list","urls":["URL"],"eagerness":"immediate"}]}</script>`,
	// Handlers.
	`<img src=x onerror="RUN">`,
	`"><img src=x onerror=RUN>`,
	`<img/src=x/onerror=RUN//`,
	"<img src=x onerror=`RUN`>",
	`<svg onload="RUN">`,
	`"><svg/onload=RUN>`,
	`<svg><animate onbegin="RUN" attributeName=x dur=1s>`,
	`<svg><set attributeName=onmouseover to="RUN">`,
	`<body onload="RUN">`,
	`<details open ontoggle="RUN">x</details>`,
	`<input autofocus onfocus="RUN">`,
	`<marquee onstart="RUN">x</marquee>`,
	`<video src=x onerror="RUN"></video>`,
	`<audio src onloadstart="RUN"></audio>`,
	`<div style="animation:a 1s" onanimationstart="RUN" onpointerenter="RUN">x</div>`,
	`" onmouseover="RUN" x="`,
	`' onpointerover='RUN' x='`,
	`x" autofocus onfocus="RUN" tabindex="1`,
	// Addresses that run.
	`javascript:RUN`,
	`<a href="javascript:RUN">press</a>`,
	`<a href=" &#14; javascript:RUN">press</a>`,
	`<a href="jav&#x09;ascript:RUN">press</a>`,
	`<a href="data:text/html,<script>RUN</script>">press</a>`,
	`data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==`,
	`vbscript:RUN`,
	`[press](javascript:RUN)`,
	`<form action="javascript:RUN"><button>press</button></form>`,
	`<iframe src="javascript:RUN"></iframe>`,
	`<iframe srcdoc="<script>RUN</script>"></iframe>`,
	`<object data="javascript:RUN"></object>`,
	`<embed src="javascript:RUN">`,
	`<math href="javascript:RUN">x</math>`,
	`<svg><a xlink:href="javascript:RUN"><text y=20>x</text></a></svg>`,
	`<meta http-equiv=refresh content="0;url=javascript:RUN">`,
	// What parsers disagree about.
	`<noscript><p title="</noscript><img src=x onerror=RUN>">`,
	`<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=RUN&gt;">`,
	`<svg></p><style><a id="</style><img src=1 onerror=RUN>">`,
	`<form><math><mtext></form><form><mglyph><style></math><img src onerror=RUN>`,
	`<template><script>RUN</script></template>`,
	`<xmp><p title="</xmp><img src=x onerror=RUN>">`,
	`<select><template><img src=x onerror=RUN></template></select>`,
	`<?xml-stylesheet href="URL"?><x/>`,
	`&lt;script&gt;RUN&lt;/script&gt;`,
	`\u003cscript\u003eRUN\u003c/script\u003e`,
	`%3Cscript%3ERUN%3C/script%3E`,
	`{{constructor.constructor('RUN')()}}`,
	"${RUN}",
	`__proto__`,
	`<div id=getElementById><form id=location name=cookie><input name=attributes></form></div>`,
	// What only asks another host.
	`<img src="URL">`,
	`<img srcset="URL 1x, URL?2 2x" src=x>`,
	`<picture><source srcset="URL"><img></picture>`,
	`<table background="URL"><tr><td background="URL?2">x</table>`,
	`<div style="background:url(URL)">x</div>`,
	`<div style="background-image:image-set('URL' 1x)">x</div>`,
	`<div style="list-style:url(URL);content:url(URL);cursor:url(URL),auto;border-image:url(URL)">x</div>`,
	`<style>@import url(URL);*{background:url(URL)}</style>`,
	`<link rel=stylesheet href="URL">`,
	`<link rel=preload as=image href="URL">`,
	`<link rel=dns-prefetch href="URL"><link rel=preconnect href="URL">`,
	`<link rel=prefetch href="URL"><link rel=icon href="URL">`,
	`<meta http-equiv=refresh content="0;url=URL">`,
	`<base href="URL/"><img src=y.gif>`,
	`<video src="URL" poster="URL?2" autoplay></video>`,
	`<audio src="URL" autoplay></audio>`,
	`<input type=image src="URL">`,
	`<iframe src="URL"></iframe>`,
	`<object data="URL"></object><embed src="URL">`,
	`<svg><image href="URL"/><use href="URL#a"/></svg>`,
	`<a href="https://example.com" ping="URL">press</a>`,
	`![x](URL)`,
	`<img src="//canary.test/x05/scheme-less">`,
	// Not script, but meant to mislead.
	"\u202egnp.exe\u202c <b>bold</b>",
	"line\r\nSet-Cookie: pwn=1\r\n\r\n<script>RUN</script>",
	"nul\x00byte<script>RUN</script>",
	strings.Repeat("<b>", 500) + "<script>RUN</script>",
	strings.Repeat("é́", 200) + `<img src=x onerror=RUN>`,
}

// payload is the n-th, with its own address of the canary for this place.
func payload(place string, n int) string {
	url := fmt.Sprintf("https://%s/x05/%s/%d", canaryHost, place, n)
	return strings.NewReplacer("RUN", pwn, "URL", url).Replace(payloads[n])
}
