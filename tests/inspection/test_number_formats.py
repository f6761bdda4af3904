"""Number formats: what a person sees, after LibreOffice 7.4.

The table was recorded by saving a workbook of these formats as csv with the cells as they are
shown; where LibreOffice is installed it is asked again. What it has not (`!` as an escape,
G/通用格式, numerals that stay digits here) stands in a table of its own.
"""

import csv
import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest

from mailbot.inspection.readers.sheets.numberformat import is_date, render_number, render_text
from mailbot.inspection.readers.sheets.underformat import seen_number

RECORDED = [
    ("0.0,", 12500, "12.5"),
    ("0.0,,", 12500000, "12.5"),
    ('0"万"', 5, "5万"),
    ('0.0"万元"', 12.5, "12.5万元"),
    ("0.00E+0", 125000, "1.25E+5"),
    ("0.00E+00", 125000, "1.25E+05"),
    ("##0.0E+0", 125000, "125.0E+3"),
    ("0%", 0.5, "50%"),
    ("0.00%", 0.1234, "12.34%"),
    ('[<100]0;[>=100]"多"0', 900, "多900"),
    ("# ?/?", 12.5, "12 1/2"),
    ("# ?/2", 12.5, "12 1/2"),
    ("# ??/??", 0.333, "1/3"),
    ("#,##0", 1360, "1,360"),
    ("#,##0.00_);(#,##0.00)", -5, "(5.00)"),
    ('0;-0;"无"', 0, "无"),
    ("0;-0;", 0, ""),
    (";;;", 14, ""),
    ("0.0", 12.46, "12.5"),
    ("0", 12.5, "13"),
    ("0", 13.5, "14"),
    ("@", 14, "14"),
    ('"约"0', 14, "约14"),
    ('0"次"', 14, "14次"),
    ("00000", 14, "00014"),
    ("0_ ", 14, "14"),
    ("0* ", 14, "14"),
    ("General", 1234567890123, "1234567890123"),
    ("General", 0.30000000000000004, "0.3"),
    ("General", 1e-07, "0.0000001"),
    ("#,##0,", 1360000, "1,360"),
    ("0.0#", 12.5, "12.5"),
    ("[Red]0", 14, "14"),
    ("[$¥-804]#,##0.00", 12.5, "¥12.50"),
    ("\\¥0", 14, "¥14"),
    ("0.?", 12.5, "12.5"),
    ("#", 0, ""),
    ('0"."0,', 125000, "12.5"),
    ("0\\.0,", 125000, "12.5"),
    ('0.0,"千"', 12500, "12.5千"),
    ("???0", 14, "14"),
    ("0-0", 14, "1-4"),
    ("0,000", 14, "0,014"),
    ("000-0000", 5551234, "555-1234"),
    ("#,##0;[红色]-#,##0", -14, "-14"),
    ('General"次"', 14, "14次"),
    ('[=1]"是";[=0]"否";0', 1, "是"),
    ('0.00,,"亿"', 12500000, "12.50亿"),
]


@pytest.mark.parametrize(("code", "value", "shown"), RECORDED)
def test_a_number_is_shown_as_libreoffice_shows_it(code: str, value: float, shown: str) -> None:
    assert (render_number(code, value) or "").strip() == shown


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_the_recorded_table_is_what_libreoffice_shows(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    for row, (code, value, _) in enumerate(RECORDED, 1):
        workbook.active.cell(row, 1, value).number_format = code
    workbook.active.column_dimensions["A"].width = 60
    workbook.save(tmp_path / "table.xlsx")
    options = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true"
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", options, "table.xlsx"],
        cwd=tmp_path,
        capture_output=True,
        timeout=120,
        check=True,
    )
    with (tmp_path / "table.csv").open(encoding="utf-8", newline="") as file:
        shown = [line[0].strip() if line else "" for line in csv.reader(file)]
    assert shown == [each for _, _, each in RECORDED]


@pytest.mark.parametrize(
    ("code", "value", "shown"),
    [
        ("0!.0,", 125000, "12.5"),
        ('0!.0,"万"', 125000, "12.5万"),
        ('#!.0,"万元"', 85000, "8.5万元"),
        ("0!.0000", 125000, "12.5000"),
        ('[>=10000]0!.0,"万";0', 125000, "12.5万"),
        ('[>=10000]0!.0,"万";0', 900, "900"),
        ("G/通用格式", 14.5, "14.5"),
        ('G/通用格式"人"', 14, "14人"),
        ("[DBNum1][$-804]General", 1360, "1360"),
        ("[DBNum2][$-804]0.00", 12.5, "12.50"),
    ],
)
def test_what_an_east_asian_office_adds_is_understood(code: str, value: float, shown: str) -> None:
    assert render_number(code, value) == shown


@pytest.mark.parametrize(
    ("code", "text", "shown"),
    [
        ("General", "无", "无"),
        ("@", "无", "无"),
        (";;;", "无", ""),
        ('0;0;0;"约"@', "14", "约14"),
        ('"共"@"场"', "14", "共14场"),
    ],
)
def test_the_text_section_says_how_a_text_is_shown(code: str, text: str, shown: str) -> None:
    assert render_text(code, text) == shown


@pytest.mark.parametrize(
    ("code", "date"),
    [
        ('yyyy"年"m"月"d"日"', True),
        ("[DBNum1][$-804]yyyy", True),
        ("[h]:mm", True),
        ("mm:ss.0", True),
        ("0.00E+00", False),
        ('0"days"', False),
        ("[Red]0", False),
        ("General", False),
        ("G/通用格式", False),
    ],
)
def test_dates_are_told_from_numbers(code: str, date: bool) -> None:
    assert is_date(code) is date


@pytest.mark.parametrize(
    ("code", "value", "read", "stored"),
    [
        ("0", 12.5, "13", ""),  # rounding is no doubt
        ("0.00", 12, "12", ""),
        ("#,##0", 1360, "1360", ""),
        ("0%", 0.5, "50%", ""),
        ("0!.0,", 125000, "12.5", "125000"),
        ("0.0,", 12500, "12.5", "12500"),
        ('0"万"', 5, "5万", "5"),
        ('"1"0', 14, "114", "14"),
        (";;;", 14, "", "14"),
        ('0;0;"无"', 0, "无", "0"),
        ("0;0", -14, "14", "-14"),
        ("0.00E+0", 125000, "125000", ""),
        ("0.00E+0", 125400, "125000", "125400"),
        ('_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ ', 0, "0", ""),
        ("00000", 14, "00014", ""),
        ("# ?/?", 12.5, "12.5", ""),
    ],
)
def test_where_shown_and_stored_differ_by_more_than_rounding_both_are_kept(
    code: str, value: float, read: str, stored: str
) -> None:
    text, behind, doubts = seen_number(value, code)
    assert (text, behind) == (read, stored)
    assert doubts == (("stored_differs",) if stored else ())
