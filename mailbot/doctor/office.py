"""What the office set: whose addresses, who reads the digest, what leaves, what the rules say."""

import stat
from collections.abc import Iterator
from pathlib import Path

from mailbot.doctor.check import Check, Patient, ok, skipped, warning
from mailbot.settings.mail import Imap, Smtp


def examine_office(patient: Patient) -> Iterator[Check]:
    """Lines secrets, addresses, office, outbox_mode."""
    yield _secrets(patient)
    yield _addresses(patient)
    yield _office(patient)
    yield _mode(patient)


def _secrets(patient: Patient) -> Check:
    read: set[Path] = set()
    empty: list[str] = []
    for name, section in (("imap", patient.settings.imap), ("smtp", patient.settings.smtp)):
        if section is None:
            continue
        if section.secret_source is not None and section.secret_source.is_file():
            read.add(section.secret_source)
        if not section.password.get_secret_value() and _logs_in(section):
            empty.append(f"[{name}]")
    if empty:
        text = f"no password in {' and '.join(empty)}"
        return warning("secrets", text, "write it into a file of its own and name password_file")
    seen = [one for one in sorted(read) if stat.S_IMODE(one.stat().st_mode) & 0o077]
    if seen:
        names = " ".join(map(str, seen))
        return warning("secrets", f"others can read {names}", f"chmod 600 {names}")
    return ok("secrets", "the passwords are private")


def _logs_in(section: Imap | Smtp) -> bool:
    return bool(section.username)


def _addresses(patient: Patient) -> Check:
    if patient.campaign is None:
        return skipped("addresses", "not looked at: the rules cannot be read")
    mailbox = patient.campaign.mailbox
    told = patient.settings.mailbox_differences(mailbox)
    if not told:
        return ok("addresses", f"account, sender and the campaign's mailbox are {mailbox}")
    remedy = (
        "where they are meant to be one: correct [imap] username, [smtp] from_address, or"
        " mailbox of campaign.yaml"
    )
    return warning("addresses", told, remedy)


def _office(patient: Patient) -> Check:
    addresses = patient.settings.office.addresses
    if addresses:
        return ok("office", f"the digest goes to {', '.join(addresses)}")
    remedy = "set [office] addresses; without it nobody hears of what waits for a person"
    return warning("office", "the digest goes to nobody", remedy)


def _mode(patient: Patient) -> Check:
    match patient.settings.outbox.mode:
        case "shadow":
            remedy = (
                'read mailbot outbox list, then set [outbox] mode = "approve", later "live",'
                " and: mailbot outbox adopt --all"
            )
            return warning("outbox_mode", "shadow: replies are written, none is sent", remedy)
        case "approve":
            return ok("outbox_mode", "approve: each reply waits for: mailbot outbox approve")
        case _:
            return ok("outbox_mode", "live: replies leave by themselves")
