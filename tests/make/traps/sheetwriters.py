"""Books of pages (`sheets`) as files: XlsxWriter, openpyxl, xlwt, odfpy, and by hand."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

import odf.opendocument
import openpyxl
import xlsxwriter
import xlwt
from odf import number as odf_number
from odf import style as odf_style
from odf import table as odf_table
from odf import text as odf_text
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font

from make.traps.sheets import Page, Piece, Spot

Writer = Callable[[Sequence[Page]], bytes]


def _of_area(area: tuple[int, int, int, int]) -> str:
    top, left, bottom, right = area
    return f"{_letters(left)}{top + 1}:{_letters(right)}{bottom + 1}"


def _covered(page: Page) -> set[tuple[int, int]]:
    """Places under a merged cell, its own not among them."""
    return {
        (row, column)
        for top, left, bottom, right in page.merged
        for row in range(top, bottom + 1)
        for column in range(left, right + 1)
        if (row, column) != (top, left)
    }


def _letters(column: int) -> str:
    return chr(65 + column) if column < 26 else "A" + chr(65 + column - 26)


# ---- XlsxWriter ----------------------------------------------------------------------------

_XLSXWRITER_LOOKS: dict[str, dict[str, Any]] = {
    "strike": {"font_strikeout": True},
    "note": {"font_script": 1},
    "white": {"font_color": "#FFFFFF"},
}


def write_xlsxwriter(pages: Sequence[Page]) -> bytes:
    """Results of formulas are written as 0, to be worked out when the file is opened."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    formats: dict[tuple[str, str], Any] = {}

    def form(look: str, code: str = "General") -> Any:
        key = (look, code)
        if key not in formats:
            formats[key] = book.add_format({**_XLSXWRITER_LOOKS.get(look, {}), "num_format": code})
        return formats[key]

    for page in pages:
        sheet = book.add_worksheet(page.title)
        for top, left, bottom, right in page.merged:
            sheet.merge_range(top, left, bottom, right, "")
        for (row, column), spot in page.spots.items():
            if spot.pieces:
                pieces: list[Any] = []
                for piece in spot.pieces:
                    pieces += [form(piece.look), piece.text]
                sheet.write_rich_string(row, column, *pieces)
            elif spot.formula:
                sheet.write_formula(row, column, f"={spot.formula}", form(spot.look, spot.code))
            else:
                sheet.write(row, column, spot.value, form(spot.look, spot.code))
        for row, hidden in page.rows.items():
            if hidden == "flat":
                sheet.set_row(row, 0)
            else:
                sheet.set_row(row, None, None, _xlsxwriter_options(hidden))
        for column, hidden in page.columns.items():
            if hidden == "flat":
                sheet.set_column(column, column, 0)
            else:
                sheet.set_column(column, column, None, None, _xlsxwriter_options(hidden))
        if "filtered" in page.rows.values():
            sheet.autofilter(2, 0, page.height() - 1, 0)
            sheet.filter_column(0, "x == NonBlanks")
        if page.print_area:
            sheet.print_area(*page.print_area)
        if page.state:
            (sheet.hide if page.state == "hidden" else sheet.very_hidden)()
    book.close()
    return target.getvalue()


def _xlsxwriter_options(hidden: str) -> dict[str, Any]:
    return {"hidden": True, "level": 1} if hidden == "collapsed" else {"hidden": True}


# ---- openpyxl ------------------------------------------------------------------------------


