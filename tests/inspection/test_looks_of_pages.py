"""A page's text is certain only where all that is said of it is known to be harmless: each case is
one cell in which 14 is seen, or in which nobody can tell from the file what is."""

from pathlib import Path

import pytest
from make.traps.marked import MARK, drills, marked
from make.traps.words import write_html

PLAIN = write_html(marked()).decode()


def page(cell: str = "14", rules: str = "", td: str = "", row: str = "", body: str = "") -> bytes:
    """The form with this in the cell, these rules more, these attributes of the cell, its row and
    the table around, and this before the table's first line."""
    assert PLAIN.count(f"<td>{MARK}</td>") == 1
    before, _, after = PLAIN.partition(f"<td>{MARK}</td>")
    head, _, tail = before.rpartition("<tr>")
    source = f"{head}<tr {row}>{tail}<td {td}>{cell}</td>{after}"
    source = source.replace("<style><!--", f"<style><!--\n{rules}\n")
    return source.replace("<table border=1>", f"{body}<table border=1>").encode()


# What draws, moves, cuts, covers, recolours or adds to a figure.
ABOUT_A_RUN = (
    "margin-left:-999px",
    "display:inline-block;margin:0 -30px 0 0",
    "margin:-2em",
    "rotate:90deg",
    "display:inline-block;rotate:x 90deg",
    "mix-blend-mode:screen",
    "mix-blend-mode:difference;color:white",
    "translate:-500px",
    "scale:0",
    "-webkit-transform:scale(0)",
    "offset-path:path('M0 0')",
    "perspective:1px",
    "mask-image:linear-gradient(transparent,transparent)",
    "-webkit-mask:url(x.svg)",
    "backdrop-filter:invert(1)",
    "-webkit-text-fill-color:transparent",
    "-webkit-text-security:disc",
    "-webkit-text-stroke:9px white",
    "-webkit-background-clip:text",
    "background-clip:text;color:transparent;background-image:linear-gradient(red,red)",
    "background:linear-gradient(black,black)",
    "background:url(data:image/png;base64,AAAA)",
    "text-shadow:20px 0 black",
    "color:transparent;text-shadow:0 0 0 black",
    "box-shadow:inset 0 0 0 99px black",
    "outline:40px solid white",
    "border-image:url(x.png) 30 fill",
    "letter-spacing:-.5em",
    "letter-spacing:-9px",
    "word-spacing:-2em",
    "display:inline-block;line-height:0",
    "line-height:.1",
    "font-size:calc(1px * 0)",
    "font-size:max(0px, 0px)",
    "font-size-adjust:0",
    "font-feature-settings:'sups'",
    "font-variant-position:super",
    "font-variant-numeric:slashed-zero diagonal-fractions",
    "text-combine-upright:all",
    "text-transform:full-size-kana",
    "text-decoration-thickness:20px;text-decoration-line:underline",
    "text-decoration:underline;text-underline-offset:-0.5em",
    "direction:rtl;unicode-bidi:isolate-override",
    "direction:rtl",
    "float:right",
    "order:-1",
    "display:grid",
    "display:math",
    "position:absolute;left:300px;top:100px;background:white",
    "position:fixed;inset:0",
    "position:relative;left:-40px",
    "position:relative;top:-40px;background:white",
    "inset-block-start:-30px;position:relative",
    "display:inline-block;width:8px;overflow:hidden",
    "display:inline-block;max-width:1ch;overflow:clip",
    "display:inline-block;height:2px;overflow:hidden",
    "display:inline-block;overflow-x:hidden;width:9px",
    "display:inline-block;width:100px;overflow:hidden;text-indent:200px;white-space:nowrap",
    "display:inline-block;width:100px;overflow:hidden;padding-left:200px",
    "opacity:0.04",
    "opacity:4%",
    "animation:gone 1s forwards",
    "animation-name:gone",
    "content:url(x.png)",
    "all:revert",
    "visibility:var(--seen)",
    "--x:none;display:var(--x)",
    "clip-path:polygon(0 0)",
    "-ms-filter:'alpha(opacity=0)'",
    "filter:alpha(opacity=0)",
    "zoom:.05",
    "contain:strict",
    "content-visibility:hidden",
    "color-scheme:dark;color:black",
    "mso-font-width:1%",
    "mso-style-textfill-fill-alpha:0%",
    "mso-style-textfill-type:none",
    "mso-style-textfill-fill-color:white",
    "a-property-of-next-year:1",
)


