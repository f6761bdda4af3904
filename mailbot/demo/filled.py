"""A form filled in so that every check of its own holds: what the demo sends of any folder."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from mailbot.campaign.forms import (
    AtLeastCheck,
    FormField,
    FormSpec,
    RatioCheck,
    RowField,
    SumCheck,
)
from mailbot.judgement.form.rows import Record
from mailbot.language import say
from mailbot.model import FieldValue
from mailbot.outbox.blankform.document import write_blank_document
from mailbot.outbox.blankform.workbook import write_blank_form

Value = str | int | float

_TOTAL = 12  # of every number that is no part of another one
_ID_NUMBER = "11010119900307109X"


def filled_form(
    spec: FormSpec,
    unit: str,
    day: date,
    *,
    as_word: bool = False,
    changed: Mapping[str, Value] = MappingProxyType({}),
) -> bytes:
    """The folder's own blank form, filled in for a unit, as .xlsx or .docx; `changed`: by a
    field's key what its value is instead, "" for none."""
    values = values_of(spec, unit, day) | dict(changed)
    write = write_blank_document if as_word else write_blank_form
    return write(spec, fields=_read(values), records=_records(spec, day))


def values_of(spec: FormSpec, unit: str, day: date) -> dict[str, Value]:
    """A value a field: totals are the sums of their parts, bounds are kept."""
    values = {one.key: _value(one, unit, day) for one in spec.fields}
    for check in spec.checks:
        if isinstance(check, AtLeastCheck) and check.field in values:
            values[check.field] = max(_number(values[check.field]), check.bound)
    sums = [check for check in spec.checks if isinstance(check, SumCheck)]
    for check in sums:  # from above: a total that is itself a part comes first
        _share_out(check, values)
    for check in spec.checks:
        if isinstance(check, RatioCheck) and {check.field, check.per} <= values.keys():
            most = check.bound * _number(values[check.per])
            values[check.field] = min(_number(values[check.field]), most)
    return values


def _share_out(check: SumCheck, values: dict[str, Value]) -> None:
    """The total over its parts: whole numbers, what is over to the first."""
    parts = [part for part in check.parts if part in values]
    if check.total not in values or not parts:
        return
    total = int(_number(values[check.total]))
    each = total // len(parts)
    for part in parts:
        values[part] = each
    values[parts[0]] = total - each * (len(parts) - 1)


def _number(value: Value) -> int | float:
    return value if isinstance(value, int | float) else _TOTAL


def _value(one: FormField | RowField, unit: str, day: date) -> Value:
    if one.choices:
        return one.choices[0]
    match one.type:
        case "unit":
            return unit
        case "person":
            return say("经办人甲")
        case "phone":
            return "13800138000"
        case "date":
            return day.isoformat()
        case "percent":
            return 95
        case "id_number":
            return _ID_NUMBER
        case "text":
            return say("情况正常")
        case _:
            return _TOTAL


def _records(spec: FormSpec, day: date) -> tuple[Record, ...]:
    if spec.rows is None:
        return ()
    return tuple(
        _read({one.key: _value(one, "", day) for one in spec.rows.fields})
        for _ in range(max(spec.rows.minimum, 3))
    )


def _read(values: Mapping[str, Value]) -> dict[str, FieldValue]:
    return {key: FieldValue(value, str(value), "") for key, value in values.items() if value != ""}
