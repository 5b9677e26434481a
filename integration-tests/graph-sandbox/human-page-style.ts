/** The style sheet of the human page. */
export const STYLE = `
:root { color-scheme: light dark; --line: #d9dce3; --soft: #6b7280; --ground: #f6f7f9; --card: #fff; --ink: #1c1e21; --blue: #0866ff; }
@media (prefers-color-scheme: dark) { :root { --line: #3a3b3c; --soft: #a8abb0; --ground: #18191a; --card: #242526; --ink: #e4e6eb; --blue: #4599ff; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1280px; padding: 0 20px 48px; background: var(--ground); color: var(--ink); font: 14px/1.45 system-ui, sans-serif; }
header { display: flex; justify-content: space-between; align-items: baseline; padding: 20px 0 8px; }
h1 { font-size: 22px; margin: 0; } h2 { font-size: 16px; margin: 0 0 12px; } h3 { font-size: 14px; margin: 0 0 6px; }
small, .clock, nav span, .nothing { color: var(--soft); font-weight: normal; }
nav { display: flex; flex-wrap: wrap; gap: 10px; margin: 8px 0 4px; }
nav a { display: flex; flex-direction: column; padding: 10px 14px; border: 1px solid var(--line); border-radius: 8px; background: var(--card); color: inherit; text-decoration: none; }
nav a.chosen { border-color: var(--blue); box-shadow: 0 0 0 1px var(--blue); }
section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 16px 18px; margin-top: 16px; overflow-x: auto; }
article + article { margin-top: 18px; padding-top: 14px; border-top: 1px solid var(--line); }
article p { margin: 0 0 6px; }
form { display: flex; gap: 8px; margin-bottom: 10px; }
input[type=search] { flex: 0 1 320px; padding: 6px 10px; border: 1px solid var(--line); border-radius: 6px; background: transparent; color: inherit; font: inherit; }
button { padding: 6px 14px; border: 0; border-radius: 6px; background: var(--blue); color: #fff; font: inherit; cursor: pointer; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: 6px 10px 6px 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
th { color: var(--soft); font-weight: 600; font-size: 12px; white-space: nowrap; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
time { white-space: nowrap; font-variant-numeric: tabular-nums; }
code { font: 12px/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }
.badge { display: inline-block; padding: 0 8px; border-radius: 9px; background: #8884; font-size: 12px; white-space: nowrap; }
.badge.good { background: #1f9d5533; } .badge.bad { background: #e0244433; } .badge.warn { background: #e6a70033; } .badge.busy, .badge.batch { background: #0866ff2e; }
.badge.feed { background: #8b5cf633; }
.pages { display: flex; gap: 14px; margin: 10px 0 0; color: var(--soft); } a { color: var(--blue); }
`