@pytest.mark.parametrize("look", ABOUT_A_RUN)
def test_what_is_not_known_to_be_harmless_leaves_the_cell_open(look: str, tmp_path: Path) -> None:
    path = tmp_path / "form.html"
    for cell in (f'<span style="{look}">12</span>14', f'14<b style="{look}">1</b>'):
        path.write_bytes(page(cell))
        assert drills(path, "html").value in (None, 14), cell
    path.write_bytes(page('<span class="q">12</span>14', rules=f".q {{ {look} }}"))
    assert drills(path, "html").value in (None, 14)


@pytest.mark.parametrize(
    ("cell", "rules", "td", "row"),
    [
        ("<b>14</b>", "b::before { content: '9' }", "", ""),
        ("<b>14</b>", "td b:after { content: attr(title) }", "", ""),
        ("<b>14</b>", "tr:nth-child(2) > td b::before { content: counter(n) }", "", ""),
        ("", "td:empty::before { content: '14' }", "", ""),
        ("14", "td::before { content: '9' }", "", ""),
        ("14", "td::first-letter { font-size: 0 }", "", ""),
        ("<b>12</b>14", "td:not(:hover) b { display: none }", "", ""),
        ("<b>12</b>14", "td:is(.x, :first-child, td) b { display: none }", "", ""),
        ("<b>12</b>14", "td { & b { display: none } }", "", ""),
        ("<b>12</b>14", "@supports (color: red) { b { display: none } }", "", ""),
        ("<b>12</b>14", "@layer a { b { color: white } }", "", ""),
        ("<b>12</b>14", "@media (min-width: 1px) { b { font-size: 0 } }", "", ""),
        ("<b>12</b>14", "@import url('https://example.test/a.css');", "", ""),
        ("<b>12</b>14", "@import 'data:text/css,b{display:none}';", "", ""),
        ("<template><style>b { display: none }</style></template><b>12</b>14", "", "", ""),
        ("<!--[if gte mso 9]><style>b { color: white }</style><![endif]--><b>12</b>14", "", "", ""),
        ("<a href=x>12</a>14", "a:link { display: none }", "", ""),
        ("<a href=x>12</a>14", ":any-link { opacity: 0 }", "", ""),
        ("<b data-x>12</b>14", "[data-x] { visibility: hidden }", "", ""),
        ("<i></i><b>12</b>14", "i + b { color: #fefefe }", "", ""),
        ("<i></i><b>12</b>14", "i ~ b { position: absolute; left: -999px }", "", ""),
        ("14", "td:nth-child(3) { background: black }", "", ""),
        ("14", "tr:nth-child(2) td { font-family: Wingdings }", "", ""),
        ("14", "@font-face { font-family: my; src: url(data:f;base64,A) } td { font: 9pt my }",
         "", ""),
        ('<font face="Wingdings 2">14</font>', "", "", ""),
        ("14", "", 'dir="rtl"', ""),
        ("14", "", 'background="x.png"', ""),
        ("14", "", 'x:num="99"', ""),
        ("14", "", 'x:str="99"', ""),
        ("14", "", 'sdval="99"', ""),
        ("", "", 'x:num="14"', ""),
        ("14", "", "style='mso-number-format:\"0%\"'", ""),
        ("14", "", r"style='mso-number-format:\"0\\\.0\,\"'", ""),
        ("14", "", "style='mso-number-format:\"yyyy\\-m\\-d\"'", ""),
        ("14", "", r"style='vnd.ms-excel.numberformat:0\!.0\,'", ""),
        ("14", "", "", 'style="display:flex;flex-direction:row-reverse"'),
        ("14", "", "", 'style="transform:translateX(-90px)"'),
        ("<svg><text>14</text></svg>", "", "", ""),
        ("<iframe srcdoc='14'></iframe>", "", "", ""),
        ("14<iframe srcdoc='9'></iframe>", "", "", ""),
        ("14<img src='nine.png'>", "", "", ""),
        ("14<object data='nine.svg'></object>", "", "", ""),
        ("14<canvas></canvas>", "", "", ""),
        ("<marquee>14</marquee>", "", "", ""),
        ("<math><msup><mn>14</mn><mn>1</mn></msup></math>", "", "", ""),
        ("<ol start=9><li>14</li></ol>", "", "", ""),
        ("<b>14</b>", "b { display: list-item; list-style: decimal inside }", "", ""),
        ('<span style="display:block">12</span>14', "", "", ""),
        ('14<input type="button" value="9">', "", "", ""),
        ("14<script>document.write(9)</script>", "", "", ""),
        ('14<img src="x" onerror="this.parentNode.textContent=9">', "", "", ""),
        ("14<!--> 9 <!-- -->", "", "", ""),
        ("<dialog>12</dialog>14", "", "", ""),
        ("<div popover>12</div>14", "", "", ""),
        ("\u202e41", "", "", ""),
        ("1\u03362\u033614", "", "", ""),
    ],
)  # fmt: skip
def test_what_a_page_does_to_a_cell_is_not_passed_over(
    cell: str, rules: str, td: str, row: str, tmp_path: Path
) -> None:
    path = tmp_path / "form.html"
    path.write_bytes(page(cell, rules, td, row))
    read = drills(path, "html")
    assert read.value in (None, 14)
    shown = cell in ("<dialog>12</dialog>14", "<div popover>12</div>14")
    assert shown or read.confidence <= 0.9 or read.value is None


