"""What is said of a table: each planted fault gives its own finding and no other."""

from collections.abc import Mapping
from datetime import date

import pytest
from make.forms import shipped_spec

from mailbot.campaign.forms import FormSpec, SumCheck
from mailbot.judgement.form.checks import judge_form
from mailbot.model import ILLEGIBLE, FieldValue, Finding, Severity

SPEC = shipped_spec("zhengzhou-2017")
ARRIVED = date(2017, 7, 4)

RIGHT: dict[str, object] = {
    "unit": "测试区安监局",
    "reported_on": "2017-07-03",
    "filled_by": "填表人甲",
    "phone": "0371-67182119",
    "overall.drills": 12,
    "overall.participants": 300,
    "overall.spend_wan": 6.0,
    "overall.observers": 40,
    "overall.joint_drills": 1,
    "by_organiser.government.drills": 3,
    "by_organiser.government.participants": 100,
    "by_organiser.government.spend_wan": 1.0,
    "by_organiser.enterprise.drills": 8,
    "by_organiser.enterprise.participants": 180,
    "by_organiser.enterprise.spend_wan": 4.5,
    "by_organiser.other.drills": 1,
    "by_organiser.other.participants": 20,
    "by_organiser.other.spend_wan": 0.5,
    "by_form.live": 9,
    "by_form.tabletop": 3,
    "by_scope.comprehensive": 2,
    "by_scope.single": 10,
}


def filled(**changes: object) -> dict[str, FieldValue]:
    """The right form with fields changed; a FieldValue stands as it is."""
    fields = {}
    for row, (key, value) in enumerate({**RIGHT, **_dotted(changes)}.items(), start=1):
        if isinstance(value, FieldValue):
            fields[key] = value
        else:
            assert value is None or isinstance(value, int | float | str)
            fields[key] = FieldValue(value, "" if value is None else str(value), f"表1 B{row}")
    return fields


def _dotted(changes: Mapping[str, object]) -> dict[str, object]:
    return {key.replace("__", "."): value for key, value in changes.items()}


def judge(
    fields: Mapping[str, FieldValue], seal: bool | None = True, spec: FormSpec = SPEC
) -> tuple[Finding, ...]:
    return judge_form(fields, spec, seal=seal, arrived_on=ARRIVED)


def codes(findings: tuple[Finding, ...]) -> list[tuple[str, str]]:
    return [(finding.code, finding.severity.value) for finding in findings]


def test_a_form_that_is_right_gives_no_finding() -> None:
    assert judge(filled()) == ()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"unit": None}, ("FORM_FIELD_EMPTY", "error")),
        ({"filled_by": None}, ("FORM_FIELD_EMPTY", "error")),
        ({"phone": FieldValue(None, "见通讯录", "表1 B4")}, ("FORM_FIELD_UNREADABLE", "error")),
        (
            {"reported_on": FieldValue(None, "2017年7月", "表1 B2")},
            ("FORM_FIELD_UNREADABLE", "error"),
        ),
        (
            {"overall__drills": FieldValue(None, "十几次", "表1 C5")},
            ("FORM_FIELD_VAGUE", "error"),
        ),
        ({"overall__drills": FieldValue(None, "/", "表1 C5")}, ("FORM_FIELD_EMPTY", "error")),
        ({"overall__participants": -300}, ("FORM_FIELD_NEGATIVE", "error")),
        ({"overall__drills": 12.5}, ("FORM_FIELD_UNREADABLE", "error")),
        (
            {"overall__observers": FieldValue(None, "若干", "表1 F5")},
            ("FORM_FIELD_VAGUE", "warning"),
        ),
        (
            {"overall__spend_wan": FieldValue(None, "6 / 7", "表1 E5；表2 E5")},
            ("FORM_FIELD_CONTRADICTORY", "error"),
        ),
        (
            {"overall__participants": FieldValue(None, "300", "表1 D5", 0.5)},
            ("FORM_FIELD_UNSURE", "warning"),
        ),
        ({"overall__joint_drills": 0}, ("FORM_JOINT_DRILL_MISSING", "error")),
        ({"overall__joint_drills": None}, ("FORM_JOINT_DRILL_MISSING", "warning")),
        (
            {"overall__joint_drills": FieldValue(None, "见附件", "表1 G5")},
            ("FORM_FIELD_UNREADABLE", "warning"),
        ),
        ({"by_organiser__other__drills": 5}, ("FORM_SUM_DRILLS", "warning")),
        ({"by_organiser__other__participants": 21}, ("FORM_SUM_PARTICIPANTS", "warning")),
        ({"by_organiser__other__spend_wan": 0.6}, ("FORM_SUM_SPEND", "warning")),
        ({"by_form__live": 10}, ("FORM_SUM_BY_FORM", "warning")),
        ({"by_scope__single": 11}, ("FORM_SUM_BY_SCOPE", "warning")),
        ({"reported_on": "2017-07-05"}, ("FORM_DATE_AFTER_ARRIVAL", "warning")),
    ],
)
def test_one_planted_fault_gives_exactly_its_finding(
    changes: dict[str, object], expected: tuple[str, str]
) -> None:
    assert codes(judge(filled(**changes))) == [expected]


