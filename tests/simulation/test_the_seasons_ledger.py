"""The year's end of the simulated season: draw, archives and the exported ledger.

The workbook is read by calamine, which did not write it, and by LibreOffice, and both are held
against the model.
"""

import csv
import hashlib
import io
import json
import shutil
import subprocess
import zipfile
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import docx
import pytest
from make.season.cast import SLOTS
from make.season.digest import LABELS
from make.season.files import content_of
from make.season.model import Model
from make.season.play import Season
from python_calamine import CalamineWorkbook

from mailbot.campaign.folder import load_campaign

_PUNCTUALITY = {
    "on_time": "按时",
    "late": "迟报",
    "supplemented_late": "按时报送、逾期补正",
    "partial": "漏报",
    "none": "未报",
}
_STATUS = {
    "accepted": "已通过",
    "rejected": "需补正",
    "missing": "未收到",
    "announced": "链接待核验",
    "held": "待核对",
}
_SIZE, _ALWAYS, _SEED = 12, "二七区", "2017"


@dataclass(frozen=True)
class YearsEnd:
    """What the last evening's commands left: the draw, and the ledger in the formats."""

    folder: Path
    drawn: list[dict[str, Any]]


@pytest.fixture(scope="module")
def end(season: Season, tmp_path_factory: pytest.TempPathFactory) -> YearsEnd:
    folder = tmp_path_factory.mktemp("end")
    draw = ("draw", "--n", str(_SIZE), "--always", _ALWAYS, "--seed", _SEED, "--json", "--out")
    drawn = json.loads(season.command(*draw, str(folder / "抽查")))["units"]
    season.command("inspect-result", _ALWAYS, "相符", "--note", "原件齐全")
    season.command("inspect-result", drawn[1]["unit"], "不符")
    for ending in ("xlsx", "csv", "json"):
        season.command("export", str(folder / f"ledger.{ending}"))
    return YearsEnd(folder, drawn)


@pytest.fixture(scope="module")
def sheets(end: YearsEnd) -> dict[str, list[list[Any]]]:
    """The workbook as calamine reads it."""
    book = CalamineWorkbook.from_path(end.folder / "ledger.xlsx")
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def rows_of(sheets: Mapping[str, list[list[Any]]], name: str) -> list[dict[str, Any]]:
    """A sheet's rows by its headings."""
    headings, *rows = sheets[name]
    return [dict(zip(map(str, headings), map(_whole, row), strict=True)) for row in rows]


def _whole(cell: Any) -> Any:
    """calamine gives midnight as a day."""
    if isinstance(cell, date) and not isinstance(cell, datetime):
        return datetime.combine(cell, datetime.min.time())
    return cell


def local(moment: datetime | None, season: Season) -> datetime | str:
    """As a cell has it."""
    if moment is None:
        return ""
    return moment.astimezone(season.story.opening.tzinfo).replace(tzinfo=None, microsecond=0)


def drawn_by_hand(groups: Mapping[str, list[str]]) -> list[str]:
    """The draw as a reader of the digest would repeat it with sha256sum and a pencil."""
    rest = {name: [one for one in units if one != _ALWAYS] for name, units in groups.items()}
    places, whole = _SIZE - 1, sum(map(len, rest.values()))
    exact = {name: Fraction(places * len(units), whole) for name, units in rest.items()}
    shares = {name: int(share) for name, share in exact.items()}
    largest = sorted(rest, key=lambda name: -len(rest[name]))
    for name in largest:
        if not shares[name] and rest[name] and sum(shares.values()) < places:
            shares[name] = 1
    # As many places as groups: the one that has most beyond its due gives a place to each left out.
    for name in largest if places >= sum(bool(units) for units in rest.values()) else ():
        if rest[name] and not shares[name]:
            giver = max(
                (one for one in largest if shares[one] > 1),
                key=lambda one: shares[one] - exact[one],
            )
            shares[giver], shares[name] = shares[giver] - 1, 1
    while sum(shares.values()) < places:
        name = max(largest, key=lambda one: exact[one] - shares[one])
        shares[name] += 1
    drawn = [_ALWAYS]
    for name, units in rest.items():
        lots = {hashlib.sha256(f"{_SEED}\n{unit}".encode()).hexdigest(): unit for unit in units}
        drawn += [lots[lot] for lot in sorted(lots)[: shares[name]]]
    return drawn


