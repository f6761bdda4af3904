"""`mailbot rules`: proving a rules folder, and the blank form it describes."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click
import yaml

from mailbot.campaign.drafting.english import is_english, read_english
from mailbot.campaign.drafting.english_folder import english_folder
from mailbot.campaign.drafting.english_tables import tables_in_english
from mailbot.campaign.drafting.folder import folder_of
from mailbot.campaign.drafting.form import read_table, read_tables
from mailbot.campaign.drafting.notice import draft_notice
from mailbot.campaign.drafting.text_tables import grids_of_text
from mailbot.campaign.folder import load_campaign, shipped_rules
from mailbot.campaign.types import Campaign
from mailbot.campaign.unconfirmed import unconfirmed
from mailbot.cli.session import Session, open_session
from mailbot.cli.terminal import (
    config_option,
    console,
    json_option,
    plain,
    print_json,
    progress,
    unread_config_option,
)
from mailbot.cli.trying import try_rules
from mailbot.cli.waiting import shown, still
from mailbot.clock import SystemClock
from mailbot.dossiers.roster import campaign_in_force
from mailbot.errors import SettingsError
from mailbot.language import speaking
from mailbot.model import Grid
from mailbot.outbox.blankform.document import write_blank_document
from mailbot.outbox.blankform.workbook import write_blank_form
from mailbot.settings.sources import find_settings, load_settings
from mailbot.wording.template_check import check_templates

if TYPE_CHECKING:
    from mailbot.workflow.remeasure import Workshop
    from mailbot.workflow.replay import Replay

_BY = {"rules": "", "readers": " (readers)", "both": " (rules and readers)"}


@click.group("rules")
def rules_app() -> None:
    """Rules folders: prove one, print its form."""


rules_app.add_command(try_rules)


@rules_app.command("check")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR", help="The rules folder.")
@click.option("--draft", is_flag=True, help="Lines that still say 待确认 are let pass.")
@config_option
def check_rules(folder: Path, draft: bool, config: Path | None) -> None:
    """Prove a rules folder good, or say file, key and line of everything that is wrong.

    What `rules draft` guessed is wrong until its line 待确认 is gone. Where there are settings, it
    says too where their addresses are not the folder's mailbox.

    Example: mailbot rules check rules/zhengzhou-2017
    """
    campaign = load_campaign(folder, draft=draft)
    check_templates(campaign.templates)
    expected = sum(unit.expected for unit in campaign.units)
    console.print(plain(f"{folder}: good, version {campaign.version}"))
    console.print(
        plain(
            f"{campaign.title}: {len(campaign.rules)} rules, {len(campaign.form.fields)} fields,"
            f" {len(campaign.form.checks)} checks, {len(campaign.units)} units"
            f" ({expected} expected), deadline {campaign.deadline.isoformat()}"
        )
    )
    if differing := _differing_addresses(config, campaign.mailbox):
        console.print(plain(f"note: {differing}"))
    if campaign.form.fields and not campaign.form.confirmed:
        console.print("note: form.yaml says confirmed: false; the office must confirm the layout")


def _differing_addresses(config: Path | None, mailbox: str) -> str:
    """What the settings say, where there are any: a folder is proved without them too."""
    try:
        return load_settings(find_settings(config)).mailbox_differences(mailbox)
    except SettingsError:
        if config is not None:
            raise
        return ""


@rules_app.command("draft")
@click.argument(
    "notice",
    type=click.Path(path_type=Path),
    metavar="NOTICE",
    help="The notice: .docx, .doc, .pdf or .txt.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    metavar="DIR",
    help="The new rules folder.",
)
@unread_config_option
def draft_rules(notice: Path, out: Path) -> None:
    """Draft a rules folder from a notice: what was guessed says 待确认 and why.

    Nothing is overwritten, no model is asked. Look through the folder, then `rules check` it.

    Example: mailbot rules draft 通知.docx --out rules/xiaofang
    """
    if out.exists() and any(out.iterdir()):
        raise SettingsError(f"{out}: is there already; nothing was written")
    text, grids = _read_notice(notice)
    files = _drafted(text, grids)
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (out / name).write_text(content, encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"{out}: {error.strerror}") from None
    waiting = sum(
        len(list(unconfirmed(text))) for name, text in files.items() if name != "notice.txt"
    )
    console.print(plain(f"{out}: {', '.join(files)}; {waiting} lines wait for you (待确认)"))
    load_campaign(out, draft=True)


def _drafted(text: str, grids: Sequence[Grid]) -> dict[str, str]:
    """The files of the folder, in the notice's language."""
    this_year, english = SystemClock().now().year, is_english(text)
    like = shipped_rules().parent / "drill-report-en" if english else shipped_rules()
    shipped = yaml.safe_load((like / "campaign.yaml").read_text(encoding="utf-8"))
    if english:
        notice = read_english(text, this_year)
        return english_folder(notice, text, shipped, tables_in_english(grids))
    return folder_of(draft_notice(text, this_year), read_table(grids), shipped, read_tables(grids))


def _read_notice(path: Path) -> tuple[str, Sequence[Grid]]:
    """Text and tables of the notice."""
    from mailbot.formats.text.charsets import decode_unlabelled
    from mailbot.inspection.documents.probe import READABLE, read_document

    format = path.suffix.lower().lstrip(".")
    try:
        if format in ("txt", "md"):
            text = decode_unlabelled(path.read_bytes())
            return text, grids_of_text(text)
        if format not in READABLE:
            raise SettingsError(f"{path}: a notice is read as .docx, .doc, .pdf or .txt")
        document = read_document(path, format)
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}") from None
    if not document.text.strip():
        why = "; ".join(f"{fault.code} {fault.detail}".strip() for fault in document.faults)
        raise SettingsError(f"{path}: no text could be read{f' ({why})' if why else ''}")
    return document.text, document.grids


