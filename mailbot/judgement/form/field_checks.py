"""What is wrong with one field by itself.

Its findings carry stable codes: FORM_FIELD_EMPTY, FORM_FIELD_UNREADABLE, FORM_FIELD_VAGUE (about
how many, or a sum not worked out), FORM_FIELD_NEGATIVE, FORM_FIELD_CONTRADICTORY (stated twice,
differently), FORM_FIELD_UNSURE (recognised below the confidence bound, or a person may see
something else there: a person must look); of what a cell's doubts say, FORM_FIELD_NOT_CALCULATED
and FORM_FIELD_COLLAPSED, too.
"""

from collections.abc import Sequence

from mailbot.campaign.forms import FormField, FormSpec
from mailbot.judgement.form.doubted_cells import heaviest_doubt
from mailbot.judgement.form.values import (
    is_blank,
    is_inexact,
    is_of_unclear_unit,
    lacks_its_sign,
    parse_value,
)
from mailbot.language import Words, say
from mailbot.model import ILLEGIBLE, FieldValue, Finding, Severity

ABSENT = FieldValue(None, "", "")


_WANTED = Words(
    {
        "count": "整数",
        "money_wan": "以万元计的数字",
        "date": "完整的年月日",
        "phone": "电话号码",
        "unit": "单位名称",
        "person": "姓名",
        "text": "文字",
        "percent": "百分数",
        "choice": "所列选项之一",
        "number": "数字",
        "id_number": "18位公民身份号码",
    }
)


_FIXES = Words(
    {
        "count": "请填写阿拉伯数字，如12，没有的填0",
        "money_wan": "请填写以万元计的数字，如3.5，没有的填0",
        "date": "请按年月日填写，如2017年7月3日",
        "phone": "请填写手机号码或带区号的固定电话",
        "unit": "请填写填报单位全称",
        "person": "请填写填表人姓名",
        "text": "请填写文字",
        "percent": "请填写带百分号的数字，如95%",
        "choice": "请从所列选项中选填一项",
        "number": "请填写阿拉伯数字",
        "id_number": "请核对公民身份号码，共18位，末位可为X",
    }
)


_EXACT = Words(
    {
        "count": "用阿拉伯数字写成一个整数，如12，没有的填0",
        "money_wan": "用阿拉伯数字以万元计，如3.5，没有的填0",
    }
)


def judge_field(one: FormField, read: FieldValue, spec: FormSpec) -> Finding | None:
    """What is wrong with one field by itself."""
    severity = one.severity
    wanted = one.text or wanted_of(one.type, one.choices)
    fix = one.fix or _FIXES[one.type]
    shown = f"“{label_of(one)}”"
    raw = " ".join(read.raw.split()).replace(say("。"), say("．"))[:60]
    doubt = None if "；" in read.where else heaviest_doubt(read)
    if read.stored == raw == "0" and not one.required:
        return None  # a zero that the sheet shows as nothing, where nothing is asked for
    if doubt is not None:
        severity = doubt.severity or severity
        return _finding(
            doubt.code, severity, raw, wanted, read.where, doubt.told(shown, read), say(doubt.fix)
        )
    if is_blank(read.raw):
        if not one.required:
            return None
        code = "FORM_FIELD_EMPTY"
        wrong = (
            say("{shown}未填写", shown=shown)
            if read.where
            else say("表中未见{shown}一栏", shown=shown)
        )
        if raw:
            wrong = say("{shown}填写为“{raw}”，未填写内容", shown=shown, raw=raw)
        return _finding(code, severity, raw or say("未填写"), wanted, read.where, wrong, fix)
    if read.value is None and "；" in read.where:
        code, wrong = (
            "FORM_FIELD_CONTRADICTORY",
            say("{shown}有不一致的内容“{raw}”", shown=shown, raw=raw),
        )
        fix = say("请只保留本单位的一张统计表，并核对该项")
    elif read.value is None and read.confidence < spec.confidence_bound:
        said = say("未能识别") if raw == ILLEGIBLE else say("识别为“{raw}”，把握不足", raw=raw)
        code, wrong = "FORM_FIELD_UNSURE", f"{shown}{said}"
        severity = Severity.WARNING
        fix = say("已转请人工核对；请同时报送可编辑的统计表")
    elif (
        read.value is None
        and is_inexact(one.type, read.raw)
        and not (one.type == "percent" and lacks_its_sign(read.raw))
    ):
        unclear = is_of_unclear_unit(one.type, read.raw)
        # A number by itself: then it is its unit or the heading's that nothing is made of.
        strange = parse_value(one.type, read.raw) is not None
        doubtful = (
            say("不能确定以元计还是以万元计")
            if unclear
            else say("其计量单位与该栏不符或不能识别")
            if strange
            else say("不是确定的数")
        )
        code, wrong = (
            "FORM_FIELD_VAGUE",
            say("{shown}填写为“{raw}”，{doubtful}", shown=shown, raw=raw, doubtful=doubtful),
        )
        fix = say("请填写准确数字，{get}", get=_EXACT.get(one.type, say("用阿拉伯数字")))
    elif read.value is None or (one.type == "count" and not isinstance(read.value, int)):
        code, wrong = (
            "FORM_FIELD_UNREADABLE",
            say("{shown}填写为“{raw}”，应为{wanted}", shown=shown, raw=raw, wanted=wanted),
        )
    elif isinstance(read.value, int | float) and read.value < 0 and one.type != "number":
        code, wrong = (
            "FORM_FIELD_NEGATIVE",
            say("{shown}填写为“{raw}”，不应为负数", shown=shown, raw=raw),
        )
    else:
        return None
    return _finding(code, severity, raw, wanted, read.where, wrong, fix)


def wanted_of(kind: str, choices: Sequence[str] = ()) -> str:
    """What a field of this type asks for, in the office's words."""
    return say("以下之一：{names}", names=say("、").join(choices)) if choices else _WANTED[kind]


def _finding(
    code: str, severity: Severity, actual: str, wanted: str, where: str, wrong: str, fix: str
) -> Finding:
    place = say("{where}：", where=where) if where else ""
    return Finding(
        code, severity, actual, wanted, where, f"{place}{wrong}{fix and say('。{fix}', fix=fix)}"
    )


def label_of(one: FormField) -> str:
    """A field's name for a person: `总体情况·举办次数`."""
    return "·".join(one.path)
