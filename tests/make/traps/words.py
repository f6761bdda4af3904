"""Filled forms in which a figure stands beside text that nobody sees, as files of word processors.

Written by hand and by python-docx, never by what reads them. A form is rows of cells and lines
around them, a cell is runs, and a run has a look: how it is hidden, struck out, raised.
"""

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from functools import cache, partial
from html import escape

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls


@dataclass(frozen=True)
class Run:
    """Text in one look: "" strike dstrike hidden deleted inserted note white tiny, or one of which
    a reader cannot tell what becomes of it: strange pressed laid."""

    text: str
    look: str = ""


Cell = list[Run]


@dataclass
class Row:
    """A table's row; `hidden` is "" or hidden, or flat (too low for a line of text)."""

    cells: list[Cell]
    hidden: str = ""


@dataclass
class Form:
    """Lines over the table, the table, lines under it."""

    before: list[Cell] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    after: list[Cell] = field(default_factory=list)


@dataclass(frozen=True)
class Trap:
    """How a value is written: what is seen, between what is not; `styled`: by named styles."""

    name: str
    runs: Callable[[str, str], Cell]  # of the value and a decoy
    styled: bool = False


def _around(look: str) -> dict[str, Callable[[str, str], Cell]]:
    return {
        f"{look} before": lambda value, decoy: [Run(decoy, look), Run(value)],
        f"{look} behind": lambda value, decoy: [Run(value), Run(decoy, look)],
        f"{look} inside": lambda value, decoy: [
            Run(value[:1]),
            Run(decoy[:1], look),
            Run(value[1:]),
        ],
    }


def _noted(mark: str, value: str, _decoy: str) -> Cell:
    return [Run(value), Run(mark, "note")]


def _all_traps() -> Iterator[Trap]:
    for look in ("strike", "dstrike", "hidden", "deleted", "white", "tiny"):
        for name, runs in _around(look).items():
            yield Trap(name, runs)
            if look not in ("deleted", "tiny"):
                yield Trap(f"{name}, by a style", runs, styled=True)
    yield Trap(
        "deleted and inserted",
        lambda value, decoy: [Run(decoy, "deleted"), Run(value, "inserted")],
    )
    for mark in ("1", "①", "[2]", "*", "注"):
        yield Trap(f"note {mark}", partial(_noted, mark))
    yield Trap("note by a style", lambda value, _decoy: [Run(value), Run("1", "note")], styled=True)


TRAPS = tuple(_all_traps())
# A property of next year, letters pressed to a line, two lines in one or a text that is turned.
UNTOLD = tuple(
    Trap(f"{name}{', by a style' * styled}", runs, styled)
    for look in ("strange", "pressed", "laid")
    for name, runs in _around(look).items()
    for styled in (False, True)
)

# What the screen shows: key → (label path's words as written, value text, decoy, value).
GRID = (
    ("overall.drills", "14", "12", 14),
    ("overall.participants", "1360", "2480", 1360),
    ("overall.spend_wan", "12.5", "37", 12.5),
    ("by_organiser.government.drills", "4", "7", 4),
    ("by_organiser.enterprise.participants", "900", "180", 900),
)
LINES = (
    ("unit", "新密市", "登封市", "新密市"),
    ("reported_on", "2017年7月3日", "2016年6月2日", "2017-07-03"),
    ("filled_by", "李明华", "王小芳", "李明华"),
    ("phone", "0371-69822000", "0371-67181234", "0371-69822000"),
)
_PLAIN = {
    "overall.joint_drills": ("2", 2),
    "by_organiser.government.participants": ("400", 400),
    "by_organiser.government.spend_wan": ("3.5", 3.5),
    "by_organiser.enterprise.drills": ("9", 9),
    "by_organiser.enterprise.spend_wan": ("8.5", 8.5),
    "by_organiser.other.drills": ("1", 1),
    "by_organiser.other.participants": ("60", 60),
    "by_organiser.other.spend_wan": ("0.5", 0.5),
}
EXPECTED: dict[str, object] = {key: value for key, _, _, value in (*GRID, *LINES)}
EXPECTED |= {key: value for key, (_, value) in _PLAIN.items()}

