"""What lies in deploy/ fits the program: no container engine is needed to see that."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from mailbot.settings.sources import find_settings, load_settings

REPOSITORY = Path(__file__).resolve().parent.parent
DEPLOY = REPOSITORY / "deploy"


def test_the_environment_of_the_composed_service_is_a_whole_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))["services"]["mailbot"]
    secret = tmp_path / "imap-password"
    secret.write_text("app-code\n")
    monkeypatch.chdir(tmp_path)
    for key, value in service["environment"].items():
        monkeypatch.setenv(key, str(secret) if key.endswith("_FILE") else value)
    settings = load_settings(find_settings(None))
    assert settings.imap is not None
    assert settings.smtp is not None
    assert settings.imap.password.get_secret_value() == "app-code"
    assert settings.smtp.from_address == settings.imap.username
    assert settings.outbox.mode == "shadow"
    assert settings.office.addresses


def test_the_container_copies_what_the_package_is_built_of() -> None:
    lines = (DEPLOY / "Containerfile").read_text("utf-8").splitlines()
    copied = {word for line in lines if line.startswith("COPY") for word in line.split()[1:-1]}
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))
    build = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert copied >= {*build["packages"], *build["force-include"], project["project"]["readme"]}
    extras = next(line for line in lines if line.startswith("ARG EXTRAS=")).split("[")[1][:-1]
    assert set(extras.split(",")) <= set(project["project"]["optional-dependencies"])


def test_the_constraints_are_exact_and_lie_within_the_ranges_of_the_project() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))
    extras = project["project"]["optional-dependencies"].values()
    ranges = [project["project"]["dependencies"], *extras, project["build-system"]["requires"]]
    wanted = [Requirement(one) for some in ranges for one in some if not one.startswith("mailbot[")]
    lines = (DEPLOY / "constraints.txt").read_text("utf-8").splitlines()
    exact = [Requirement(line) for line in lines if not line.startswith("#")]
    assert all([each.operator for each in one.specifier] == ["=="] for one in exact)
    versions = {canonicalize_name(one.name): str(one.specifier)[2:] for one in exact}
    for one in wanted:
        assert one.specifier.contains(versions[canonicalize_name(one.name)]), one
        assert {each.operator for each in one.specifier} <= {">=", "<"}, one


@pytest.mark.parametrize("user", ["deploy/demo.sh", "tests/run.sh", "deploy/Containerfile"])
def test_what_installs_installs_the_tested_versions(user: str) -> None:
    text = (REPOSITORY / user).read_text("utf-8")
    assert re.search(r"pip install[^&]*-c \S*deploy/constraints\.txt", text)


UNITS = sorted(DEPLOY.glob("*.service"))


def test_the_unit_is_exposed_to_little() -> None:
    """Below 2.0 by systemd's own count, where systemd is here to count."""
    lines = (DEPLOY / "mailbot.service").read_text("utf-8").splitlines()
    wanted = {"CapabilityBoundingSet=", "PrivateDevices=yes", "RestrictNamespaces=yes"}
    assert wanted | {"SystemCallFilter=@system-service", "MemoryMax=4G"} <= set(lines)
    if shutil.which("systemd-analyze") is None:
        return
    asked = ["systemd-analyze", "security", "--offline=true", "--no-pager", "--threshold=20"]
    asked.append(str(DEPLOY / "mailbot.service"))
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-300:]
    assert "Overall exposure level" in done.stdout


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_systemd_finds_nothing_wrong_with_a_unit(unit: Path, tmp_path: Path) -> None:
    """But for programs that are installed later; where systemd is here to look."""
    if shutil.which("systemd-analyze") is None:
        return
    text = re.sub(r"(ExecStart=)/opt/mailbot/\S+", r"\1/bin/true", unit.read_text("utf-8"))
    copy = tmp_path / unit.name
    copy.write_text(text, "utf-8")
    asked = ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", str(copy)]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


# Of the Compose Specification (05-services.md): what we use of a service, and of which type.
SERVICE: dict[type, tuple[str, ...]] = {
    str: ("restart", "stop_grace_period"),
    bool: ("read_only",),
    dict: ("build", "environment", "healthcheck"),
    list: (
        *("tmpfs", "cap_drop", "security_opt", "volumes", "secrets", "env_file"),
        *("entrypoint", "command"),
    ),
}


def composed(name: str) -> dict[str, Any]:
    found = yaml.safe_load((DEPLOY / name).read_text("utf-8"))
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("name", ["compose.yaml", "compose-dask.yaml"])
def test_what_is_composed_is_what_the_specification_knows(name: str) -> None:
    document = composed(name)
    known = {"services", "secrets", "volumes"}
    assert {key for key in document if not key.startswith("x-")} <= known
    for service in document["services"].values():
        for key, value in service.items():
            assert key in SERVICE[type(value)], key
        words = service.get("entrypoint", []) + service.get("command", [])
        assert all(isinstance(word, str) for word in words)  # an engine refuses a bare number
        named = [each.partition(":")[0] for each in service.get("volumes", [])]
        declared = document.get("volumes", {})
        assert all(each.startswith(("./", "/")) or each in declared for each in named)
        assert set(service.get("secrets", [])) <= set(document.get("secrets", {}))