def test_the_draw_is_the_one_its_seed_gives_and_can_be_repeated(
    season: Season, end: YearsEnd, tmp_path: Path
) -> None:
    groups: dict[str, list[str]] = {}
    for unit in season.model.units:
        groups.setdefault(season.model.groups[unit], []).append(unit)
    units = [one["unit"] for one in end.drawn]
    assert units == drawn_by_hand(groups)
    assert [one["unit"] for one in end.drawn if one["always"]] == [_ALWAYS]
    again = ("draw", "--n", str(_SIZE), "--always", _ALWAYS, "--seed", _SEED, "--json", "--out")
    repeated = json.loads(season.command(*again, str(tmp_path / "again")))["units"]
    assert [one["unit"] for one in repeated] == units


def test_a_drawn_units_folder_holds_its_very_files_and_a_sheet_to_fill_in(
    season: Season, end: YearsEnd
) -> None:
    form = load_campaign(season.folder / "rules").form
    seen = 0
    for one in end.drawn:
        folder = Path(one["path"])
        text = "\n".join(
            cell.text
            for table in docx.Document(str(folder / "抽查核对表.docx")).tables
            for row in table.rows
            for cell in row.cells
        )
        assert one["unit"] in text
        held = {
            hashlib.sha256(path.read_bytes()).hexdigest()
            for path in (folder / "材料").rglob("*")
            if path.is_file()
        }
        for came in season.model.came:
            for piece in came.letter.pieces if came.unit == one["unit"] and came.counts else ():
                if piece.slot in SLOTS:
                    assert hashlib.sha256(content_of(piece, form)).hexdigest() in held, piece
                    seen += 1
    assert seen > 40


def test_the_ledger_has_one_right_row_for_every_unit(
    season: Season, end: YearsEnd, sheets: dict[str, list[list[Any]]]
) -> None:
    rows = rows_of(sheets, "台账")
    assert [row["报送单位"] for row in rows] == season.model.units
    for number, row in enumerate(rows, 1):
        assert row == _row(season, end, number, row["报送单位"])


def _row(season: Season, end: YearsEnd, number: int, unit: str) -> dict[str, Any]:
    model, now = season.model, season.clock.now()
    slots = {name: model.slot(unit, name) for name in SLOTS}
    form = model.form_of(unit)
    figures: tuple[Any, ...] = form.figures if form else ("", "", "")
    typed = form is not None and form.name.endswith(".xlsx")
    notified, completed = model.first_correction.get(unit), model.completed_at(unit)
    mended = completed if notified and completed and completed >= notified else None
    remarks = []
    for name, slot in slots.items():
        if slot.verdict == "announced":
            remarks.append(f"{LABELS[name]}为下载链接，尚未核验")
        if slot.waived:
            remarks.append(f"{LABELS[name]}经核准免报")
    remarks += [
        f"{LABELS[name]}由其他邮箱报送" for name, slot in slots.items() if model.of_strangers(slot)
    ]
    if any(model.bound[one][0] == unit for one in model.provisional()):
        remarks.append("发件邮箱待确认")
    results = {_ALWAYS: "相符（原件齐全）", end.drawn[1]["unit"]: "不符"}
    marks = {name: "免报" if slot.waived else _STATUS[slot.verdict] for name, slot in slots.items()}
    return {
        "序号": number,
        "报送单位": unit,
        "单位类别": model.groups[unit],
        "首次收件时间": local(model.first_arrival(unit), season),
        "是否按时": _PUNCTUALITY[model.punctuality(unit, now)],
        "统计表": marks["form"],
        "演练方案": marks["plan"],
        "评估总结": marks["summary"],
        "视频": marks["video"],
        "照片（张）": len(slots["photo"].in_force),
        "文字信息": marks["text"],
        "缺项": _lacking({name: slot.verdict for name, slot in slots.items()}),
        "补正通知时间": local(notified, season),
        "补正完成时间": local(mended, season),
        "举办次数": figures[0],
        "参演人数": figures[1],
        "直接投入（万元）": figures[2],
        "联系人": "" if not form else f"填表人{form.serial}" if typed else "应急办",
        "联系电话": "" if not form else "0371-60000000" if typed else "0371-60000001",
        "抽查结果": results.get(unit, ""),
        "备注": "；".join(remarks),
    }