@pytest.mark.parametrize(
    "body",
    [
        '<div style="position:absolute;left:300px;top:90px;background:white">14</div>',
        '<div style="position:relative;top:120px;background:white">14</div>',
        '<div style="margin-bottom:-90px;background:white">14</div>',
        '<div style="transform:translate(9em,9em)">14</div>',
        '<link rel="stylesheet" href="https://example.test/a.css">',
        "<link href='data:text/css,td{color:red}' rel=stylesheet>",
        '<script src="a.js"></script>',
        "<script>document.body.innerHTML = 1</script>",
        '<table style="position:absolute;top:99px"><tr><td>14</td></tr></table>',
        '<div style="height:60px;overflow:hidden">',
        '<div style="margin-left:-999px">',
        '<div style="rotate:90deg">',
        '<div style="filter:invert(1)">',
    ],
)
def test_what_lies_over_a_table_leaves_it_open(body: str, tmp_path: Path) -> None:
    path = tmp_path / "form.html"
    path.write_bytes(page("99", body=body))
    assert drills(path, "html").value is None


# As Word, Excel, WPS, LibreOffice, Outlook, Foxmail, Coremail and web reports write.
HARMLESS = (
    "margin:0cm;margin-bottom:.0001pt;text-align:center;mso-pagination:widow-orphan",
    "margin-left:-5.25pt;mso-para-margin-left:-.5gd;text-indent:0cm;mso-char-indent-count:0",
    "text-indent:21.0pt;mso-char-indent-count:2.0;line-height:28.0pt;mso-line-height-rule:exactly",
    "text-indent:-18.0pt;margin-left:18.0pt;tab-stops:list 18.0pt;mso-list:l0 level1 lfo1",
    "line-height:150%;layout-grid-mode:char;punctuation-wrap:simple;text-autospace:none",
    "font-size:10.5pt;mso-bidi-font-size:12.0pt;font-family:宋体;mso-ascii-font-family:Calibri",
    "color:black;mso-themecolor:text1;mso-font-kerning:0pt;letter-spacing:-.1pt",
    "page-break-inside:avoid;page-break-after:auto;word-break:break-all;text-justify:inter-ideograph",
    "border:solid windowtext 1.0pt;border-left:none;mso-border-alt:solid windowtext .5pt",
    "padding:0cm 5.4pt 0cm 5.4pt;width:62.2pt;height:13.5pt;background:#D9E1F2",
    "mso-style-parent:style0;mso-number-format:General;white-space:nowrap;mso-rotate:0",
    "mso-number-format:'0_ ';mso-protection:locked visible;mso-generic-font-family:auto",
    r"mso-number-format:'\#\,\#\#0\.00_ ';vertical-align:middle;mso-pattern:black none",
    r"mso-number-format:'\@'",
    r"mso-number-format:'_ * \#\,\#\#0\.00_ \;_ * \\-\#\,\#\#0\.00_ \;_ * \0022-\0022??_ \;_ \@_ '",
    "vnd.ms-excel.numberformat:@",
    "mso-ignore:colspan;mso-height-source:userset;mso-width-source:auto;mso-data-placement:same-cell",
    "text-decoration:underline;text-underline:single;text-effect:none;mso-ansi-language:EN-US",
    "background:white;mso-highlight:white;mso-shading:white;mso-fareast-language:ZH-CN",
    "overflow:hidden;text-overflow:ellipsis;width:120px;white-space:nowrap",
    "overflow-wrap:break-word;word-wrap:break-word;hyphens:auto;-webkit-hyphens:auto",
    "box-sizing:border-box;-moz-box-sizing:border-box;border-radius:4px;transition:all .2s ease-in",
    "-webkit-text-size-adjust:100%;-webkit-font-smoothing:antialiased;cursor:pointer;outline:none",
    "font:12px/1.5 'Microsoft YaHei',Arial,sans-serif;zoom:1;*zoom:1;_height:1%",
    "orphans:2;widows:2;-webkit-text-stroke-width:0px;word-spacing:0px;text-transform:none",
    "font-variant-ligatures:normal;font-variant-caps:normal;letter-spacing:normal;caret-color:auto",
    "text-decoration-thickness:initial;text-decoration-style:initial;white-space-collapse:preserve",
    "display:inline !important;float:none;text-size-adjust:auto;tab-size:4;direction:ltr",
    "min-width:60px;max-width:320px;min-height:20px;table-layout:fixed;empty-cells:show",
    "opacity:1;filter:none;transform:none;clip:auto;position:static;visibility:visible",
    "position:relative;z-index:1;box-shadow:0 1px 2px rgba(0,0,0,.2);text-shadow:none",
    "background-image:none;background-repeat:no-repeat;background-position:0 0",
    "ime-mode:disabled;layout-flow:horizontal;user-select:text;-ms-user-select:text",
    "break-inside:avoid;print-color-adjust:exact;-webkit-print-color-adjust:exact;color:inherit",
    "list-style:none;mso-text-raise:0pt;mso-style-textfill-fill-color:black",
    "font-size:small;font-weight:700;font-style:italic;font-stretch:condensed;font-kerning:auto",
    "unicode-bidi:embed;mso-bidi-language:AR-SA;text-align-last:auto;align-items:center",
)


