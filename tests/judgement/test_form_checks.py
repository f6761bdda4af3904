"""What is said of a field by itself, and of fields against each other; worked out by hand."""

from datetime import date
from typing import Any

import pytest

from mailbot.campaign.forms import (
    AtLeastCheck,
    DateCheck,
    FormField,
    FormSpec,
    RatioCheck,
    SealCheck,
    SumCheck,
    ZeroCheck,
)
from mailbot.judgement.form.checks import judge_form
from mailbot.judgement.form.cross_checks import judge_checks
from mailbot.judgement.form.field_checks import judge_field, wanted_of
from mailbot.model import ILLEGIBLE, FieldValue, Finding, Severity

KINDS = {
    "all": "count",
    "a": "count",
    "b": "count",
    "c": "count",
    "cost": "money_wan",
    "balance": "number",
    "day": "date",
}
SPEC = FormSpec(
    title="某表",
    recognised_by=(),
    labels={},
    fields=tuple(
        FormField.model_validate({"key": key, "path": ("栏", key), "type": kind})
        for key, kind in KINDS.items()
    ),
)
WHAT: dict[str, Any] = {
    "code": "R_CHECK",
    "severity": Severity.ERROR,
    "text": "应一致",
    "fix": "请核对",
}


def stated(**values: Any) -> dict[str, FieldValue]:
    """Fields with a value and its text; a text in a list is one that could not be read."""
    return {
        key: FieldValue(None, value[0], f"{key}格")
        if isinstance(value, list)
        else FieldValue(value, str(value), f"{key}格")
        for key, value in values.items()
    }


def checked(
    check: Any, seal: bool | None = None, arrived_on: date | None = None, **values: Any
) -> Finding | None:
    spec = SPEC.model_copy(update={"checks": (check,)})
    found = list(judge_checks(stated(**values), spec, seal, arrived_on))
    assert len(found) <= 1
    return found[0] if found else None


SUM = SumCheck(test="sum", total="all", parts=("a", "b", "c"), **WHAT)


@pytest.mark.parametrize(
    ("values", "actual"),
    [
        ({"all": 6, "a": 1, "b": 2, "c": 3}, None),
        ({"all": 5, "a": 1, "b": 2, "c": 3}, "各项之和为1＋2＋3＝6，栏·all5"),
        ({"all": 7, "a": 1, "b": 2, "c": 3}, "各项之和为1＋2＋3＝6，栏·all7"),
        ({"all": 3, "a": 1, "b": 2, "c": [""]}, None),  # a blank part counts as nought
        (
            {"all": 4, "a": 1, "b": [""], "c": [""]},
            "已填各项之和为1＝1（栏·b、栏·c未填写），栏·all4",
        ),
        ({"all": 4, "a": 1, "b": 2, "c": ["约3"]}, None),  # it may be 1
        ({"all": 2, "a": 1, "b": 2, "c": ["约3"]}, "各项之和为1＋2＝3，栏·all2"),
        ({"all": 3, "a": 1, "b": 2, "c": ["约3"]}, None),
        ({"all": 4, "a": 1, "b": [""], "c": ["约3"]}, None),
        ({"all": 4, "a": [""], "b": [""], "c": [""]}, None),
        ({"all": ["约4"], "a": 1, "b": 2, "c": 3}, None),
        ({"all": -1, "a": 1, "b": 2, "c": 3}, None),  # that is told by itself
        ({"all": 6, "a": 1, "b": 2, "c": 2.5}, None),  # and so is half a drill
        ({"all": 0, "a": 0, "b": 0, "c": 0}, None),
    ],
)
def test_parts_that_do_not_come_to_the_total_are_told(
    values: dict[str, Any], actual: str | None
) -> None:
    found = checked(SUM, **values)
    assert (found.actual if found else None) == actual
    if found is not None:
        assert (found.code, found.severity, found.expected) == ("R_CHECK", "error", "应一致")
        assert found.where == "all格、a格、b格、c格"
        assert found.message == f"{found.where}：{actual}，应一致。请核对"


