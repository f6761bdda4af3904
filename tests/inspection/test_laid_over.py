"""What lies over a cell and is no part of it: a person may see something else, and is asked."""

import io
from collections.abc import Callable
from pathlib import Path

import openpyxl
import PIL.Image
import PIL.ImageDraw
import pytest
from make import media
from make.submitted import figures
from openpyxl.drawing.image import Image
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor
from openpyxl.formatting.rule import CellIsRule, DataBarRule, FormulaRule, Rule
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.numbers import NumberFormat
from openpyxl.worksheet.worksheet import Worksheet

from mailbot.campaign.types import Campaign
from mailbot.demo.documents import write_form
from mailbot.inspection.tree import Task, inspect_file
from mailbot.judgement.files import judge_file
from mailbot.model import FieldValue

KEY, FIGURE = "overall.participants", 1260
Trap = Callable[[Worksheet, str], None]


def read(folder: Path, campaign: Campaign, trap: Trap) -> FieldValue:
    """The field as it is read of the office's own form, with something laid over its cell."""
    content = write_form(campaign.form, figures("金水区", overall__participants=FIGURE))
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    (cell,) = [cell for row in sheet.iter_rows() for cell in row if cell.value == FIGURE]
    trap(sheet, cell.coordinate)
    path = folder / "x.xlsx"
    book.save(path)
    judged = judge_file(inspect_file(Task(path, "统计表.xlsx", folder / "blobs")), campaign)
    return judged.fields[KEY]


def column_of(sheet: Worksheet, at: str) -> list[str]:
    """The columns that the cell spans."""
    spans = [one for one in sheet.merged_cells.ranges if at in one]
    columns = range(spans[0].min_col, spans[0].max_col + 1) if spans else [sheet[at].column]
    return [openpyxl.utils.get_column_letter(column) for column in columns]


def narrow(sheet: Worksheet, at: str) -> None:
    sheet[at].number_format = "#,##0"
    for letter in column_of(sheet, at):
        sheet.column_dimensions[letter].width = 1.2


def narrow_and_shrunk(sheet: Worksheet, at: str) -> None:
    narrow(sheet, at)
    sheet[at].alignment = Alignment(shrink_to_fit=True)


def wide_enough(sheet: Worksheet, at: str) -> None:
    sheet[at].number_format = "#,##0"
    for letter in column_of(sheet, at):
        sheet.column_dimensions[letter].width = 6


def turned_white(sheet: Worksheet, at: str) -> None:
    rule = CellIsRule(operator="greaterThan", formula=["10"], font=Font(color="FFFFFFFF"))
    sheet.conditional_formatting.add(at, rule)


def renumbered(sheet: Worksheet, at: str) -> None:
    style = DifferentialStyle(numFmt=NumberFormat(numFmtId=170, formatCode='0,"k"'))
    sheet.conditional_formatting.add(at, Rule(type="expression", dxf=style, formula=["TRUE"]))


def bar_alone(sheet: Worksheet, at: str) -> None:
    rule = DataBarRule("num", 0, "num", 10, color="FF638EC6", showValue=False)
    sheet.conditional_formatting.add(at, rule)


def reddened(sheet: Worksheet, at: str) -> None:
    """Excel's own 浅红填充色深红色文本."""
    rule = FormulaRule(
        formula=["TRUE"], font=Font(color="FF9C0006"), fill=PatternFill(bgColor="FFFFC7CE")
    )
    sheet.conditional_formatting.add(at, rule)


def covered(picture: bytes, exactly: bool) -> Trap:
    def trap(sheet: Worksheet, at: str) -> None:
        image = Image(io.BytesIO(picture))
        first = sheet[at]
        columns = [openpyxl.utils.column_index_from_string(one) for one in column_of(sheet, at)]
        if exactly:
            start = AnchorMarker(col=columns[0] - 1, row=first.row - 1)
            end = AnchorMarker(col=columns[-1], row=first.row)
            image.anchor = TwoCellAnchor(_from=start, to=end)
            sheet.add_image(image)
        else:
            image.width, image.height = 900, 300
            sheet.add_image(image, at)

    return trap


JPEG = media.photo(60, 40)
OPAQUE = media.photo(60, 40, "PNG", mode="RGBA")  # with an alpha channel, and nothing clear


def layer(ink: tuple[int, int, int, int]) -> bytes:
    """A picture that is clear but for a ring in this ink, as a seal is."""
    picture = PIL.Image.new("RGBA", (80, 80))
    PIL.ImageDraw.Draw(picture).ellipse((4, 4, 76, 76), outline=ink, width=9)
    target = io.BytesIO()
    picture.save(target, "PNG")
    return target.getvalue()


CLEAR, SEAL, RING = (layer(ink) for ink in ((0, 0, 0, 0), (220, 30, 30, 255), (255, 255, 255, 255)))


@pytest.mark.parametrize(
    ("trap", "doubt"),
    [
        (narrow, "column_too_narrow"),
        (narrow_and_shrunk, None),
        (wide_enough, None),
        (turned_white, "format_conditional"),
        (renumbered, "format_conditional"),
        (bar_alone, "format_conditional"),
        (reddened, None),
        (covered(JPEG, exactly=True), "pictured_over"),
        (covered(JPEG, exactly=False), "pictured_over"),
        (covered(media.photo(60, 40, "PNG"), exactly=False), "pictured_over"),
        (covered(OPAQUE, exactly=True), "pictured_over"),
        (covered(RING, exactly=True), "pictured_over"),
        (covered(CLEAR, exactly=True), None),
        (covered(SEAL, exactly=True), None),
    ],
    ids=lambda one: getattr(one, "__qualname__", one),
)
def test_what_lies_over_a_figure_leaves_it_to_a_person(
    tmp_path: Path, campaign: Campaign, trap: Trap, doubt: str | None
) -> None:
    field = read(tmp_path, campaign, trap)
    assert field.value == FIGURE
    assert field.doubts == ((doubt,) if doubt else ())
    assert (field.confidence <= campaign.form.confidence_bound) is (doubt is not None)


def test_a_picture_beside_the_figure_covers_nothing(tmp_path: Path, campaign: Campaign) -> None:
    def beside(sheet: Worksheet, at: str) -> None:
        sheet.add_image(Image(io.BytesIO(JPEG)), f"A{sheet.max_row + 3}")

    assert read(tmp_path, campaign, beside).doubts == ()