def write_openpyxl(pages: Sequence[Page]) -> bytes:
    """Results of formulas are not written at all."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for page in pages:
        sheet = book.create_sheet(page.title)
        for (row, column), spot in page.spots.items():
            cell = sheet.cell(row + 1, column + 1)
            cell.value = f"={spot.formula}" if spot.formula else spot.value
            if spot.pieces:
                cell.value = CellRichText(*map(_openpyxl_piece, spot.pieces))
            cell.number_format = spot.code
            if spot.look == "strike":
                cell.font = Font(strike=True)
            elif spot.look == "white":
                cell.font = Font(color="FFFFFFFF")
        for top, left, bottom, right in page.merged:
            sheet.merge_cells(None, top + 1, left + 1, bottom + 1, right + 1)
        for row, hidden in page.rows.items():
            line = sheet.row_dimensions[row + 1]
            if hidden == "flat":
                line.height = 0.5
            else:
                line.hidden = True
                line.outlineLevel = int(hidden == "collapsed")
        for column, hidden in page.columns.items():
            wide = sheet.column_dimensions[_letters(column)]
            if hidden == "flat":
                wide.width = 0.1
            else:
                wide.hidden = True
                wide.outlineLevel = int(hidden == "collapsed")
        if "filtered" in page.rows.values():
            sheet.auto_filter.ref = f"A3:A{page.height()}"
        if page.print_area:
            sheet.print_area = _of_area(page.print_area)
        sheet.sheet_state = page.state or "visible"
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _openpyxl_piece(piece: Piece) -> TextBlock | str:
    fonts = {
        "strike": InlineFont(strike=True),
        "note": InlineFont(vertAlign="superscript"),
        "white": InlineFont(color="FFFFFFFF"),
    }
    return TextBlock(fonts[piece.look], piece.text) if piece.look else piece.text


# ---- xlwt ----------------------------------------------------------------------------------


def _xlwt_font(look: str) -> Any:
    font = xlwt.Font()
    font.struck_out = look == "strike"
    font.escapement = 1 if look == "note" else 0
    if look == "white":
        font.colour_index = 9
    return font


def write_xlwt(pages: Sequence[Page]) -> bytes:
    """BIFF8; results of formulas are not written."""
    book = xlwt.Workbook(encoding="utf-8")
    styles: dict[tuple[str, str], Any] = {}
    fonts: dict[str, Any] = {}

    def style(spot: Spot) -> Any:
        key = (spot.look, spot.code)
        if key not in styles:
            styles[key] = xlwt.XFStyle()
            styles[key].num_format_str = spot.code
            styles[key].font = _xlwt_font(spot.look)
        return styles[key]

    for page in pages:
        sheet = book.add_sheet(page.title, cell_overwrite_ok=True)
        for top, left, bottom, right in page.merged:
            sheet.merge(top, bottom, left, right)
        for (row, column), spot in page.spots.items():
            if spot.pieces:
                pieces = []
                for piece in spot.pieces:
                    font = fonts.setdefault(piece.look, _xlwt_font(piece.look))
                    pieces.append((piece.text, font))
                sheet.write_rich_text(row, column, pieces, style(spot))
            elif spot.formula:
                sheet.write(row, column, xlwt.Formula(spot.formula), style(spot))
            else:
                sheet.write(row, column, spot.value, style(spot))
        for row, hidden in page.rows.items():
            line = sheet.row(row)
            if hidden == "flat":
                line.height_mismatch, line.height = True, 0
            else:
                line.hidden = True
                line.level = int(hidden == "collapsed")
        for column, hidden in page.columns.items():
            wide = sheet.col(column)
            if hidden == "flat":
                wide.width = 0
            else:
                wide.hidden = True
                wide.level = int(hidden == "collapsed")
        sheet.visibility = {"": 0, "hidden": 1, "veryHidden": 2}[page.state]
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


# ---- odfpy ---------------------------------------------------------------------------------

_ODF_LOOKS: Mapping[str, dict[str, str]] = {
    "strike": {"textlinethroughstyle": "solid", "textlinethroughtype": "single"},
    "note": {"textposition": "super 58%"},
    "white": {"color": "#ffffff"},
}


def _odf_number_style(name: str, code: str) -> list[Any]:
    """The number styles for the codes that sheets of this format can say, by odfpy."""

    def plain(**more: Any) -> Any:
        return odf_number.Number(minintegerdigits=1, **more)

    style = odf_number.NumberStyle(name=name)
    match code:
        case "0.##":
            style.addElement(plain(decimalplaces=2))
        case "#,##0.0":
            style.addElement(plain(decimalplaces=1, grouping="true"))
        case '0"次"' | '0.0"万"' | '0.0"万元"':
            style.addElement(plain(decimalplaces=code.count(".")))
            style.addElement(odf_number.Text(text=code.split('"')[1]))
        case "0.000E+0":
            style.addElement(
                odf_number.ScientificNumber(
                    decimalplaces=3, minintegerdigits=1, minexponentdigits=1
                )
            )
        case "# ?/?":
            style.addElement(
                odf_number.Fraction(
                    minintegerdigits=0, minnumeratordigits=1, mindenominatordigits=1
                )
            )
        case "0.0," | "0.0,,":
            style.addElement(plain(decimalplaces=1, displayfactor=1000 ** code.count(",")))
        case "0.0%":
            style = odf_number.PercentageStyle(name=name)
            style.addElement(plain(decimalplaces=1))
            style.addElement(odf_number.Text(text="%"))
        case '"1"0':
            style.addElement(odf_number.Text(text="1"))
            style.addElement(plain(decimalplaces=0))
        case "0-0":
            number = odf_number.Number(minintegerdigits=2, decimalplaces=0)
            number.addElement(odf_number.EmbeddedText(position=1, text="-"))
            style.addElement(number)
        case ";;;":
            style.addElement(odf_number.Text(text=""))
        case _:
            raise ValueError(code)
    return [style]


ODF_CODES = frozenset(
    (
        "0.##",
        "#,##0.0",
        '0"次"',
        '0.0"万元"',
        '0.0"万"',
        "0.000E+0",
        "# ?/?",
        "0.0,",
        "0.0,,",
        "0.0%",
        '"1"0',
        "0-0",
        ";;;",
        "General",
    )
)


def write_odfpy(pages: Sequence[Page]) -> bytes:
    """ods; a number has no paragraph beside it, a formula no result."""
    book = odf.opendocument.OpenDocumentSpreadsheet()
    styles = book.automaticstyles
    made: dict[tuple[str, ...], Any] = {}

    def cell_style(look: str, code: str) -> Any:
        key = ("cell", look, code)
        if key not in made:
            name = f"ce{len(made)}"
            made[key] = odf_style.Style(name=name, family="table-cell")
            if code != "General":
                for each in _odf_number_style(f"N{len(made)}", code):
                    styles.addElement(each)
                made[key].setAttribute("datastylename", f"N{len(made)}")
            if look:
                made[key].addElement(odf_style.TextProperties(**_ODF_LOOKS[look]))
            styles.addElement(made[key])
        return made[key]

    def text_style(look: str) -> Any:
        key = ("text", look)
        if key not in made:
            made[key] = odf_style.Style(name=f"T{len(made)}", family="text")
            made[key].addElement(odf_style.TextProperties(**_ODF_LOOKS[look]))
            styles.addElement(made[key])
        return made[key]

    flat_row = odf_style.Style(name="flatrow", family="table-row")
    flat_row.addElement(odf_style.TableRowProperties(rowheight="0cm"))
    flat_column = odf_style.Style(name="flatcolumn", family="table-column")
    flat_column.addElement(odf_style.TableColumnProperties(columnwidth="0.01cm"))
    gone = odf_style.Style(name="gone", family="table")
    gone.addElement(odf_style.TableProperties(display="false"))
    for each in (flat_row, flat_column, gone):
        styles.addElement(each)

    for page in pages:
        sheet = odf_table.Table(name=page.title)
        if page.state:
            sheet.setAttribute("stylename", gone)
        if page.print_area:
            first, last = _of_area(page.print_area).split(":")
            sheet.setAttribute("printranges", f"{page.title}.{first}:{page.title}.{last}")
        spans = {(top, left): (bottom, right) for top, left, bottom, right in page.merged}
        covered = _covered(page)
        for column in range(page.width()):
            hidden = page.columns.get(column, "")
            wide = odf_table.TableColumn()
            if hidden == "flat":
                wide.setAttribute("stylename", flat_column)
            elif hidden:
                wide.setAttribute("visibility", "collapse")
            if hidden == "collapsed":
                group = odf_table.TableColumnGroup(display="false")
                group.addElement(wide)
                sheet.addElement(group)
            else:
                sheet.addElement(wide)
        for row in range(page.height()):
            hidden = page.rows.get(row, "")
            line = odf_table.TableRow()
            if hidden == "flat":
                line.setAttribute("stylename", flat_row)
            elif hidden:
                line.setAttribute("visibility", "filter" if hidden == "filtered" else "collapse")
            for column in range(page.width()):
                if (row, column) in covered:
                    line.addElement(odf_table.CoveredTableCell())
                    continue
                cell = _odf_cell(page.spots.get((row, column)), cell_style, text_style)
                if (row, column) in spans:
                    bottom, right = spans[row, column]
                    cell.setAttribute("numberrowsspanned", bottom - row + 1)
                    cell.setAttribute("numbercolumnsspanned", right - column + 1)
                line.addElement(cell)
            if hidden == "collapsed":
                group = odf_table.TableRowGroup(display="false")
                group.addElement(line)
                sheet.addElement(group)
            else:
                sheet.addElement(line)
        book.spreadsheet.addElement(sheet)
    target = io.BytesIO()
    book.write(target)
    return target.getvalue()


def _odf_cell(spot: Spot | None, cell_style: Any, text_style: Any) -> Any:
    if spot is None:
        return odf_table.TableCell()
    cell = odf_table.TableCell(stylename=cell_style(spot.look, spot.code))
    if spot.pieces:
        cell.setAttribute("valuetype", "string")
        paragraph = odf_text.P()
        for piece in spot.pieces:
            if piece.look:
                paragraph.addElement(
                    odf_text.Span(stylename=text_style(piece.look), text=piece.text)
                )
            else:
                paragraph.addText(piece.text)
        cell.addElement(paragraph)
    elif spot.formula:
        cell.setAttribute("formula", f"of:={spot.formula.replace(',', ';')}")
    elif isinstance(spot.value, float):
        cell.setAttribute("valuetype", "float")
        cell.setAttribute("value", repr(spot.value))
    else:
        cell.setAttribute("valuetype", "string")
        cell.addElement(odf_text.P(text=str(spot.value)))
    return cell


# ---- SpreadsheetML 2003, by hand -----------------------------------------------------------

_XML_FONTS = {
    "strike": '<Font ss:StrikeThrough="1"/>',
    "note": '<Font ss:VerticalAlign="Superscript"/>',
    "white": '<Font ss:Color="#FFFFFF"/>',
}
_XML_TAGS = {"strike": "<S>{}</S>", "note": "<Sup>{}</Sup>"}
_XML_HEAD = (
    '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
    '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"'
    ' xmlns:x="urn:schemas-microsoft-com:office:excel"'
    ' xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"'
    ' xmlns:html="http://www.w3.org/TR/REC-html40">'
)


def write_spreadsheetml(pages: Sequence[Page]) -> bytes:
    """Excel's XML of 2003; results of formulas are not written."""
    styles: dict[tuple[str, str], str] = {}

    def style(spot: Spot) -> str:
        return styles.setdefault((spot.look, spot.code), f"s{len(styles)}")

    sheets = "".join(_xml_sheet(page, style) for page in pages)
    declared = "".join(
        f'<Style ss:ID="{name}">{_XML_FONTS.get(look, "")}'
        f"<NumberFormat ss:Format={_attribute(code)}/></Style>"
        for (look, code), name in styles.items()
    )
    return f"{_XML_HEAD}<Styles>{declared}</Styles>{sheets}</Workbook>".encode()