def _lacking(verdicts: Mapping[str, str]) -> str:
    piles: dict[str, list[str]] = {}
    for name, verdict in verdicts.items():
        if verdict != "accepted":
            piles.setdefault(_STATUS[verdict], []).append(LABELS[name])
    return "；".join(f"{status}：{'、'.join(labels)}" for status, labels in piles.items())


def test_the_consolidated_table_adds_up_what_the_tables_in_force_say(
    season: Season, sheets: dict[str, list[list[Any]]]
) -> None:
    forms = {unit: season.model.form_of(unit) for unit in season.model.units}
    figures = {unit: form.figures for unit, form in forms.items() if form}
    sums = [round(sum(one[place] for one in figures.values()), 2) for place in range(3)]
    said = [cell for row in sheets["汇总"] for cell in row if isinstance(cell, int | float)]
    assert said[:3] == sums
    sources = rows_of(sheets, "汇总来源")
    for place, label in enumerate(("举办次数", "参演人数", "直接投入")):
        by_unit = {
            row["报送单位"]: row["数值"] for row in sources if row["栏目"] == f"总体情况·{label}"
        }
        assert by_unit == {unit: one[place] for unit, one in figures.items()}


def test_every_file_and_every_mail_stands_on_its_sheet(
    season: Season, sheets: dict[str, list[list[Any]]]
) -> None:
    model = season.model
    mails = rows_of(sheets, "来信")
    assert len(mails) == len(model.came)
    for row, came in zip(
        sorted(mails, key=lambda one: float(one["来信编号"])), model.came, strict=True
    ):
        assert (row["来信编号"], row["收到时间"]) == (came.number, local(came.letter.at, season))
        assert row["报送单位"] == (came.unit or ""), came
        assert bool(row["未答复原因"]) == bool(came.no_answer), came
    for name in SLOTS[:-1]:
        expected = Counter(
            (unit, file.piece.name)
            for unit in model.units
            for file in _files(model, unit, name)
            if file.piece
        )
        observed = Counter(
            (row["报送单位"], row["文件名"]) for row in rows_of(sheets, LABELS[name])
        )
        assert observed == expected


def _files(model: Model, unit: str, name: str) -> Iterable[Any]:
    return model._files(unit, name)


def test_what_must_be_mended_is_on_the_list_and_nothing_else(
    season: Season, sheets: dict[str, list[list[Any]]]
) -> None:
    bad = {
        piece.name
        for came in season.model.came
        for piece in came.letter.pieces
        if piece.grade == "bad" and piece.slot != "video" and came.letter.sort != "twin"
    }
    listed = {row["文件名"] for row in rows_of(sheets, "问题清单") if row["分量"] == "须补正"}
    assert listed == bad  # 1280×720 is enough by now


