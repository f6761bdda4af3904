"""The documents are test subjects: every command, setting, code and reason stands in them."""

import ast
import re
from pathlib import Path
from typing import Any, get_args

import pytest

import mailbot
from mailbot.campaign import forms, rules, types
from mailbot.campaign.types import Campaign
from mailbot.cli.commands import PLACES, load
from mailbot.inbox.screening.automail import NO_ANSWER_CODES
from mailbot.record import Record
from mailbot.settings.types import Settings

REPOSITORY = Path(__file__).parent.parent
DOCUMENTS = (
    "README.md",
    *(f"{room}/README.md" for room in ("deploy", "mailbot", "rules", "tests")),
    "rules/操作说明.md",
)
FRONT, OPERATING, INSIDE, RULES, TESTS, FOR_CLERKS = (
    (REPOSITORY / name).read_text(encoding="utf-8") for name in DOCUMENTS
)


def commands() -> list[str]:
    return [" ".join(words) for name in PLACES for words in _words(name, load(name))]


def _words(name: str, command: Any) -> list[tuple[str, ...]]:
    """A command, or those of a group; a group that does something by itself is one, too."""
    inner = getattr(command, "commands", {})
    own = [(name,)] if not inner or command.invoke_without_command else []
    return own + [(name, *words) for key, one in inner.items() for words in _words(key, one)]


@pytest.mark.parametrize("command", commands())
def test_every_command_has_a_row(command: str) -> None:
    assert f"| `mailbot {command}" in OPERATING


def test_no_command_is_named_that_is_not_there() -> None:
    named = re.findall(
        r"^\| `mailbot ([a-z-]+)(?: ([a-z]+))?(?: ([a-z]+)\b)?", OPERATING, re.MULTILINE
    )
    assert len(named) >= len(commands())
    assert {" ".join(filter(None, words)) for words in named} == set(commands())


def settings_keys() -> list[tuple[str, str, Any]]:
    keys = []
    for section, field in Settings.model_fields.items():
        options = getattr(field.annotation, "__args__", (field.annotation,))
        model = next(one for one in options if isinstance(one, type) and issubclass(one, Record))
        keys += [(section, key, one) for key, one in model.model_fields.items()]
    return keys


@pytest.mark.parametrize(("section", "key", "field"), settings_keys())
def test_every_setting_has_a_row_with_its_default(section: str, key: str, field: Any) -> None:
    part = OPERATING.partition(f"| `[{section}]`")[2].partition("\n| `[")[0]
    row = next((line for line in part.splitlines() if f"| `{key}` |" in line), "")
    assert row, f"{section}.{key}"
    assert field.description in row
    if not field.is_required() and isinstance(field.default, int | str) and field.default:
        assert f"`{str(field.default).lower()}`" in row.lower()


def test_no_setting_is_named_that_is_not_there() -> None:
    table = OPERATING.partition("## Settings")[2].partition("\n## ")[0]
    named = set(re.findall(r"^\|[^|]*\| `(\w+)` \|", table, re.MULTILINE))
    assert named == {key for _, key, _ in settings_keys()}


def test_every_finding_code_has_a_row_and_no_other(campaign: Campaign) -> None:
    named = re.findall(r"^\| `([A-Z0-9_]+)` \|", RULES + INSIDE, re.MULTILINE)
    codes = {rule.code for rule in campaign.rules} | {one.code for one in campaign.form.checks}
    stages = "|".join({code.partition("_")[0] for code in codes} | {"OFFICE", "LINK", "SLOT"})
    own = re.compile(rf'"((?:{stages})_[A-Z_]+)"')
    for source in (REPOSITORY / "mailbot").rglob("*.py"):
        codes.update(own.findall(source.read_text(encoding="utf-8")))
    assert sorted(named) == sorted(codes)