def test_the_environment_with_other_machines_is_a_whole_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "secret").write_text("app-code\n")
    for name in ("compose.yaml", "compose-dask.yaml"):
        for key, value in composed(name)["services"]["mailbot"]["environment"].items():
            monkeypatch.setenv(key, str(tmp_path / "secret") if key.endswith("_FILE") else value)
    settings = load_settings(find_settings(None))
    assert settings.inspection.executor == "dask"
    assert settings.inspection.scheduler == "tls://scheduler:8786"
    assert settings.paths.files.startswith("s3://")


@pytest.mark.parametrize("role", ["scheduler", "worker"])
def test_dask_knows_each_option_that_it_is_started_with(role: str, tmp_path: Path) -> None:
    """In the unit and in the container alike."""
    pytest.importorskip("distributed", reason="mailbot[dask] is not installed")
    from distributed.cli.dask_scheduler import main as scheduler
    from distributed.cli.dask_worker import main as worker

    text = (DEPLOY / f"mailbot-dask-{role}.service").read_text("utf-8").replace("\\\n", " ")
    (line,) = (one for one in text.splitlines() if one.startswith("ExecStart="))
    service = composed("compose-dask.yaml")["services"][role]
    (tmp_path / "there").touch()
    for words in (line.split(), service["entrypoint"] + service["command"]):
        given = words[words.index(role) + 1 :]
        there = [str(tmp_path / "there") if "/tls/" in word else word for word in given]
        command = {"scheduler": scheduler, "worker": worker}[role]
        asked = command.make_context(role, there).params
        files = [asked[key] for key in ("tls_ca_file", "tls_cert", "tls_key")]
        assert files == [str(tmp_path / "there")] * 3
        assert not asked["dashboard"]


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_each_service_writes_where_it_must_and_nowhere_else(unit: Path) -> None:
    lines = unit.read_text("utf-8").splitlines()
    assert {"ProtectSystem=strict", "User=mailbot", "NoNewPrivileges=yes"} <= set(lines)
    assert any(line.startswith(("StateDirectory=", "ReadWritePaths=")) for line in lines)


def test_the_container_is_read_only_without_rights_and_asked_for_its_health() -> None:
    service = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))["services"]["mailbot"]
    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    lines = (DEPLOY / "Containerfile").read_text("utf-8").splitlines()
    assert any(re.fullmatch(r"USER \d+", line) for line in lines)
    assert any(re.match(r'HEALTHCHECK .*CMD \["mailbot", "health"\]', line) for line in lines)


@pytest.mark.parametrize("script", sorted(DEPLOY.glob("*.sh")), ids=lambda path: path.name)
def test_scripts_say_what_they_are_for_and_stop_at_the_first_failure(script: Path) -> None:
    lines = script.read_text("utf-8").splitlines()
    assert lines[0] == "#!/bin/sh"
    assert lines[1].startswith("# ")
    assert "set -eu" in lines


def test_the_word_of_the_container_is_readable_by_its_user() -> None:
    """A secret from a file keeps its owner on the host in docker and podman alike: uid and
    mode are passed over there (docker/compose 9648, containers/podman-compose 1548)."""
    lines = (DEPLOY / "Containerfile").read_text("utf-8").splitlines()
    (user,) = (line.split()[1] for line in lines if line.startswith("USER "))
    guide = (DEPLOY / "README.md").read_text("utf-8")
    assert f"install -m 400 -o {user} /dev/stdin deploy/secrets/imap-password" in guide


def test_the_health_of_a_container_is_asked_for_by_podman_too() -> None:
    """Its images are OCI images, which hold no HEALTHCHECK: the service has to say it again."""
    service = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))["services"]["mailbot"]
    assert service["healthcheck"]["test"] == ["CMD", "mailbot", "health"]


def test_the_backup_makes_its_folder_and_names_the_day_alike_in_every_locale() -> None:
    """systemd cannot set up the unit while a folder of ReadWritePaths= is missing, and hands
    LANG=zh_CN.UTF-8 on, under which `date +%a` says 六."""
    lines = (DEPLOY / "mailbot-backup.service").read_text("utf-8").splitlines()
    said = dict(line.split("=", 1) for line in lines if "=" in line and line[0] != "#")
    assert said["ExecStartPre"] == "+/usr/bin/install -d -m 700 -o mailbot /srv/mailbot"
    assert said["ReadWritePaths"].split()[0] == "/srv"
    assert "$$(LC_ALL=C date +%%a)" in said["ExecStart"]
