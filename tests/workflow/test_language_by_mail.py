"""Each line of the language of rules through whole mails, both sides of its bound.

One folder asks everything at once. 东湖区 sends a mail in which each thing is just as it may be,
南山区 one in which each is just not; 江城化工 has a day and a material of its own, 阳光园 is asked
for less, and time goes on to the last second of grace and over it.
"""

import io
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from make import media
from make.deciding import Table
from make.notices import PHOTO, PLAN, a_rule, write_notice
from make.office import a_mail, text_of
from openpyxl import Workbook

from mailbot.campaign.folder import load_campaign
from mailbot.campaign.types import Campaign
from mailbot.demo.documents import write_docx

VIDEO = {"slot": "video", "label": "视频", "how": "请报送视频", "except_groups": ["民办园"]}
LICENCE = {
    "slot": "licence",
    "kind": "any",
    "label": "许可证",
    "how": "请报送许可证",
    "only_groups": ["企业"],
    "deadline": "2026-11-29T12:00:00+08:00",
}
PRESS = {"slot": "press", "kind": "document", "label": "新闻稿", "required": False}
PRESS["how"] = "欢迎报送新闻稿"
FORM = {"slot": "form", "label": "演练统计表", "how": "请报送统计表"}
UNITS = (
    "unit,code,group,aliases,addresses,expected,deadline\n"
    "东湖区,1,县区,,donghu@example.test,yes,\n"
    "南山区,2,县区,,nanshan@example.test,yes,\n"
    "江城化工,3,企业,江城化工有限公司,hg@example.test,yes,\n"
    "阳光园,4,民办园,,yg@example.test,yes,2026-12-03T12:00:00+08:00\n"
)
HEAD = """
grace_days: 2
receipt_prefix: XF
groups: {企业: {deadline: "2026-12-10T23:59:59+08:00"}}
text: {minimum_words: 10}
"""
TABLE = """
title: 演练统计表
recognised_by: [演练统计表]
confirmed: true
labels:
  {单位: [], 日期: [], 次数: [], 其中白天: [], 其中夜间: [], 参与率: [], 水位: [], 等级: []
   , 证号: [], 电话: []}
fields:
  - {key: unit, path: [单位], type: unit, place: header, required: true}
  - {key: day, path: [日期], type: date, place: header, required: true}
  - {key: drills2, path: [次数], type: count, required: true}
  - {key: light, path: [其中白天], type: count}
  - {key: dark, path: [其中夜间], type: count}
  - {key: rate, path: [参与率], type: percent}
  - {key: level, path: [水位], type: number}
  - {key: grade, path: [等级], type: choice, choices: [一级, 二级]}
  - {key: card, path: [证号], type: id_number, place: footer}
  - {key: phone, path: [电话], type: phone, place: footer}
rows:
  key: people
  heading: [序号, 姓名, 到岗率]
  minimum: 2
  fields:
    - {key: name, path: [姓名], type: person, required: true}
    - {key: came, path: [到岗率], type: percent}
checks:
  - code: F_SUM
    test: sum
    total: drills2
    parts: [light, dark]
    text: 之和应相等
    <<: &office {severity: error, fix: 请核对, basis: office}
  - {code: F_LEAST, test: at_least, field: drills2, bound: 2, <<: *office, text: 至少2次}
  - {code: F_DAY, test: not_after_arrival, field: day, <<: *office, text: 不应晚于报送日}
"""
SHORT, LONG = (media.video("mp4", 320, 240, seconds=seconds) for seconds in (2, 3))
SENTENCE = "演练按警报、疏散、清点三步进行，各组分工负责。"


def paged(title: str, lines: int, pages: int) -> bytes:
    """A .docx that says how many pages it has."""
    plain = zipfile.ZipFile(io.BytesIO(write_docx([title, *[SENTENCE] * lines])))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name in plain.namelist():
            if name != "docProps/app.xml":
                packed.writestr(name, plain.read(name))
        packed.writestr(
            "docProps/app.xml",
            '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/'
            f'extended-properties"><Pages>{pages}</Pages></Properties>',
        )
    return out.getvalue()


