"""`mailbot fleet`: the boards and tables of all ledgers together."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mailbot.cli.terminal import (
    console,
    json_option,
    plain,
    print_json,
    progress,
    unread_config_option,
)
from mailbot.clock import SystemClock
from mailbot.errors import SettingsError, TemporaryFault
from mailbot.language import say, speaking
from mailbot.report.fleet.board import Languages, fleet_status_json
from mailbot.wording.office import ARRIVAL_STATES, DOSSIER_STATES, REPLY_STATES

if TYPE_CHECKING:
    from mailbot.settings.types import Settings
    from mailbot.workflow.fleet.serving import Fleet


@click.group("fleet")
def fleet_app() -> None:
    """Many offices, one process: their boards and tables together."""


fleet_option = click.option(
    "--fleet",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="The folder of settings files (else MAILBOT_FLEET, else .).",
)


def fleet_folder(given: Path | None) -> Path:
    """`--fleet`, else MAILBOT_FLEET, else the working directory; SettingsError for no folder."""
    folder = given or Path(os.environ.get("MAILBOT_FLEET") or ".")
    if not folder.is_dir():
        raise SettingsError(f"no folder {folder}: a fleet is a folder of settings files, *.toml")
    if not any(folder.glob("*.toml")):
        raise SettingsError(f"{folder}: no *.toml in it; each office of a fleet is one")
    return folder


@contextmanager
def beside_fleet(fleet: Fleet) -> Iterator[None]:
    """One console and one page of metrics for all offices, each where an office enables it: at the
    address of the first, by name, that does."""
    opened = [fleet.offices[name].office.settings for name in sorted(fleet.offices)]
    with ExitStack() as stack:
        metrics = next((one for one in opened if one.metrics.enabled), None)
        if metrics is not None:
            from mailbot.monitoring.serving import fleet_served

            def settings() -> dict[str, Settings]:
                return {name: one.office.settings for name, one in fleet.offices.items()}

            stack.enter_context(fleet_served(settings, metrics, SystemClock()))
        desk = next((one for one in opened if one.console.enabled), None)
        if desk is not None:
            from mailbot.console import serving
            from mailbot.console.fleet import Served, create_fleet_app

            def served() -> list[Served]:
                at = {"console": desk.console}  # one address, and one name it is asked for by
                return [
                    Served(
                        name, one.office.settings.model_copy(update=at), one.office.campaign, one
                    )
                    for name, one in fleet.offices.items()
                    if one.office.settings.console.enabled
                ]

            if warning := serving.warning_of(desk):
                progress.print(f"warning: {warning}")
            app = create_fleet_app(served, SystemClock())
            server = serving.serving(app, desk.console)
            stack.enter_context(serving.in_a_thread(server))
        yield


@fleet_app.command("status")
@fleet_option
@unread_config_option
@json_option
def status(fleet: Path | None, as_json: bool) -> None:
    """The board over all offices: how many units stand where, office by office.

    Example: mailbot fleet status --fleet /etc/mailbot/fleet --json
    """
    from mailbot.workflow.fleet.records import offices_on_record

    languages = Languages()
    offices = languages.of(offices_on_record(fleet_folder(fleet)))
    document = fleet_status_json(offices, SystemClock().now())
    if as_json:
        print_json(document)
        return
    with speaking(languages.common):
        _print_board(document)


def _print_board(document: Mapping[str, Any]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column(say("办公室"), overflow="fold")
    for word in DOSSIER_STATES.values():
        table.add_column(word, no_wrap=True, justify="right")
    table.add_column(say("来件"), no_wrap=True, justify="right")
    table.add_column(say("故障"), overflow="fold")
    for office in document["offices"]:
        states = [unit["state"] for unit in office["units"]]
        table.add_row(
            plain(office["office"]),
            *(str(states.count(state.value)) for state in DOSSIER_STATES),
            str(sum(office["arrivals"].values())),
            plain(office["fault"]),
        )
    console.table(table)
    totals = document["totals"]
    told = {one.value: word for one, word in DOSSIER_STATES.items()}
    for title, words, counts in (
        (say("单位"), told, totals["units"]),
        (say("来件"), ARRIVAL_STATES, totals["arrivals"]),
        (say("发件"), REPLY_STATES, totals["outbox"]),
    ):
        line = "  ".join(f"{words.get(state, state)} {number}" for state, number in counts.items())
        console.print(say("{title}：{counts}", title=title, counts=line or say("无")))


@fleet_app.command("export")
@click.argument(
    "path", type=click.Path(path_type=Path), metavar="FILE.xlsx", help="The workbook to write."
)
@fleet_option
@unread_config_option
def export(path: Path, fleet: Path | None) -> None:
    """The tables of all offices in one workbook, each figure with office, unit, file and cell.

    Example: mailbot fleet export 全省汇总.xlsx --fleet /etc/mailbot/fleet
    """
    from mailbot.report.fleet.book import fleet_tables, write_fleet_book
    from mailbot.workflow.fleet.records import offices_on_record

    if path.suffix.lower() != ".xlsx":
        raise SettingsError(f"{path}: the tables of a fleet are written as .xlsx")
    now = SystemClock().now().astimezone()
    languages = Languages()
    tables = fleet_tables(languages.of(offices_on_record(fleet_folder(fleet))), now)
    try:
        with speaking(languages.common):
            path.write_bytes(write_fleet_book(tables, now))
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}") from None
    console.print(plain(f"{path}: {len(tables[0].rows)} offices, {len(tables[3].rows)} units"))


@fleet_app.command("health")
@fleet_option
@unread_config_option
@json_option
def health(fleet: Path | None, as_json: bool) -> None:
    """Whether `mailbot run --fleet` is alive and every office takes mail in; exit code 3 if not.

    Example: mailbot fleet health --fleet /etc/mailbot/fleet
    """
    from mailbot.workflow.fleet.watch import read_fleet_health

    wrong, document = read_fleet_health(fleet_folder(fleet), SystemClock().now())
    if as_json:
        print_json({"healthy": not wrong, "wrong": wrong, **document})
    elif not wrong:
        console.print(plain(f"alive; {len(document['offices'])} offices take mail in"))
    if wrong:
        raise TemporaryFault("unhealthy", "; ".join(wrong))
