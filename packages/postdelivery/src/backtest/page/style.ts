/** How the page of a backtest looks: light and dark, on a screen, on a telephone, and on paper. */

/** The one style sheet of the page. Colours have a contrast of at least 4.5 to 1 for text, 3 to 1 for bars. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1b1f24; --dim: #57606a; --paper: #ffffff; --line: #d0d7de; --before: #8a94a1; --after: #0b63ce; --alarm: #b42318; --soft: #f6f8fa; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --dim: #9aa5b1; --paper: #0d1117; --line: #30363d; --before: #7d8894; --after: #58a6ff; --alarm: #ff7b72; --soft: #161b22; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 1.5rem 1rem 4rem; font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
h1 { font-size: 1.6rem; margin: 0 0 .25rem; } h2 { font-size: 1.2rem; margin: 2.5rem 0 .5rem; } h3 { font-size: 1rem; margin: 1.5rem 0 .25rem; }
p { margin: .25rem 0; } .dim { color: var(--dim); }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: .75rem; margin: 1.5rem 0; padding: 0; }
.figures div { border: 1px solid var(--line); border-radius: .5rem; padding: .75rem 1rem; }
.figures dt { color: var(--dim); font-size: .85rem; } .figures dd { margin: 0; font-size: 1.5rem; font-variant-numeric: tabular-nums; }
.alarm { border-left: .3rem solid var(--alarm); padding: .25rem .75rem; background: var(--soft); }
figure { margin: 1rem 0; } figcaption { color: var(--dim); font-size: .85rem; }
svg { width: 100%; height: auto; } svg text { fill: var(--ink); font-size: 12px; } svg .value { fill: var(--dim); } svg .end { text-anchor: end; }
svg .before { fill: var(--before); } svg .after { fill: var(--after); } svg .axis { stroke: var(--line); }
.key { display: inline-block; width: .8em; height: .8em; margin: 0 .3em 0 .8em; } .key.before { background: var(--before); } .key.after { background: var(--after); }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { color: var(--dim); font-weight: 600; } .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
article { border: 1px solid var(--line); border-radius: .5rem; padding: .5rem 1rem; margin: .75rem 0; break-inside: avoid; }
article dt { color: var(--dim); font-size: .85rem; } article dd { margin: 0 0 .4rem; }
@media print { :root { --ink: #000; --dim: #333; --paper: #fff; --line: #999; --before: #999; --after: #000; --soft: #fff; color-scheme: light; } body { max-width: none; padding: 0; font-size: 11pt; } h2 { break-after: avoid; } tr, figure { break-inside: avoid; } .key { print-color-adjust: exact; } }
`
