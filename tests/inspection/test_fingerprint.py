"""The key of facts changes with whatever reads, and cannot be forgotten."""

import shutil
import subprocess
import sys
from importlib.metadata import packages_distributions, version
from pathlib import Path

import pytest
from make.imports import PACKAGE, imports, module_file, reached

from mailbot.inspection import fingerprint
from mailbot.inspection.fingerprint import CODE, LIBRARIES, fingerprint_of, readers_fingerprint

# Reached by the readers, and no fact is made there.
MAKES_NO_FACTS = {
    "mailbot": "the version",
    "mailbot.errors": "what a full disk is called",
    "mailbot.flushing": "brings what is stored to the disk",
    "mailbot.inbox": "its docstring",
}
# Imported where the readers' code lies, and reads nothing.
READS_NOTHING = {
    "distributed": "carries tasks to other machines",
    "pydantic": "the alias of JSON data",
}


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of the package's sources."""
    copy = tmp_path / "mailbot"
    shutil.copytree(
        PACKAGE,
        copy,
        ignore=lambda folder, names: [
            name
            for name in names
            if not (Path(folder) / name).is_dir() and not name.endswith(".py")
        ],
    )
    return copy


def test_it_is_short_and_the_same_in_every_process() -> None:
    said = subprocess.run(
        [
            sys.executable,
            "-c",
            "from mailbot.inspection.fingerprint import readers_fingerprint as f; print(f())",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.strip() == readers_fingerprint()
    assert len(readers_fingerprint()) == 16


def test_a_copy_elsewhere_has_the_same(package: Path) -> None:
    assert fingerprint_of(package) == readers_fingerprint()


@pytest.mark.parametrize(
    "changed",
    [
        "formats/archives/zip.py",
        "formats/text/charsets.py",
        "inspection/media/photo.py",
        "inspection/readers/word.py",
        "inspection/tree.py",
        "inbox/parting/splitter.py",
        "model.py",
    ],
)
def test_it_changes_with_a_reader(package: Path, changed: str) -> None:
    path = package / changed
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert fingerprint_of(package) != readers_fingerprint()


def test_it_changes_with_a_reader_that_comes_or_is_renamed(package: Path) -> None:
    (package / "formats" / "new.py").write_text("", encoding="utf-8")
    added = fingerprint_of(package)
    (package / "formats" / "new.py").rename(package / "formats" / "newer.py")
    assert len({readers_fingerprint(), added, fingerprint_of(package)}) == 3


@pytest.mark.parametrize("changed", ["judgement/media.py", "outbox/etiquette.py", "cli/app.py"])
def test_rules_answers_and_commands_leave_it_alone(package: Path, changed: str) -> None:
    (package / changed).write_text("", encoding="utf-8")
    assert fingerprint_of(package) == readers_fingerprint()


def test_it_changes_when_a_library_is_renewed_or_an_extra_comes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    installed = fingerprint._installed()

    def with_pillow(number: str | None) -> str:
        others = {name: each for name, each in installed.items() if name != "pillow"}
        changed = others | ({"pillow": number} if number else {})
        monkeypatch.setattr(fingerprint, "_installed", lambda: changed)
        monkeypatch.setattr(fingerprint, "_version_of", lambda library: "absent")
        return fingerprint_of(PACKAGE)

    assert len({with_pillow(each) for each in ("1.0", "2.0", None)}) == 3


def test_versions_are_those_of_the_installation() -> None:
    """The names of folders against what the metadata say."""
    installed = fingerprint._installed()
    assert {
        library: installed[fingerprint._plain(library)]
        for library in ("pillow", "pdfminer.six", "numpy", "python-calamine")
    } == {
        library: version(library)
        for library in ("pillow", "pdfminer.six", "numpy", "python-calamine")
    }


def test_no_reader_is_imported_for_it() -> None:
    script = (
        "import sys; from mailbot.inspection.fingerprint import readers_fingerprint as f; f();"
        "print([m for m in ('PIL', 'numpy', 'pdfplumber', 'cv2', 'py7zr') if m in sys.modules])"
    )
    said = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == "[]"


def test_all_code_that_measures_is_in_it() -> None:
    modules = reached("mailbot.inspection.tree")
    assert len(modules) > 60
    outside = {
        module
        for module in modules
        if not any(
            str((module_file(module) or PACKAGE).relative_to(PACKAGE)).startswith(part)
            for part in CODE
        )
    }
    assert outside == set(MAKES_NO_FACTS)


def test_all_libraries_that_read_are_in_it() -> None:
    owners = packages_distributions()
    used = {
        name.partition(".")[0]
        for part in CODE
        for path in ([PACKAGE / part] if part.endswith(".py") else (PACKAGE / part).rglob("*.py"))
        for name in imports(path)
    }
    foreign = {
        owner.lower()
        for name in used - sys.stdlib_module_names - {"mailbot"}
        for owner in owners.get(name, [])
    }
    assert {"pillow", "pdfplumber", "py7zr"} <= foreign
    assert foreign - set(LIBRARIES) == set(READS_NOTHING)