@rules_app.command()
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    metavar="FILE.xlsx|.docx",
    help="Where to write it.",
)
@click.option("--rules", type=click.Path(path_type=Path), metavar="DIR", help="A rules folder.")
@click.option("--slot", default="", metavar="SLOT", help="Which form (form, else the only one).")
@unread_config_option
def form(out: Path, rules: Path | None, slot: str) -> None:
    """Write a blank form that the rules describe, for Excel or for Word.

    Repeating rows are drawn empty, with lists for what may be chosen. Example:
    mailbot rules form --rules rules/xiaofang-2026 --slot signin --out 签到表.xlsx
    """
    writers = {".xlsx": write_blank_form, ".docx": write_blank_document}
    write = writers.get(out.suffix.lower())
    if write is None:
        raise SettingsError(f"{out}: the blank form is written as .xlsx or .docx")
    campaign = load_campaign(rules or shipped_rules())
    units = [unit.unit for unit in campaign.units if unit.expected]
    spec = campaign.of_form(_form_slot(campaign, slot)).form
    with speaking(campaign.language):
        octets = write(spec, units=units)
    try:
        out.write_bytes(octets)
    except OSError as error:
        raise SettingsError(f"{out}: {error.strerror}") from None
    console.print(plain(f"{out}: written"))


def _form_slot(campaign: Campaign, slot: str) -> str:
    """The slot whose form is meant."""
    slots = [one.slot for one in campaign.materials if one.holds == "form"]
    if not slots:
        raise SettingsError(f"{campaign.id}: the campaign asks for no form")
    if slot in slots:
        return slot
    told = f"the form slots are {', '.join(slots)}"
    if slot:
        raise SettingsError(f"--slot {slot}: no such form; {told}")
    if "form" in slots:
        return "form"
    if len(slots) > 1:
        raise SettingsError(f"which form is meant? --slot: {told}")
    return slots[0]


@rules_app.command()
@click.option(
    "--rules", type=click.Path(path_type=Path), metavar="DIR", help="Other rules (those in force)."
)
@click.option(
    "--apply", "put_in_force", is_flag=True, help="Record the verdicts and answer who is concerned."
)
@config_option
@json_option
@click.pass_context
def replay(
    context: click.Context,
    rules: Path | None,
    put_in_force: bool,
    config: Path | None,
    as_json: bool,
) -> None:
    """Judge everything stored anew, and show which unit's materials would come out otherwise.

    Files that an earlier version measured are measured again first. Change a copy of the rules
    folder, look, set campaign.rules to the copy, and then --apply.

    Example: mailbot rules replay --rules rules/neu
    """
    from mailbot.workflow.replay import apply, preview

    session = open_session(context, config)
    campaign, now = load_campaign(rules) if rules else session.campaign, SystemClock().now()
    if put_in_force:
        with session.writing() as ledger:
            in_force = campaign_in_force(ledger, campaign)
            files = session.settings.paths.data / "files"
            with shown("measuring again", "files") as tell, still("judging"):
                workshop = _workshop(session, blobs=files, tell=tell)
                result = apply(ledger, in_force, session.settings, now, workshop)
    else:
        with session.reading() as ledger, TemporaryDirectory(prefix="mailbot-replay-") as scratch:
            in_force = campaign_in_force(ledger, campaign)
            with shown("measuring again", "files") as tell, still("judging"):
                workshop = _workshop(session, blobs=Path(scratch), tell=tell)
                result = preview(ledger, in_force, now, workshop)
    if put_in_force and campaign.version != session.campaign.version:
        progress.print("note: new mail is judged by campaign.rules, which still names other rules")
    if as_json:
        print_json(asdict(result) | {"units": result.units, "applied": put_in_force})
        return
    _tell(result, applied=put_in_force)


def _workshop(session: Session, *, blobs: Path, tell: Callable[[int, int], None]) -> "Workshop":
    from mailbot.inspection.workers.limits import limits_of
    from mailbot.workflow.remeasure import Workshop

    return Workshop(
        open_pool=session.pool,
        files=session.settings.paths.data / "files",
        blobs=blobs,
        limits=limits_of(session.settings.limits),
        tell=tell,
    )


def _tell(result: "Replay", *, applied: bool) -> None:
    for flip in result.flips:
        what, why = flip.slot or "dossier", _BY[flip.cause]
        told = f"{flip.unit}  {what}: {flip.before or '-'} → {flip.after or '-'}{why}"
        console.print(plain(told))
    for file in result.files:
        told = f"  #{file.arrival} {file.unit} {file.name}: {file.before} → {file.after}"
        console.print(plain(f"{told}{_BY[file.cause]}"))
    for arrival, names in result.kept.items():
        told = f"  #{arrival} by the facts of earlier readers, not measured again"
        console.print(plain(f"{told}: {', '.join(names)}"))
    for arrival, names in result.lacking.items():
        console.print(plain(f"  #{arrival} without facts, as before: {', '.join(names)}"))
    if result.stale:
        console.print(
            f"readers: {result.stale} files were measured by earlier ones,"
            f" {result.measured} measured again"
        )
    answered = f", {len(result.answered)} answered with the next tick" if applied else ""
    console.print(
        f"rules {result.rules_version}: {result.arrivals} arrivals judged,"
        f" {len(result.units)} units {'changed' if applied else 'would change'}{answered}"
    )
