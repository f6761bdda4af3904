"""`mailbot check`: what would be said of these files."""

from pathlib import Path

import click

from mailbot.cli.terminal import console, json_option, plain, print_json, unread_config_option
from mailbot.model import Judged, Verdict

_COLOURS = {Verdict.ACCEPTED: "green", Verdict.HELD: "yellow", Verdict.REJECTED: "red"}


@click.command("check")
@click.argument(
    "paths",
    nargs=-1,
    type=click.Path(path_type=Path),
    required=True,
    metavar="PATH…",
    help="Files, folders, .eml messages.",
)
@click.option("--rules", type=click.Path(path_type=Path), metavar="DIR", help="A rules folder.")
@json_option
@unread_config_option
def check(paths: tuple[Path, ...], rules: Path | None, as_json: bool) -> None:
    """Judge files by the rules, without mailbox, ledger or settings.

    Exit code 1 when anything is not accepted.

    Example: mailbot check 演练照片.zip 统计表.docx --json
    """
    import mailbot.inspection.tasks  # noqa: F401 - both halves need it: before they part
    from mailbot.inspection.workers.pool import InspectionPool

    with InspectionPool() as pool:
        pool.expect_files()  # two imports beside each other: the readers', and what judges
        from mailbot.campaign.compiled import checked_campaign
        from mailbot.campaign.shipped import shipped_rules
        from mailbot.workflow.checking import check_paths

        campaign = checked_campaign(rules or shipped_rules())
        results = check_paths(paths, campaign, pool)
    if as_json:
        print_json(
            {
                "campaign": campaign.id,
                "rules_version": campaign.version,
                "results": [result for _, result in results],
            }
        )
    else:
        for judged, _ in results:
            _print(judged, 0)
    if any(judged.verdict is not Verdict.ACCEPTED for judged, _ in results):
        raise click.exceptions.Exit(1)


def _print(judged: Judged, depth: int) -> None:
    indent = "  " * depth
    verdict = click.style(f"{judged.verdict:<8}", fg=_COLOURS[judged.verdict])
    told = plain(f"{judged.name} ({judged.format}, {judged.size:,} bytes)")
    console.print(f"{indent}{verdict} {judged.kind:<8} {told}")
    for finding in judged.findings:
        line = f"{indent}  {finding.severity} {finding.code}: {finding.message}"
        console.print(plain(line + (f" ({finding.where})" if finding.where else "")))
    for member in judged.members:
        _print(member, depth + 1)
