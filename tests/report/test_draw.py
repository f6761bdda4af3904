"""The draw of units for a spot check, its folders and its results."""

import hashlib
import io
import zipfile
from pathlib import Path

import docx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from make.submitted import EVIL_NAME, Submitted, a_filled_office
from python_calamine import CalamineWorkbook

from mailbot.campaign.types import Campaign
from mailbot.errors import NotFoundError, SettingsError
from mailbot.ledger import spotchecks
from mailbot.ledger.store import open_ledger
from mailbot.report.spotcheck.docx import Paragraph, write_docx
from mailbot.report.spotcheck.docx import Table as DocxTable
from mailbot.report.spotcheck.draw import draw, draw_units, write_draw
from mailbot.report.spotcheck.unit_archive import safe_folder
from mailbot.report.yearbook.export import export_ledger

# Ten, five and one units.
POPULATION = {
    "县区": [f"县{number}" for number in range(10)],
    "部门": [f"局{number}" for number in range(5)],
    "其他": ["园区"],
}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, campaign: Campaign) -> Submitted:
    return a_filled_office(tmp_path_factory.mktemp("office"), campaign)


def groups(units: tuple[spotchecks.DrawnUnit, ...]) -> list[str]:
    return [drawn.group for drawn in units]


def test_groups_get_places_in_proportion_and_none_is_left_out() -> None:
    """8 of 16: 5, 2.5 and 0.5 places; the smallest group gets its one, the others 5 and 2."""
    drawn = draw_units(POPULATION, 8, (), "seed")
    assert groups(drawn) == ["县区"] * 5 + ["部门"] * 2 + ["其他"]


def test_within_a_group_the_lots_decide() -> None:
    """The lots as anyone can work them out: sha256sum of seed, newline, unit."""
    drawn = draw_units(POPULATION, 8, (), "2017")
    lots = sorted(
        (hashlib.sha256(f"2017\n{unit}".encode()).hexdigest(), unit) for unit in POPULATION["县区"]
    )
    assert [one.unit for one in drawn if one.group == "县区"] == [unit for _, unit in lots[:5]]


def test_the_same_seed_draws_the_same_and_another_seed_others() -> None:
    assert draw_units(POPULATION, 6, (), "a") == draw_units(POPULATION, 6, (), "a")
    different = {draw_units(POPULATION, 6, (), str(seed)) for seed in range(20)}
    assert len(different) > 10


def test_units_included_by_name_count_and_are_drawn_once() -> None:
    drawn = draw_units(POPULATION, 4, ("园区", "局3"), "seed")
    assert [(one.unit, one.always) for one in drawn[:2]] == [("园区", True), ("局3", True)]
    assert len(drawn) == len({one.unit for one in drawn}) == 4


@example(sizes=[1, 1, 4, 4], size=5, seed="")  # proportion gives 2 and 2, and leaves one place
@given(
    sizes=st.lists(st.integers(0, 12), min_size=1, max_size=5),
    size=st.integers(0, 70),
    seed=st.text(max_size=8).filter(lambda text: text.isprintable()),
)
def test_a_draw_takes_as_many_as_asked_where_there_are_enough(
    sizes: list[int], size: int, seed: str
) -> None:
    population = {
        f"组{group}": [f"{group}-{number}" for number in range(count)]
        for group, count in enumerate(sizes)
    }
    drawn = draw_units(population, size, (), seed)
    assert len(drawn) == min(size, sum(sizes))
    assert len({one.unit for one in drawn}) == len(drawn)
    for group, units in population.items():
        places = sum(one.group == group for one in drawn)
        assert places <= len(units)
        # No group is more than one place away from its share, but for its one sure place.
        share = len(drawn) * len(units) / max(1, sum(sizes))
        assert places < share + 1 or places == 1
    if len(drawn) >= sum(count > 0 for count in sizes):
        assert all(
            any(one.group == group for one in drawn) for group, of in population.items() if of
        )