def test_every_reason_for_no_answer_stands_in_the_order_of_asking() -> None:
    table = INSIDE.partition("| reason on record |")[2].partition("\n\n")[0]
    named = re.findall(r"`(\w+)`", table)
    assert tuple(named[: len(NO_ANSWER_CODES)]) == NO_ANSWER_CODES
    asked = (REPOSITORY / "mailbot/outbox/etiquette.py").read_text(encoding="utf-8")
    assert set(re.findall(r'Answer\(False, "(\w+)"', asked)) < set(named)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_path_a_document_names_is_there(document: str) -> None:
    text = (REPOSITORY / document).read_text(encoding="utf-8")
    named = re.findall(r"`((?:mailbot|rules|tests|deploy|\.ci)/[\w./-]*\w/?)`", text)
    named += re.findall(r"`([A-Z]+(?:\.md)?)`", text) if document == "README.md" else []
    assert named
    for path in named:
        assert (REPOSITORY / path).exists(), path


def test_the_front_page_is_short() -> None:
    assert len(FRONT.encode()) <= 14_000


def test_every_document_is_reached_from_the_front_page() -> None:
    for name in (*DOCUMENTS[1:], "CHANGELOG.md", "deploy/THREATS.md", "LICENSE"):
        assert f"`{name}`" in FRONT, name


def rooms() -> list[Path]:
    return [path.parent for path in sorted((REPOSITORY / "mailbot").rglob("__init__.py"))]


@pytest.mark.parametrize("room", rooms(), ids=lambda path: path.name)
def test_every_room_says_what_enters_and_what_leaves(room: Path) -> None:
    text = ast.get_docstring(ast.parse((room / "__init__.py").read_text(encoding="utf-8"))) or ""
    assert re.search(r"[Ee]nters?\b", text), room
    assert re.search(r"[Ll]eaves\b", text), room
    if room.parent == REPOSITORY / "mailbot":
        assert f"`mailbot/{room.name}`" in INSIDE, room


def keys_of(model: type[Record]) -> set[str]:
    return {field.alias or name for name, field in model.model_fields.items()}


def test_every_key_of_a_rules_folder_is_explained() -> None:
    """What the loader sets by itself (form, forms, units, version, templates) is no key."""
    wanted = keys_of(Campaign) - {"form", "forms", "units", "version", "templates"}
    wanted |= keys_of(types.Material) | keys_of(types.DocumentKind) | keys_of(types.TextRule)
    wanted |= keys_of(types.Reminder) | keys_of(types.IdentityWords) | keys_of(types.Unit)
    wanted |= keys_of(forms.FormSpec) | keys_of(forms.FormField)
    for union in (rules.Rule, forms.FormCheck):
        for rule in get_args(get_args(union)[0]):
            wanted |= keys_of(rule)
    for page in (RULES, FOR_CLERKS):
        assert wanted - set(re.findall(r"`([a-z_]+)`", page)) == set()


def what_rules_ask() -> list[str]:
    return [
        get_args(rule.model_fields["test"].annotation)[0]
        for union in (rules.Rule, forms.FormCheck)
        for rule in get_args(get_args(union)[0])
    ]


@pytest.mark.parametrize("test", what_rules_ask())
def test_every_test_a_rule_can_ask_is_explained(test: str) -> None:
    assert f"`{test}`" in RULES
    assert f"`{test}`" in FOR_CLERKS


def test_the_page_for_clerks_shows_commands_that_are_there_with_options_they_have() -> None:
    shown = re.findall(r"`mailbot ([^`]+)`", FOR_CLERKS)
    assert len(shown) > 8
    for line in shown:
        words = line.split()
        command = load(words[0])
        if words[0] == "rules":
            command = command.commands[words[1]]
        options = {option for one in command.params for option in one.opts}
        assert {word for word in words if word.startswith("--")} <= options, line


def test_the_page_for_clerks_names_every_type_of_field_and_kind_of_material() -> None:
    kinds = get_args(types.SlotKind)
    for word in (*kinds, *get_args(forms.FieldType), *types.SHIPPED_SLOTS):
        assert re.search(rf"(?<![a-z_]){word}(?![a-z_])", FOR_CLERKS), word


def test_the_version_is_the_newest_of_the_changelog() -> None:
    text = (REPOSITORY / "CHANGELOG.md").read_text(encoding="utf-8")
    versions = re.findall(r"^## (\d+\.\d+\.\d+)\b", text, re.MULTILINE)
    assert versions[0] == mailbot.__version__
    numbers = [tuple(map(int, version.split("."))) for version in versions]
    assert numbers == sorted(numbers, reverse=True)


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