def test_csv_and_json_say_the_same(end: YearsEnd, sheets: dict[str, list[list[Any]]]) -> None:
    written = (end.folder / "ledger.csv").read_text("utf-8-sig")
    rows = list(csv.reader(io.StringIO(written, newline="")))
    assert _plain(rows) == _plain(sheets["台账"])
    tables = json.loads((end.folder / "ledger.json").read_text("utf-8"))["tables"]
    for name, said in tables.items():
        in_json = [list(said[0])] if said else []
        in_json += [list(row.values()) for row in said]
        if said:
            assert _plain(in_json) == _plain(sheets[name]), name


def test_libreoffice_reads_every_cell_of_every_sheet_alike(
    end: YearsEnd, sheets: dict[str, list[list[Any]]], tmp_path: Path
) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice (libreoffice-calc-nogui) is not installed")
    every_sheet = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1"
    subprocess.run(
        [
            *(office, "--headless", f"-env:UserInstallation=file://{tmp_path}/profile"),
            *("--convert-to", every_sheet, "--outdir", str(tmp_path)),
            str(end.folder / "ledger.xlsx"),
        ],
        check=True,
        capture_output=True,
        timeout=300,
    )
    cells = 0
    for name, rows in sheets.items():
        text = (tmp_path / f"ledger-{name}.csv").read_text("utf-8")
        theirs, ours = _plain(csv.reader(io.StringIO(text, newline=""))), _plain(rows)
        assert theirs == ours, name
        assert not [cell for row in theirs for cell in row if _is_fault(cell)]
        cells += sum(cell != "" for row in ours for cell in row)
    assert cells > 5000


def _is_fault(cell: object) -> bool:
    """What a formula that cannot be computed shows."""
    return isinstance(cell, str) and cell.startswith(("Err:", "#REF", "#NAME", "#VALUE", "#DIV"))


def _plain(rows: Iterable[Iterable[Any]]) -> list[list[Any]]:
    """Cells as values, whatever the format writes them like; without empty ends."""
    table = [[_value(cell) for cell in row] for row in rows]
    for row in table:
        while row and row[-1] == "":
            row.pop()
    while table and not table[-1]:
        table.pop()
    return table


def _value(cell: Any) -> Any:
    if cell is None or cell == "":
        return ""
    if isinstance(cell, bool | int | float):
        return float(cell)
    if isinstance(cell, datetime | date):
        return cell.strftime("%Y-%m-%d %H:%M:%S")
    text = str(cell).replace("\r\n", "\n")
    for pattern in ("%m/%d/%Y %H:%M:%S", "%m/%d/%Y", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"):
        try:
            return datetime.strptime(text, pattern).strftime("%Y-%m-%d %H:%M:%S")  # noqa: DTZ007
        except ValueError:
            continue
    try:
        return float(text)
    except ValueError:
        return text


def test_a_units_archive_holds_its_mails_octet_for_octet(season: Season, tmp_path: Path) -> None:
    unit = season.story.units[31]
    season.command("dossier", unit, "--zip", str(tmp_path / "one.zip"))
    with zipfile.ZipFile(tmp_path / "one.zip") as packed:
        mails = {
            hashlib.sha256(packed.read(name)).hexdigest()
            for name in packed.namelist()
            if name.endswith(".eml")
        }
    sent = {hashlib.sha256(raw).hexdigest() for raw in season.box.contents("INBOX")}
    assert len(mails) == sum(came.unit == unit for came in season.model.came)
    assert mails <= sent


def test_pruning_never_takes_an_accepted_material_within_its_time(season: Season) -> None:
    form = load_campaign(season.folder / "rules").form
    planned = json.loads(season.command("prune", "--before", "2017-07-10", "--json"))
    assert planned["removed"] is False
    doomed = {one["sha256"] for one in planned["files"]}
    kept = {
        hashlib.sha256(content_of(file.piece, form)).hexdigest()
        for unit in season.model.units
        for name in SLOTS
        for file in season.model.slot(unit, name).in_force
        if file.piece
    }
    assert doomed
    assert not doomed & kept
