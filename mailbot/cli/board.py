"""`mailbot status`, `show` and `digest`: what the ledger knows."""

from dataclasses import asdict
from datetime import date, datetime, time
from pathlib import Path
from shutil import get_terminal_size
from typing import Any

import click

from mailbot.cli.columns import in_columns
from mailbot.cli.session import Session, open_session
from mailbot.cli.terminal import config_option, console, json_option, plain, print_json
from mailbot.clock import SystemClock
from mailbot.errors import SettingsError
from mailbot.language import fact, in_its_language, say, speaking
from mailbot.model import DossierState, Punctuality, SlotVerdict
from mailbot.report.board import show_json, status_json
from mailbot.wording.office import (
    ARRIVAL_STATES,
    DOSSIER_STATES,
    PUNCTUALITY,
    REPLY_STATES,
    SLOT_STATUS,
)
from mailbot.wording.phrases import clean

# One character each: six materials and a unit's name fit a terminal of 80 columns.
_MARKS = {
    SlotVerdict.ACCEPTED.value: "✓",
    SlotVerdict.REJECTED.value: "✗",
    SlotVerdict.HELD.value: "?",
    SlotVerdict.ANNOUNCED.value: "~",
    SlotVerdict.MISSING.value: "-",
}


@click.command("status")
@config_option
@json_option
@click.pass_context
def status(context: click.Context, config: Path | None, as_json: bool) -> None:
    """The board: every expected unit, and every unit that sent something.

    Example: mailbot status --json
    """
    session = open_session(context, config)
    with session.reading() as ledger:
        document = status_json(ledger, session.campaign, SystemClock().now())
    if as_json:
        print_json(document)
        return
    _print_board(session, document)


@in_its_language
def _print_board(session: Session, document: dict[str, Any]) -> None:
    materials = session.campaign.materials
    head = [say("单位"), say("材料"), say("时限"), *(clean(one.label, 8) for one in materials)]
    rows = []
    for unit in document["units"]:
        slots = unit["slots"]
        marks = [
            _MARKS[slots[one.slot]["verdict"]] if one.slot in slots else "" for one in materials
        ]
        state = DOSSIER_STATES[DossierState(unit["state"])]
        timing = PUNCTUALITY[Punctuality(unit["punctuality"])]
        rows.append([plain(unit["unit"]), state, timing, *marks])
    console.print()
    for line in in_columns(head, rows, centred=3, width=get_terminal_size().columns):
        console.print(line)
    console.print()
    words = {one.value: name for one, name in SLOT_STATUS.items()}
    console.print("  ".join(f"{mark} {words[verdict]}" for verdict, mark in _MARKS.items()))
    for name, title, told in (
        ("arrivals", say("来件"), ARRIVAL_STATES),
        ("outbox", say("发件"), REPLY_STATES),
    ):
        counts = "  ".join(
            f"{told.get(state, state)} {number}" for state, number in document[name].items()
        )
        console.print(say("{title}：{counts}", title=title, counts=counts or say("无")))
    for alert in document["alerts"]:
        console.print(plain(say("告警：{alert}", alert=alert)))


@click.command("show")
@click.argument("asked", metavar="ARRIVAL|UNIT", help="A number or a name.")
@click.option("--log", is_flag=True, help="The story of one mail: what happened to it, when.")
@config_option
@json_option
@click.pass_context
def show(context: click.Context, asked: str, log: bool, config: Path | None, as_json: bool) -> None:
    """One arrival or one unit with everything known.

    Example: mailbot show 金水区
    """
    session = open_session(context, config)
    if log:
        with session.reading() as ledger:
            from mailbot.report.story import story_of

            story = story_of(ledger, asked, session.settings.zone)
        if as_json:
            print_json({"arrival": int(asked), "log": [asdict(event) for event in story]})
        else:
            for event in story:
                ids = "  ".join(f"{key}={value}" for key, value in event.ids.items())
                console.print(plain(f"{event.at}  {event.event}  {ids}".rstrip()))
        return
    with session.reading() as ledger:
        document = show_json(ledger, session.campaign, asked, SystemClock().now())
    if as_json:
        print_json(document)
    else:
        with speaking(session.campaign.language):
            _print_tree(document, 0)


def _print_tree(value: Any, depth: int) -> None:
    """Keys and values, indented; empty ones are left out."""
    indent = "  " * depth
    items = value.items() if isinstance(value, dict) else (("-", one) for one in value)
    for key, one in items:
        if isinstance(one, dict | list) and one:
            console.print(plain(f"{indent}{key}"))
            _print_tree(one, depth + 1)
        elif one not in (None, "", [], {}):
            # What stands in stored facts (正文) in the language of the campaign.
            told = fact(one) if isinstance(one, str) else one
            console.print(plain(f"{indent}{key}: {told}"))


@click.command("digest")
@click.option("--date", "day", metavar="D", help="A day, 2017-07-03 (today).")
@click.option(
    "--html", type=click.Path(path_type=Path), metavar="FILE", help="Write the HTML here."
)
@click.option("--send", is_flag=True, help="Mail it to the office now.")
@config_option
@click.pass_context
def digest(
    context: click.Context, day: str | None, html: Path | None, send: bool, config: Path | None
) -> None:
    """The office's digest: on the terminal, as HTML, or by mail.

    Example: mailbot digest --html digest.html
    """
    from mailbot.report.digest.gather import build_digest
    from mailbot.report.digest.progress import as_data_uri, progress_chart
    from mailbot.report.digest.sending import send_digest
    from mailbot.report.digest.view import render_digest

    session = open_session(context, config)
    now = SystemClock().now()
    if day is not None:
        try:
            wanted = date.fromisoformat(day)
        except ValueError:
            raise SettingsError(f"--date {day}: a day looks like 2017-07-03") from None
        end = datetime.combine(wanted, time(23, 59, 59), session.settings.zone)
        now = min(now, end)
    if send:
        if not session.settings.office.addresses:
            raise SettingsError("office.addresses is empty: nobody to send the digest to")
        with session.office() as office:
            queued = send_digest(office.ledger, office.campaign, office.settings, now)
            done = office.deliver_due()
        console.print(f"queued {queued}, sent {done.sent}, deferred {done.deferred}")
    with session.reading() as ledger:
        view = build_digest(ledger, session.campaign, session.settings, now)
    chart = as_data_uri(progress_chart(view.board, view.campaign, now)) if html else ""
    subject, text, page = render_digest(view, chart, as_data_uri)
    if html is not None:
        try:
            html.write_text(page, encoding="utf-8")
        except OSError as error:
            raise SettingsError(f"{html}: {error.strerror}") from None
        console.print(plain(f"{html}: {subject}"))
    elif not send:
        console.print(plain(subject))
        for line in text.splitlines():
            console.print(plain(line))
