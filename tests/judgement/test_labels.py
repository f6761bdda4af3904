"""Which labels the words of a cell are: tables of writings, by the labels of the shipped form."""

import pytest
from make.forms import shipped_spec

from mailbot.campaign.forms import FormSpec
from mailbot.judgement.form.labels import Vocabulary

SPEC = shipped_spec("zhengzhou-2017")


@pytest.fixture
def vocabulary() -> Vocabulary:
    """A fresh one each time: it remembers what it was asked."""
    return Vocabulary(SPEC)


def told(labels: tuple[frozenset[str], ...] | None) -> str:
    """The labels of each word, words parted by +; "" where the text is none."""
    return "+".join("/".join(sorted(group)) for group in labels or ())


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("举办次数", "举办次数"),
        ("举 办\n次 数", "举办次数"),
        ("（二）举办次数", "举办次数"),
        ("一、举办次数", "举办次数"),
        ("1．举办次数", "举办次数"),
        ("1.5举办次数", ""),  # no numbering
        ("其中：企业", "企业"),
        ("其中企业", "企业"),
        ("一、其中：企业", "企业"),
        ("其中", ""),
        ("举办次数（次）", "举办次数"),
        ("参演人数[人次]", "参演人数"),
        ("参演人数【人次】", "参演人数"),
        ("参演人数人次", "参演人数"),
        ("填报单位（盖章）", "填报单位"),
        ("企业（不含个体）", "企业"),
        ("综合（现场）", ""),  # a label in brackets is one
        ("企业（举办次数）", "企业+举办次数"),
        ("企业举办次数", "企业+举办次数"),
        ("企业组织开展的演练举办次数", "企业+举办次数"),
        ("企业的", "企业"),
        ("的", ""),
        ("企业现场", ""),  # of two paths
        ("企业观摩人数", ""),  # nobody asks for that
        ("举办次数累计", ""),
        ("举办次数：", "举办次数"),
        ("举办次数：/", ""),  # with its value
        ("举办次数：—", ""),
        ("", ""),
        ("举办次数" * 10, "+".join(["举办次数"] * 10)),
        ("举办次数" * 10 + "：", ""),  # more than forty characters
    ],
)
def test_a_text_is_the_labels_it_consists_of(
    vocabulary: Vocabulary, text: str, labels: str
) -> None:
    for _ in ("asked", "asked again"):
        assert told(vocabulary.match(text)) == labels
        assert (vocabulary.match(text) is None) is (labels == "")


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("举办次数：5", ["举办次数=5"]),
        ("举办次数5次", ["举办次数=5次"]),
        ("举办次数-5", ["举办次数=-5"]),
        ("其中：举办次数：5", ["举办次数=5"]),
        ("举办次数：", []),  # a label
        ("举办次数：/", ["举办次数=/"]),
        ("举办次数：约5次", ["举办次数=约5次"]),
        ("企业：举办次数", []),  # two labels
        ("举办次数：5，参演人数300", ["举办次数=5", "参演人数=300"]),
        ("演练情况良好；举办次数：5", ["举办次数=5"]),
        ("企业：举办次数5次，参演人数300人", ["企业+举办次数=5次", "企业+参演人数=300人"]),
        ("企业：举办次数5次，观摩人数30人", ["企业+举办次数=5次", "观摩人数=30人"]),
        (
            "企业：举办次数5次，政府及部门：举办次数6次",
            ["企业+举办次数=5次", "政府及部门+举办次数=6次"],
        ),
        ("参演人数：1,200", ["参演人数=1,200"]),
        ("多部门联动综合\n演练次数：2场", ["多部门联动综合演练次数=2场"]),
        ("举办次数：5\n参演人数：300", ["举办次数=5", "参演人数=300"]),
        ("举办次数：5\n良好", ["举办次数=5良好"]),  # one value, whatever it is
        ("填表人：甲乙  联系电话：0371-67182119", ["填表人=甲乙", "联系电话=0371-67182119"]),
        ("填表人：甲乙  审核人：丙", ["填表人=甲乙"]),
        ("填表人：甲乙；联系电话：67182119", ["填表人=甲乙", "联系电话=67182119"]),
        (
            "填报单位：金水区 填表人：甲 联系电话：67182119",
            ["填报单位=金水区", "填表人=甲", "联系电话=67182119"],
        ),
        ("填表人　甲乙", ["填表人=甲乙"]),
        ("填报单位（盖章）：金水区；", ["填报单位=金水区"]),
        ("金水区联系电话：67182119", ["联系电话=67182119"]),
        ("我的联系电话 67182119", []),  # in the middle of a sentence
        ("举办次数：5  填表人：甲", ["举办次数=5", "填表人=甲"]),
        ("注：如有疑问，联系电话：67182119", []),
        ("备注：联系电话：67182119", []),
        ("演练情况良好", []),
        ("", []),
    ],
)
def test_a_label_with_its_value_in_one_cell_is_a_pair(
    vocabulary: Vocabulary, text: str, pairs: list[str]
) -> None:
    found = vocabulary.pairs(text)
    assert [f"{told(pair.labels)}={pair.value}" for pair in found] == pairs


