"""A notice in English is drafted as an English folder."""

from pathlib import Path

import pytest
import yaml

from mailbot.campaign.drafting.english import is_english, read_english
from mailbot.campaign.drafting.english_folder import english_folder
from mailbot.campaign.drafting.english_tables import tables_in_english
from mailbot.campaign.folder import load_campaign, shipped_rules
from mailbot.model import Cell, Grid

SHIPPED = yaml.safe_load(
    (shipped_rules().parent / "drill-report-en" / "campaign.yaml").read_text(encoding="utf-8")
)
NORTHFIELD = (shipped_rules().parent / "drill-report-en" / "notice.txt").read_text("utf-8")
CLINICS = (Path(__file__).parents[1] / "data" / "notice_clinics.txt").read_text("utf-8")


def test_what_an_english_notice_says_is_found() -> None:
    notice = read_english(CLINICS, 2026)
    assert (notice.number, notice.issuer, notice.contact, notice.phone) == (
        "PH/EP/2026/114",
        "Municipal Health Office",
        "Emergency Planning Desk",
        "0555-010-4421",
    )
    assert notice.title == "Autumn infectious disease response exercise: papers to be returned"
    assert notice.mailboxes == ("exercises@health.rivermouth.example",)
    assert [(who, f"{day:%m-%d %H:%M}", granted) for who, day, _, granted in notice.deadlines] == [
        ("clinics", "12-18 17:00", False),
        ("district hospitals", "01-08 23:59", False),
        ("", "01-15 23:59", True),
    ]
    assert [(one.slot, one.label, one.formats) for one in notice.items] == [
        ("form", "exercise report form (editable)", ("WORD",)),
        ("form_sealed", "exercise report form (stamped copy)", ()),
        ("plan", "exercise plan", ("WORD", "PDF")),
        ("photo", "photographs", ("JPEG", "PNG")),
        ("material_4", "short video or slides", ("MP4", "PPT")),
        ("signin", "attendance sheet", ()),
        ("material_6", "isolation ward protocol", ("PDF",)),
        ("press", "Posters and press cuttings", ()),
    ]
    by = {one.slot: one for one in notice.items}
    assert (by["photo"].minimum, by["press"].maximum, by["press"].required) == (4, 5, False)
    assert by["material_6"].groups == ("district hospitals",)
    assert by["plan"].limits == {"word_count": {"minimum": 600}}
    assert by["photo"].limits == {
        "file_size": {"maximum_mb": 8.0},
        "taken_between": {"from": "2026-11-16", "to": "2026-12-11", "when_absent": "notice"},
    }
    assert by["material_4"].limits == {
        "file_size": {"maximum_mb": 150.0},
        "duration": {"minimum_s": 120.0, "maximum_s": 360.0},
    }


def test_the_shipped_english_campaigns_own_facts_are_found_in_its_notice() -> None:
    campaign = load_campaign(shipped_rules().parent / "drill-report-en")
    notice = read_english(NORTHFIELD, 2026)
    assert (notice.title, notice.number, notice.issuer) == (
        campaign.title,
        campaign.document_number,
        campaign.issuer,
    )
    assert (notice.contact, notice.phone) == (campaign.contact.name, campaign.contact.phone)
    assert notice.mailboxes == (campaign.mailbox,)
    assert [(who, day) for who, day, _, _ in notice.deadlines] == [
        ("districts", campaign.deadline),
        ("plants", campaign.groups["plant"].deadline),
    ]
    assert {one.slot for one in notice.items} == {one.slot for one in campaign.materials}


@pytest.mark.parametrize("text", [CLINICS, NORTHFIELD], ids=["clinics", "drill"])
def test_the_drafted_english_folder_loads_and_says_no_chinese_to_a_unit(
    text: str, tmp_path: Path
) -> None:
    assert is_english(text)
    for name, content in english_folder(read_english(text, 2026), text, SHIPPED).items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    campaign = load_campaign(tmp_path, draft=True)
    assert campaign.language == "en"
    told = [rule.text + rule.fix for rule in campaign.rules]
    told += [one.label + one.how for one in campaign.materials]
    assert all(one.isascii() for one in told if "“" not in one)


