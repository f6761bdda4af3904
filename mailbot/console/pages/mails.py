"""来信: every mail, filtered and searched; and one mail with all that came of it."""

import json
from pathlib import Path
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import Response

from mailbot.console.addresses import address_of, unit_address
from mailbot.console.routes import Visit, page
from mailbot.console.settling import offer_text
from mailbot.console.words_of_mail import FILTERS, HELD, PLACES, SOURCES, marked
from mailbot.inspection.previews.outline import Outline
from mailbot.ledger import audit
from mailbot.ledger import console as asked
from mailbot.ledger.arrivals import arrival_row, files_of, links_of
from mailbot.ledger.facts import body_text
from mailbot.ledger.replies import reply_row
from mailbot.ledger.search import is_filled
from mailbot.model import BODY_NAME
from mailbot.report.digest.choices import Offer
from mailbot.report.digest.gather import OFFICE_ANSWER
from mailbot.report.digest.words import no_answer_words
from mailbot.wording.office import (
    ANSWERS,
    ARRIVAL_STATES,
    REPLY_STATES,
    SEVERITIES,
    VERDICTS,
    kind_label,
)
from mailbot.wording.phrases import expiry_words, measured, provider_name

_SHOWN = 60_000  # characters of a body on its page


def mails(visit: Visit) -> Response:
    """With `part` in the address only the list, for the script that searches while typing."""
    words, only = visit.asked("q")[:200], visit.asked("only")
    before = visit.number_asked("before", 0) or None
    rows = asked.mails(
        visit.ledger,
        asked=words,
        only=only if only in FILTERS else "",  # type: ignore[arg-type]  # one of its keys
        unit=visit.asked("unit"),
        sender=visit.asked("sender"),
        before=before,
        most=asked.PAGE + 1,
    )
    shown = rows[: asked.PAGE]
    return visit.render(
        "mails_rows.html.j2" if visit.asked("part") else "mails.html.j2",
        title=visit.say("来信"),
        rows=shown,
        files=asked.files_of_arrivals(visit.ledger, [row["id"] for row in shown]),
        next=shown[-1]["id"] if len(rows) > asked.PAGE else None,
        is_first=before is None,
        is_filled=is_filled(visit.ledger),
        filters=FILTERS,
        places=PLACES,
        marked=marked,
        asked={name: visit.asked(name) for name in ("q", "only", "unit", "sender")},
        **_words(visit),
    )


def mail(visit: Visit) -> Response:
    """Whose it is and why, what it brought, what was answered or why not."""
    row = _row(visit)
    judged = files_of(row)
    beside = asked.beside(visit.ledger, row["id"])
    body = next((one.sha256 for one in judged if one.name == BODY_NAME), "")
    return visit.render(
        "mail.html.j2",
        title=visit.say("来信 ") + str(row["id"]),
        row=row,
        judged=judged,
        text=(body_text(visit.ledger, body) or "")[:_SHOWN] if body else "",
        links=links_of(row),
        defects=json.loads(row["defects_json"] or "[]"),
        is_kept=_kept(visit, row) is not None,
        reply=reply_row(visit.ledger, row["reply"]) if row["reply"] else None,
        offer="" if row["unit"] else offer_text(Offer("assign", str(row["id"]))),
        seen=audit.last_number(visit.ledger),
        before=beside[0],
        after=beside[1],
        today=visit.now.astimezone(visit.campaign.zone).date(),
        expiry_words=expiry_words,
        provider_name=provider_name,
        **_words(visit),
    )


def source(visit: Visit) -> Response:
    """Its headers, parts and text, as a confined worker reads them from the raw message."""
    row = _row(visit)
    path = _kept(visit, row)
    if path is None:
        raise HTTPException(404)
    answer = visit.console.previews.ask(Outline(path, "mail.eml", path.parent))
    return visit.render(
        "mail_source.html.j2",
        title=visit.say("邮件结构 ") + str(row["id"]),
        row=row,
        outline=answer.facts if answer and not answer.faults else {},
    )


def _kept(visit: Visit, row: dict[str, Any]) -> Path | None:
    """Where the raw message lies, if it is there."""
    # The office's answer to a digest bears the codes by which it decides.
    if row["no_answer_reason"] == OFFICE_ANSWER and not visit.may("clerk"):
        return None
    path = visit.console.settings.paths.data / (row["spool_path"] or "-")
    return path if row["spool_path"] and path.is_file() else None


def raw(visit: Visit) -> Response:
    """The message as it came, to be saved."""
    row = _row(visit)
    path = _kept(visit, row)
    if path is None:
        raise HTTPException(404)
    return visit.attachment(path, f"{visit.say('来信')}{row['id']}.eml")


def _row(visit: Visit) -> dict[str, Any]:
    row = arrival_row(visit.ledger, visit.number("arrival"))
    if row is None:
        raise HTTPException(404)
    return row


def _words(visit: Visit) -> dict[str, Any]:
    return {
        "states": ARRIVAL_STATES,
        "answers": ANSWERS,
        "reply_states": REPLY_STATES,
        "verdicts": VERDICTS,
        "severities": SEVERITIES,
        "no_answer_words": no_answer_words,
        "held_words": lambda row: [
            HELD.get(code, code) for code in json.loads(row["held_json"] or "[]")
        ],
        "sources": SOURCES,
        "measured": measured,
        "kind_label": lambda judged: kind_label(visit.campaign, judged),
        "address_of": address_of,
        "unit_address": unit_address,
        "zone": visit.campaign.zone,
    }


routes = [
    page("/mails", mails, needs="viewer"),
    page("/mails/{arrival}", mail, needs="viewer"),
    page("/mails/{arrival}/source", source, needs="viewer"),
    page("/mails/{arrival}/raw", raw, needs="viewer"),
]
