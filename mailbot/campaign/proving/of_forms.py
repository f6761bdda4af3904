"""Forms whose parts do not agree: labels, keys, headings, choices, checks."""

from collections.abc import Iterator

from mailbot.campaign.forms import (
    AtLeastCheck,
    DateCheck,
    FormField,
    FormSpec,
    RatioCheck,
    RowField,
    SumCheck,
    ZeroCheck,
)
from mailbot.campaign.proving.places import Sources, nearest, twins


def wrong_in_form(form: FormSpec, slot: str, sources: Sources) -> Iterator[str]:
    """What in a form does not agree, each with its file, key and line."""
    keys = [field.key for field in form.fields]
    for number, key in twins(keys):
        yield f"{sources.form_at(slot, 'fields', number, 'key')}: the key {key} stands twice"
    for number, field in enumerate(form.fields):
        for label in field.path:
            if label not in form.labels:
                where = sources.form_at(slot, "fields", number, "path")
                yield (
                    f"{where}: {field.key}: the label {label!r} is not under labels"
                    f"{nearest(label, form.labels)}; a new one is written there: {label}: []"
                )
    if form.rows is not None:
        for number, column in enumerate(form.rows.fields):
            if column.path[0] not in form.rows.heading:
                where = sources.form_at(slot, "rows", "fields", number, "path")
                yield (
                    f"{where}: {column.path[0]!r} is no word of the heading"
                    f" ({'、'.join(form.rows.heading)})"
                )
            yield from _choices(column, sources.form_at(slot, "rows", "fields", number))
    for number, field in enumerate(form.fields):
        yield from _choices(field, sources.form_at(slot, "fields", number))
    for number, check in enumerate(form.checks):
        used: tuple[tuple[str, str], ...] = ()
        if isinstance(check, SumCheck):
            used = (("total", check.total), *(("parts", part) for part in check.parts))
        elif isinstance(check, ZeroCheck):
            used = (("field", check.field), ("other", check.other))
        elif isinstance(check, RatioCheck):
            used = (("field", check.field), ("per", check.per))
        elif isinstance(check, AtLeastCheck | DateCheck):
            used = (("field", check.field),)
        for name, key in used:
            if key not in keys:
                where = sources.form_at(slot, "checks", number, name)
                yield f"{where}: {check.code}: no field has the key {key}{nearest(key, keys)}"


def _choices(one: FormField | RowField, where: str) -> Iterator[str]:
    if (one.type == "choice") != bool(one.choices):
        yield f"{where}: {one.key}: `choices` go with the type choice, and only with it"
