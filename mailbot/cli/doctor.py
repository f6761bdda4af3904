"""`mailbot doctor`: what a new office gets wrong."""

from typing import Annotated

import typer

from mailbot.cli.terminal import ConfigOption, JsonOption, console, plain, print_json
from mailbot.clock import SystemClock
from mailbot.doctor.check import Check
from mailbot.doctor.examine import as_json, examine
from mailbot.settings.sources import find_settings

_MARKS = {"ok": "ok      ", "warning": "warning ", "failed": "FAILED  ", "skipped": "-       "}


def doctor(
    context: typer.Context,
    send_test: Annotated[
        bool, typer.Option("--send-test", help="Also send a mail to the office's addresses.")
    ] = False,
    config: ConfigOption = None,
    json: JsonOption = False,
) -> None:
    """Look at everything a new office gets wrong, a line each, with what to do; exit code 1.

    Logs in once at each server; nothing is sent (but by --send-test), taken in or changed.

    Example: mailbot doctor
    """
    given = config or (context.find_root().params.get("config"))
    checks: list[Check] = []
    for check in examine(find_settings(given), SystemClock().now(), send_test=send_test):
        checks.append(check)
        if not json:
            _print(check)
    if json:
        print_json(as_json(checks))
    if any(check.state == "failed" for check in checks):
        raise typer.Exit(1)


def _print(check: Check) -> None:
    console.print(plain(f"{_MARKS[check.state]}{check.name}: {check.text}"))
    if check.remedy:
        console.print(plain(f"        → {check.remedy}"))
