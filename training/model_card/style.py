"""The look of a card."""

STYLE = """
:root { color-scheme: light; --ink: #1b1f24; --quiet: #57606a; --line: #d0d7de; --mark: #0b5cad; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 62rem; padding: 1rem 1.25rem 4rem; color: var(--ink); background: #fff;
  font: 16px/1.65 "Noto Sans SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", system-ui, sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.3; margin: 1.2rem 0 .6rem; }
h2 { font-size: 1.25rem; margin: 2.4rem 0 .6rem; padding-bottom: .25rem; border-bottom: 1px solid var(--line); }
input[name=language] { position: absolute; opacity: 0; }
label { display: inline-block; padding: .15rem .8rem; border: 1px solid var(--line); border-radius: 1rem; cursor: pointer; }
input:checked + label { background: var(--mark); border-color: var(--mark); color: #fff; }
input:focus-visible + label { outline: 3px solid #f2a900; }
#zh:checked ~ main .en, #en:checked ~ main .zh { display: none; }
#both:checked ~ main p > .en, #both:checked ~ main li > .en, #both:checked ~ main figcaption > .en { display: block; color: var(--quiet); }
nav ul { columns: 2; padding-left: 1.2rem; margin: .6rem 0; }
a { color: var(--mark); }
.verdict { padding: .7rem 1rem; border-left: .35rem solid var(--mark); background: #f0f6fc; font-weight: 600; }
.table { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; width: 100%; font-size: .93rem; }
caption { text-align: left; font-weight: 600; padding-bottom: .3rem; }
th, td { padding: .3rem .6rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
thead th { border-bottom: 2px solid var(--quiet); }
tbody th { font-weight: 500; }
.number { font-variant-numeric: tabular-nums; white-space: nowrap; }
.interval { color: var(--quiet); }
figure { margin: 1.2rem 0; }
figure svg { width: 100%; height: auto; }
svg text { font-family: inherit !important; }
figcaption { color: var(--quiet); font-size: .93rem; }
code { overflow-wrap: anywhere; }
@media print { input, label, nav { display: none; } }
"""