@pytest.mark.parametrize(
    ("values", "severity"),
    [
        ({"all": 7, "a": 1, "b": 2, "c": 3}, Severity.NOTICE),  # the parts come to less
        ({"all": 5, "a": 1, "b": 2, "c": 3}, Severity.ERROR),
        ({"all": 7, "a": 1, "b": 2, "c": [""]}, Severity.ERROR),
    ],
)
def test_less_than_the_total_has_a_severity_of_its_own(
    values: dict[str, Any], severity: Severity
) -> None:
    found = checked(SUM.model_copy(update={"when_less": Severity.NOTICE}), **values)
    assert found is not None
    assert found.severity is severity


@pytest.mark.parametrize(("total", "agrees"), [(3.5, True), (3.505, True), (3.506, False)])
def test_half_a_hundredth_of_a_myriad_is_a_rounded_yuan(total: float, agrees: bool) -> None:
    check = SumCheck(test="sum", total="cost", parts=("balance",), **WHAT)
    assert (checked(check, cost=total, balance=3.5) is None) is agrees
    assert (checked(check, cost=7 - total, balance=3.5) is None) is agrees


@pytest.mark.parametrize(
    ("value", "severity"),
    [(11, Severity.ERROR), (12, None), (13, None), ([""], Severity.NOTICE), (["约5"], None)],
)
def test_a_number_is_at_least_its_bound(value: Any, severity: Severity | None) -> None:
    check = AtLeastCheck(test="at_least", field="a", bound=12, when_absent=Severity.NOTICE, **WHAT)
    found = checked(check, a=value)
    assert (found.severity if found else None) == severity
    silent = check.model_copy(update={"when_absent": None})
    assert (checked(silent, a=value) is None) is (value != 11)


@pytest.mark.parametrize(
    ("value", "other", "actual"),
    [
        (0, 5, "栏·a0，栏·b5"),
        (0, 0, None),
        (1, 5, None),
        ([""], 5, None),
        (0, [""], None),
        (0, 1, "栏·a0，栏·b1"),
    ],
)
def test_without_a_drill_there_is_nobody_in_it(value: Any, other: Any, actual: str | None) -> None:
    found = checked(
        ZeroCheck(test="zero_implies_zero", field="a", other="b", **WHAT), a=value, b=other
    )
    assert (found.actual if found else None) == actual


@pytest.mark.parametrize(
    ("amount", "count", "told"),
    [
        (101, 2, True),
        (100, 2, False),
        (99, 2, False),
        (1, 0, False),
        (51, 1, True),
        ([""], 2, False),
        (101, [""], False),
    ],
)
def test_an_amount_for_each_is_at_most_its_bound(amount: Any, count: Any, told: bool) -> None:
    check = RatioCheck(test="ratio_at_most", field="cost", per="a", bound=50, **WHAT)
    found = checked(check, cost=amount, a=count)
    assert (found is not None) is told
    if found is not None:
        assert found.actual == f"栏·cost{amount}，栏·a{count}"


@pytest.mark.parametrize(
    ("day", "arrived_on", "told"),
    [
        ("2017-07-04", date(2017, 7, 3), True),
        ("2017-07-03", date(2017, 7, 3), False),
        ("2017-07-04", None, False),
        ([""], date(2017, 7, 3), False),
    ],
)
def test_a_form_is_not_of_a_day_to_come(day: Any, arrived_on: date | None, told: bool) -> None:
    found = checked(
        DateCheck(test="not_after_arrival", field="day", **WHAT), arrived_on=arrived_on, day=day
    )
    assert (found is not None) is told
    if found is not None:
        assert found.actual == "栏·day为2017-07-04，邮件于2017年7月3日到达"