SPENDS = ("government", "enterprise", "other")


@pytest.mark.parametrize(
    ("total", "told"), [(0.005, False), (0.0051, True), (6.004, False), (6.006, True)]
)
def test_fifty_yuan_of_rounding_are_no_contradiction_and_a_yuan_more_is(
    total: float, told: bool
) -> None:
    parts = {f"by_organiser__{who}__spend_wan": 0.0 for who in SPENDS}
    if total > 1:
        parts = {f"by_organiser__{who}__spend_wan": 2.0 for who in SPENDS}
    found = [one.code for one in judge(filled(overall__spend_wan=total, **parts))]
    assert ("FORM_SUM_SPEND" in found) is told


@pytest.mark.parametrize(
    ("above", "code"), [(-0.01, "FORM_FIELD_UNSURE"), (0, "FORM_FIELD_UNREADABLE")]
)
def test_what_is_recognised_at_the_bound_itself_is_sure_enough(above: float, code: str) -> None:
    bound = SPEC.confidence_bound
    read = FieldValue(None, "3O0", "表1 D5", bound + above)
    assert [one.code for one in judge(filled(overall__participants=read))] == [code]


def test_both_sides_of_the_bounds() -> None:
    assert judge(filled(reported_on="2017-07-04")) == ()
    assert judge(filled(overall__joint_drills=1)) == ()
    dear = {
        "by_organiser__government__spend_wan": 1195.0,
        "overall__spend_wan": 1200.0,
    }
    assert judge(filled(**dear)) == ()
    dear |= {"overall__spend_wan": 1200.1, "by_organiser__government__spend_wan": 1195.1}
    assert codes(judge(filled(**dear))) == [("FORM_SPEND_PER_DRILL", "warning")]


def test_people_without_a_drill_are_an_error() -> None:
    nothing = dict.fromkeys((key for key in RIGHT if key.startswith("by_")), None)
    fields = filled(
        **{key.replace(".", "__"): value for key, value in nothing.items()}, overall__drills=0
    )
    assert codes(judge(fields)) == [("FORM_PEOPLE_WITHOUT_DRILL", "error")]


ORGANISERS = ("government", "enterprise", "other")


def with_parts(total: float | None, *parts: object, measure: str = "drills") -> dict[str, object]:
    """A form whose other sums are not stated: the total and its parts by organiser."""
    silent = dict.fromkeys(("by_form__live", "by_form__tabletop"))
    silent |= dict.fromkeys(("by_scope__comprehensive", "by_scope__single"))
    silent |= {
        f"by_organiser__{one}__{measure}": part for one, part in zip(ORGANISERS, parts, strict=True)
    }
    return {**silent, f"overall__{measure}": total}


