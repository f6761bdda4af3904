"""`mailbot rules`: proving a rules folder, and the blank form it describes."""

from pathlib import Path
from typing import Annotated

import typer

from mailbot.cli.session import console, plain
from mailbot.config import load_campaign, shipped_rules
from mailbot.errors import SettingsError
from mailbot.outbox.blankform import write_blank_form
from mailbot.outbox.template_check import check_templates

rules_app = typer.Typer(no_args_is_help=True, help="Rules folders: prove one, print its form.")


@rules_app.command("check")
def check_rules(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The rules folder.")],
) -> None:
    """Prove a rules folder good, or say file, key and line of everything that is wrong.

    Example: mailbot rules check rules/zhengzhou-2017
    """
    campaign = load_campaign(folder)
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
    if not campaign.form.confirmed:
        console.print("note: form.yaml says confirmed: false; the office must confirm the layout")


@rules_app.command()
def form(
    out: Annotated[Path, typer.Option("--out", metavar="FILE.xlsx", help="Where to write it.")],
    rules: Annotated[
        Path | None, typer.Option("--rules", metavar="DIR", help="A rules folder.")
    ] = None,
) -> None:
    """Write the blank statistics table that the rules describe.

    Example: mailbot rules form --out 统计表.xlsx
    """
    if out.suffix.lower() != ".xlsx":
        raise SettingsError(f"{out}: the blank form is written as .xlsx")
    campaign = load_campaign(rules or shipped_rules())
    try:
        out.write_bytes(write_blank_form(campaign.form))
    except OSError as error:
        raise SettingsError(f"{out}: {error.strerror}") from None
    console.print(plain(f"{out}: written"))
