"""`mailbot doctor`: what a new office gets wrong."""

from pathlib import Path

import click

from mailbot.cli.fleet import fleet_folder
from mailbot.cli.terminal import config_option, console, json_option, plain, print_json
from mailbot.clock import SystemClock
from mailbot.doctor.check import Check
from mailbot.doctor.examine import as_json as document
from mailbot.doctor.examine import examine
from mailbot.settings.sources import find_settings

_MARKS = {"ok": "ok      ", "warning": "warning ", "failed": "FAILED  ", "skipped": "-       "}


@click.command("doctor")
@click.option("--send-test", is_flag=True, help="Also send a mail to the office's addresses.")
@click.option(
    "--fleet",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Every office of a folder of settings files.",
)
@config_option
@json_option
@click.pass_context
def doctor(
    context: click.Context,
    send_test: bool,
    fleet: Path | None,
    config: Path | None,
    as_json: bool,
) -> None:
    """Look at everything a new office gets wrong, a line each, with what to do; exit code 1.

    Logs in once at each server; nothing is sent (but by --send-test), taken in or changed.

    Example: mailbot doctor
    """
    given = config or (context.find_root().params.get("config"))
    offices = (
        {file.stem: file for file in sorted(fleet_folder(fleet).glob("*.toml"))}
        if fleet is not None
        else {"": find_settings(given)}
    )
    found: dict[str, list[Check]] = {}
    for name, file in offices.items():
        if name and not as_json:
            console.print(plain(f"{name}:"))
        for check in examine(file, SystemClock().now(), send_test=send_test):
            found.setdefault(name, []).append(check)
            if not as_json:
                _print(check)
    if as_json:
        documents = {name: document(checks) for name, checks in found.items()}
        print_json({"offices": documents} if fleet is not None else documents[""])
    if any(check.state == "failed" for checks in found.values() for check in checks):
        raise click.exceptions.Exit(1)


def _print(check: Check) -> None:
    console.print(plain(f"{_MARKS[check.state]}{check.name}: {check.text}"))
    if check.remedy:
        console.print(plain(f"        → {check.remedy}"))
