export default `
*{box-sizing:border-box}
button{position:absolute;bottom:20px;right:20px;min-width:56px;height:56px;padding:0 16px;border:0;border-radius:28px;background:var(--brand);color:var(--ink);display:flex;align-items:center;gap:8px;font:600 15px/1 system-ui,-apple-system,"PingFang SC","Noto Sans SC",sans-serif;white-space:nowrap;cursor:pointer;box-shadow:0 1px 2px #0003,0 6px 20px #0000002e;transition:transform .16s}
button.left{right:auto;left:20px}
button:hover{transform:translateY(-1px)}
button:focus-visible{outline:3px solid var(--brand);outline-offset:3px}
svg{width:24px;height:24px;fill:currentColor;flex:none}
svg.down{display:none;fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}
button.open svg.down{display:block}
button.open svg.chat,button.open span,span:empty,b:empty{display:none}
button.wide:not(.open){padding:0 20px}
b{position:absolute;top:-4px;right:-4px;min-width:22px;height:22px;padding:0 6px;border-radius:11px;background:#d92d20;color:#fff;font:600 12px/22px system-ui,sans-serif;text-align:center}
.frame{position:absolute;bottom:88px;right:20px;width:380px;height:min(600px,calc(100vh - 108px));border-radius:16px;overflow:hidden;background:Canvas;box-shadow:0 0 0 1px #00000014,0 12px 40px #00000030;visibility:hidden;opacity:0;transform:translateY(8px);transition:opacity .16s,transform .16s,visibility .16s}
.frame.left{right:auto;left:20px}
.frame.open{visibility:visible;opacity:1;transform:none}
iframe{display:block;width:100%;height:100%;border:0;color-scheme:normal}
@media(max-width:480px){.frame,.frame.left{position:fixed;inset:0;width:100%;height:100%;border-radius:0}button{bottom:16px;right:16px}button.left{left:16px}button.open{display:none}}
@media(prefers-reduced-motion:reduce){*{transition:none!important}}
@media print{*{display:none!important}}
`;
