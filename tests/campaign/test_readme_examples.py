"""The examples in rules/README.md are folders that load, and use every key of the language; so are
those of the page for clerks."""

import re
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from mailbot.campaign import forms, rules, types
from mailbot.campaign.folder import load_campaign
from mailbot.campaign.types import Campaign
from mailbot.demo.from_folder import mails_of_folder
from mailbot.record import Record

README = Path(__file__).resolve().parents[2] / "rules" / "README.md"
TEXT = README.read_text("utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
UNITS = re.findall(r"```csv\n(.*?)```", TEXT, re.DOTALL)


def files_of(block: str) -> dict[str, str]:
    """The files of one example, each below its name."""
    parts = re.split(r"^# (\w+\.yaml)\n", block, flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


FOR_CLERKS = (README.parent / "操作说明.md").read_text("utf-8")
CLERKS_BLOCKS = re.findall(r"```yaml\n(.*?)```", FOR_CLERKS, re.DOTALL)
CLERKS_UNITS = re.findall(r"```csv\n(.*?)```", FOR_CLERKS, re.DOTALL)


def loaded(block: str, folder: Path, whole: str = BLOCKS[0], units: str = UNITS[0]) -> Campaign:
    files = files_of(block)
    assert "campaign.yaml" in files
    changed = yaml.safe_load(whole) | yaml.safe_load(files["campaign.yaml"])
    files["campaign.yaml"] = yaml.safe_dump(changed, allow_unicode=True, sort_keys=False)
    for name, content in (files | {"units.csv": units}).items():
        (folder / name).write_text(content, encoding="utf-8")
    return load_campaign(folder)


@pytest.mark.parametrize("block", BLOCKS)
def test_every_example_is_a_good_folder(block: str, tmp_path: Path) -> None:
    loaded(block, tmp_path)


@pytest.mark.parametrize("block", CLERKS_BLOCKS)
def test_every_example_for_clerks_is_a_good_folder(block: str, tmp_path: Path) -> None:
    loaded(block, tmp_path, CLERKS_BLOCKS[0], CLERKS_UNITS[0])


def test_the_demo_sends_forms_whatever_their_fields_are_called(tmp_path: Path) -> None:
    """Its first required field has the key `day`, which was a name of the program's, too."""
    (block,) = [one for one in BLOCKS if "form.yaml" in files_of(one)]
    campaign = loaded(block, tmp_path)
    assert any(field.key == "day" and field.required for field in campaign.form.fields)
    assert len(mails_of_folder(campaign)) > 2


def test_the_first_example_is_whole_by_itself(tmp_path: Path) -> None:
    (tmp_path / "campaign.yaml").write_text(BLOCKS[0], encoding="utf-8")
    (tmp_path / "units.csv").write_text(UNITS[0], encoding="utf-8")
    assert load_campaign(tmp_path).deadline_of("江城泵站").day == 20


def keys_in(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set(value) | {key for one in value.values() for key in keys_in(one)}
    return {key for one in value for key in keys_in(one)} if isinstance(value, list) else set()


def test_every_key_of_the_language_stands_in_an_example() -> None:
    shown = {
        key
        for block in BLOCKS
        for content in files_of(block).values()
        for key in keys_in(yaml.safe_load(content))
    }

    def keys_of(model: type[Record]) -> set[str]:
        return {field.alias or name for name, field in model.model_fields.items()}

    wanted = keys_of(types.Campaign) - {"form", "forms", "units", "version", "templates"}
    for model in (types.Material, types.DocumentKind, types.TextRule, types.Reminder):
        wanted |= keys_of(model)
    wanted |= keys_of(types.IdentityWords) | keys_of(types.Contact) | keys_of(types.Group)
    wanted |= keys_of(forms.FormSpec) | keys_of(forms.FormField) | keys_of(forms.FormRows)
    for union in (rules.Rule, forms.FormCheck):
        for rule in get_args(get_args(union)[0]):
            wanted |= keys_of(rule)
    assert wanted - shown == set()
