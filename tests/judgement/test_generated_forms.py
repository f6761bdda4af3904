"""A random filled form × layout × format comes back; a wrong one gives the planted findings."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from make.form_files import UNMERGED_WRITERS, WRITERS
from make.form_layouts import LAYOUTS, UNMERGED
from make.forms import Filled, Readings, filled_forms, shipped_spec

from mailbot.campaign.forms import FormSpec
from mailbot.inspection.documents.probe import read_document
from mailbot.judgement.form.checks import judge_form
from mailbot.judgement.form.fields import extract_fields, recognise_form
from mailbot.model import FieldValue

SPECS = {name: shipped_spec(f"{name}-2017") for name in ("zhengzhou", "jianghai")}
ARRIVED = date(2017, 7, 4)
_generated = settings(
    max_examples=4,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],  # shrinking a form with files in it takes longer than reading it
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
Writer = Callable[[Filled], bytes]


def read_back(filled: Filled, write: Writer, path: Path) -> Mapping[str, FieldValue]:
    """The fields of the form, written to a file and read from it."""
    path.write_bytes(write(filled))
    document = read_document(path, path.suffix[1:])
    assert document.faults == ()
    assert recognise_form(document.grids, document.text, "附件.dat", filled.spec)
    return extract_fields(document.grids, filled.spec)


@pytest.mark.parametrize("campaign", SPECS)
@pytest.mark.parametrize("format", [*WRITERS, *UNMERGED_WRITERS])
def test_a_form_of_any_layout_comes_back_from_any_format(
    campaign: str, format: str, tmp_path: Path
) -> None:
    merged = format in WRITERS
    write = (WRITERS | UNMERGED_WRITERS)[format]
    forms = filled_forms(SPECS[campaign], tuple(LAYOUTS) if merged else UNMERGED, merged)

    readings = Readings()

    @_generated
    @given(forms)
    def round_trip(filled: Filled) -> None:
        readings.add(read_back(filled, write, tmp_path / f"form.{format}"), filled)

    round_trip()
    readings.close()


RIGHT = {
    "unit": "测试区安监局",
    "reported_on": "2017年7月3日",
    "filled_by": "填表人甲",
    "phone": "0371-67182119",
    "overall.drills": "12",
    "overall.participants": "300",
    "overall.spend_wan": "6",
    "overall.observers": "40",
    "overall.joint_drills": "1",
    "by_organiser.government.drills": "3",
    "by_organiser.government.participants": "100",
    "by_organiser.government.spend_wan": "1",
    "by_organiser.enterprise.drills": "8",
    "by_organiser.enterprise.participants": "180",
    "by_organiser.enterprise.spend_wan": "4.5",
    "by_organiser.other.drills": "1",
    "by_organiser.other.participants": "20",
    "by_organiser.other.spend_wan": "0.5",
    "by_form.live": "9",
    "by_form.tabletop": "3",
    "by_scope.comprehensive": "2",
    "by_scope.single": "10",
}
# what a unit writes by mistake → the finding it must get; none concerns another one's field
FAULTS = {
    ("unit", ""): "FORM_FIELD_EMPTY",
    ("reported_on", "2017年7月5日"): "FORM_DATE_AFTER_ARRIVAL",
    ("filled_by", "/"): "FORM_FIELD_EMPTY",
    ("phone", "见通讯录"): "FORM_FIELD_UNREADABLE",
    ("overall.participants", "约300人"): "FORM_FIELD_VAGUE",
    ("by_organiser.enterprise.participants", "近200"): "FORM_FIELD_VAGUE",
    ("overall.participants", "-300"): "FORM_FIELD_NEGATIVE",
    ("overall.observers", "若干"): "FORM_FIELD_VAGUE",
    ("overall.joint_drills", "0"): "FORM_JOINT_DRILL_MISSING",
    ("by_organiser.other.drills", "5"): "FORM_SUM_DRILLS",
    ("by_organiser.other.spend_wan", "0.6"): "FORM_SUM_SPEND",
    ("by_form.live", "10"): "FORM_SUM_BY_FORM",
    ("by_scope.single", "12次"): "FORM_SUM_BY_SCOPE",
}


@pytest.mark.parametrize("format", ["xlsx", "docx", "html", "ods", "rtf"])
def test_planted_faults_give_exactly_their_findings_whatever_the_layout(
    format: str, tmp_path: Path
) -> None:
    @_generated
    @given(st.data())
    def planted(data: st.DataObject) -> None:
        faults = data.draw(
            st.lists(st.sampled_from(sorted(FAULTS)), max_size=4, unique_by=lambda one: one[0])
        )
        spec: FormSpec = SPECS["zhengzhou"]
        filled = data.draw(filled_forms(spec, given=RIGHT | dict(faults)))
        fields = read_back(filled, WRITERS[format], tmp_path / f"form.{format}")
        findings = judge_form(fields, spec, seal=True, arrived_on=ARRIVED)
        assert Counter(finding.code for finding in findings) == Counter(
            FAULTS[fault] for fault in faults
        ), filled.layout
        for finding in findings:  # the cell and the raw text stand in the words of each
            assert finding.message.startswith(f"{finding.where}：")
            assert finding.actual in finding.message

    planted()