@pytest.mark.parametrize("look", HARMLESS)
def test_what_programs_write_into_every_page_leaves_a_figure_certain(
    look: str, tmp_path: Path
) -> None:
    path = tmp_path / "form.html"
    own = look.replace('"', "'")
    path.write_bytes(page(f'<p style="{own}">14</p>', td=f'style="{own}"', row=f'style="{own}"'))
    read = drills(path, "html")
    assert (read.value, read.confidence) == (14, 1.0)
    path.write_bytes(page("<p class=q>14</p>", rules=f".q, td:nth-child(3) {{ {look} }}"))
    read = drills(path, "html")
    assert (read.value, read.confidence) == (14, 1.0)


@pytest.mark.parametrize(
    ("rules", "body"),
    [
        (r"v\:* {behavior:url(#default#VML);} .shape {behavior:url(#default#VML);}", ""),
        ("@font-face {font-family:宋体; panose-1:2 1 6 0 3 1 1 1 1 1; mso-font-charset:134}", ""),
        ("@page Section1 {size:595.3pt 841.9pt; margin:72pt; layout-grid:15.6pt} "
         "div.Section1 {page:Section1}", "<div class=Section1>"),
        ("@list l0:level1 {mso-level-number-format:none; text-indent:-99pt}", ""),
        ("a:hover + comment {position:absolute;display:block} comment {display:none}", ""),
        ("tr:nth-child(even) td {background-color:#f5f5f5} tr:hover {background:#eee}", ""),
        (".cf:after {content:' ';display:table;clear:both} *:before {box-sizing:border-box}", ""),
        (".clear:after {content:'.';visibility:hidden;display:block} ul {list-style:none}", ""),
        (".a > .b:first-child {position:absolute;left:0} @media print {td {display:none}}", ""),
        ("@media screen and (max-width:600px) {.menu {display:none}} html {font-size:62.5%}", ""),
        ("body {margin:0;padding:0;overflow-x:hidden;-webkit-tap-highlight-color:transparent}", ""),
        ("", '<div style="float:left;width:100%;margin:0 auto;overflow:hidden;clear:both">'),
        ("", '<link rel=Stylesheet href="form.files/stylesheet.css">'),
        ("", '<script type="application/ld+json">{"a": document(1)}</script>'),
        ("", "<script>if (window.name!='frSheet') window.location.replace('a');"
             " else parent.fnUpdateTabs(0);</script>"),
        ("", "<div onclick='x()' onmouseover=y()>"),
        ("", "<!--[if gte mso 9]><xml>12</xml><![endif]-->"),
        ("", '<p><img src="seal.png" style="position:absolute;left:1px"></p>'),
    ],
)  # fmt: skip
def test_what_stands_in_the_heads_of_pages_leaves_a_figure_certain(
    rules: str, body: str, tmp_path: Path
) -> None:
    path = tmp_path / "form.html"
    path.write_bytes(page("14", rules=rules, body=body))
    read = drills(path, "html")
    assert (read.value, read.confidence) == (14, 1.0)


def test_a_page_that_is_set_apart_as_a_whole_is_certain(tmp_path: Path) -> None:
    path = tmp_path / "form.html"
    apart = b'<body><div style="position:absolute;left:10px;top:20px;width:800px">'
    path.write_bytes(page().replace(b"<body>", apart))
    read = drills(path, "html")
    assert (read.value, read.confidence) == (14, 1.0)
