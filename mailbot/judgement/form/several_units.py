"""Several units' tables in one file: which of them is the sender's, or that only a person can say.

A district sends one workbook with a sheet for itself and one for each of its streets; a clerk
packs two districts into one. Only where every table states its own 填报单位 can they be told apart.
"""

from collections.abc import Mapping, Sequence

from mailbot.campaign.forms import FormSpec
from mailbot.campaign.types import Campaign
from mailbot.judgement.form.fields import extract_fields
from mailbot.judgement.whose.names import UnitNames, plain
from mailbot.language import say
from mailbot.model import FieldValue, Finding, Grid, Severity

CODE = "FORM_SEVERAL_UNITS"
_FEWEST = 3  # stated figures that make a table a form of its own
_MOST_TABLES = 200
_MOST_NAMED = 6


def tables_by_unit(
    fields: Mapping[str, FieldValue], grids: Sequence[Grid], spec: FormSpec
) -> dict[str, Grid]:
    """The tables of a file by the unit each states; empty unless at least two different do.

    `fields`: what was read of all grids together, where such a file contradicts itself.
    """
    unit = fields.get("unit")
    if unit is None:
        return {}
    contradictory = unit.value is None and "；" in unit.where
    copies_of_our_form = sum(bool(grid.names) for grid in grids) > 1
    if not (contradictory or copies_of_our_form):
        return {}
    figures = [field.key for field in spec.fields if field.place == "table"]
    found: dict[str, Grid] = {}
    for grid in [grid for grid in grids if grid.is_table][:_MOST_TABLES]:
        alone = extract_fields((grid,), spec)
        stated = alone["unit"].value
        if isinstance(stated, str) and sum(alone[key].value is not None for key in figures) >= min(
            _FEWEST, len(figures)
        ):
            found.setdefault(plain(stated), grid)
    return found if len(found) > 1 else {}


def table_of_a_unit(tables: Mapping[str, Grid], campaign: Campaign) -> Grid | None:
    """The one table whose 填报单位 is a unit of the campaign itself, not a part of one."""
    names = UnitNames(campaign)
    own = [
        grid
        for name, grid in tables.items()
        if (match := names.match_name(name)) is not None and match.unit and not match.sub_unit
    ]
    return own[0] if len(own) == 1 else None


def several_units(tables: Mapping[str, Grid], *, chosen: Grid | None) -> Finding:
    """What is said of such a file: which table counts, or that a person must look."""
    named = say("、").join(list(tables)[:_MOST_NAMED]) + (
        say("等") if len(tables) > _MOST_NAMED else ""
    )
    actual = say("文件内有{count}个单位的统计表（{named}）", count=len(tables), named=named)
    if chosen is None:
        severity, words = Severity.WARNING, say("须由工作人员核对。请每个单位单独报送一份统计表")
    else:
        severity, words = (
            Severity.NOTICE,
            say("按“{title}”表核验，其余各表不计入", title=chosen.title),
        )
    return Finding(
        CODE,
        severity,
        actual,
        say("一份统计表"),
        "",
        say("{actual}，{words}", actual=actual, words=words),
    )