def test_the_types_of_an_english_form_are_guessed_from_its_words(tmp_path: Path) -> None:
    files = english_folder(read_english(CLINICS, 2026), CLINICS, SHIPPED)
    fields = yaml.safe_load(files["form.yaml"])["fields"]
    assert [one["type"] for one in fields] == [
        "unit",
        "date",
        "count",
        "percent",
        "number",
        "choice",
        "phone",
    ]
    assert fields[5]["choices"] == ["influenza", "measles", "other"]


FLOODS = """Circular on the return of material from the autumn flood rehearsals
Ref. RB/FL/2026/31
Please send the following to floods@riverboard.example no later than 12 noon on 13 November 2026.
1. Rehearsal return (Annex A), as an Excel file.
2. List of participants (Annex B).
3. A short report of at least 400 words in Word or PDF.
4. A film is welcome but not required, no longer than 3 minutes, MP4.
Questions: Flood Desk, telephone 01555 010 220.
River Board
1 October 2026
Annex A
Rehearsal return
Annex B
List of participants
Name of parish: ________
"""


def a_grid(text: str, *caption: str) -> Grid:
    cells = [
        Cell(word, row, column)
        for row, line in enumerate(text.split("\n"))
        for column, word in enumerate(line.split("|"))
    ]
    return Grid("table", tuple(cells), caption=caption)


def test_annexed_tables_become_the_forms_of_an_english_folder(tmp_path: Path) -> None:
    grids = [
        a_grid(
            "Name of parish||Date of rehearsal|\n"
            "Number of people taking part||Of whom volunteers|\n"
            "Kind of flood|□ river □ tidal|Share of households warned (%)|\n"
            "Cost (pounds)||Remarks|",
            *("1 October 2026", "Annex A", "Rehearsal return"),
        ),
        a_grid(
            "No.|Name|Role|Telephone\n1|||\n2|||",
            *("Annex B", "List of participants", "Name of parish: ________"),
        ),
        a_grid("Office|Telephone\nFlood Desk|01555 010 220"),  # nothing to fill in
    ]
    notice = read_english(FLOODS, 2026)
    assert notice.issuer == "River Board"
    assert [f"{day:%m-%d %H:%M}" for _, day, _, _ in notice.deadlines] == ["11-13 12:00"]
    for name, content in english_folder(notice, FLOODS, SHIPPED, tables_in_english(grids)).items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    campaign = load_campaign(tmp_path, draft=True)
    assert {one.slot: (one.holds, one.label) for one in campaign.materials} == {
        "form": ("form", "Rehearsal return"),
        "signin": ("form", "List of participants"),
        "summary": ("document", "Short report"),
        "video": ("video", "Film"),
    }
    assert [(one.path[0], one.type) for one in campaign.form.fields] == [
        ("Name of parish", "unit"),
        ("Date of rehearsal", "date"),
        ("Number of people taking part", "count"),
        ("Of whom volunteers", "count"),
        ("Kind of flood", "choice"),
        ("Share of households warned (%)", "percent"),
        ("Cost (pounds)", "number"),
        ("Remarks", "text"),
    ]
    signin = campaign.forms["signin"]
    assert signin.rows is not None
    assert signin.rows.heading == ("No.", "Name", "Role", "Telephone")
    assert [one.type for one in signin.rows.fields] == ["person", "text", "phone"]
    assert [(one.key, one.place) for one in signin.fields] == [("unit", "header")]


def test_a_chinese_notice_is_none_in_english() -> None:
    assert not is_english(
        "关于报送材料的通知。照片为JPG格式，视频为MP4格式，请发送至a@b.example。" * 20
    )
