"""The mailbox: reached, logged in, its folders there, and old mail not hidden from programs."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import partial

from mailbot.doctor.check import Check, Patient, failed, ok, skipped, warning
from mailbot.doctor.servers import TIMEOUT_S, reach
from mailbot.doctor.words import login_remedy
from mailbot.errors import MailbotError
from mailbot.inbox.mailboxes.imap_session import ImapAccount, ImapSession, folders_there
from mailbot.inbox.mailboxes.imap_stream import StreamingClient
from mailbot.settings.mail import Imap
from mailbot.settings.providers import provider_at

_STEPS = ("dns", "connect", "tls", "login", "id", "capabilities", "folders", "old_mail")
# 收取30天: NetEase and QQ show programs the last 30 days alone, and say nothing of it.
_SHOWN = timedelta(days=32)
_LOOKED_AT = 50


def examine_imap(patient: Patient) -> Iterator[Check]:
    """Lines imap_dns … imap_old_mail; what cannot be looked at any more is skipped."""
    imap = patient.settings.imap
    if imap is None:
        assert patient.settings.maildir is not None
        yield _maildir(patient)
        return
    done = set()
    for check in _lines(patient, imap):
        done.add(check.name)
        yield check
    for step in _STEPS:
        if f"imap_{step}" not in done:
            yield skipped(f"imap_{step}", "not looked at: what comes before it failed")


def _maildir(patient: Patient) -> Check:
    folder = patient.settings.maildir.path if patient.settings.maildir else None
    if folder is not None and folder.is_dir():
        return ok("maildir", f"{folder} is there")
    return failed("maildir", f"{folder} is no folder", "correct [maildir] path, or make the folder")


def _lines(patient: Patient, imap: Imap) -> Iterator[Check]:
    for check in reach("imap", imap, patient.now):
        yield check
        if check.state == "failed":
            return
    provider = provider_at(imap.host)
    try:
        session = ImapSession(
            ImapAccount(
                imap.host,
                imap.port,
                imap.security,
                str(imap.ca_file or ""),
                imap.username,
                imap.password.get_secret_value(),
                TIMEOUT_S,
                imap.allow_cleartext,
            )
        )
    except MailbotError as error:
        yield failed(
            "imap_login", str(error), login_remedy(error, provider, "imap", imap.password_file)
        )
        return
    try:
        offered = session.ask(lambda client: sorted(map(_text, client.capabilities())))
    except MailbotError as error:
        yield failed(
            "imap_login", str(error), login_remedy(error, provider, "imap", imap.password_file)
        )
        return
    try:
        yield ok("imap_login", f"{imap.username} is logged in")
        yield _id("ID" in offered)
        yield _capabilities(offered, imap)
        folders = _folders(session, imap)
        yield folders
        if folders.state == "ok" or imap.folder not in folders.text:
            yield _old_mail(session, imap, patient)
    except MailbotError as error:
        yield failed(
            "imap_folders", str(error), login_remedy(error, provider, "imap", imap.password_file)
        )
    finally:
        session.close()


def _text(value: object) -> str:
    return value.decode("ascii", "replace") if isinstance(value, bytes) else str(value)


def _id(offered: bool) -> Check:
    if offered:
        return ok("imap_id", "the server wants ID, and got it")
    return ok("imap_id", "the server does not offer ID; none is sent")


def _capabilities(offered: list[str], imap: Imap) -> Check:
    if imap.after_processing == "move" and not {"MOVE", "UIDPLUS"} & set(offered):
        text = "the server has neither MOVE nor UIDPLUS: nothing can be moved there"
        remedy = 'set [imap] after_processing = "seen" or "keep"'
        return failed("imap_capabilities", text, remedy)
    return ok("imap_capabilities", " ".join(offered))


def _folders(session: ImapSession, imap: Imap) -> Check:
    wanted = tuple(dict.fromkeys((imap.folder, *imap.extra_folders)))
    there = session.ask(partial(folders_there, names=wanted))
    missing = [name for name in wanted if name not in there]
    if missing:
        text = f"not on the server, so nothing in it is read: {', '.join(missing)}"
        listed = ", ".join(session.ask(_all_folders))
        remedy = f"correct [imap] folder and extra_folders; the server has: {listed}"
        return failed("imap_folders", text, remedy)
    session.ask(lambda client: session.select(client, imap.folder))
    return ok("imap_folders", f"read: {', '.join(wanted)}")


def _all_folders(client: StreamingClient) -> list[str]:
    return [_text(name) for _, _, name in client.list_folders()]


def _old_mail(session: ImapSession, imap: Imap, patient: Patient) -> Check:
    name = "imap_old_mail"
    if patient.campaign is None:
        return skipped(name, "not looked at: the rules cannot be read")
    campaign = patient.campaign
    opening = datetime.combine(campaign.opening, time(), campaign.zone)
    oldest = session.ask(partial(_oldest, session, imap.folder))
    if oldest is None:
        return skipped(name, f"{imap.folder} is empty")
    day = oldest.astimezone(patient.settings.zone).date()
    if oldest < opening:
        return ok(name, f"mail from before the opening ({campaign.opening}) is seen, since {day}")
    if patient.now - oldest > _SHOWN or patient.now - opening < _SHOWN:
        return ok(name, f"the oldest mail is of {day}; more than 30 days are not hidden")
    provider = provider_at(imap.host)
    where = (provider.old_mail if provider else "") or "the web mail's settings for IMAP clients"
    text = (
        f"the oldest mail is of {day}, the opening was {campaign.opening}: programs may be shown"
        " the last 30 days alone (收取30天)"
    )
    return warning(name, text, f"show all mail to programs: {where}")


def _oldest(session: ImapSession, folder: str, client: StreamingClient) -> datetime | None:
    """When the oldest message that is shown came. SINCE, since Coremail knows little else."""
    session.select(client, folder)
    uids = sorted(client.search(["SINCE", date(1990, 1, 1)]))[:_LOOKED_AT]
    if not uids:
        return None
    found = client.fetch(uids, ["INTERNALDATE"]).values()
    moments = [one.get(b"INTERNALDATE") for one in found]
    dated = [one for one in moments if one is not None and one.tzinfo is not None]
    return min(dated, default=None)