def test_the_labels_of_header_and_footer_are_known(vocabulary: Vocabulary) -> None:
    assert vocabulary.outside == {"填报单位", "报出时间", "填表人", "联系电话"}
    inside = [one for one in SPEC.fields if one.place == "table"]
    without = Vocabulary(SPEC.model_copy(update={"fields": tuple(inside)}))
    assert without.outside == frozenset()
    assert without.pairs("填表人：甲  联系电话：67182119") == ()


@pytest.mark.parametrize(
    ("key", "unsaid"),
    [
        ("by_form.live", {"举办次数"}),  # 现场 has but one measure
        ("by_organiser.enterprise.drills", set()),
        ("overall.drills", set()),
        ("unit", set()),
        ("nothing of the form", set()),
    ],
)
def test_the_only_measure_of_a_heading_need_not_be_said(
    vocabulary: Vocabulary, key: str, unsaid: set[str]
) -> None:
    assert vocabulary.may_be_unsaid(key) == unsaid


def test_a_measure_alone_under_its_section_is_not_left_unsaid() -> None:
    """With two words to a path the section would stand for its own measure."""
    fields = [one for one in SPEC.fields if one.key in ("overall.drills", "unit")]
    assert (
        Vocabulary(SPEC.model_copy(update={"fields": tuple(fields)})).may_be_unsaid(
            "overall.drills"
        )
        == set()
    )


@pytest.mark.parametrize(
    ("one", "other", "are"),
    [
        ("企业", "政府及部门", True),
        ("企业", "企业", False),
        ("举办次数", "参演人数", True),
        ("企业", "举办次数", False),
        ("总体情况", "按组织单位分类", True),
        ("企业举办次数", "其他参演人数", True),
        ("填报单位", "总体情况", False),
    ],
)
def test_siblings_take_each_others_place(
    vocabulary: Vocabulary, one: str, other: str, are: bool
) -> None:
    labels, others = vocabulary.match(one), vocabulary.match(other)
    assert labels is not None
    assert others is not None
    assert vocabulary.are_siblings(labels, others) is are


LABELS_AS_PRINTED = ("填报单位（盖章）", "参加学生数（人）", "其中：教职工（人）", "其中地震疏散")


@pytest.mark.parametrize(
    ("written", "label"),
    [
        ("填报单位", "填报单位（盖章）"),
        ("填报单位（盖章）", "填报单位（盖章）"),
        ("参加学生数", "参加学生数（人）"),
        ("其中：教职工（人）", "其中：教职工（人）"),
        ("教职工", "其中：教职工（人）"),
        ("其中地震疏散", "其中地震疏散"),
        ("地震疏散", "其中地震疏散"),
    ],
)
def test_a_folders_label_may_hold_what_is_taken_off_a_cells(written: str, label: str) -> None:
    fields = [
        {"key": f"f{number}", "path": [one], "type": "count"}
        for number, one in enumerate(LABELS_AS_PRINTED)
    ]
    spec = FormSpec.model_validate(
        {
            "title": "演练情况表",
            "recognised_by": ["演练情况表"],
            "labels": {one: [] for one in LABELS_AS_PRINTED},
            "fields": fields,
        }
    )
    assert Vocabulary(spec).match(written) == (frozenset({label}),)


def test_a_writing_of_another_label_stays_that_ones() -> None:
    spec = FormSpec.model_validate(
        {
            "title": "演练情况表",
            "recognised_by": ["演练情况表"],
            "labels": {"次数（场）": [], "次数": []},
            "fields": [
                {"key": "one", "path": ["次数（场）"], "type": "count"},
                {"key": "two", "path": ["次数"], "type": "count"},
            ],
        }
    )
    assert Vocabulary(spec).match("次数") == (frozenset({"次数"}),)


def test_a_header_is_found_without_the_seal_its_label_asks_for() -> None:
    spec = FormSpec.model_validate(
        {
            "title": "演练情况表",
            "recognised_by": ["演练情况表"],
            "labels": {"填报单位（盖章）": []},
            "fields": [
                {"key": "unit", "path": ["填报单位（盖章）"], "type": "unit", "place": "header"}
            ],
        }
    )
    (pair,) = Vocabulary(spec).pairs("填报单位 市实验小学")
    assert pair.value == "市实验小学"


@pytest.mark.parametrize("among", ["其中", "其中：", "其中，"])
def test_among_belongs_to_the_label_behind_it_and_not_to_the_value_before(among: str) -> None:
    labels = ("合计演练次数", "地震疏散", "火灾疏散")
    spec = FormSpec.model_validate(
        {
            "title": "演练情况表",
            "recognised_by": ["演练情况表"],
            "labels": {one: [] for one in labels},
            "fields": [
                {"key": f"f{number}", "path": [one], "type": "count", "place": "footer"}
                for number, one in enumerate(labels)
            ],
        }
    )
    line = f"合计演练次数：3次      {among}地震疏散：1次    火灾疏散：2次"
    assert [pair.value for pair in Vocabulary(spec).pairs(line)] == ["3次", "1次", "2次"]
