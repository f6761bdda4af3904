"""The commands by name, each imported only when it is called: `--help` opens no reader.

Each line of help stands here and as the first line of the command's docstring; a test holds the
two together.
"""

import gc
from collections.abc import Iterator, MutableMapping
from importlib import import_module
from typing import Any, NamedTuple

import click


class Place(NamedTuple):
    """Where a command lies, and what the list of commands says of it."""

    module: str  # below mailbot.cli
    attribute: str  # a command, or a group of commands
    help: str


PLACES: dict[str, Place] = {
    "demo": Place(
        "demo", "demo", "Run the whole job on an embedded mail server with sample mails."
    ),
    "init": Place(
        "setup",
        "init",
        "Write mailbot.toml for a new office, in shadow mode: nothing is sent until you say so.",
    ),
    "doctor": Place(
        "doctor",
        "doctor",
        "Look at everything a new office gets wrong, a line each, with what to do; exit code 1.",
    ),
    "run": Place(
        "mail",
        "run",
        "Poll, answer and send the digest until SIGTERM or Ctrl-C.",
    ),
    "tick": Place(
        "mail", "tick", "One pass: fetch, examine, record, answer, deliver all that is due."
    ),
    "resume": Place(
        "mail", "resume", "Log in and send again, after refused credentials were looked into."
    ),
    "health": Place(
        "mail",
        "health",
        "Whether `mailbot run` is alive and takes mail in, for a monitor; exit code 3 when not.",
    ),
    "check": Place(
        "check", "check", "Judge files by the rules, without mailbox, ledger or settings."
    ),
    "status": Place(
        "board", "status", "The board: every expected unit, and every unit that sent something."
    ),
    "show": Place(
        "board",
        "show",
        "One arrival or one unit with everything known.",
    ),
    "digest": Place(
        "board", "digest", "The office's digest: on the terminal, as HTML, or by mail."
    ),
    "remind": Place(
        "remind",
        "remind",
        "Queue today's reminders (campaign.yaml: reminders) to units that owe something.",
    ),
    "export": Place(
        "export",
        "export",
        "The year's ledger (台账): units, materials, findings, mails, sums, spot checks.",
    ),
    "dossier": Place(
        "export",
        "dossier",
        "A unit's whole archive as one zip: files, mails, form values, findings, history.",
    ),
    "draw": Place(
        "spotcheck",
        "draw",
        "Draw units for a spot check, stratified over groups, and lay out their files.",
    ),
    "inspect-result": Place(
        "spotcheck",
        "inspect_result",
        "Enter what the spot check of a unit found; it stands in the exported ledger.",
    ),
    "prune": Place(
        "upkeep",
        "prune",
        "Remove stored octets that need not be kept any longer; the ledger keeps what they were.",
    ),
    "backup": Place(
        "backup", "backup", "Copy ledger and files to another folder, also while mailbot runs."
    ),
    "restore": Place(
        "backup",
        "restore",
        "Put back from a backup what the data folder lost: ledger, files, both.",
    ),
    "verify": Place(
        "backup",
        "verify",
        "Read every stored octet against its hash; what rotted, and whose; exit code 1.",
    ),
    "forget": Place(
        "forget",
        "forget",
        "Remove what is known of an address or a unit, for who has a right to it.",
    ),
    "assign": Place(
        "decide",
        "assign",
        "Say whose mail it is: its files count for the unit, and its sender is answered.",
    ),
    "accept": Place(
        "decide", "accept", "Let the newest file of a slot count, whatever was found in it."
    ),
    "waive": Place(
        "decide",
        "waive",
        "Ask this unit for the slot no more; reject takes it back.",
    ),
    "reject": Place(
        "decide", "reject", "Let a file that counted count no more, and ask for another one."
    ),
    "correct": Place(
        "decide",
        "correct",
        "Correct a figure of a unit's table; it counts in the sums and is marked there.",
    ),
    "undo": Place(
        "decide",
        "undo",
        "Take a decision back, as long as no mail has left because of it.",
    ),
    "confirm": Place(
        "decide",
        "confirm",
        "Confirm that an address speaks for the unit it named.",
    ),
    "hold": Place(
        "decide", "hold", "Let no reply leave for a unit, or to an arrival, until it is released."
    ),
    "release": Place(
        "decide",
        "release",
        "Let replies leave again; take a quarantined arrival in; answer one sent by Bcc after all.",
    ),
    "retry": Place(
        "decide",
        "retry",
        "Let the next tick try a quarantined arrival again.",
    ),
    "resend": Place(
        "decide",
        "resend",
        "Send the newest mail of a number again: a dead one as it was, a sent one as a copy.",
    ),
    "unit": Place(
        "decide",
        "unit_app",
        "Additions to units.csv.",
    ),
    "audit": Place(
        "audit",
        "audit_app",
        "Who decided what, when and why.",
    ),
    "rules": Place(
        "rules",
        "rules_app",
        "Rules folders: prove one, print its form.",
    ),
    "console": Place(
        "console",
        "console_app",
        "The office's pages in the browser, and who may use them.",
    ),
    "outbox": Place(
        "outbox",
        "outbox_app",
        "The replies that wait to be sent.",
    ),
    "fleet": Place(
        "fleet",
        "fleet_app",
        "Many offices, one process: their boards and tables together.",
    ),
}


def load(name: str) -> Any:
    """The command, imported now. KeyError for a name that is none."""
    place = PLACES[name]
    gc.disable()  # nothing of what is imported is garbage: looking for it takes a tenth of the time
    try:
        return getattr(import_module(f"mailbot.cli.{place.module}"), place.attribute)
    finally:
        gc.freeze()
        gc.enable()


class _Commands(MutableMapping[str, Any]):
    """All commands as click wants them: the names are known, the rest is imported when asked."""

    def __init__(self, given: MutableMapping[str, Any]) -> None:
        self._loaded = dict(given)

    def __getitem__(self, name: str) -> Any:
        if name not in self._loaded:
            self._loaded[name] = load(name)
        return self._loaded[name]

    def __setitem__(self, name: str, command: Any) -> None:
        self._loaded[name] = command

    def __delitem__(self, name: str) -> None:
        del self._loaded[name]

    def __iter__(self) -> Iterator[str]:
        return iter({**PLACES, **self._loaded})

    def __len__(self) -> int:
        return len({**PLACES, **self._loaded})

    def __contains__(self, name: object) -> bool:
        return name in PLACES or name in self._loaded


class LazyCommands(click.Group):
    """The group of all commands; its own help imports none of them."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = _Commands(self.commands)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """The list of commands, from the lines that stand here."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, place.help) for name, place in PLACES.items()])
