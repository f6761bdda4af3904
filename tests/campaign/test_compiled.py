"""A proved rules folder is read back as it was proved, and only while nothing about it differs."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from mailbot.campaign import compiled, folder
from mailbot.campaign.compiled import KEPT, checked_campaign, compiled_campaign
from mailbot.campaign.folder import load_campaign
from mailbot.errors import SettingsError

RULES = Path(__file__).resolve().parents[2] / "rules"
FOLDERS = sorted(path.parent.name for path in RULES.glob("*/campaign.yaml"))


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return Path(shutil.copytree(RULES / "zhengzhou-2017", tmp_path / "rules"))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "var").mkdir()
    return tmp_path / "var"


@pytest.fixture
def proofs(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folders that were proved, one by one."""
    proved: list[Path] = []

    def counted(path: Path) -> object:
        proved.append(path)
        return load_campaign(path)

    monkeypatch.setattr(folder, "load_campaign", counted)
    return proved


@pytest.mark.parametrize("name", FOLDERS)
def test_what_is_kept_says_all_that_was_proved(name: str, data: Path, proofs: list[Path]) -> None:
    first = compiled_campaign(RULES / name, data)
    again = compiled_campaign(RULES / name, data)
    assert len(proofs) == 1
    assert again is not first
    assert again == first
    assert again.model_dump() == load_campaign(RULES / name).model_dump()


def _edited(name: str) -> Callable[[Path], None]:
    def edit(rules: Path) -> None:
        with (rules / name).open("a", encoding="utf-8") as file:
            file.write("\n")

    return edit


def _template_added(rules: Path) -> None:
    (rules / "templates").mkdir(exist_ok=True)
    (rules / "templates" / "signature.j2").write_text("市安委办", encoding="utf-8")


@pytest.mark.parametrize(
    "change",
    [_edited("campaign.yaml"), _edited("form.yaml"), _edited("units.csv"), _template_added],
)
def test_any_change_of_the_folder_is_proved(
    change: Callable[[Path], None], rules: Path, data: Path, proofs: list[Path]
) -> None:
    compiled_campaign(rules, data)
    change(rules)
    changed = compiled_campaign(rules, data)
    assert len(proofs) == 2
    assert changed.version == load_campaign(rules).version


def test_a_notice_that_says_otherwise_is_found_out(rules: Path, data: Path) -> None:
    compiled_campaign(rules, data)
    (rules / "notice.txt").write_text("别的通知", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"notice\.txt has no such sentence"):
        compiled_campaign(rules, data)


def test_other_code_proves_anew(
    rules: Path, data: Path, proofs: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled_campaign(rules, data)
    monkeypatch.setattr(compiled, "_proving", lambda: "another version")
    compiled_campaign(rules, data)
    assert len(proofs) == 2


def _a_class_of_no_campaign(kept: Path) -> str:
    return kept.read_text("utf-8").replace('"Campaign"', '"Popen"')


@pytest.mark.parametrize(
    "damage",
    [
        lambda kept: kept.read_text("utf-8")[:-100],
        lambda kept: "[]",
        lambda kept: json.dumps({"key": json.loads(kept.read_text("utf-8"))["key"]}),
        _a_class_of_no_campaign,
    ],
)
def test_a_damaged_file_costs_a_proof_and_no_more(
    damage: Callable[[Path], str], rules: Path, data: Path, proofs: list[Path]
) -> None:
    whole = compiled_campaign(rules, data)
    (data / KEPT).write_text(damage(data / KEPT), "utf-8")
    assert compiled_campaign(rules, data) == whole
    assert len(proofs) == 2
    assert compiled_campaign(rules, data) == whole
    assert len(proofs) == 2


def test_nothing_is_left_where_nothing_can_be_kept(
    rules: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert compiled_campaign(rules, data / "not there").id == compiled_campaign(rules, data).id
    (data / KEPT).unlink()
    monkeypatch.setattr(os, "geteuid", lambda: 12345)  # root looks at another's office
    compiled_campaign(rules, data)
    assert list(data.iterdir()) == []


@pytest.fixture
def caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's caches, as the XDG Base Directory Specification lets him name them."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    return tmp_path / "caches"


def test_a_check_proves_a_folder_once_and_every_change_of_it(
    rules: Path, caches: Path, proofs: list[Path]
) -> None:
    assert checked_campaign(rules) == checked_campaign(rules)
    assert len(proofs) == 1
    assert (caches / "mailbot").stat().st_mode & 0o777 == 0o700
    (rules / "campaign.yaml").write_text("id: x\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"campaign\.yaml"):
        checked_campaign(rules)
    assert len(proofs) == 2


def test_a_cache_in_which_others_may_write_is_neither_read_nor_written(
    rules: Path, caches: Path, proofs: list[Path]
) -> None:
    checked_campaign(rules)
    (caches / "mailbot").chmod(0o777)
    before = (caches / "mailbot" / KEPT).stat().st_mtime_ns
    checked_campaign(rules)
    assert len(proofs) == 2
    assert (caches / "mailbot" / KEPT).stat().st_mtime_ns == before


def test_another_users_cache_is_not_believed(
    rules: Path, caches: Path, proofs: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    checked_campaign(rules)
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)  # sudo -E
    checked_campaign(rules)
    assert len(proofs) == 2


@pytest.mark.parametrize("place", ["/dev/null/caches", "caches"])
def test_without_a_place_of_its_own_a_check_proves_every_time(
    place: str, rules: Path, tmp_path: Path, proofs: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", place)  # a relative one is to be ignored
    monkeypatch.setenv("HOME", "/dev/null")
    checked_campaign(rules)
    checked_campaign(rules)
    assert len(proofs) == 2
