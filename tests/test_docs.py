"""The README is a test subject: every command, setting and rule code stands in it."""

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from mailbot.campaign.types import Campaign
from mailbot.cli.commands import PLACES, load
from mailbot.inbox.screening.automail import NO_ANSWER_CODES
from mailbot.settings.types import Settings

REPOSITORY = Path(__file__).parent.parent
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")


def commands() -> list[str]:
    return [
        f"{name} {inner}" if hasattr(command, "commands") else name
        for name, command in ((name, load(name)) for name in PLACES)
        for inner in getattr(command, "commands", [""])
    ]


@pytest.mark.parametrize("command", commands())
def test_every_command_is_in_the_readme(command: str) -> None:
    assert f"`mailbot {command}" in README


def settings_keys() -> list[tuple[str, str, Any]]:
    keys = []
    for section, field in Settings.model_fields.items():
        options = getattr(field.annotation, "__args__", (field.annotation,))
        model = next(one for one in options if isinstance(one, type) and issubclass(one, BaseModel))
        keys += [(section, key, one) for key, one in model.model_fields.items()]
    return keys


@pytest.mark.parametrize(("section", "key", "field"), settings_keys())
def test_every_setting_is_in_the_readme_with_its_default(
    section: str, key: str, field: Any
) -> None:
    part = README.partition(f"| `[{section}]`")[2].partition("\n| `[")[0]
    row = next((line for line in part.splitlines() if f"| `{key}` |" in line), "")
    assert row, f"{section}.{key}"
    assert field.description in row
    if not field.is_required() and isinstance(field.default, int | str) and field.default:
        assert f"`{str(field.default).lower()}`" in row.lower()


def test_the_readme_names_no_setting_that_is_not_there() -> None:
    table = README.partition("## Settings")[2].partition("## Rules")[0]
    named = set(re.findall(r"^\|[^|]*\| `(\w+)` \|", table, re.MULTILINE))
    assert named == {key for _, key, _ in settings_keys()}


def test_every_finding_code_is_in_the_readme_and_no_other(campaign: Campaign) -> None:
    table = README.partition("## Rules")[2].partition("## How a dossier")[0]
    named = re.findall(r"^\| `([A-Z0-9_]+)` \|", table, re.MULTILINE)
    codes = {rule.code for rule in campaign.rules} | {one.code for one in campaign.form.checks}
    stages = "|".join({code.partition("_")[0] for code in codes} | {"OFFICE", "LINK"})
    own = re.compile(rf'"((?:{stages})_[A-Z_]+)"')
    for source in (REPOSITORY / "mailbot").rglob("*.py"):
        codes.update(own.findall(source.read_text(encoding="utf-8")))
    assert sorted(named) == sorted(codes)


def test_every_reason_for_no_answer_is_in_the_readme_in_the_order_of_asking() -> None:
    table = README.partition("| reason on record |")[2].partition("\n\n")[0]
    named = re.findall(r"`(\w+)`", table)
    assert tuple(named[: len(NO_ANSWER_CODES)]) == NO_ANSWER_CODES
    asked = (REPOSITORY / "mailbot/outbox/etiquette.py").read_text(encoding="utf-8")
    assert set(re.findall(r'Answer\(False, "(\w+)"', asked)) < set(named)


def test_every_path_the_readme_names_is_there() -> None:
    named = re.findall(r"`((?:mailbot|rules|tests|deploy|\.ci)/[\w./-]*)`", README)
    assert len(named) > 5
    for path in named:
        assert (REPOSITORY / path).exists(), path


def test_the_repository_names_no_path_of_a_machine_and_no_package_index() -> None:
    forbidden = re.compile("/" + "work/|/" + "farm/|files." + "pythonhosted|pypi" + r"\.org/simple")
    for path in REPOSITORY.rglob("*"):
        inside = path.relative_to(REPOSITORY).parts
        if path.suffix in {".py", ".md", ".toml", ".sh", ".yaml", ".csv", ".j2"} and not any(
            part.startswith(".venv") or part in {".git", "var"} for part in inside
        ):
            assert not forbidden.search(path.read_text(encoding="utf-8")), path


def test_the_threat_model_names_only_tests_that_are_there() -> None:
    """Each line of what is defended has a test, and each test is a file."""
    text = (REPOSITORY / "deploy" / "THREATS.md").read_text(encoding="utf-8")
    defended = text.partition("| --- | --- | --- |\n")[2].partition("\n\n")[0].splitlines()
    assert len(defended) > 10
    for line in defended:
        tests = re.findall(r"`(tests/[\w/]+\.py)`", line)
        assert tests, line
        for test in tests:
            assert (REPOSITORY / test).is_file(), test