_MEASURES = ("drills", "participants", "spend_wan")
_HEADINGS = ("举办次数（场）", "参演人数（人次）", "直接投入（万元）")
_GROUPS = (("government", "政府及部门"), ("enterprise", "企业"), ("other", "其他"))


class Values:
    """The cells of all fields: those with a trap are written as it says."""

    def __init__(self, traps: Mapping[str, Trap]) -> None:
        texts = {key: [Run(text)] for key, (text, _) in _PLAIN.items()}
        for key, text, decoy, _ in (*GRID, *LINES):
            trap = traps.get(key)
            texts[key] = trap.runs(text, decoy) if trap else [Run(text)]
        self._texts = texts

    def __getitem__(self, key: str) -> Cell:
        return self._texts.get(key, [Run("")])


def _lines(form: Form, values: Values) -> None:
    form.before = [
        [Run("2017年安全生产应急演练统计表")],
        [Run("填报单位（盖章）："), *values["unit"]],
        [Run("报出时间："), *values["reported_on"]],
    ]
    form.after = [
        [Run("填表人："), *values["filled_by"], Run("        联系电话："), *values["phone"]]
    ]


def columns(values: Values) -> Form:
    """Measures side by side, a row for the total and each organiser."""
    form = Form()
    _lines(form, values)
    form.rows = [Row([[Run("分类")], [Run("项目")], *([Run(text)] for text in _HEADINGS)])]
    total = [values[f"overall.{measure}"] for measure in _MEASURES]
    form.rows.append(Row([[Run("总体情况")], [Run("合计")], *total]))
    joint = [Run("多部门联动综合演练次数")]
    form.rows.append(
        Row([[Run("总体情况")], joint, values["overall.joint_drills"], [Run("")], [Run("")]])
    )
    for group, name in _GROUPS:
        cells = [values[f"by_organiser.{group}.{measure}"] for measure in _MEASURES]
        form.rows.append(Row([[Run("按组织单位分类")], [Run(name)], *cells]))
    return form


def pairs(values: Values) -> Form:
    """Label and value in one cell."""
    form = Form()
    _lines(form, values)
    labels = [f"{heading[:4]}：" for heading in _HEADINGS]
    units = ("场", "人次", "万元")

    def line(group: str, name: str, section: str = "按组织单位分类") -> Row:
        cells = [
            [Run(label), *values[f"{group}.{measure}"], Run(unit)]
            for label, measure, unit in zip(labels, _MEASURES, units, strict=True)
        ]
        return Row([[Run(section)], [Run(name)], *cells])

    form.rows.append(line("overall", "合计", "总体情况"))
    form.rows += [line(f"by_organiser.{group}", name) for group, name in _GROUPS]
    joint = [Run("多部门联动综合演练次数："), *values["overall.joint_drills"], Run("场")]
    form.rows.insert(1, Row([[Run("总体情况")], joint, [Run("")], [Run("")], [Run("")]]))
    return form


def stacked(values: Values) -> Form:
    """A label and its value on every row, footer and header in the table, too."""
    form = Form(before=[[Run("2017年安全生产应急演练统计表")]])

    def add(section: str, label: str, key: str) -> None:
        form.rows.append(Row([[Run(section)], [Run(label)], values[key]]))

    add("填报单位", "填报单位（盖章）", "unit")
    add("报出时间", "报出时间", "reported_on")
    for measure, heading in zip(_MEASURES, _HEADINGS, strict=True):
        add("总体情况", heading, f"overall.{measure}")
    add("总体情况", "多部门联动综合演练次数", "overall.joint_drills")
    for group, name in _GROUPS:
        for measure, heading in zip(_MEASURES, _HEADINGS, strict=True):
            add(name, heading, f"by_organiser.{group}.{measure}")
    add("填表人", "填表人", "filled_by")
    add("联系电话", "联系电话", "phone")
    return form