VAGUE = FieldValue(None, "约8次", "表1 D9")
SUM_CASES = [
    # total, parts → what is said, and of which severity
    (12, (3, 8, 1), []),
    (11, (3, 8, 1), [("FORM_SUM_DRILLS", "warning")]),  # one drill may count in two parts
    (13, (3, 8, 1), [("FORM_SUM_DRILLS", "error")]),  # all are stated, and cannot be all
    (99, (3, 6, None), [("FORM_SUM_DRILLS", "warning")]),
    (9, (3, 6, None), []),  # the blank one is 0
    (8, (3, 6, None), [("FORM_SUM_DRILLS", "warning")]),
    (12, (None, None, None), []),  # the section is left out
    (0, (0, None, None), []),
    (12, (3, VAGUE, 1), [("FORM_FIELD_VAGUE", "warning")]),  # may well be 8
    (
        3,
        (3, VAGUE, 1),
        [("FORM_FIELD_VAGUE", "warning"), ("FORM_SUM_DRILLS", "warning")],
    ),
]


@pytest.mark.parametrize(("total", "parts", "expected"), SUM_CASES)
def test_parts_that_do_not_come_to_the_total_are_told(
    total: int, parts: tuple[object, ...], expected: list[tuple[str, str]]
) -> None:
    changes = with_parts(total, *parts)
    if total == 0:
        changes |= {"overall__participants": None}
    said = [one for one in codes(judge(filled(**changes))) if one[0] != "FORM_FIELD_EMPTY"]
    assert said == expected


def test_a_sum_that_does_not_come_out_shows_both_figures_and_what_was_left_out() -> None:
    (finding,) = judge(filled(**with_parts(99, 3, 6, None)))
    assert "已填各项之和为3＋6＝9" in finding.message
    assert "按组织单位分类·其他·举办次数未填写" in finding.message
    assert "总体情况·举办次数99" in finding.message
    assert "请核对" in finding.message


@pytest.mark.parametrize(("less", "expected"), [(None, "warning"), (Severity.NOTICE, "notice")])
def test_how_grave_a_total_above_its_parts_is_the_folder_says(
    less: Severity | None, expected: str
) -> None:
    checks = tuple(
        check.model_copy(update={"when_less": less}) if isinstance(check, SumCheck) else check
        for check in SPEC.checks
    )
    spec = SPEC.model_copy(update={"checks": checks})
    found = judge_form(filled(**with_parts(13, 3, 8, 1)), spec, seal=True, arrived_on=None)
    assert codes(found) == [("FORM_SUM_DRILLS", expected)]


@pytest.mark.parametrize("campaign", ["zhengzhou-2017", "jianghai-2017"])
def test_the_shipped_folders_send_back_a_total_above_its_stated_parts(campaign: str) -> None:
    checks = [check for check in shipped_spec(campaign).checks if isinstance(check, SumCheck)]
    assert checks
    assert {(check.severity, check.when_less) for check in checks} == {
        (Severity.WARNING, Severity.ERROR)
    }


def test_sums_of_money_allow_for_rounding() -> None:
    assert judge(filled(by_organiser__other__spend_wan=0.504)) == ()


@pytest.mark.parametrize(
    ("seal", "expected"),
    [
        (True, []),
        (False, [("FORM_SEAL_MISSING", "warning")]),
        (None, [("FORM_SEAL_MISSING", "notice")]),
    ],
)
def test_a_missing_seal_means_what_the_rule_says(
    seal: bool | None, expected: list[tuple[str, str]]
) -> None:
    assert codes(judge(filled(), seal=seal)) == expected


def test_a_blank_form_sent_back_gives_one_finding() -> None:
    blank = {
        key: FieldValue(None, "年 月 日" if key == "reported_on" else "", "表1 B2") for key in RIGHT
    }
    assert codes(judge(blank)) == [("FORM_UNFILLED", "error")]


def test_a_table_without_any_known_column_gives_one_finding() -> None:
    nothing = {key: FieldValue(None, "", "") for key in RIGHT}
    assert codes(judge(nothing)) == [("FORM_NOT_READ", "error")]


