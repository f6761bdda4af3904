"""The wheel stands alone: rules, templates and the demo's files lie in it, wherever it runs."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from mailbot.demo.photos import make_photo

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, built by the build system it names, unpacked."""
    folder = tmp_path_factory.mktemp("wheel")
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    command = [sys.executable, "-m", "pip", "wheel", *options, "-w", str(folder), str(REPOSITORY)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    (wheel,) = folder.glob("mailbot-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "unpacked")
    return folder / "unpacked"


def run(unpacked: Path, empty: Path, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
    """A command of the wheel's mailbot, from a folder that holds nothing of the checkout."""
    environment = {k: value for k, value in os.environ.items() if not k.startswith("MAILBOT_")}
    where = "import mailbot, sys; sys.stderr.write(mailbot.__file__ + chr(10));"
    code = f"{where} from mailbot.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-P", "-c", code, *arguments],
        cwd=empty,
        env=environment | {"PYTHONPATH": str(unpacked)},
        capture_output=True,
        timeout=300,
        check=False,
    )


def test_the_wheels_own_rules_judge_a_photo(unpacked: Path, tmp_path: Path) -> None:
    (tmp_path / "small.jpg").write_bytes(make_photo(800, 600, 1))
    done = run(unpacked, tmp_path, "check", "small.jpg", "--json")
    assert done.stderr.decode().startswith(str(unpacked / "mailbot"))
    assert done.returncode == 1, done.stderr.decode()
    found = json.loads(done.stdout)
    assert found["campaign"] == "zhengzhou-2017"
    assert [one["code"] for one in found["results"][0]["findings"]] == ["PHOTO_SIZE"]


def test_every_shipped_campaign_and_every_template_is_in_the_wheel(unpacked: Path) -> None:
    for source, inside in (("rules", "shipped_rules"), ("mailbot/templates", "templates")):
        files = [path for path in (REPOSITORY / source).rglob("*") if path.is_file()]
        assert len(files) > 6
        for path in files:
            copy = unpacked / "mailbot" / inside / path.relative_to(REPOSITORY / source)
            assert copy.read_bytes() == path.read_bytes(), path


def test_the_wheels_own_rules_are_good(unpacked: Path, tmp_path: Path) -> None:
    shipped = unpacked / "mailbot" / "shipped_rules" / "zhengzhou-2017"
    done = run(unpacked, tmp_path, "rules", "check", str(shipped))
    assert done.returncode == 0, done.stderr.decode()


def test_the_demo_runs_from_an_empty_folder(unpacked: Path, tmp_path: Path) -> None:
    done = run(unpacked, tmp_path, "demo")
    assert done.returncode == 0, done.stderr.decode()
    (left,) = tmp_path.iterdir()
    assert len(list((left / "replies").glob("*.eml"))) == 7
    assert "金水区" in (left / "digest.html").read_text("utf-8")


def test_the_licence_and_no_test_lie_in_the_wheel(unpacked: Path) -> None:
    (about,) = unpacked.glob("*.dist-info")
    assert (about / "licenses" / "LICENSE").read_bytes() == (REPOSITORY / "LICENSE").read_bytes()
    assert {path.name for path in unpacked.iterdir()} == {"mailbot", about.name}
