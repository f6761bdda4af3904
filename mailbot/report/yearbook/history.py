"""What happened with one unit, in order: mails, answers, reminders, spot checks."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from mailbot.language import Words, say
from mailbot.ledger import replies, spotchecks
from mailbot.ledger.store import Ledger, moment
from mailbot.model import Dossier
from mailbot.report.yearbook.tables import Table, Value
from mailbot.wording.office import ANSWERS

_ADDRESSES = Words({"provisional": "自报，待确认", "confirmed": "已确认"})


def history_table(ledger: Ledger, dossier: Dossier, rows: Iterable[Mapping[str, Any]]) -> Table:
    """Every event that the ledger knows of the unit; `rows` are its arrivals."""
    events = sorted(_events(ledger, dossier, rows), key=lambda event: event[0])
    return Table(say("往来记录"), (say("时间"), say("事项"), say("说明")), tuple(events))


def _events(
    ledger: Ledger, dossier: Dossier, rows: Iterable[Mapping[str, Any]]
) -> Iterator[tuple[datetime, Value, Value]]:
    for row in rows:
        said = say(
            "第{id}号来信 {sender_address} {subject}",
            id=row["id"],
            sender_address=row["sender_address"] or "",
            subject=row["subject"] or "",
        )
        yield moment(row["arrived_at"]), say("收到来信"), said.strip()
    for row in ledger.rows(
        "SELECT address, status, since FROM addresses WHERE unit = ?", (dossier.unit,)
    ):
        yield (
            moment(row["since"]),
            say("登记发件邮箱"),
            say(
                "{address}（{addresses}）",
                address=row["address"],
                addresses=_ADDRESSES[row["status"]],
            ),
        )
    for row in replies.of_unit(ledger, dossier.unit):
        what = ANSWERS.get(row["kind"] or "", say("答复"))
        said = say("{number} 致 {address}", number=row["number"], address=row["address"])
        if row["composed_at"]:
            yield moment(row["composed_at"]), say("拟定{what}", what=what), said
        if row["sent_at"]:
            yield moment(row["sent_at"]), say("发出{what}", what=what), said
    if dossier.completed_at is not None:
        yield dossier.completed_at, say("材料齐全"), ""
    for draw in spotchecks.draws(ledger):
        if any(drawn.unit == dossier.unit for drawn in draw.units):
            yield (
                draw.drawn_at,
                say("抽查抽中"),
                say("第{id}批，种子 {seed}", id=draw.id, seed=draw.seed),
            )
    for one in spotchecks.inspections(ledger):
        if one.unit == dossier.unit:
            yield one.entered_at, say("登记抽查结果"), f"{one.result} {one.note}".strip()