def test_a_finding_quotes_the_cell_and_says_how_to_mend_it() -> None:
    (finding,) = judge(filled(overall__drills=FieldValue(None, "十几次", "表1 C5")))
    assert finding == Finding(
        "FORM_FIELD_VAGUE",
        Severity.ERROR,
        "十几次",
        "整数",
        "表1 C5",
        "表1 C5：“总体情况·举办次数”填写为“十几次”，不是确定的数。"
        "请填写准确数字，用阿拉伯数字写成一个整数，如12，没有的填0",
    )


@pytest.mark.parametrize(
    ("raw", "words"), [("3千", "以元计还是以万元计"), ("约3万", "不是确定的数")]
)
def test_an_amount_that_is_asked_about_says_what_is_unclear(raw: str, words: str) -> None:
    (finding,) = judge(filled(overall__spend_wan=FieldValue(None, raw, "表1 E5")))
    assert finding.code == "FORM_FIELD_VAGUE"
    assert words in finding.message


def test_a_message_has_one_first_sentence_whatever_the_unit_wrote() -> None:
    (finding,) = judge(filled(overall__drills=FieldValue(None, "十几次。见\n附件。", "表1 C5")))
    assert finding.message.count("。") == 1
    assert "\n" not in finding.message


def test_an_empty_cell_and_a_missing_column_are_told_apart() -> None:
    (empty,) = judge(filled(filled_by=None))
    (missing,) = judge(filled(filled_by=FieldValue(None, "", "")))
    assert "“填表人”未填写" in empty.message
    assert missing.message.startswith("表中未见“填表人”一栏")


def test_without_an_arrival_no_date_is_compared() -> None:
    fields = filled(reported_on="2030-01-01")
    assert judge_form(fields, SPEC, seal=True, arrived_on=None) == ()


def test_every_check_of_the_shipped_forms_quotes_a_source() -> None:
    for campaign in ("zhengzhou-2017", "jianghai-2017"):
        spec = shipped_spec(campaign)
        assert spec.checks
        assert all(check.source and check.fix and check.text for check in spec.checks)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"by_organiser__other__drills": 5},
            "各项之和为3＋8＋5＝16，总体情况·举办次数12",
        ),
        ({"overall__joint_drills": 0}, "0"),
    ],
)
def test_a_check_says_the_figures_it_compared(changes: dict[str, object], said: str) -> None:
    (finding,) = judge(filled(**changes))
    assert said in finding.actual
    assert finding.actual in finding.message


@pytest.mark.parametrize(("length", "shown"), [(60, 60), (61, 60), (500, 60)])
def test_a_long_cell_is_shown_by_its_beginning(length: int, shown: int) -> None:
    read = FieldValue(None, "若" * length, "表1 B4")
    (finding,) = judge(filled(phone=read))
    assert finding.actual == "若" * shown
    assert f"“{'若' * shown}”" in finding.message


def test_none_of_neither_is_no_contradiction() -> None:
    """No drill of a kind and nobody in it; nobody in twelve drills is one."""
    nobody = {
        "by_organiser__other__drills": 0,
        "by_organiser__enterprise__drills": 9,
        "by_organiser__other__participants": 0,
        "by_organiser__enterprise__participants": 200,
        "by_organiser__other__spend_wan": 0.0,
        "by_organiser__enterprise__spend_wan": 5.0,
    }
    assert judge(filled(**nobody)) == ()


@pytest.mark.parametrize(
    ("raw", "said"), [(ILLEGIBLE, "未能识别"), ("3O0", "识别为“3O0”，把握不足")]
)
def test_what_the_machine_made_of_a_cell_is_told(raw: str, said: str) -> None:
    read = FieldValue(None, raw, "表1 D5", 0.1)
    (finding,) = judge(filled(overall__participants=read))
    assert finding.code == "FORM_FIELD_UNSURE"
    assert said in finding.message
    assert ("把握不足" in finding.message) is (raw != ILLEGIBLE)