def table(unit: str, day: str, figures: tuple[Any, ...], card: str, people: int) -> bytes:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(["演练统计表"])
    sheet.append(["单位", unit, "日期", day])
    sheet.append(["次数", "其中白天", "其中夜间", "参与率", "水位", "等级"])
    sheet.append(list(figures))
    sheet.append(["序号", "姓名", "到岗率"])
    for number in range(people):
        sheet.append([number + 1, "甲乙丙"[number] + "某", "95%"])
    sheet.append(["证号", card, "电话", "13800138000"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def a_photo(day: str, seed: int, width: int = 640, height: int = 480) -> bytes:
    return media.photo(width, height, taken_at=f"{day} 10:00:00", seed=seed)


RIGHT = {
    "东湖区演练方案11月9日.docx": paged("东湖区演练方案", 4, 2),
    "1.jpg": a_photo("2026:11:01", 1),
    "2.jpg": a_photo("2026:11:20", 2),
    "演练.mp4": SHORT.read_bytes(),
    "统计表.xlsx": table(
        "东湖区", "2026-11-28", (2, 1, 1, "95%", "3.5", "一级"), "11010519491231002X", 2
    ),
}
WRONG = {
    "演练方案.docx": paged("南山区演练方案", 3, 1),
    "1.jpg": a_photo("2026:10:31", 3),
    "2.jpg": a_photo("2026:11:21", 4),
    "3.jpg": a_photo("2026:11:02", 5, 480, 320),
    "演练录像.mp4": LONG.read_bytes(),
    "统计表.xlsx": table(
        "南山区", "2026-11-30", (1, 1, 1, "95", "约3", "三级"), "110105194912310021", 1
    ),
}
WORDS = len("演练按警报疏散清点三步进行各组分工负责") * 4 + len("东湖区演练方案")
RULES = [
    a_rule("file_name", "plan", "PLAN_NAME", contains=["unit", "date"]),
    a_rule("file_name", "video", "VIDEO_NAME", pattern="^演练(?:视频)?$"),
    a_rule("page_count", "plan", "PLAN_PAGES", minimum=2),
    a_rule("word_count", "plan", "PLAN_WORDS", minimum=WORDS),
    a_rule(
        "taken_between",
        "photo",
        "PHOTO_TAKEN",
        **{"from": "2026-11-01", "to": "2026-11-20", "when_absent": "notice"},
    ),
    a_rule(
        "any_of",
        "photo",
        "PHOTO_EITHER",
        rules=[
            {"test": "size", "operator": ">=", "width": 640, "height": 480},
            {"test": "file_size", "minimum_mb": 5},
        ],
    ),
    a_rule("size", "photo", "PHOTO_ABOVE", operator=">", width=639, height=479),
    a_rule("format", "photo", "PHOTO_FORMAT", allowed=["jpeg"]),
    a_rule("duration", "video", "VIDEO_LENGTH", maximum_s=2.0),
    a_rule("file_size", "video", "VIDEO_WEIGHT", maximum_mb=SHORT.stat().st_size / 1_000_000),
    a_rule(
        "all_of",
        "video",
        "VIDEO_BOTH",
        rules=[
            {"test": "duration", "maximum_s": 2.0},
            {"test": "size", "operator": ">=", "width": 320, "height": 240},
        ],
    ),
    a_rule("circumstance", "-", "TEXT_SHORT", when="short_text"),
]
del RULES[-1]["applies_to"]


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: Any) -> Campaign:
    materials: list[dict[str, Any]] = [
        {**PHOTO, "minimum": 2, "maximum": 2},
        PLAN,
        *(dict(one) for one in (VIDEO, LICENCE, PRESS, FORM)),
        {"slot": "text", "label": "文字信息", "how": "请写明情况"},
    ]
    documents = [
        {"kind": "plan", "titles": ["演练方案"]},
        {"kind": "licence", "titles": ["许可证"]},
        {"kind": "press", "titles": ["新闻稿"]},
        {"kind": "form", "titles": ["演练统计表"]},
    ]
    return load_campaign(
        write_notice(
            tmp_path_factory.mktemp("rules"),
            materials=materials,
            documents=documents,
            rules=RULES,
            units=UNITS,
            head=HEAD,
            files={"form.yaml": TABLE},
        )
    )


@pytest.fixture(scope="module")
def office(campaign: Campaign, tmp_path_factory: Any) -> Iterator[Table]:
    with ExitStack() as stack:
        table = Table(tmp_path_factory.mktemp("office"), campaign, stack)
        table.receive("东湖区材料", SENTENCE, sender="donghu@example.test", files=RIGHT)
        table.receive("南山区材料", "见附件", sender="nanshan@example.test", files=WRONG)
        yield table


def codes(office: Table, unit: str) -> set[str]:
    return {
        finding["code"]
        for slot in office.unit(unit)["slots"].values()
        for finding in slot.get("findings", ())
    }


def test_what_is_just_as_it_may_be_is_complete(office: Table) -> None:
    unit = office.unit("东湖区")
    assert codes(office, "东湖区") == set()
    assert {slot: one["verdict"] for slot, one in unit["slots"].items()} == {
        **dict.fromkeys(("photo", "plan", "video", "form", "text"), "accepted"),
        "press": "missing",
    }
    assert (unit["state"], unit["punctuality"]) == ("complete", "on_time")
    assert "各项材料齐全" in text_of(office.sent.messages[0].raw)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("PLAN_NAME", "“演练方案.docx”"),
        ("VIDEO_NAME", "“演练录像.mp4”"),
        ("PLAN_PAGES", "1页"),
        ("PLAN_WORDS", "字"),
        ("PHOTO_TAKEN", "2026年10月31日"),
        ("PHOTO_TAKEN", "2026年11月21日"),
        ("PHOTO_EITHER", "480像素×320像素"),
        ("PHOTO_ABOVE", "480像素×320像素"),
        ("VIDEO_LENGTH", "3秒"),
        ("VIDEO_WEIGHT", "KB"),
        ("VIDEO_BOTH", "3秒"),
        ("F_SUM", "1＋1＝2"),
        ("F_LEAST", "至少2次"),
        ("F_DAY", "2026-11-30"),
        ("FORM_FIELD_UNREADABLE", "填写为“95”，应为百分数"),
        ("FORM_FIELD_VAGUE", "“约3”"),
        ("FORM_FIELD_UNREADABLE", "“三级”"),
        ("FORM_FIELD_UNREADABLE", "“110105194912310021”"),
        ("FORM_ROWS_TOO_FEW", "1行"),
    ],
)
def test_what_is_just_not_as_it_must_be_is_told_with_what_came(
    office: Table, code: str, said: str
) -> None:
    found = [
        finding
        for slot in office.unit("南山区")["slots"].values()
        for finding in slot.get("findings", ())
        if finding["code"] == code
    ]
    assert any(said in one["message"] + str(one.get("actual")) for one in found), found
    told = text_of(office.sent.messages[1].raw)
    assert (said.partition("，")[0].removeprefix("填写为").strip("“”")) in told