def _attribute(text: str) -> str:
    return f'"{escape(text)}"'


def _xml_sheet(page: Page, style: Callable[[Spot], str]) -> str:
    names = options = ""
    if page.print_area:
        top, left, bottom, right = (each + 1 for each in page.print_area)
        area = f"={page.title}!R{top}C{left}:R{bottom}C{right}"
        names = f'<Names><NamedRange ss:Name="Print_Area" ss:RefersTo="{area}"/></Names>'
    if page.state:
        state = {"hidden": "SheetHidden", "veryHidden": "SheetVeryHidden"}[page.state]
        options = f"<x:WorksheetOptions><x:Visible>{state}</x:Visible></x:WorksheetOptions>"
    columns = "".join(
        f'<Column ss:Index="{column + 1}" '
        + ('ss:Width="0"/>' if hidden == "flat" else 'ss:Hidden="1"/>')
        for column, hidden in sorted(page.columns.items())
    )
    spans = {(top, left): (bottom - top, right - left) for top, left, bottom, right in page.merged}
    covered = _covered(page)
    rows = ""
    for row in sorted({row for row, _ in page.spots}):
        hidden = page.rows.get(row, "")
        looks = ' ss:Height="0"' if hidden == "flat" else ' ss:Hidden="1"' if hidden else ""
        cells = ""
        for at, spot in sorted(page.spots.items()):
            if at[0] != row or at in covered:
                continue
            down, across = spans.get(at, (0, 0))
            formula = f" ss:Formula={_attribute('=' + spot.formula)}" if spot.formula else ""
            cells += (
                f'<Cell ss:Index="{at[1] + 1}" ss:StyleID="{style(spot)}" '
                f'ss:MergeDown="{down}" ss:MergeAcross="{across}"{formula}>{_xml_data(spot)}</Cell>'
            )
        rows += f'<Row ss:Index="{row + 1}"{looks}>{cells}</Row>'
    return (
        f'<Worksheet ss:Name="{page.title}">{names}<Table>{columns}{rows}</Table>{options}'
        "</Worksheet>"
    )