LAYOUTS: dict[str, Callable[[Values], Form]] = {
    "columns": columns,
    "pairs": pairs,
    "stacked": stacked,
}


def with_hidden_row(form: Form, where: str, hidden: str) -> Form:
    """The form with last year's total in a row that is not seen, before or behind this year's."""
    index = next(i for i, row in enumerate(form.rows) if row.cells[0][0].text == "总体情况")
    old = [
        [Run(run.text.translate(str.maketrans("123456", "999999"))) for run in cell]
        if any(run.text[:1].isdigit() or "：" in run.text for run in cell)
        else cell
        for cell in form.rows[index].cells
    ]
    form.rows.insert(index + (where == "behind"), Row(old, hidden))
    return form


# ---- WordprocessingML -----------------------------------------------------------------------

_W_LOOKS = {
    "strike": "<w:strike/>",
    "dstrike": "<w:dstrike/>",
    "hidden": "<w:vanish/>",
    "note": '<w:vertAlign w:val="superscript"/>',
    "white": '<w:color w:val="FFFFFF"/>',
    "tiny": '<w:sz w:val="2"/>',
    "strange": "<w:propertyOfNextYear/>",
    "pressed": '<w:w w:val="5"/>',
    "laid": '<w:eastAsianLayout w:id="1" w:combine="1"/>',
}
_W_STYLES = "".join(
    f'<w:style w:type="character" w:styleId="x{look}0"><w:name w:val="x{look}0"/>'
    f"<w:rPr>{xml}</w:rPr></w:style>"
    f'<w:style w:type="character" w:styleId="x{look}"><w:name w:val="x{look}"/>'
    f'<w:basedOn w:val="x{look}0"/></w:style>'
    for look, xml in _W_LOOKS.items()
)


_W_BORDERS = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)
_W_BORDERS = f"<w:tblBorders>{_W_BORDERS}</w:tblBorders>"


def _w_run(run: Run, styled: bool, old: bool) -> str:
    look = _W_LOOKS.get(run.look, "")
    if look and styled:
        look = f'<w:rStyle w:val="x{run.look}"/>'
    text = f'<w:t xml:space="preserve">{escape(run.text)}</w:t>'
    author = 'w:id="1" w:author="甲" w:date="2017-07-03T00:00:00Z"'
    if run.look == "inserted" and not old:
        return f"<w:ins {author}><w:r>{text}</w:r></w:ins>"
    if run.look == "deleted" and not old:
        return f"<w:del {author}><w:r>{text.replace('w:t', 'w:delText')}</w:r></w:del>"
    if run.look in ("deleted", "inserted"):
        kind = "Deletion" if run.look == "deleted" else "Insertion"
        if kind == "Deletion":
            text = text.replace("w:t", "w:delText")
        return (
            f'<aml:annotation aml:id="1" w:type="Word.{kind}" aml:author="甲">'
            f"<aml:content><w:r>{text}</w:r></aml:content></aml:annotation>"
        )
    return f"<w:r><w:rPr>{look}</w:rPr>{text}</w:r>"


def _w_paragraph(cell: Cell, styled: bool, old: bool) -> str:
    return f"<w:p>{''.join(_w_run(run, styled, old) for run in cell)}</w:p>"


def _w_body(form: Form, styled: bool, old: bool = False) -> str:
    parts = [_w_paragraph(line, styled, old) for line in form.before]
    parts.append(f"<w:tbl><w:tblPr>{_W_BORDERS}</w:tblPr><w:tblGrid/>")
    heights = {
        "": "",
        "hidden": "<w:trPr><w:hidden/></w:trPr>",
        "flat": '<w:trPr><w:trHeight w:val="1" w:hRule="exact"/></w:trPr>',
    }
    for row in form.rows:
        cells = "".join(
            f'<w:tc><w:tcPr><w:tcW w:w="1700" w:type="dxa"/></w:tcPr>'
            f"{_w_paragraph(cell, styled, old)}</w:tc>"
            for cell in row.cells
        )
        parts.append(f"<w:tr>{heights[row.hidden]}{cells}</w:tr>")
    parts.append("</w:tbl>")
    return "".join([*parts, *(_w_paragraph(line, styled, old) for line in form.after)])