def test_what_is_sent_beyond_the_most_is_told_and_sends_nothing_back(office: Table) -> None:
    slot = office.unit("南山区")["slots"]["photo"]
    assert "SLOT_ABOVE_MAXIMUM" not in codes(office, "东湖区")  # two, as many as may be
    assert slot["verdict"] == "rejected"
    more = {f"{day}.jpg": a_photo(f"2026:11:0{day}", 3 + day) for day in (3, 4, 5)}
    office.receive("南山区照片", "补报照片。", sender="nanshan@example.test", files=more)
    assert "SLOT_ABOVE_MAXIMUM" in codes(office, "南山区")
    assert office.verdict("南山区", "photo") == "accepted"
    assert "照片已收到3份，规定不超过2份" in text_of(office.sent.messages[-1].raw)


def test_a_group_that_is_spared_is_neither_asked_nor_incomplete(office: Table) -> None:
    files = {
        name.replace("东湖区", "阳光园"): content
        for name, content in RIGHT.items()
        if not name.endswith((".mp4", ".xlsx"))
    }
    files["统计表.xlsx"] = table(
        "阳光园", "2026-11-28", (2, 1, 1, "95%", "3.5", "一级"), "11010519491231002X", 2
    )
    office.receive("阳光园材料", SENTENCE, sender="yg@example.test", files=files)
    unit = office.unit("阳光园")
    assert set(unit["slots"]) == {"photo", "plan", "form", "text", "press"}
    assert unit["state"] == "complete", text_of(office.sent.messages[-1].raw)
    assert "视频" not in text_of(office.sent.messages[-1].raw).partition("来件登记")[0]


def test_a_group_has_its_own_material_and_day_and_says_them(office: Table) -> None:
    office.receive(
        "江城化工材料",
        "见附件",
        sender="hg@example.test",
        files={"新闻稿.docx": write_docx(["新闻稿"])},
    )
    told = text_of(office.sent.messages[-1].raw)
    assert "请于2026年12月10日前" in told
    assert "该项报送时限为2026年11月29日 12:00" in told
    assert "新闻稿：已通过" in told
    assert "请报送新闻稿" not in told
    assert "licence" not in office.unit("东湖区")["slots"]


def test_a_photograph_without_a_day_is_told_as_gravely_as_the_rule_says(office: Table) -> None:
    photo = media.photo(640, 480, seed=9)
    office.receive(
        "江城化工照片", "补报照片。", sender="hg@example.test", files={"无日期.jpg": photo}
    )
    slot = office.unit("江城化工")["slots"]["photo"]
    assert [file["verdict"] for file in slot["files"]] == ["accepted"]
    found = slot["findings"]
    assert [(one["code"], one["severity"]) for one in found] == [("PHOTO_TAKEN", "notice")]


END = datetime.fromisoformat("2026-11-30T23:59:59+08:00")
OWN = datetime.fromisoformat("2026-12-03T12:00:00+08:00")  # in units.csv


@pytest.mark.parametrize(
    ("unit", "sender", "deadline", "in_time"),
    [
        ("东湖区", "donghu@example.test", END, "pending"),  # the notice's
        ("阳光园", "yg@example.test", OWN, "pending"),
        # Its group's; a material of its own was due in November.
        ("江城化工", "hg@example.test", END + timedelta(days=10), "partial"),
    ],
)
@pytest.mark.parametrize("over", [0, 1])
def test_to_the_last_second_of_grace_a_mail_is_on_time(
    campaign: Campaign,
    tmp_path: Path,
    unit: str,
    sender: str,
    deadline: datetime,
    in_time: str,
    over: int,
) -> None:
    """An incomplete one: within grace nothing is late, a second later the unit is."""
    with ExitStack() as stack:
        office = Table(tmp_path, campaign, stack)
        last = deadline + timedelta(days=2, seconds=over)
        office.clock.advance(seconds=int((last - office.clock.now()).total_seconds()))
        files = {"1.jpg": a_photo("2026:11:02", 1)}
        office.box.deliver(a_mail(f"{unit}材料", "见附件", sender=sender, files=files), last)
        office.office.tick()
        assert office.unit(unit)["punctuality"] == ("late" if over else in_time)
