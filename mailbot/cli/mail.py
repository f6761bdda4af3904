"""`mailbot tick` and `mailbot run`: the main job once, and for good."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import click

from mailbot.cli.logs import set_up
from mailbot.cli.session import Session, open_session
from mailbot.cli.terminal import config_option, console, json_option, plain, print_json, progress
from mailbot.cli.waiting import shown
from mailbot.clock import SystemClock
from mailbot.errors import SettingsError, TemporaryFault
from mailbot.ledger import refusals
from mailbot.workflow.heartbeat import read_health


@click.command("tick")
@config_option
@json_option
@click.pass_context
def tick(context: click.Context, config: Path | None, as_json: bool) -> None:
    """One pass: fetch, examine, record, answer, deliver all that is due.

    Exit code 3 when the mailbox could not be reached, or nothing could be sent.

    Example: mailbot tick --json
    """
    session = open_session(context, config)
    if differing := session.settings.mailbox_differences(session.campaign.mailbox):
        progress.print(f"note: {differing}")
    with session.office() as office, shown("taking mail in", "mails") as office.watch:
        counts = asdict(office.tick())
        unsent = "" if counts["sent"] else office.sending_fault()
    if as_json:
        print_json(counts)
    else:
        console.print("  ".join(f"{name} {number}" for name, number in counts.items()))
    if unsent:
        raise TemporaryFault("sending", f"nothing could be sent: {unsent}")


@click.command("resume")
@config_option
@click.pass_context
def resume(context: click.Context, config: Path | None) -> None:
    """Log in and send again, after refused credentials were looked into.

    A refused login is not tried again by itself: the account would be locked.

    Example: mailbot resume
    """
    session = open_session(context, config)
    with session.beside() as ledger, ledger.transaction():
        refusals.accept(ledger, "login")
        refusals.resume_sending(ledger, SystemClock().now())
    console.print("the next tick logs in and sends again")


@click.command("health")
@config_option
@json_option
@click.pass_context
def health(context: click.Context, config: Path | None, as_json: bool) -> None:
    """Whether `mailbot run` is alive and takes mail in, for a monitor; exit code 3 when not.

    Example: mailbot health
    """
    session = open_session(context, config)
    settings = session.settings
    patience = timedelta(minutes=settings.office.alert_unreachable_minutes)
    wrong, seen = read_health(settings.paths.data, SystemClock().now(), patience)
    if as_json:
        print_json({"healthy": not wrong, "wrong": wrong, **(asdict(seen) if seen else {})})
    elif seen and not wrong:
        console.print(
            plain(f"alive; last poll {seen.last_poll or 'not yet'}  {seen.fault}".strip())
        )
        for alert in seen.alerts:
            console.print(plain(f"alert: {alert}"))
    if wrong:
        raise TemporaryFault("unhealthy", wrong)


@click.command("run")
@click.option(
    "--fleet",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Run every *.toml of this folder instead.",
)
@config_option
@click.pass_context
def run(context: click.Context, fleet: Path | None, config: Path | None) -> None:
    """Poll, answer and send the digest until SIGTERM or Ctrl-C.

    Example: mailbot run --config /etc/mailbot/mailbot.toml
    """
    if fleet is not None:
        from mailbot.cli.fleet import beside_fleet, fleet_folder
        from mailbot.workflow.fleet.serving import serve_fleet

        set_up(logging.INFO)
        serve_fleet(fleet_folder(fleet), beside=beside_fleet)
        return
    from mailbot.workflow.scheduler import serve

    session = open_session(context, config)
    set_up(logging.INFO, style=session.settings.log.format, zone=session.settings.zone)
    if session.settings.smtp is None and session.settings.outbox.mode != "shadow":
        raise SettingsError('[smtp] is needed to send (or set outbox.mode = "shadow")')
    with session.office() as office, _console(session), _metrics(session):
        serve(office)


@contextmanager
def _metrics(session: Session) -> Iterator[None]:
    """The page of metrics beside the jobs, where it is enabled."""
    if not session.settings.metrics.enabled:
        yield
        return
    from mailbot.monitoring.serving import served

    with served(session.settings, SystemClock()):
        yield


@contextmanager
def _console(session: Session) -> Iterator[None]:
    """The console beside the jobs, where it is enabled."""
    if not session.settings.console.enabled:
        yield
        return
    from mailbot.console import serving

    if warning := serving.warning_of(session.settings):
        progress.print(f"warning: {warning}")
    if first := serving.first_address(session.settings, SystemClock()):
        progress.print(f"the first admin names himself at {first}")
    with serving.in_a_thread(serving.make_server(session.settings, session.campaign)):
        yield
