"""Titles inside a document, in a file's name and in a subject: what begins a section, what not."""

import pytest

from mailbot.campaign.types import Campaign, DocumentKind
from mailbot.judgement.classify import (
    Titles,
    kind_by_subject,
    kind_by_title,
    kind_hinted_by_name,
    sections_of,
    title_of_name,
)
from mailbot.model import Kind


@pytest.fixture
def titles(campaign: Campaign) -> Titles:
    return Titles(campaign.documents)


def cut(text: str, titles: Titles) -> list[tuple[str | None, int]]:
    sections = sections_of(text, titles)
    assert "\n".join(section.text for section in sections) == text
    return [(section.kind, section.first_line) for section in sections]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("方案.doc", Kind.PLAN),
        ("总结.doc", Kind.SUMMARY),
        ("总结和方案.doc", Kind.PLAN),
        ("方案和总结.doc", Kind.SUMMARY),
        ("附件.doc", None),
        ("统计表.xls", None),
        ("演练.doc", None),  # of 文字信息 (开展…演练) the last word tells nothing
        ("简报.doc", None),
    ],
)
def test_the_last_word_of_a_title_in_a_name_is_a_hint(
    titles: Titles, name: str, kind: str | None
) -> None:
    assert kind_hinted_by_name(name, titles) == kind


@pytest.mark.parametrize(
    ("line", "plan", "summary", "kind"),
    [
        ("演练方案评估报告", "演练方案", "评估报告", Kind.SUMMARY),  # it ends last
        ("演练评估报告", "演练…报告", "报告", Kind.SUMMARY),  # unbroken before one with a gap
        ("风险评估报告", "风险评估报告", "评估报告", Kind.PLAN),  # the longer unbroken word
        ("演练风险评估总报告", "演练…报告", "评估…报告", Kind.SUMMARY),  # the shorter gap
        ("总报告", "报告", "报告", Kind.PLAN),  # of the same word the folder's first row
        ("通知", "方案", "报告", None),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_of_two_words_in_a_title_the_one_decides_that_says_what_the_thing_is(
    line: str, plan: str, summary: str, kind: str | None, turned: bool
) -> None:
    rows = (
        DocumentKind(kind="plan", titles=(plan,)),
        DocumentKind(kind="summary", titles=(summary,)),
    )
    if turned and plan != summary:
        rows = rows[::-1]
    found = Titles(rows).find(line)
    assert (found.kind if found else None) == kind


def test_a_name_is_a_title_without_its_ending(titles: Titles) -> None:
    named = title_of_name("金水区演练方案.doc", titles)
    assert named is not None
    assert (named.kind, named.start, named.end) == (Kind.PLAN, 3, 7)
    assert title_of_name("doc.演练方案", titles) is None


@pytest.mark.parametrize(
    ("subject", "kind"),
    [
        ("金水区演练方案", Kind.PLAN),
        ("演练方案、演练评估总结", None),
        ("材料", None),
    ],
)
def test_a_subject_says_a_kind_where_it_names_one(
    titles: Titles, subject: str, kind: str | None
) -> None:
    assert kind_by_subject(subject, titles) == kind


FILLER = "按照通知部署，我区组织开展演练，现将有关情况汇报如下。"


@pytest.mark.parametrize(
    ("line", "begins"),
    [
        ("演练评估总结", True),
        ("金水区演练评估总结（定稿）", True),
        ("金水区演练评估总结2", True),
        ("演练评估总结已另文报送我办", False),
        ("演练评估总结，见附件", False),
        ("应急预案", False),
        ("演练方案", False),
        ("演练评估总结\t见附件", False),
        ("见附件\t演练评估总结", False),
        ("八、演练评估总结", False),
        ("金水区安全生产委员会办公室关于二〇一七年度全区危险化学品泄漏事故应急救援综合性实战演练"
         "活动情况的演练评估总结", False),
    ],
)  # fmt: skip
def test_a_line_that_ends_with_the_title_of_another_material_begins_it(
    titles: Titles, line: str, begins: bool
) -> None:
    text = "\n".join(["金水区演练方案", *[FILLER] * 9, line, FILLER])
    expected = [(Kind.PLAN, 0)] + [(Kind.SUMMARY, 10)] * begins
    assert cut(text, titles) == expected


def test_numbered_titles_of_several_kinds_are_several_documents(titles: Titles) -> None:
    lines = ["材料汇编", "一、演练方案", *[FILLER] * 9, "二、演练评估总结", FILLER]
    found = cut("\n".join(lines), titles)
    assert [kind for kind, _ in found][-2:] == [Kind.PLAN, Kind.SUMMARY]
    assert found[-1] == (Kind.SUMMARY, 11)


def test_a_numbered_heading_alone_of_its_kind_is_a_chapter(titles: Titles) -> None:
    lines = ["金水区演练方案", *[FILLER] * 9, "八、演练评估总结", FILLER, "九、演练总结", FILLER]
    assert cut("\n".join(lines), titles) == [(Kind.PLAN, 0)]


def test_a_title_over_several_lines_stands_at_its_first(titles: Titles) -> None:
    lines = ["金水区2017年", "安全生产应急演练", "实施方案", *[FILLER] * 9, "演练评估总结", FILLER]
    assert cut("\n".join(lines), titles) == [(Kind.PLAN, 0), (Kind.SUMMARY, 12)]


@pytest.mark.parametrize(
    ("lines", "kind"),
    [
        (["金水区", "2017年", "安全生产", "应急演练", "实施方案"], Kind.PLAN),
        (["金水区", "2017年", "安全", "生产", "应急演练", "实施方案"], None),
    ],
)
def test_a_title_is_set_over_five_lines_at_most(
    titles: Titles, lines: list[str], kind: str | None
) -> None:
    assert kind_by_title("\n".join(lines), titles) == kind


@pytest.mark.parametrize(
    ("before", "kind"), [(7, Kind.PLAN), (8, None)], ids=["the eighth line", "the ninth"]
)
def test_a_title_stands_in_the_first_eight_lines(
    titles: Titles, before: int, kind: str | None
) -> None:
    assert kind_by_title("\n".join([FILLER] * before + ["我区演练方案如何"]), titles) == kind


def test_empty_lines_and_sentences_are_passed_over(titles: Titles) -> None:
    text = "\n\n" * 20 + "依据演练方案，开展工作。\n金水区演练评估总结"
    assert kind_by_title(text, titles) == Kind.SUMMARY
    assert kind_by_title("", titles) is None


def test_a_look_alike_is_said_to_be_one(titles: Titles) -> None:
    (section,) = sections_of("危险化学品事故应急预案\n" + FILLER, titles)
    assert (section.kind, section.look_alike) == (None, True)
    text = "\n".join(["危险化学品事故应急预案", *[FILLER] * 9, "演练评估总结", FILLER])
    assert [one.look_alike for one in sections_of(text, titles)] == [True, False]
    (section,) = sections_of(FILLER, titles)
    assert (section.kind, section.look_alike) == (None, False)
