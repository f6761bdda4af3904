"""A table with the figures a person corrected: which findings go, which stay, what is told."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from make.dossiers import digest_of, finding, judged

from mailbot.campaign.types import Campaign
from mailbot.entries import Correction
from mailbot.judgement.form.correcting import value_of, with_corrections
from mailbot.model import FieldValue, Finding, Judged, Kind, Severity, Verdict

NAME = "统计表.xlsx"
READ = {
    "unit": FieldValue("金水区", "金水区", "表1 B1"),
    "reported_on": FieldValue("2017-07-03", "2017年7月3日", "表1 D1"),
    "overall.drills": FieldValue(12, "12", "表1 A4"),
    "overall.participants": FieldValue(600, "600", "表1 B4"),
    "overall.spend_wan": FieldValue(3.5, "3.5", "表1 C4"),
    "overall.joint_drills": FieldValue(1, "1", "表1 D4"),
    "filled_by": FieldValue("张三", "张三", "表1 B9"),
    "phone": FieldValue("0371-63520001", "0371-63520001", "表1 D9"),
}
DRILLS = "overall.drills"


def said(
    code: str, message: str = "", where: str = "", severity: Severity = Severity.ERROR
) -> Finding:
    return finding(code, message, where=where, severity=severity)


def form(*findings: Finding, verdict: Verdict | None = None, **read: FieldValue) -> Judged:
    one = judged(NAME, Kind.FORM, "xlsx", *findings, verdict=verdict)
    fields = READ | {key.replace("__", "."): value for key, value in read.items()}
    return Judged(**{name: getattr(one, name) for name in one.__slots__} | {"fields": fields})


def a_correction(field: str, text: str, slot: str = "form", of: str = NAME) -> Correction:
    return Correction(
        slot, digest_of(of), field, text, "经办人", datetime(2017, 7, 4, tzinfo=UTC), "核实"
    )


def corrected(
    campaign: Campaign,
    judged: Judged,
    *changes: tuple[str, str],
    arrived_on: date | None = date(2017, 7, 4),
) -> Judged:
    made = [a_correction(field, text) for field, text in changes]
    return with_corrections(judged, made, campaign, arrived_on)


def codes(judged: Judged) -> list[str]:
    return [one.code for one in judged.findings]


def told(judged: Judged) -> list[str]:
    return [one.message for one in judged.findings if one.code == "FORM_FIELD_CORRECTED"]


def test_the_figure_is_what_the_person_says_and_what_was_read_stays_beside_it(
    campaign: Campaign,
) -> None:
    found = corrected(campaign, form(), (DRILLS, "15"))
    assert found.fields[DRILLS] == FieldValue(15, "15", "表1 A4", corrected="12")
    assert {key: value for key, value in found.fields.items() if key != DRILLS} == {
        key: value for key, value in READ.items() if key != DRILLS
    }


def test_of_several_about_one_field_the_last_stands(campaign: Campaign) -> None:
    found = corrected(campaign, form(), (DRILLS, "15"), (DRILLS, "16"))
    assert found.fields[DRILLS].value == 16
    assert len(told(found)) == 1


@pytest.mark.parametrize(
    ("correction", "in_archive"),
    [
        (a_correction(DRILLS, "15", of="别的.xlsx"), False),
        (a_correction(DRILLS, "15", slot="signin"), False),
        (a_correction(DRILLS, "15", of="别的.xlsx"), True),
    ],
)
def test_another_file_or_material_is_not_touched(
    campaign: Campaign, correction: Correction, in_archive: bool
) -> None:
    file = form()
    if in_archive:
        file = judged("报送.zip", Kind.ARCHIVE, "zip", members=(file,))
    assert with_corrections(file, [correction], campaign, None) is file


def test_a_table_in_an_archive_is_corrected_there(campaign: Campaign) -> None:
    archive = judged("报送.zip", Kind.ARCHIVE, "zip", members=(form(),))
    found = corrected(campaign, archive, (DRILLS, "15"))
    assert found.members[0].fields[DRILLS].value == 15
    assert (found.verdict, found.fields) == (archive.verdict, archive.fields)


@pytest.mark.parametrize(
    ("objection", "goes"),
    [
        (said("FORM_FIELD_VAGUE", "“总体情况·举办次数”不是确数"), True),
        (said("FORM_FIELD_VAGUE", "此处不是确数", "表1 A4"), True),
        (said("FORM_FIELD_CONTRADICTORY", "前后不一", "表1 A4；表2 A4"), True),
        (said("FORM_FIELD_UNSURE", "识别不清", "表1 C4、表1 A4"), True),
        (said("FORM_FIELD_VAGUE", "“总体情况·参演人数”不是确数", "表1 B4"), False),
        (said("FORM_FIELD_VAGUE", "举办次数不是确数", "表1 A44"), False),
        (said("FORM_FIELD_VAGUE", "不是确数", ""), False),
        (said("FORM_SUB_UNIT", "“总体情况·举办次数”是下属单位的", "表1 A4"), False),
    ],
)
def test_what_was_wrong_with_the_field_falls_away_and_nothing_else(
    campaign: Campaign, objection: Finding, goes: bool
) -> None:
    found = corrected(campaign, form(objection), (DRILLS, "15"))
    assert (objection not in found.findings) is goes


def test_an_objection_to_two_fields_goes_with_either(campaign: Campaign) -> None:
    objection = said("FORM_FIELD_UNSURE", "识别不清", "表1 B4")
    found = corrected(campaign, form(objection), (DRILLS, "15"), ("overall.participants", "700"))
    assert objection not in found.findings


def test_a_field_that_had_no_place_is_no_objection_without_a_place(campaign: Campaign) -> None:
    """Two empty places are not the same cell."""
    objection = said("FORM_FIELD_EMPTY", "“填表人”未填写", "")
    nowhere = FieldValue(None, "", "")
    found = corrected(campaign, form(objection, overall__drills=nowhere), (DRILLS, "15"))
    assert objection in found.findings
    assert found.fields[DRILLS].where == ""


def test_what_the_person_says_is_itself_judged(campaign: Campaign) -> None:
    found = corrected(campaign, form(), (DRILLS, "许多"))
    assert found.fields[DRILLS].value is None
    assert "FORM_FIELD_UNREADABLE" in codes(found)
    assert found.verdict is Verdict.REJECTED


def test_the_checks_between_fields_are_asked_anew(campaign: Campaign) -> None:
    old = said("FORM_PEOPLE_WITHOUT_DRILL", "举办次数为0时，参演人数也应为0", "表1 A4")
    zero = FieldValue(0, "0", "表1 A4")
    assert "FORM_PEOPLE_WITHOUT_DRILL" not in codes(
        corrected(campaign, form(old, overall__drills=zero), (DRILLS, "3"))
    )
    assert codes(corrected(campaign, form(), (DRILLS, "0"))).count("FORM_PEOPLE_WITHOUT_DRILL") == 1


LATE = said("FORM_DATE_AFTER_ARRIVAL", "报出时间晚于收到日期", "表1 D1")


@pytest.mark.parametrize(
    ("field", "text", "arrived_on", "stays"),
    [
        (DRILLS, "15", None, True),  # the day of arrival is not known any more
        (DRILLS, "15", date(2017, 7, 4), True),
        ("reported_on", "2017年7月2日", date(2017, 7, 4), False),
        ("reported_on", "2017年7月9日", date(2017, 7, 4), True),
    ],
)
def test_the_date_of_the_report_is_asked_anew_only_where_it_was_corrected(
    campaign: Campaign, field: str, text: str, arrived_on: date | None, stays: bool
) -> None:
    found = corrected(campaign, form(LATE), (field, text), arrived_on=arrived_on)
    assert codes(found).count(LATE.code) == stays


def test_a_missing_seal_is_no_matter_of_a_figure(campaign: Campaign) -> None:
    seal = said("FORM_SEAL_MISSING", "未见公章", severity=Severity.WARNING)
    assert codes(corrected(campaign, form(seal), (DRILLS, "15"))).count(seal.code) == 1
    assert seal.code not in codes(corrected(campaign, form(), (DRILLS, "15")))


@pytest.mark.parametrize(
    ("raw", "text", "words"),
    [
        ("12", "15", "由“12”更正为“15”"),
        ("约 12\n次", "12", "由“约 12 次”更正为“12”"),
        ("", "12", "由“空”更正为“12”"),
        ("12", "", "由“12”更正为“空”"),
        ("字" * 61, "12", f"由“{'字' * 60}”更正为“12”"),
        ("12", "12", None),  # read with doubt, and right
        (" 12 ", "12", None),
    ],
)
def test_the_unit_is_told_what_stood_there_and_what_stands(
    campaign: Campaign, raw: str, text: str, words: str | None
) -> None:
    read = FieldValue(None, raw, "表1 A4")
    found = told(corrected(campaign, form(overall__drills=read), (DRILLS, text)))
    assert [words in one for one in found if words] == ([True] if words else [])
    assert len(found) == (words is not None)


def test_of_two_corrections_the_one_that_changes_nothing_is_not_told(campaign: Campaign) -> None:
    found = told(corrected(campaign, form(), (DRILLS, "12"), ("overall.participants", "700")))
    assert ["参演人数" in one for one in found] == [True]


UNSURE = said("FORM_FIELD_UNSURE", "识别不清", "表1 A4", Severity.WARNING)
UNSURE_ELSEWHERE = said("FORM_FIELD_UNSURE", "识别不清", "表1 B4", Severity.WARNING)
SUB_UNIT = said("FORM_SUB_UNIT", "是下属单位的", "表1 B1", Severity.WARNING)
VAGUE_ELSEWHERE = said("FORM_FIELD_VAGUE", "不是确数", "表1 B4")


@pytest.mark.parametrize(
    ("findings", "was", "becomes"),
    [
        ((), Verdict.ACCEPTED, Verdict.ACCEPTED),
        ((UNSURE,), Verdict.HELD, Verdict.ACCEPTED),
        ((UNSURE, UNSURE_ELSEWHERE), Verdict.HELD, Verdict.HELD),
        ((UNSURE, VAGUE_ELSEWHERE), Verdict.HELD, Verdict.REJECTED),
        ((UNSURE, SUB_UNIT), Verdict.HELD, Verdict.HELD),
        ((SUB_UNIT,), Verdict.HELD, Verdict.HELD),
        ((SUB_UNIT,), Verdict.ACCEPTED, Verdict.ACCEPTED),  # a person has let it count
        ((), Verdict.HELD, Verdict.HELD),  # for a reason that is no field's
        ((said("FORM_FIELD_VAGUE", "不是确数", "表1 A4"),), Verdict.REJECTED, Verdict.ACCEPTED),
    ],
)
def test_the_verdict_is_by_what_is_left(
    campaign: Campaign, findings: tuple[Finding, ...], was: Verdict, becomes: Verdict
) -> None:
    assert corrected(campaign, form(*findings, verdict=was), (DRILLS, "15")).verdict is becomes


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [(DRILLS, "15", 15), (DRILLS, "十五", 15), ("reported_on", "2017.7.3", "2017-07-03")],
)
def test_a_persons_words_mean_what_they_would_in_the_cell(
    campaign: Campaign, key: str, text: str, value: Any
) -> None:
    field = next(one for one in campaign.form.fields if one.key == key)
    assert value_of(field, text) == value