def test_a_draw_is_on_record_and_can_be_repeated_from_it(office: Submitted) -> None:
    with open_ledger(office.data) as ledger:
        drawn = draw(
            ledger,
            office.campaign,
            office.clock.now(),
            size=5,
            always=["荥阳"],
            groups=["县（市、区）"],
        )
        record = spotchecks.draws(ledger)[-1]
        assert (record.id, record.seed, record.size) == (drawn.number, drawn.seed, 5)
        assert record.always == ("荥阳市",)
        assert record.drawn_at == office.clock.now()
        assert draw_units(record.population, 5, record.always, record.seed) == record.units
        assert record.units == drawn.units
        assert set(groups(drawn.units)) == {"县（市、区）"}
        assert len(drawn.seed) == 16


def test_an_unknown_group_or_unit_is_not_found(office: Submitted) -> None:
    with open_ledger(office.data) as ledger:
        before = len(spotchecks.draws(ledger))
        now = office.clock.now()
        with pytest.raises(NotFoundError):
            draw(ledger, office.campaign, now, size=2, groups=["乡镇"])
        with pytest.raises(NotFoundError):
            draw(ledger, office.campaign, now, size=2, always=["无此区"])
        assert len(spotchecks.draws(ledger)) == before


@pytest.fixture(scope="module")
def laid_out(office: Submitted) -> Path:
    """The folder of a draw of 二七区 and 金水区."""
    folder = office.folder / "抽查"
    with open_ledger(office.data) as ledger:
        now = office.clock.now()
        drawn = draw(ledger, office.campaign, now, size=2, always=["二七区", "金水区"], seed="abc")
        write_draw(ledger, office.campaign, office.data, drawn, folder, now)
    return folder


def test_every_drawn_unit_has_a_folder_with_its_files_as_sent(
    laid_out: Path, office: Submitted
) -> None:
    assert sorted(path.name for path in laid_out.iterdir()) == ["01 二七区", "02 金水区"]
    unit = laid_out / "02 金水区"
    found = {str(path.relative_to(unit)) for path in unit.rglob("*") if path.is_file()}
    assert found == {
        "抽查核对表.docx",
        "档案.xlsx",
        "来信/第1号来信.eml",
        "材料/统计表/金水区统计表.xlsx",
        "材料/演练方案/演练方案.docx",
        "材料/演练评估总结/演练评估总结.docx",
        "材料/照片/1.jpg",
        "材料/照片/2.jpg",
        "材料/文字信息/正文（第1号来信）.txt",
    }
    assert (unit / "来信/第1号来信.eml").read_bytes() == office.raw["金水区材料"]
    other = [path.name for path in (laid_out / "01 二七区/材料/演练方案").iterdir()]
    assert other == [EVIL_NAME]


def test_the_workbook_has_values_findings_mails_and_history(laid_out: Path) -> None:
    book = CalamineWorkbook.from_path(laid_out / "02 金水区" / "档案.xlsx")
    assert book.sheet_names == ["填报数据", "问题清单", "来信", "往来记录", "文件清单"]
    values = book.get_sheet_by_name("填报数据").to_python()
    assert ["总体情况·参演人数", 60.0] in [row[2:4] for row in values]
    history = [row[1] for row in book.get_sheet_by_name("往来记录").to_python()]
    for event in ("收到来信", "登记发件邮箱", "发出补正通知", "抽查抽中"):
        assert event in history


def test_the_check_sheet_shows_the_record_and_leaves_room(laid_out: Path) -> None:
    document = docx.Document(str(laid_out / "02 金水区" / "抽查核对表.docx"))
    assert document.paragraphs[0].text == "2017年安全生产应急演练抽查核对表"
    head, materials, figures, on_site, opinion = document.tables
    cells = [cell.text for row in head.rows for cell in row.cells]
    assert "金水区" in cells
    assert "指定（种子 abc）" in cells
    rows = [[cell.text for cell in row.cells] for row in materials.rows]
    assert ["照片", "已通过：1.jpg、2.jpg", "□相符　□不符", ""] in rows
    assert ["视频", "未收到", "□相符　□不符", ""] in rows
    numbers = [[cell.text for cell in row.cells] for row in figures.rows]
    assert ["总体情况·参演人数", "60人次"] in [row[:2] for row in numbers]
    assert len(on_site.rows) == 4
    assert len(opinion.rows) == 1


