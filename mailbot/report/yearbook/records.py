"""Repeating rows of the forms in force (签到表, 名册), a sheet for each form that has some."""

from collections.abc import Iterator, Mapping

from mailbot.campaign.forms import FormRows
from mailbot.campaign.types import Campaign
from mailbot.language import fact, say
from mailbot.model import Dossier, DossierFile, Json
from mailbot.report.yearbook.tables import Table, Value


def record_tables(campaign: Campaign, board: list[Dossier]) -> Iterator[Table]:
    """Every record of every form that counts, with the unit, the file and the cells it is from."""
    specs = {"form": campaign.form, **campaign.forms}
    for material in campaign.materials:
        spec = specs.get(material.slot)
        if spec is None or spec.rows is None:
            continue
        columns = (say("报送单位"), *(one.path[0] for one in spec.rows.fields))
        yield Table(
            say("{label}明细", label=material.label),
            (
                *columns,
                say("原文"),
                say("位置"),
                say("文件名"),
                say("来信编号"),
                say("收件时间"),
                "SHA-256",
            ),
            tuple(
                _line(dossier.unit, file, record, spec.rows)
                for dossier in board
                if material.slot in dossier.slots
                for file in dossier.slots[material.slot].files
                if file.counts
                for record in _records(file, spec.rows)
            ),
        )


def _records(file: DossierFile, rows: FormRows) -> list[Mapping[str, Json]]:
    stored = file.judged.facts.get("rows")
    records = stored.get(rows.key) if isinstance(stored, dict) else None
    return [one for one in records if isinstance(one, dict)] if isinstance(records, list) else []


def _line(
    unit: str, file: DossierFile, record: Mapping[str, Json], rows: FormRows
) -> tuple[Value, ...]:
    read = [one if isinstance(one := record.get(field.key), dict) else {} for field in rows.fields]
    values = [one.get("value") for one in read]
    return (
        unit,
        *(value if isinstance(value, str | int | float) else None for value in values),
        say("；").join(str(one.get("raw", "")) for one in read),
        say("、").join(fact(str(one.get("where", ""))) for one in read),
        file.judged.name,
        file.arrival,
        file.arrived_at,
        file.judged.sha256,
    )
