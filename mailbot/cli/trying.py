"""`mailbot rules try`: what a rules folder would say to examples."""

from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mailbot.campaign.folder import load_campaign
from mailbot.cli.terminal import console, plain, unread_config_option
from mailbot.clock import SystemClock
from mailbot.errors import SettingsError
from mailbot.language import say, speaking, spoken
from mailbot.model import Verdict

if TYPE_CHECKING:
    from mailbot.workflow.trying import Trial, TriedFile

_MARKS = {"error": "✗", "warning": "!", "notice": "i"}
_VERDICTS = {Verdict.ACCEPTED: "✓", Verdict.HELD: "?", Verdict.REJECTED: "✗"}


@click.command("try")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR", help="The rules folder.")
@click.argument(
    "paths",
    nargs=-1,
    type=click.Path(path_type=Path),
    required=True,
    metavar="PATH…",
    help="Files, folders, .eml messages.",
)
@click.option("--unit", default="", metavar="UNIT", help="Whose the files without a mail are.")
@click.option(
    "--html",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The replies, side by side, as a page.",
)
@unread_config_option
def try_rules(folder: Path, paths: tuple[Path, ...], unit: str, html: Path | None) -> None:
    """Try a rules folder on examples: rule by file, and the replies that would go out.

    A folder that still waits for a person (待确认) may be tried. Nothing is stored or sent.

    Example: mailbot rules try rules/xiaofang 样例/ --html replies.html
    """
    from mailbot.workflow.trying import try_paths

    campaign = load_campaign(folder, draft=True)
    if unit and campaign.unit_named(unit) is None:
        raise SettingsError(f"{folder}: no unit {unit!r} in units.csv")
    trial = try_paths(paths, campaign, SystemClock().now(), unit=unit)
    print_trial(trial, len(campaign.rules))
    if html is not None:
        try:
            with speaking(campaign.language):
                page = page_of(trial, campaign.title)
            html.write_text(page, encoding="utf-8")
        except OSError as error:
            raise SettingsError(f"{html}: {error.strerror}") from None
        console.print(plain(f"{html}: {len(trial.replies)} replies"))


def print_trial(trial: "Trial", rules: int) -> None:
    """The files with their verdicts, rule by file, and what would go out."""
    for number, file in enumerate(trial.files, start=1):
        told = f"{number:>3} {_VERDICTS[file.verdict]} {file.name} ({_what(file)})"
        console.print(plain(told))
    codes = sorted({code for file in trial.files for code in file.found})
    for first, last in _blocks(codes, len(trial.files)):
        _print_marks(trial, codes, first, last)
    for code in codes:
        said: dict[str, list[str]] = {}
        for number, file in enumerate(trial.files, start=1):
            if code in file.found:
                said.setdefault(file.found[code][1], []).append(str(number))
        for message, numbers in said.items():
            console.print(plain(f"{code} ({', '.join(numbers)}): {message}"))
    console.print(f"{len(codes)} rules and checks spoke; the folder has {rules} rules")
    for reply in trial.replies:
        what = f"no answer ({reply.no_answer})" if reply.no_answer else reply.kind
        told = f"{reply.name}: {reply.unit or 'unit unknown'}: {what}"
        console.print(plain(f"{told}  {reply.subject}".rstrip()))


def _blocks(codes: Sequence[str], files: int) -> Iterator[tuple[int, int]]:
    """First and last file of each table: as many as the terminal is wide for, else their marks
    would be cut away."""
    if not codes:
        return
    room = console.drawing().width - max(map(len, codes)) - 2
    most = max(1, room // (len(str(files)) + 3))
    for first in range(1, files + 1, most):
        yield first, min(files, first + most - 1)


def _print_marks(trial: "Trial", codes: Sequence[str], first: int, last: int) -> None:
    from rich.table import Table

    table = Table(show_edge=False)
    table.add_column("rule", no_wrap=True, min_width=max(map(len, codes)))
    files = trial.files[first - 1 : last]
    for number in range(first, last + 1):
        table.add_column(str(number), justify="center", no_wrap=True)
    for code in codes:
        marks = [_MARKS[file.found[code][0]] if code in file.found else "" for file in files]
        if any(marks) or last - first + 1 == len(trial.files):
            table.add_row(plain(code), *marks)
    if table.row_count:
        console.table(table)


def _what(file: "TriedFile") -> str:
    return f"{file.kind}{': ' + ', '.join(file.slots) if file.slots else ''}"


def page_of(trial: "Trial", title: str) -> str:
    """One page without anything from elsewhere: each reply in a frame of its own, no scripts."""
    frames = []
    for reply in trial.replies:
        head = f"{reply.name} · {reply.unit or say('单位不详')}"
        body = (
            say("<p>不予回复：{escape}</p>", escape=escape(reply.no_answer))
            if reply.no_answer
            else f"<p>{escape(reply.subject)}</p>"
            f'<iframe sandbox="" srcdoc="{escape(reply.html, quote=True)}"></iframe>'
        )
        frames.append(f"<section><h2>{escape(head)}</h2>{body}</section>")
    return (
        f'<!DOCTYPE html><html lang="{spoken()}"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title><style>body{{font-family:sans-serif}}"
        "main{display:flex;gap:1rem;overflow-x:auto}section{flex:0 0 42rem}h2{font-size:1rem}"
        "iframe{width:100%;height:80vh;border:1px solid #999}</style></head>"
        f"<body><h1>{escape(title)}</h1><main>{''.join(frames)}</main></body></html>\n"
    )