def test_with_zip_every_unit_is_one_archive(office: Submitted, tmp_path: Path) -> None:
    with open_ledger(office.data) as ledger:
        now = office.clock.now()
        drawn = draw(ledger, office.campaign, now, size=1, always=["惠济区"])
        (path,) = write_draw(
            ledger, office.campaign, office.data, drawn, tmp_path / "z", now, zipped=True
        )
    assert path.name == "01 惠济区.zip"
    with zipfile.ZipFile(path) as packed:
        assert packed.testzip() is None
        names = packed.namelist()
    assert "惠济区/材料/统计表/统计表.xlsx" in names
    assert "惠济区/材料/统计表/统计表 (2).xlsx" in names


def test_a_folder_that_holds_something_is_left_alone(laid_out: Path, office: Submitted) -> None:
    with open_ledger(office.data) as ledger:
        now = office.clock.now()
        drawn = draw(ledger, office.campaign, now, size=1, always=["二七区"])
        with pytest.raises(SettingsError, match="not empty"):
            write_draw(ledger, office.campaign, office.data, drawn, laid_out, now)


def test_the_newest_result_stands_in_the_export(office: Submitted, tmp_path: Path) -> None:
    with open_ledger(office.data) as ledger:
        now = office.clock.now()
        drawn = draw(ledger, office.campaign, now, size=1, always=["上街区"], seed="s")
        with ledger.transaction():
            number = spotchecks.record_inspection(ledger, "上街区", "不符", "缺原件", now)
            spotchecks.record_inspection(ledger, "上街区", "相符", "已补", now)
            assert spotchecks.record_inspection(ledger, "郑东新区", "相符", "", now) is None
        assert number == drawn.number
        export_ledger(ledger, office.campaign, tmp_path / "l.xlsx", now)
    book = CalamineWorkbook.from_path(tmp_path / "l.xlsx")
    heading, *rows = book.get_sheet_by_name("台账").to_python()
    found = {row[1]: row[heading.index("抽查结果")] for row in rows}
    assert found["上街区"] == "相符（已补）"
    assert found["郑东新区"] == "相符"
    checks = book.get_sheet_by_name("抽查").to_python()[1:]
    assert [float(drawn.number), "s", "上街区", "指定", "相符"] in [
        [row[0], row[2], row[3], row[5], row[6]] for row in checks
    ]


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("CON", "_CON"),
        ("a:b?.docx", "a_b_.docx"),
        ("../x", "x"),
        ("", "未命名"),
        ("nul.txt", "_nul.txt"),
    ],
)
def test_a_folder_name_is_safe_on_every_file_system(name: str, safe: str) -> None:
    assert safe_folder(name) == safe


def test_word_opens_what_no_xml_can_hold() -> None:
    raw = write_docx([Paragraph("甲\x01\ufffe\ud800<&>\n乙"), DocxTable([["a", "b"]])])
    document = docx.Document(io.BytesIO(raw))
    assert document.paragraphs[0].text == "甲<&>\n乙"
    assert [cell.text for cell in document.tables[0].rows[0].cells] == ["a", "b"]


def test_the_same_seed_again_is_the_same_draw_and_records_no_second_one(
    tmp_path: Path, campaign: Campaign
) -> None:
    office = a_filled_office(tmp_path, campaign)
    with open_ledger(office.data) as ledger:
        now = office.clock.now()
        first = draw(ledger, campaign, now, size=5, seed="2017")
        again = draw(ledger, campaign, now, size=5, seed="2017")
        assert (first.again, again.again) == (False, True)
        assert (again.number, again.units) == (first.number, first.units)
        other = draw(ledger, campaign, now, size=6, seed="2017")
        assert (other.again, len(spotchecks.draws(ledger))) == (False, 2)