@cache
def _docx_template() -> tuple[tuple[str, bytes], ...]:
    """The parts of an empty document of python-docx with these styles in it."""
    document = docx.Document()
    for style in parse_xml(f"<w:x {nsdecls('w')}>{_W_STYLES}</w:x>"):
        document.styles.element.append(style)
    packed = io.BytesIO()
    document.save(packed)
    with zipfile.ZipFile(packed) as archive:
        return tuple((name, archive.read(name)) for name in archive.namelist())


def write_docx(form: Form, styled: bool = False) -> bytes:
    """A document of python-docx with this body and these styles."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, octets in _docx_template():
            if name == "word/document.xml":
                body = _w_body(form, styled)
                octets = f"<w:document {nsdecls('w')}><w:body>{body}</w:body></w:document>".encode()
            archive.writestr(name, octets)
    return packed.getvalue()


def write_word2003(form: Form, styled: bool = False) -> bytes:
    """Word 2003 XML."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?><?mso-application progid="Word.Document"?>'
        '<w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml"'
        ' xmlns:aml="http://schemas.microsoft.com/aml/2001/core">'
        f"<w:styles>{_W_STYLES}</w:styles>"
        f"<w:body>{_w_body(form, styled, old=True)}</w:body></w:wordDocument>"
    ).encode()


def write_flat_opc(form: Form, styled: bool = False) -> bytes:
    """A docx in one XML file."""
    ns = nsdecls("w")
    word = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    return (
        '<?xml version="1.0" encoding="UTF-8"?><?mso-application progid="Word.Document"?>'
        '<pkg:package xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage">'
        f'<pkg:part pkg:name="/word/document.xml" pkg:contentType="{word}.document.main+xml">'
        f"<pkg:xmlData><w:document {ns}><w:body>{_w_body(form, styled)}</w:body></w:document>"
        f'</pkg:xmlData></pkg:part><pkg:part pkg:name="/word/styles.xml" pkg:contentType='
        f'"{word}.styles+xml"><pkg:xmlData><w:styles {ns}>{_W_STYLES}</w:styles>'
        "</pkg:xmlData></pkg:part></pkg:package>"
    ).encode()


# ---- RTF ------------------------------------------------------------------------------------

_RTF_LOOKS = {
    "": "",
    "strike": r"\strike",
    "dstrike": r"\striked1",
    "hidden": r"\v",
    "deleted": r"\deleted\revauthdel1",
    "inserted": r"\revised\revauth1",
    "note": r"\super",
    "white": r"\cf2",
    "tiny": r"\fs2",
    "strange": r"\propertyofnextyear1",
    "pressed": r"\charscalex5",
    "laid": r"\twoinone1",
}


def _rtf_text(text: str, as_unicode: bool) -> str:
    parts = []
    for char in text:
        if char < "\x80":
            parts.append("\\" + char if char in "\\{}" else char)
        elif as_unicode:
            parts.append(rf"\u{(ord(char) + 0x8000) % 0x10000 - 0x8000}?")
        else:
            parts.append("".join(f"\\'{octet:02x}" for octet in char.encode("gb18030")))
    return "".join(parts)


def _rtf_cell(cell: Cell, switched: bool) -> str:
    """Runs as groups, or switched on and off between texts."""
    parts = []
    for run in cell:
        text, look = _rtf_text(run.text, as_unicode=switched), _RTF_LOOKS[run.look]
        if switched:
            parts.append(rf"{look} {text}\plain\fs24 " if look else text)
        else:
            parts.append(f"{{{look} {text}}}" if look else f"{{{text}}}")
    return "".join(parts)


