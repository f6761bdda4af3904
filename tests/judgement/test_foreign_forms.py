"""A form that speaks for somebody else is held, and let go when that was a mistake."""

from dataclasses import replace

import pytest
from make.dossiers import finding, judged

from mailbot.campaign.types import Campaign
from mailbot.entries import AddressRecord
from mailbot.judgement.whose.evidence import attribute
from mailbot.judgement.whose.foreign_forms import hold_foreign_forms, reporting_unit
from mailbot.judgement.whose.names import UnitNames
from mailbot.model import FieldValue, Finding, Judged, Kind, Message, Severity, Verdict

WARNING = replace(finding("FORM_NO_SEAL", "未见印章"), severity=Severity.WARNING)


@pytest.fixture(scope="module")
def names(campaign: Campaign) -> UnitNames:
    return UnitNames(campaign)


def a_form(unit: str, *findings: Finding, verdict: Verdict | None = None) -> Judged:
    form = judged("统计表.xlsx", Kind.FORM, "xlsx", *findings, verdict=verdict)
    return replace(form, fields={"unit": FieldValue(unit, unit, "表1 B1")} if unit else {})


def codes(one: Judged) -> list[str]:
    return [each.code for each in one.findings]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("金水区", None),
        ("郑州市金水区人民政府", None),
        ("", None),
        ("花园路街道办事处", None),
        ("金水区城管局", "FORM_SUB_UNIT"),
        ("二七区", "FORM_OTHER_UNIT"),
    ],
)
def test_a_form_of_another_is_held_with_its_finding(
    names: UnitNames, written: str, code: str | None
) -> None:
    (form,) = hold_foreign_forms((a_form(written),), "金水区", names)
    assert codes(form) == ([code] if code else [])
    assert form.verdict is (Verdict.HELD if code else Verdict.ACCEPTED)
    assert reporting_unit(form) == written
    for each in form.findings:
        assert (each.actual, each.expected, each.where) == (written, "金水区", "表1 B1")
        assert each.severity is Severity.WARNING
        assert written in each.message


def test_where_no_unit_is_known_only_a_sub_unit_is_foreign(names: UnitNames) -> None:
    whole, part = hold_foreign_forms((a_form("二七区"), a_form("二七区城管局")), None, names)
    assert (codes(whole), codes(part)) == ([], ["FORM_SUB_UNIT"])
    assert part.findings[0].expected == "报送单位本级名称"


def test_a_rejected_form_stays_rejected(names: UnitNames) -> None:
    rejected = a_form("二七区", finding("FORM_NOT_READ", "x"))
    (form,) = hold_foreign_forms((rejected,), "金水区", names)
    assert form.verdict is Verdict.REJECTED
    assert codes(form) == ["FORM_NOT_READ", "FORM_OTHER_UNIT"]


def test_an_archive_is_held_for_the_form_in_it(names: UnitNames) -> None:
    packed = judged("表.zip", Kind.ARCHIVE, "zip", members=(a_form("二七区"), a_form("金水区")))
    (archive,) = hold_foreign_forms((packed,), "金水区", names)
    assert archive.verdict is Verdict.HELD
    assert [one.verdict for one in archive.members] == [Verdict.HELD, Verdict.ACCEPTED]
    broken = replace(packed, verdict=Verdict.REJECTED)
    assert hold_foreign_forms((broken,), "金水区", names)[0].verdict is Verdict.REJECTED
    own = replace(packed, members=(a_form("金水区"),))
    assert hold_foreign_forms((own,), "金水区", names) == (own,)


@pytest.mark.parametrize(
    ("others", "verdict"), [((), Verdict.ACCEPTED), ((WARNING,), Verdict.HELD)]
)
def test_what_was_held_for_another_unit_is_let_go(
    names: UnitNames, others: tuple[Finding, ...], verdict: Verdict
) -> None:
    """A form with a warning of its own waits for a person all the same."""
    (held,) = hold_foreign_forms((a_form("二七区", *others),), "金水区", names)
    assert held.verdict is Verdict.HELD
    (free,) = hold_foreign_forms((held,), "二七区", names)
    assert (codes(free), free.verdict) == ([one.code for one in others], verdict)


def test_a_form_held_for_its_own_reasons_stays_held(names: UnitNames) -> None:
    unsure = a_form("金水区", WARNING, verdict=Verdict.HELD)
    assert hold_foreign_forms((unsure,), "金水区", names) == (unsure,)
    rejected = a_form("二七区", finding("FORM_NOT_READ", "x"))
    (told,) = hold_foreign_forms((rejected,), "金水区", names)
    assert hold_foreign_forms((told,), "二七区", names)[0].verdict is Verdict.REJECTED


@pytest.mark.parametrize("sure", [True, False])
def test_a_stranger_s_name_that_was_hardly_legible_is_no_reason_to_know_nobody(
    names: UnitNames, sure: bool
) -> None:
    """水区人民政府, of 金水区 under a seal; its form is held by that field, the mail is not."""
    form = a_form("江海市安全生产监督管理局")
    if not sure:
        form = replace(form, fields={"unit": replace(form.fields["unit"], value=None)})
    mail = Message(subject="二七区演练材料", text="见附件")
    identity = attribute(mail, [form], AddressRecord(), names)
    assert identity.unit == (None if sure else "二七区")
    assert identity.held_reasons == (("unknown_unit",) if sure else ())


@pytest.mark.parametrize(
    ("enquiry", "record", "unit", "reasons"),
    [
        (True, AddressRecord(), None, ("enquiry",)),
        (True, AddressRecord("listed", "金水区"), "金水区", ()),
        (False, AddressRecord(), "金水区", ()),
    ],
)
def test_who_asks_from_an_address_of_no_unit_is_shown_no_dossier(
    names: UnitNames,
    enquiry: bool,
    record: AddressRecord,
    unit: str | None,
    reasons: tuple[str, ...],
) -> None:
    mail = Message(subject="金水区查询", text="请问还缺什么？")
    identity = attribute(mail, [], record, names, enquiry=enquiry)
    assert (identity.unit, identity.held_reasons) == (unit, reasons)


@pytest.mark.parametrize("verdict", [Verdict.ACCEPTED, Verdict.REJECTED])
def test_a_foreign_form_in_an_archive_holds_the_archive_that_was_in_order(
    names: UnitNames, verdict: Verdict
) -> None:
    archive = replace(
        judged("材料.zip", Kind.ARCHIVE, "zip", verdict=verdict), members=(a_form("二七区"),)
    )
    (whole,) = hold_foreign_forms((archive,), "金水区", names)
    assert whole.verdict is (Verdict.HELD if verdict is Verdict.ACCEPTED else Verdict.REJECTED)
    assert whole.members[0].verdict is Verdict.HELD