@pytest.mark.parametrize(
    ("seal", "unknown", "severity"),
    [
        (True, Severity.NOTICE, None),
        (False, Severity.NOTICE, Severity.ERROR),
        (None, Severity.NOTICE, Severity.NOTICE),
        (None, None, None),
        (False, None, Severity.ERROR),
    ],
)
def test_a_seal_is_there_or_missing_or_not_to_be_seen(
    seal: bool | None, unknown: Severity | None, severity: Severity | None
) -> None:
    found = checked(SealCheck(test="seal", when_unknown=unknown, **WHAT), seal=seal)
    assert (found.severity if found else None) == severity


# ---- a field by itself ----------------------------------------------------------------------


def a_field(kind: str = "count", **more: Any) -> FormField:
    return FormField.model_validate({"key": "a", "path": ("总体", "次数"), "type": kind, **more})


@pytest.mark.parametrize(
    ("kind", "read", "code", "message"),
    [
        ("count", FieldValue(12, "12", "B2"), None, ""),
        ("count", FieldValue(0, "0", "B2"), None, ""),
        (
            "count",
            FieldValue(None, "", "B2"),
            "FORM_FIELD_EMPTY",
            "B2：“总体·次数”未填写。请填写阿拉伯数字，如12，没有的填0",
        ),
        (
            "count",
            FieldValue(None, "", ""),
            "FORM_FIELD_EMPTY",
            "表中未见“总体·次数”一栏。请填写阿拉伯数字，如12，没有的填0",
        ),
        (
            "count",
            FieldValue(None, "/", "B2"),
            "FORM_FIELD_EMPTY",
            "B2：“总体·次数”填写为“/”，未填写内容。请填写阿拉伯数字，如12，没有的填0",
        ),
        (
            "count",
            FieldValue(None, "12 / 14", "B2；C2"),
            "FORM_FIELD_CONTRADICTORY",
            "B2；C2：“总体·次数”有不一致的内容“12 / 14”。请只保留本单位的一张统计表，并核对该项",
        ),
        (
            "count",
            FieldValue(None, "12", "B2", 0.89),
            "FORM_FIELD_UNSURE",
            "B2：“总体·次数”识别为“12”，把握不足。已转请人工核对；请同时报送可编辑的统计表",
        ),
        (
            "count",
            FieldValue(None, ILLEGIBLE, "B2", 0.1),
            "FORM_FIELD_UNSURE",
            "B2：“总体·次数”未能识别。已转请人工核对；请同时报送可编辑的统计表",
        ),
        (
            "count",
            FieldValue(None, "约12", "B2", 0.9),
            "FORM_FIELD_VAGUE",
            "B2：“总体·次数”填写为“约12”，不是确定的数。"
            "请填写准确数字，用阿拉伯数字写成一个整数，如12，没有的填0",
        ),
        (
            "money_wan",
            FieldValue(None, "3千", "B2"),
            "FORM_FIELD_VAGUE",
            "B2：“总体·次数”填写为“3千”，不能确定以元计还是以万元计。"
            "请填写准确数字，用阿拉伯数字以万元计，如3.5，没有的填0",
        ),
        (
            "number",
            FieldValue(None, "约12", "B2"),
            "FORM_FIELD_VAGUE",
            "B2：“总体·次数”填写为“约12”，不是确定的数。请填写准确数字，用阿拉伯数字",
        ),
        (
            "count",
            FieldValue(None, "见附件", "B2"),
            "FORM_FIELD_UNREADABLE",
            "B2：“总体·次数”填写为“见附件”，应为整数。请填写阿拉伯数字，如12，没有的填0",
        ),
        (
            "count",
            FieldValue(12.5, "12.5", "B2"),
            "FORM_FIELD_UNREADABLE",
            "B2：“总体·次数”填写为“12.5”，应为整数。请填写阿拉伯数字，如12，没有的填0",
        ),
        (
            "count",
            FieldValue(-1, "-1", "B2"),
            "FORM_FIELD_NEGATIVE",
            "B2：“总体·次数”填写为“-1”，不应为负数。请填写阿拉伯数字，如12，没有的填0",
        ),
        ("number", FieldValue(-1, "-1", "B2"), None, ""),
        ("money_wan", FieldValue(3.5, "3.5", "B2"), None, ""),
        ("date", FieldValue("2017-07-03", "2017.7.3", "B2"), None, ""),
        (
            "phone",
            FieldValue(None, "见 通讯录。\n后补", "B2"),
            "FORM_FIELD_UNREADABLE",
            "B2：“总体·次数”填写为“见 通讯录． 后补”，应为电话号码。"
            "请填写手机号码或带区号的固定电话",
        ),
    ],
)
def test_what_is_wrong_with_a_field_is_told_with_how_to_mend_it(
    kind: str, read: FieldValue, code: str | None, message: str
) -> None:
    found = judge_field(a_field(kind, required=True), read, SPEC)
    assert (found.code if found else None) == code
    assert (found.message if found else "") == message
    if found is not None:
        unsure = code == "FORM_FIELD_UNSURE"
        assert found.severity is (Severity.WARNING if unsure else Severity.ERROR)