def _xml_data(spot: Spot) -> str:
    if spot.formula:
        return ""
    if spot.pieces:
        text = "".join(
            f'<Font html:Color="#FFFFFF">{escape(piece.text)}</Font>'
            if piece.look == "white"
            else _XML_TAGS.get(piece.look, "{}").format(escape(piece.text))
            for piece in spot.pieces
        )
        return (
            '<ss:Data ss:Type="String" xmlns="http://www.w3.org/TR/REC-html40">'
            + text
            + "</ss:Data>"
        )
    if isinstance(spot.value, float):
        return f'<Data ss:Type="Number">{spot.value!r}</Data>'
    return f'<Data ss:Type="String">{escape(str(spot.value))}</Data>'


# ---- csv -----------------------------------------------------------------------------------


def write_csv(pages: Sequence[Page]) -> bytes:
    """The first page; all that a csv can hide is a formula."""
    page, target = pages[0], io.StringIO()
    writer = csv.writer(target)
    for row in range(page.height()):
        line = []
        for column in range(page.width()):
            spot = page.spots.get((row, column))
            value = "" if spot is None else f"={spot.formula}" if spot.formula else spot.value
            line.append(format(value, ".10g") if isinstance(value, float) else str(value))
        writer.writerow(line)
    return target.getvalue().encode("utf-8-sig")


_HIDING = frozenset("hidden flat filtered collapsed print sheets".split())
_SAYING = frozenset("formats runs looks formulas".split())

# name → what reads it, the writer, what it can say
WRITERS: dict[str, tuple[str, Writer, frozenset[str]]] = {
    "xlsxwriter": ("xlsx", write_xlsxwriter, _SAYING | _HIDING),
    "openpyxl": ("xlsx", write_openpyxl, _SAYING | _HIDING),
    "xlwt": ("xls", write_xlwt, _SAYING | _HIDING - {"print"}),
    "odfpy": ("ods", write_odfpy, _SAYING | _HIDING),
    "spreadsheetml": ("spreadsheetml", write_spreadsheetml, _SAYING | _HIDING - {"collapsed"}),
    "csv": ("csv", write_csv, frozenset({"formulas"})),
}
