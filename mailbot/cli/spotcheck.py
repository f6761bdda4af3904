"""`mailbot draw` and `inspect-result`: spot checks, from the lot to the result."""

import getpass
from pathlib import Path

import click

from mailbot.cli.decide import by_option
from mailbot.cli.session import open_session
from mailbot.cli.terminal import config_option, console, json_option, plain, print_json
from mailbot.clock import SystemClock
from mailbot.deciding.desk import Desk
from mailbot.deciding.spotchecks import draw_units, enter_result
from mailbot.dossiers.roster import campaign_in_force
from mailbot.errors import SettingsError
from mailbot.language import say, speaking
from mailbot.ledger import spotchecks
from mailbot.report.spotcheck.draw import write_draw


@click.command("draw")
@click.option(
    "--n", "size", type=click.IntRange(min=1), required=True, metavar="N", help="How many units."
)
@click.option("--group", multiple=True, metavar="GROUP", help="Only this group.")
@click.option("--always", multiple=True, metavar="UNIT", help="Included by name, counted in N.")
@click.option("--seed", default="", metavar="S", help="Repeats a draw.")
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="DIR", help="Where (./抽查-NUMBER)."
)
@click.option("--zip", "zipped", is_flag=True, help="A zip a unit, not a folder.")
@by_option
@config_option
@json_option
@click.pass_context
def draw(
    context: click.Context,
    size: int,
    group: tuple[str, ...],
    always: tuple[str, ...],
    seed: str,
    out: Path | None,
    zipped: bool,
    by: str | None,
    config: Path | None,
    as_json: bool,
) -> None:
    """Draw units for a spot check, stratified over groups, and lay out their files.

    Example: mailbot draw --n 10 --always 金水区 --out 抽查
    """
    session = open_session(context, config)
    if out is not None and out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise SettingsError(f"{out} is not empty; choose a new folder")
    now = SystemClock().now()
    with session.beside() as ledger:
        campaign = campaign_in_force(ledger, session.campaign)
        desk = Desk(ledger, campaign, session.settings, by or getpass.getuser(), now)
        drawn = draw_units(desk, size=size, groups=group or (), always=always or (), seed=seed)
    with speaking(campaign.language):
        folder = out or Path(say("抽查-{number}", number=drawn.number))
    data = session.settings.paths.data
    with session.reading() as ledger:
        paths = write_draw(ledger, campaign, data, drawn, folder, now, zipped=zipped)
    if as_json:
        units = [
            {"unit": one.unit, "group": one.group, "always": one.always, "path": str(path)}
            for one, path in zip(drawn.units, paths, strict=True)
        ]
        print_json({"draw": drawn.number, "seed": drawn.seed, "again": drawn.again, "units": units})
        return
    again = " (drawn before with this seed; nothing new is recorded)" if drawn.again else ""
    console.print(plain(f"draw {drawn.number}, seed {drawn.seed}: {len(drawn.units)} units{again}"))
    for one, path in zip(drawn.units, paths, strict=True):
        console.print(
            plain(
                say(
                    "{unit}（{group}{value}）  {path}",
                    unit=one.unit,
                    group=one.group,
                    value=say("，指定") if one.always else "",
                    path=path,
                )
            )
        )


@click.command("inspect-result")
@click.argument("unit", metavar="UNIT", help="As in units.csv, or an alias.")
@click.argument("result", metavar="RESULT", help="e.g. 相符, 不符")
@click.option("--note", default="", metavar="TEXT", help="What was found.")
@by_option
@config_option
@click.pass_context
def inspect_result(
    context: click.Context, unit: str, result: str, note: str, by: str | None, config: Path | None
) -> None:
    """Enter what the spot check of a unit found; it stands in the exported ledger.

    Example: mailbot inspect-result 金水区 相符 --note 原件齐全
    """
    session = open_session(context, config)
    with session.beside() as ledger:
        campaign = campaign_in_force(ledger, session.campaign)
        now = SystemClock().now()
        desk = Desk(ledger, campaign, session.settings, by or getpass.getuser(), now)
        done = enter_result(desk, unit, result, note)
        number = spotchecks.inspections(ledger)[-1].draw
    console.print(plain(f"{done.subject}: {result}" + (f" (draw {number})" if number else "")))