def write_rtf(form: Form, styled: bool = False) -> bytes:
    """RTF by hand, in code page 936 with groups, or (`styled`) with \\u and switches."""
    parts = [
        r"{\rtf1\ansi\ansicpg936\uc1\deff0{\fonttbl{\f0\fnil\fcharset134 SimSun;}}",
        r"{\colortbl;\red0\green0\blue0;\red255\green255\blue255;}",
        r"{\*\revtbl{Unknown;}{A;}}\f0\fs24 ",
    ]
    parts += [_rtf_cell(line, styled) + "\\par\n" for line in form.before]
    heights = {"": "", "hidden": r"\trrh-1", "flat": r"\trrh-1"}
    for row in form.rows:
        ends = "".join(rf"\cellx{1700 * (index + 1)}" for index in range(len(row.cells)))
        cells = "".join(rf"\pard\intbl {_rtf_cell(cell, styled)}\cell" for cell in row.cells)
        parts.append(rf"\trowd{heights[row.hidden]}{ends}{cells}\row" + "\n")
    parts.append(r"\pard ")
    parts += [_rtf_cell(line, styled) + "\\par\n" for line in form.after]
    return "".join([*parts, "}"]).encode("ascii")


# ---- OpenDocument ---------------------------------------------------------------------------

_ODF_NS = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in {
        "office": "office",
        "table": "table",
        "text": "text",
        "style": "style",
        "fo": "xsl-fo-compatible",
        "manifest": "manifest",
    }.items()
)
_ODF_LOOKS = {
    "strike": 'style:text-line-through-style="solid" style:text-line-through-type="single"',
    "dstrike": 'style:text-line-through-style="solid" style:text-line-through-type="double"',
    "hidden": 'text:display="none"',
    "note": 'style:text-position="super 58%"',
    "white": 'fo:color="#ffffff"',
    "tiny": 'fo:font-size="1pt"',
    "strange": 'style:property-of-next-year="1"',
    "pressed": 'style:text-scale="5%"',
    "laid": 'style:text-combine="lines"',
}


def _odf_run(run: Run, styled: bool, deleted: list[str]) -> str:
    text = escape(run.text).replace("  ", " <text:s/>")
    if run.look == "deleted":
        number = len(deleted)
        deleted.append(
            f'<text:changed-region text:id="c{number}"><text:deletion><text:p>{text}</text:p>'
            "</text:deletion></text:changed-region>"
        )
        return f'<text:change text:change-id="c{number}"/>'
    if run.look not in _ODF_LOOKS:
        return text
    name = f"{run.look}{'-child' if styled else ''}"
    return f'<text:span text:style-name="{name}">{text}</text:span>'


