"""One mail of ours as it was sent, or as it will be."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response

from mailbot.console.addresses import unit_address
from mailbot.console.routes import SANDBOX, Visit, page
from mailbot.ledger.replies import arrivals_answered_by, reply_row
from mailbot.wording.office import ANSWERS, REPLY_STATES

_TO_UNITS = ("reply", "reminder")


def reply(visit: Visit) -> Response:
    row = _row(visit)
    message = _message(row)
    text = message.get_body(("plain",)) if message else None
    return visit.render(
        "reply.html.j2",
        title=visit.say(ANSWERS.get(row["kind"] or row["purpose"], "答复")) + f" {row['number']}",
        row=row,
        subject=str(message["Subject"]) if message else "",
        text=str(text.get_content()) if text else "",
        has_html=bool(message and message.get_body(("html",))),
        files=[part.get_filename() or "" for part in message.iter_attachments()] if message else [],
        answered=[one["id"] for one in arrivals_answered_by(visit.ledger, row["id"])],
        reply_states=REPLY_STATES,
        unit_address=unit_address,
        zone=visit.campaign.zone,
    )


def as_page(visit: Visit) -> Response:
    """Its HTML, in a frame without script, form or way out."""
    message = _message(_row(visit))
    body = message.get_body(("html",)) if message else None
    if body is None:
        raise HTTPException(404)
    headers = {
        "content-security-policy": f"{SANDBOX}; frame-ancestors 'self'",
        "x-frame-options": "SAMEORIGIN",
    }
    return HTMLResponse(str(body.get_content()), headers=headers)


def raw(visit: Visit) -> Response:
    """Its octets, to be saved."""
    row = _row(visit)
    if not row["raw"]:
        raise HTTPException(404)
    headers = {
        "content-disposition": f'attachment; filename="reply-{row["id"]}.eml"',
        "content-security-policy": SANDBOX,
    }
    return Response(row["raw"], media_type="application/octet-stream", headers=headers)


def _row(visit: Visit) -> dict[str, Any]:
    row = reply_row(visit.ledger, visit.number("reply"))
    if row is None:
        raise HTTPException(404)
    # A digest bears the codes by which the office decides.
    if row["purpose"] not in _TO_UNITS and not visit.may("clerk"):
        raise HTTPException(403, "role")
    return row


def _message(row: dict[str, Any]) -> EmailMessage | None:
    message = message_from_bytes(row["raw"], policy=policy.default) if row["raw"] else None
    return message if isinstance(message, EmailMessage) else None


routes = [
    page("/replies/{reply}", reply, needs="viewer"),
    page("/replies/{reply}/page", as_page, needs="viewer"),
    page("/replies/{reply}/raw", raw, needs="viewer"),
]
