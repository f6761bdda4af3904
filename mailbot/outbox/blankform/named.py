"""The blank form with a unit's name on it, as a reply encloses it where none came.

On the day before the deadline most replies ask for the form. It is drawn once, and for each unit
only its name is put in: the drawing takes a hundred times as long.
"""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from mailbot.campaign.forms import FormSpec
from mailbot.language import spoken
from mailbot.model import FieldValue
from mailbot.outbox.blankform.layout import harmless
from mailbot.outbox.blankform.workbook import write_blank_form
from mailbot.wording.phrases import FORMULA_START

_NAME = "the-unit-that-is-asked"
_KEPT = 8  # forms of one process: an office has one or two, a fleet some more


@dataclass(frozen=True, slots=True)
class _Drawn:
    spec: FormSpec
    units: tuple[str, ...]
    sheet_name: str
    language: str
    rest: bytes  # the workbook without the parts that bear the unit's name
    parts: tuple[tuple[str, tuple[bytes, ...]], ...]  # and those, cut where it stands

    def is_of(self, spec: FormSpec, *others: object) -> bool:
        return self.spec is spec and others == (self.units, self.sheet_name, self.language)


_drawn: tuple[_Drawn, ...] = ()  # replaced, never changed: offices of a fleet have threads


def blank_form_for(
    unit: str, spec: FormSpec, *, units: Sequence[str] = (), sheet_name: str = ""
) -> bytes:
    """`write_blank_form` with the unit's name in it, and nothing else; the same to every reader.

    Its properties bear the moment at which the form was drawn, not that of this copy.
    """
    if unit != harmless(unit).strip() or not unit or FORMULA_START.match(unit) or "_x" in unit:
        return _draw(unit, spec, units, sheet_name)  # such a name is written in another way
    drawn = _drawn_of(spec, tuple(units), sheet_name, spoken())
    packed = io.BytesIO()
    packed.write(drawn.rest)
    with zipfile.ZipFile(packed, "a", zipfile.ZIP_DEFLATED) as workbook:
        name = escape(unit, quote=False).encode()
        for part, pieces in drawn.parts:
            workbook.writestr(part, name.join(pieces))
    return packed.getvalue()


def with_name(unit: str, spec: FormSpec) -> dict[str, FieldValue]:
    """What is known of a form that was never filled: whose it is."""
    return {
        one.key: FieldValue(unit, unit, "")
        for one in spec.fields
        if one.type == "unit" and one.place != "table"
    }


def _draw(unit: str, spec: FormSpec, units: Sequence[str], sheet_name: str) -> bytes:
    return write_blank_form(spec, fields=with_name(unit, spec), units=units, sheet_name=sheet_name)


def _drawn_of(spec: FormSpec, units: tuple[str, ...], sheet_name: str, language: str) -> _Drawn:
    global _drawn
    for one in _drawn:
        if one.is_of(spec, units, sheet_name, language):
            return one
    rest, parts = io.BytesIO(), []
    with (
        zipfile.ZipFile(io.BytesIO(_draw(_NAME, spec, units, sheet_name))) as whole,
        zipfile.ZipFile(rest, "w", zipfile.ZIP_DEFLATED) as others,
    ):
        for part in whole.namelist():
            pieces = tuple(whole.read(part).split(_NAME.encode()))
            if len(pieces) == 1:
                others.writestr(part, pieces[0])
            else:
                parts.append((part, pieces))
    fresh = _Drawn(spec, units, sheet_name, language, rest.getvalue(), tuple(parts))
    _drawn = (fresh, *_drawn[: _KEPT - 1])
    return fresh