def write_odt(form: Form, styled: bool = False) -> bytes:
    """A text document by hand; `styled`: by styles that rest on others of styles.xml."""
    deleted: list[str] = []

    def paragraph(cell: Cell) -> str:
        return f"<text:p>{''.join(_odf_run(run, styled, deleted) for run in cell)}</text:p>"

    rows = []
    for row in form.rows:
        cells = "".join(
            f"<table:table-cell>{paragraph(cell)}</table:table-cell>" for cell in row.cells
        )
        look = ' table:style-name="flat"' if row.hidden else ""
        rows.append(f"<table:table-row{look}>{cells}</table:table-row>")
    before = "".join(paragraph(line) for line in form.before)
    after = "".join(paragraph(line) for line in form.after)
    width = max(len(row.cells) for row in form.rows)
    looks = "".join(
        f'<style:style style:name="{look}" style:family="text"><style:text-properties {xml}/>'
        "</style:style>"
        for look, xml in _ODF_LOOKS.items()
    )
    children = "".join(
        f'<style:style style:name="{look}-child" style:family="text"'
        f' style:parent-style-name="{look}"/>'
        for look in _ODF_LOOKS
    )
    flat = (
        '<style:style style:name="flat" style:family="table-row"><style:table-row-properties'
        ' style:row-height="0.01cm"/></style:style>'
    )
    changes = f"<text:tracked-changes>{''.join(deleted)}</text:tracked-changes>" if deleted else ""
    content = (
        f'<office:document-content {_ODF_NS} office:version="1.2"><office:automatic-styles>'
        f"{'' if styled else looks}{children}{flat}</office:automatic-styles><office:body>"
        f'<office:text>{changes}{before}<table:table table:name="表1"><table:table-column'
        f' table:number-columns-repeated="{width}"/>{"".join(rows)}</table:table>{after}'
        "</office:text></office:body></office:document-content>"
    )
    styles = (
        f'<office:document-styles {_ODF_NS} office:version="1.2"><office:styles>'
        f"{looks if styled else ''}</office:styles></office:document-styles>"
    )
    mime = "application/vnd.oasis.opendocument.text"
    entries = "".join(
        f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{kind}"/>'
        for path, kind in (("/", mime), ("content.xml", "text/xml"), ("styles.xml", "text/xml"))
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("mimetype", mime)
        archive.writestr(
            "META-INF/manifest.xml",
            f"<manifest:manifest {_ODF_NS}>{entries}</manifest:manifest>",
        )
        archive.writestr("content.xml", content)
        archive.writestr("styles.xml", styles)
    return packed.getvalue()


# ---- HTML -----------------------------------------------------------------------------------

_CSS_LOOKS = {
    "strike": "text-decoration:line-through",
    "dstrike": "text-decoration-line:line-through;text-decoration-style:double",
    "hidden": "display:none",
    "note": "vertical-align:super;font-size:60%",
    "white": "color:#fff",
    "tiny": "font-size:1px",
    "strange": "property-of-next-year:1",
    "pressed": "display:inline-block;transform:scaleX(.05)",
    "laid": "display:inline-block;rotate:90deg",
}
_HTML_TAGS = {
    "strike": ("<s>", "</s>"),
    "dstrike": ("<strike>", "</strike>"),
    "deleted": ("<del>", "</del>"),
    "inserted": ("<ins>", "</ins>"),
    "note": ("<sup>", "</sup>"),
    "hidden": ('<span style="mso-hide:all;display:none">', "</span>"),
    "white": ('<font color="white">', "</font>"),
}


def _html_run(run: Run, styled: bool) -> str:
    text = escape(run.text).replace("  ", "&nbsp; ")
    if styled and run.look in _CSS_LOOKS:
        return f'<span class="x{run.look}">{text}</span>'
    if run.look in _HTML_TAGS:
        return text.join(_HTML_TAGS[run.look])
    if run.look:
        return f'<span style="{_CSS_LOOKS[run.look]}">{text}</span>'
    return text


def write_html(form: Form, styled: bool = False) -> bytes:
    """A page with elements and attributes, or (`styled`) with a style sheet."""
    sheet = "".join(
        f"body .x{look}, table .x{look} {{ {css} }}\n" for look, css in _CSS_LOOKS.items()
    )
    hidden = {"": "", "hidden": ' style="display: none"', "flat": ' height="0"'}
    rows = []
    for row in form.rows:
        cells = "".join(
            f"<td>{''.join(_html_run(run, styled) for run in cell)}</td>" for cell in row.cells
        )
        rows.append(f"<tr{hidden[row.hidden]}>{cells}</tr>")

    def paragraph(cell: Cell) -> str:
        return f"<p>{''.join(_html_run(run, styled) for run in cell)}</p>"

    return (
        '<html><head><meta charset="utf-8"><style><!--\n@page { margin: 1cm }\n'
        f"a:link {{ color: white }}\n{sheet}--></style></head><body>"
        f"{''.join(map(paragraph, form.before))}<table border=1>{''.join(rows)}</table>"
        f"{''.join(map(paragraph, form.after))}</body></html>"
    ).encode()


def write_mht(form: Form, styled: bool = False) -> bytes:
    """The same page as the only part of a web archive."""
    archive = MIMEMultipart("related")
    archive.attach(MIMEText(write_html(form, styled).decode(), "html", "utf-8"))
    return archive.as_bytes()
