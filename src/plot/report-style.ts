/** The style sheet of the report: light and dark, a phone and a wide screen, paper. */

export const REPORT_STYLE = `
:root {
  color-scheme: light dark;
  --ink: #1a1a1a; --soft: #555; --paper: #fff; --tint: #f4f4f6; --line: #d8d8de; --link: #00578a;
  --decided: #00694a; --undecided: #8a5a00; --none: #3f4f9c; --misfit: #a83200; --unidentifiable: #595959;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #ececf0; --soft: #b0b0b8; --paper: #16171b; --tint: #22242a; --line: #3a3d46; --link: #7cc4f5;
    --decided: #4fd1a5; --undecided: #f0b840; --none: #a3b1ff; --misfit: #ff9166; --unidentifiable: #b8b8c0;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
}
main { max-width: 84rem; margin: 0 auto; padding: 1.5rem clamp(0.9rem, 3vw, 2.5rem) 4rem; }
h1 { font-size: clamp(1.35rem, 1rem + 1.6vw, 2rem); line-height: 1.25; margin: 0 0 0.25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.3rem; margin: 2.75rem 0 0.75rem; padding-top: 0.75rem; border-top: 1px solid var(--line); }
h3 { font-size: 1.05rem; margin: 1.5rem 0 0.5rem; }
sup { font-size: 0.75em; line-height: 0; }
p, li { max-width: 46rem; overflow-wrap: anywhere; }
a { color: var(--link); }
.made { color: var(--soft); margin: 0; }
.verdict {
  margin: 1.5rem 0; padding: 1.1rem 1.3rem 0.6rem; background: var(--tint);
  border-left: 0.5rem solid var(--status); border-radius: 0.3rem;
}
.verdict h2 { margin: 0; padding: 0; border: 0; font-size: 1.05rem; color: var(--status); }
.verdict .statement { font-size: clamp(1.15rem, 0.95rem + 0.9vw, 1.55rem); line-height: 1.4; margin: 0.35rem 0 0.6rem; max-width: 60rem; }
.decided { --status: var(--decided); }
.undecided { --status: var(--undecided); }
.none { --status: var(--none); }
.misfit { --status: var(--misfit); }
.unidentifiable { --status: var(--unidentifiable); }
.scroll { overflow-x: auto; max-width: 100%; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--soft); padding-bottom: 0.35rem; }
th, td { padding: 0.35rem 1.4rem 0.35rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
th { font-weight: 600; }
th[scope="col"] { vertical-align: bottom; }
th[scope="row"] { min-width: 11.5rem; max-width: 24rem; overflow-wrap: anywhere; }
td.number, th.number { text-align: right; }
td.number { white-space: nowrap; }
.facts th[scope="row"] { min-width: 0; font-weight: 400; color: var(--soft); }
.facts td { overflow-wrap: anywhere; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 34rem), 1fr)); gap: 1.75rem; align-items: start; }
figure { margin: 0; min-width: 0; }
.card { background: #fff; border: 1px solid var(--line); border-radius: 0.3rem; padding: 0.35rem; overflow-x: auto; }
.card svg { display: block; width: 100%; min-width: 33rem; max-width: 52rem; height: auto; margin: 0 auto; }
figcaption { padding: 0.5rem 0.2rem 0; color: var(--soft); font-size: 0.95rem; max-width: 46rem; }
@media (max-width: 34rem) {
  th, td { padding-right: 0.9rem; }
  th[scope="row"] { min-width: 7.5rem; }
  .scroll td:last-child:not(.number) { min-width: 13rem; }
}
pre { background: var(--tint); padding: 0.8rem 1rem; border-radius: 0.3rem; overflow-x: auto; font-size: 0.9rem; }
code { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
@media print {
  :root { color-scheme: light; --ink: #000; --soft: #333; --paper: #fff; --tint: #f4f4f6; --line: #bbb; --link: #000;
    --decided: #00694a; --undecided: #8a5a00; --none: #3f4f9c; --misfit: #a83200; --unidentifiable: #595959; }
  main { max-width: none; padding: 0; }
  .figures { grid-template-columns: 1fr 1fr; gap: 1rem; }
  .card svg { min-width: 0; }
  figure, tr, .verdict { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  .scroll, .card { overflow: visible; }
  pre { white-space: pre-wrap; }
}
`;