def test_a_long_text_is_shown_to_its_sixtieth_character() -> None:
    found = judge_field(a_field(), FieldValue(None, "甲" * 61, "B2"), SPEC)
    assert found is not None
    assert found.actual == "甲" * 60


@pytest.mark.parametrize("read", [FieldValue(None, "", "B2"), FieldValue(None, "/", "")])
def test_what_may_be_left_empty_is_not_asked_for(read: FieldValue) -> None:
    assert judge_field(a_field(), read, SPEC) is None


def test_a_field_says_what_its_notice_says() -> None:
    own = a_field(text="写明次数", fix="请写明", severity="warning", required=True)
    found = judge_field(own, FieldValue(None, "", "B2"), SPEC)
    assert found is not None
    assert (found.expected, found.severity) == ("写明次数", Severity.WARNING)
    assert found.message == "B2：“总体·次数”未填写。请写明"


@pytest.mark.parametrize(
    ("required", "stored", "raw", "told"),
    [(False, "0", "0", False), (True, "0", "0", True), (False, "5", "0", True)],
)
def test_a_nought_that_the_sheet_shows_as_nothing_is_nothing(
    required: bool, stored: str, raw: str, told: bool
) -> None:
    read = FieldValue(0, raw, "B2", doubts=("stored_differs",), stored=stored)
    assert (judge_field(a_field(required=required), read, SPEC) is not None) is told


def test_a_doubt_of_the_cell_is_told_before_all_else_unless_two_cells_contradict() -> None:
    read = FieldValue(None, "", "B2", doubts=("formula_without_value",))
    found = judge_field(a_field(required=True, severity="notice"), read, SPEC)
    assert found is not None
    assert (found.code, found.severity) == ("FORM_FIELD_NOT_CALCULATED", Severity.NOTICE)
    two = FieldValue(None, "12 / 14", "B2；C2", doubts=("struck_possible",))
    found = judge_field(a_field(), two, SPEC)
    assert found is not None
    assert found.code == "FORM_FIELD_CONTRADICTORY"


def test_a_choice_is_asked_for_by_its_words() -> None:
    assert wanted_of("choice", ("是", "否")) == "以下之一：是、否"
    assert wanted_of("choice") == "所列选项之一"


# ---- the whole form -------------------------------------------------------------------------


def codes(fields: dict[str, FieldValue], rows: Any = None) -> list[str]:
    found = judge_form(fields, SPEC, seal=None, arrived_on=None, rows=rows)
    return [one.code for one in found]


def test_a_form_without_columns_is_not_read_and_one_without_words_is_not_filled() -> None:
    assert codes({}) == ["FORM_NOT_READ"]
    assert codes({"a": FieldValue(None, "", "B2")}) == ["FORM_UNFILLED"]
    assert codes({"a": FieldValue(None, "/", "B2"), "b": FieldValue(None, "", "")}) == [
        "FORM_UNFILLED"
    ]
    assert codes({"a": FieldValue(12, "12", "B2")}) == []
    assert codes({}, rows=[]) == ["FORM_UNFILLED"]
