"""What plans and reports state, against what a reader of public ones found in them.

`drill_passages.tsv`: 82 passages; the last twenty were written down before the patterns were tried
on them.
"""

from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.campaign.types import Campaign
from mailbot.judgement.keyword_groups import judge_contents, meets_share
from mailbot.judgement.stated_facts import Fact, states
from mailbot.model import Kind

DATA = Path(__file__).resolve().parent.parent / "data" / "documents" / "drill_passages.tsv"
# the code of a group → the letter with which the reader says that its content is there
GROUPS = {
    Kind.PLAN: {"PLAN_TIME": "D", "PLAN_PLACE": "L", "PLAN_PARTICIPANTS": "P"},
    Kind.SUMMARY: {"SUMMARY_TIME_PLACE": "T", "SUMMARY_PARTICIPANTS": "P"},
}
# The contents that are not asked here, and none of those that are.
OTHERS = {
    Kind.PLAN: "目的。情景。职责。步骤。保障。评估。",
    Kind.SUMMARY: "基本情况。过程。效果。问题。改进。",
}


class Passage(NamedTuple):
    source: str
    kind: Kind
    stated: str
    text: str


def _passages() -> list[Passage]:
    rows = [line.split("\t") for line in DATA.read_text("utf-8").splitlines()]
    return [
        Passage(source, Kind(kind), stated, text)
        for source, kind, stated, text in (row for row in rows if not row[0].startswith("#"))
    ]


def hints(kind: Kind, text: str, campaign: Campaign) -> set[str]:
    found = judge_contents(kind, f"{text}\n{OTHERS[kind]}", campaign, "全文")
    return {finding.code for finding in found} & GROUPS[kind].keys()


def test_of_a_hundred_contents_that_are_stated_hardly_one_is_missed(campaign: Campaign) -> None:
    passages = _passages()
    assert len({passage.source for passage in passages}) >= 60
    stated = [
        (passage, code)
        for passage in passages
        for code, letter in GROUPS[passage.kind].items()
        if letter in passage.stated
    ]
    false = [
        (passage.source, code)
        for passage, code in stated
        if code in hints(passage.kind, passage.text, campaign)
    ]
    assert len(false) <= 0.02 * len(stated), false


def test_what_is_not_stated_is_mostly_hinted_at(campaign: Campaign) -> None:
    absent = [
        (passage, code)
        for passage in _passages()
        for code, letter in GROUPS[passage.kind].items()
        if letter not in passage.stated
    ]
    seen = sum(code in hints(passage.kind, passage.text, campaign) for passage, code in absent)
    assert seen >= 0.6 * len(absent), (seen, len(absent))


@pytest.mark.parametrize("kind", GROUPS)
def test_the_rest_of_a_document_states_none_of_it(kind: Kind, campaign: Campaign) -> None:
    assert hints(kind, "", campaign) == GROUPS[kind].keys()


@pytest.mark.parametrize(
    ("fact", "text"),
    [
        ("time", "6月16日在化工园区举行"),
        ("time", "六月十六日举行"),
        ("time", "2017-06-16 举行"),
        ("time", "演练于上午9时开始"),
        ("time", "９：３０ 警报响起"),
        ("time", "6 月 下旬组织演练"),
        ("place", "6月16日在化工园区举行"),
        ("place", "师生撤到操场"),
        ("place", "演练在黄河迎宾馆东侧空地进行"),
        ("place", "于三号车间开展处置"),
        ("people", "全体师生撤离"),
        ("people", "消防、公安等120余名人员参加"),
        ("people", "十五个部门参演"),
    ],
)
def test_a_fact_is_seen_without_its_word(fact: Fact, text: str) -> None:
    assert states(fact, text)


@pytest.mark.parametrize(
    ("fact", "text"),
    [
        ("time", "金水区安全生产应急演练总结\n2017年7月3日"),  # a signature's
        ("time", "根据2017年工作部署"),
        ("place", "在公司领导的大力支持下开展"),
        ("place", "在演练过程中进行了点评"),
        ("place", "在危险化学品领域开展"),
        ("people", "假设一家化工企业发生泄漏"),
        ("people", "检验了预案的可行性"),
    ],
)
def test_what_only_looks_like_a_fact_is_none(fact: Fact, text: str) -> None:
    assert not states(fact, text)


def test_a_piece_of_news_is_no_summary_for_its_dates_and_places(campaign: Campaign) -> None:
    news = "6月16日，区里在化工园区举行演练，15个部门120人参加，提高了能力，今后将加强训练。"
    assert not meets_share(Kind.SUMMARY, news, campaign, 0.5)


@given(st.text(alphabet="在于到月日年:0123456789时一二三十公司学校举行开展,。人名 \n", max_size=80))
def test_no_text_makes_the_search_raise(text: str) -> None:
    for fact in ("time", "place", "people"):
        assert isinstance(states(fact, text), bool)
