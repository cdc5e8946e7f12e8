"""The look of a card: light, dark and on paper; wide tables and drawings scroll inside themselves."""

_LIGHT = """
  --paper: #fff; --ink: #1b1f25; --quiet: #59636e; --line: #d8dee4; --grid: #e2e6eb; --tint: #f5f7f9; --blue: #0b5cad;
  --red: #c2410c; --green: #1a7f5a; --violet: #7a4fb5; --grey: #8c959f;
  --good: #11633f; --good-tint: #e3f4ea; --bad: #9f2318; --bad-tint: #fdeae7; --even: #6b4e00; --even-tint: #fcf3d7;
"""
_DARK = """
  --paper: #14181d; --ink: #e3e8ed; --quiet: #9aa5b1; --line: #323a43; --grid: #2b323a; --tint: #1b2128; --blue: #6db0f7;
  --red: #f08a4b; --green: #5cc495; --violet: #b897ee; --grey: #7d8894;
  --good: #7fd6a6; --good-tint: #16301f; --bad: #ff9d8f; --bad-tint: #3a1a17; --even: #ebc76a; --even-tint: #332a12;
"""
STYLE = f"""
:root {{ color-scheme: light dark; {_LIGHT} }}
@media screen and (prefers-color-scheme: dark) {{ :root {{ {_DARK} }} }}
* {{ box-sizing: border-box; }}
html {{ scroll-padding-top: 3.5rem; -webkit-text-size-adjust: 100%; }}
body {{ margin: 0; color: var(--ink); background: var(--paper); }}
.en, header {{ font: 16px/1.6 -apple-system, "Segoe UI", "Helvetica Neue", Arial, "Noto Sans", system-ui, sans-serif; }}
.zh {{ font: 16px/1.75 "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", system-ui, sans-serif; }}
input[name=language] {{ position: absolute; opacity: 0; pointer-events: none; }}
#zh:checked ~ .en, #en:checked ~ .zh {{ display: none; }}
header {{ position: sticky; top: 0; z-index: 1; display: flex; justify-content: space-between; align-items: center; gap: 1rem;
  padding: .5rem 1.25rem; background: var(--paper); border-bottom: 1px solid var(--line); color: var(--quiet); font-size: .875rem; }}
.languages {{ display: flex; flex: none; border: 1px solid var(--line); border-radius: .4rem; overflow: hidden; }}
label {{ padding: .2rem .8rem; cursor: pointer; }}
#zh:checked ~ header [for=zh], #en:checked ~ header [for=en] {{ background: var(--blue); color: var(--paper); font-weight: 600; }}
#zh:focus-visible ~ header .languages, #en:focus-visible ~ header .languages {{ outline: 3px solid var(--even); outline-offset: 2px; }}
article {{ max-width: 78rem; margin: 0 auto; padding: 0 1.25rem 5rem; }}
main {{ min-width: 0; counter-reset: section; }}
h1 {{ font-size: 1.9rem; line-height: 1.3; margin: 2rem 0 .5rem; overflow-wrap: anywhere; }}
h2 {{ font-size: 1.35rem; line-height: 1.4; margin: 3.25rem 0 .75rem; padding-top: .9rem; border-top: 1px solid var(--line); }}
h2::before {{ counter-increment: section; content: counter(section) "  "; color: var(--quiet); font-weight: 400; white-space: pre; }}
h3 {{ font-size: 1.05rem; margin: 2rem 0 .5rem; }}
p, main > ul {{ max-width: 46rem; margin: .6rem 0; }}
li {{ margin: .3rem 0; }}
.lead {{ color: var(--quiet); font-size: 1.05rem; margin-bottom: 1.5rem; }}
a {{ color: var(--blue); }}
nav {{ margin-top: 1.5rem; font-size: .9rem; }}
nav p {{ font-weight: 600; margin: 0; }}
nav ol {{ columns: 2; margin: .4rem 0 0; padding-left: 1.6rem; }}
nav li {{ margin: .15rem 0; }}
nav a {{ text-decoration: none; }}
nav a:hover {{ text-decoration: underline; }}
.banner {{ display: flex; flex-wrap: wrap; gap: .1rem 1rem; align-items: baseline; margin: 1rem 0; padding: .8rem 1.1rem; border-radius: .4rem;
  border-left: .35rem solid; }}
.banner strong {{ font-size: 1.2rem; }}
.banner span {{ color: var(--ink); }}
.good {{ color: var(--good); background: var(--good-tint); }}
.bad {{ color: var(--bad); background: var(--bad-tint); }}
.even {{ color: var(--even); background: var(--even-tint); }}
.status {{ display: inline-block; padding: 0 .55rem; border-radius: 1rem; font-size: .9em; white-space: nowrap; }}
.status::before {{ display: inline-block; width: 1.2em; font-weight: 700; }}
.status.good::before {{ content: "✓"; }} .status.bad::before {{ content: "✗"; }} .status.even::before {{ content: "○"; }}
.tiles {{ display: grid; grid-template-columns: repeat(auto-fit, minmax(12.5rem, 1fr)); gap: .75rem; margin: 1.25rem 0; }}
.tiles > div {{ padding: .75rem 1rem; border: 1px solid var(--line); border-radius: .4rem; background: var(--tint); }}
dt, .against {{ color: var(--quiet); font-size: .85rem; line-height: 1.5; }}
dd {{ margin: 0; font-size: .9rem; }}
dd > data {{ display: block; font-size: 1.6rem; font-weight: 600; line-height: 1.35; }}
.tiles .against > data {{ display: inline; font: inherit; }}
data, .interval {{ font-variant-numeric: tabular-nums lining-nums; white-space: nowrap; }}
.interval {{ color: var(--quiet); }}
.table {{ overflow-x: auto; margin: 1.25rem 0; }}
.table:focus-visible {{ outline: 2px solid var(--blue); }}
table {{ border-collapse: collapse; min-width: 60%; font-size: .9rem; line-height: 1.5; }}
caption {{ text-align: left; font-weight: 600; padding-bottom: .35rem; }}
th, td {{ padding: .38rem .8rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: baseline; }}
th:first-child {{ padding-left: 0; }}
tbody th[scope] {{ min-width: 8.5rem; }}
th:last-child, td:last-child {{ padding-right: 0; }}
thead th {{ border-bottom: 2px solid var(--quiet); color: var(--quiet); font-weight: 600; vertical-align: bottom; }}
tbody th {{ font-weight: 500; }}
.number {{ text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums lining-nums; }}
thead .number {{ white-space: normal; }}
figure {{ margin: 1.5rem 0; overflow-x: auto; }}
figcaption {{ font-weight: 600; font-size: .9rem; margin-bottom: .4rem; }}
svg {{ display: block; max-width: 100%; height: auto; }}
.beside {{ display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 17rem), 1fr)); gap: 0 2rem; align-items: end; }}
.beside > * {{ min-width: 0; margin: .75rem 0; }}
.beside > .table {{ max-width: 30rem; }}
.beside table {{ width: 100%; }}
td:not(.number), th:not(.number) {{ min-width: 5.5rem; }}
th code {{ white-space: nowrap; }}
.beside th, .beside td {{ padding-inline: .4rem; }}
.beside th:first-child {{ padding-left: 0; min-width: 0; }}
code {{ font-size: .85em; overflow-wrap: anywhere; }}
@media (min-width: 68rem) {{
  article {{ display: grid; grid-template: "nav title" auto "nav main" 1fr / 12rem minmax(0, 1fr); gap: 0 3.5rem; }}
  .title {{ grid-area: title; }}
  main {{ grid-area: main; }}
  nav {{ grid-area: nav; position: sticky; top: 4.5rem; align-self: start; margin-top: 2.4rem; }}
  nav ol {{ columns: 1; }}
}}
@media (max-width: 40rem) {{
  .wide svg {{ width: 38rem; max-width: none; }}
  .number .interval {{ display: block; }}
  h1 {{ font-size: 1.5rem; }}
}}
@media print {{
  @page {{ size: A4; margin: 16mm 14mm; }}
  header .languages, nav {{ display: none; }}
  header {{ position: static; padding: 0 0 .4rem; }}
  article {{ display: block; padding: 0; }}
  .en, .zh {{ font-size: 10.5pt; }}
  h1, h2, h3, caption, figcaption {{ break-after: avoid; }}
  figure, .table, tr, .banner, .tiles {{ break-inside: avoid; }}
  .tiles {{ grid-template-columns: repeat(4, 1fr); }}
  h2 {{ margin-top: 1.6rem; }}
  table {{ font-size: 8.5pt; }}
  th, td {{ padding: .2rem .5rem; }}
  .table, figure {{ overflow: visible; }}
  .good, .bad, .even {{ print-color-adjust: exact; -webkit-print-color-adjust: exact; }}
}}
"""
