// The launcher's style, inside its shadow tree.
export default `
button{all:unset;box-sizing:border-box;position:absolute;bottom:20px;right:20px;min-width:56px;height:56px;padding:0 14px;border-radius:28px;background:var(--brand);color:var(--ink);display:flex;align-items:center;gap:8px;font:600 15px/1 system-ui;white-space:nowrap;cursor:pointer;box-shadow:0 6px 20px #0003}
button:focus-visible{outline:3px solid var(--brand);outline-offset:3px}
svg{width:28px;height:28px;fill:currentColor}
.down{display:none;fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round}
.open .down{display:block}
.open .chat,.open span,:empty:is(span,b){display:none}
b{position:absolute;top:-4px;right:-4px;min-width:22px;padding:0 6px;box-sizing:border-box;border-radius:11px;background:#d92d20;color:#fff;font:600 12px/22px system-ui;text-align:center}
div{position:absolute;bottom:88px;right:20px;width:380px;height:min(600px,100vh - 108px - var(--y));border-radius:16px;overflow:hidden;background:Canvas;box-shadow:0 0 0 1px #0001,0 12px 40px #0003;visibility:hidden;opacity:0;transform:translateY(8px);transition:.16s}
.left{right:auto;left:20px}
.open:not(button){visibility:visible;opacity:1;transform:none}
iframe{display:block;width:100%;height:100%;border:0}
@media(max-width:480px){div,.left:not(button){position:fixed;inset:0;width:100%;height:100%;border-radius:0}button.open{display:none}}
@media(prefers-reduced-motion:reduce){*{transition:none!important}}
@media print{*{display:none!important}}
`;
