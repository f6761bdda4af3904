"""The JSON others build on (CONTRACT: JSON of `check`, JSON of `status`)."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from mailbot.model import (
    CloudLink,
    Dossier,
    DossierFile,
    Finding,
    Judged,
    Kind,
    Message,
    NoAnswer,
    Slot,
)


def judged_json(
    judged: Judged, path: str, mail_of: Callable[[Judged], dict[str, Any] | None] | None = None
) -> dict[str, Any]:
    """R of `check`: `path` is the PATH it came from, then the names inside it, "/"-joined.

    `mail_of` is asked for the `mail` part of every file of kind mail.
    """
    result: dict[str, Any] = {
        "path": path,
        "name": judged.name,
        "sha256": judged.sha256,
        "size": judged.size,
        "kind": judged.kind,
        "format": judged.format,
        "verdict": judged.verdict,
        "facts": dict(judged.facts),
        "findings": [finding_json(finding) for finding in judged.findings],
        "members": [
            judged_json(member, f"{path}/{member.name}", mail_of) for member in judged.members
        ],
    }
    mail = mail_of(judged) if mail_of is not None and judged.kind is Kind.MAIL else None
    return result if mail is None else result | {"mail": mail}


def finding_json(finding: Finding) -> dict[str, Any]:
    """One finding, every key always present."""
    return {
        "code": finding.code,
        "severity": finding.severity,
        "actual": finding.actual,
        "expected": finding.expected,
        "where": finding.where,
        "message": finding.message,
    }


def mail_json(message: Message, unit: str | None, no_answer: NoAnswer | None) -> dict[str, Any]:
    """The `mail` part of R."""
    return {
        "message_id": message.message_id,
        "subject": message.subject,
        "from": asdict(message.sender),
        "date": message.date.isoformat() if message.date else None,
        "unit": unit,
        "answer": no_answer is None,
        "no_answer_reason": no_answer.code if no_answer else None,
        "links": [link_json(link) for link in message.links],
        "defects": list(message.defects),
    }


def link_json(link: CloudLink) -> dict[str, Any]:
    """One announced link."""
    return {
        "provider": link.provider,
        "url": link.url,
        "name": link.name,
        "size": link.size,
        "expires": link.expires,
        "password": link.password,
    }


def dossier_json(dossier: Dossier) -> dict[str, Any]:
    """One unit of `status`."""
    return {
        "unit": dossier.unit,
        "expected": dossier.expected,
        "state": dossier.state,
        "punctuality": dossier.punctuality,
        "slots": {name: _slot_json(slot) for name, slot in dossier.slots.items()},
        "first_arrival": _time(dossier.first_arrival),
        "last_arrival": _time(dossier.last_arrival),
    }


def _slot_json(slot: Slot) -> dict[str, Any]:
    return {
        "verdict": slot.verdict,
        "waived": slot.waived,
        "files": [_file_json(file) for file in slot.files],
        "findings": [
            finding_json(finding)
            for file in slot.files
            if not file.superseded
            for finding in file.judged.findings
        ]
        + [finding_json(finding) for finding in slot.findings],
        "links": [link_json(link.link) for link in slot.links],
    }


def _file_json(file: DossierFile) -> dict[str, Any]:
    return {
        "name": file.judged.name,
        "sha256": file.judged.sha256,
        "size": file.judged.size,
        "verdict": file.judged.verdict,
        "counts": file.counts,
        "superseded": file.superseded,
        "arrival": file.arrival,
        "arrived_at": _time(file.arrived_at),
        "from": file.decided_by_address,
        "source": file.judged.source,
    }


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def row_json(row: Mapping[str, Any]) -> dict[str, Any]:
    """A ledger row as it stands, without octets."""
    return {key: value for key, value in row.items() if not isinstance(value, bytes)}
