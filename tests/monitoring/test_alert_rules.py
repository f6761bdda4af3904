"""deploy/prometheus-rules.yml, evaluated by Prometheus's own promtool: when each rule is silent,
when it speaks, and what it says."""

import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

RULES = Path(__file__).resolve().parents[2] / "deploy" / "prometheus-rules.yml"
DAYS_14, DAYS_2 = 14 * 86400, 2 * 86400


@dataclass(frozen=True)
class Case:
    """What is measured, one value a minute, in promtool's notation; until which minute the rule is
    silent, from which it speaks (0: it never does), and its words."""

    alert: str
    series: dict[str, str]
    silent: int
    speaks: int
    labels: dict[str, str] = field(default_factory=dict)
    summary: str = ""


def steady(value: float) -> str:
    return f"{value:.0f}+0x300"


CASES = (
    Case("MailbotDown", {'up{job="mailbot"}': "1+0x4 0+0x300"}, 14, 15, {"job": "mailbot"}),
    Case("MailbotDown", {'up{job="mailbot"}': "1+0x4 0+0x5 1+0x300"}, 200, 0),  # a restart
    Case("MailbotNoMailTakenIn", {"mailbot_last_poll_timestamp_seconds": steady(0)}, 35, 36),
    Case("MailbotNoMailTakenIn", {"mailbot_last_poll_timestamp_seconds": "0+60x300"}, 200, 0),
    Case(
        "MailbotStopped",
        {'mailbot_stopped{way="login"}': "0+0x9 1+0x300", 'mailbot_stopped{way="sending"}': "0"},
        9,
        10,
        {"way": "login"},
        "login stopped until a person acts",
    ),
    Case("MailbotLedgerUnreadable", {"mailbot_ledger_readable": "1+0x4 0+0x300"}, 14, 15),
    Case(
        "MailbotQuarantined",
        {'mailbot_arrivals{state="quarantined"}': "0+0x4 2+0x300"},
        4,
        5,
        {"state": "quarantined"},
        "2 mails are set aside",
    ),
    Case("MailbotQuarantined", {'mailbot_arrivals{state="answered"}': steady(9)}, 200, 0),
    Case(
        "MailbotReplyDead",
        {'mailbot_replies{state="dead"}': "0+0x4 1+0x300"},
        4,
        5,
        {"state": "dead"},
        "1 replies were refused for good",
    ),
    Case(
        "MailbotReplyWaits",
        {'mailbot_oldest_reply_age_seconds{state="deferred"}': "21600+60x300"},
        10,
        11,
        {"state": "deferred"},
        "a reply has waited for six hours (deferred)",
    ),
    Case("MailbotSendsUsedUp", {"mailbot_sends_left_today": "200-1x199 0+0x50"}, 199, 200),
    Case(
        "MailbotFolderMissing",
        {"mailbot_missing_folders": "0+0x4 1+0x300"},
        14,
        15,
        {},
        "1 folders of extra_folders are not on the server",
    ),
    Case(
        "MailbotWorkerFaults",
        {'mailbot_inspection_faults_total{kind="crashed"}': "0+0x9 6+0x300"},
        9,
        10,
        {"kind": "crashed"},
        "files end their workers (crashed)",
    ),
    Case(  # what a file is worth a person's look is no fault of a worker
        "MailbotWorkerFaults",
        {'mailbot_inspection_faults_total{kind="encrypted"}': "0+0x9 60+0x300"},
        200,
        0,
    ),
    Case("MailbotDiskLow", {"mailbot_disk_free_bytes": "3e9+0x4 1.9e9+0x300"}, 14, 15),
    Case(
        "MailbotCertificateEnds",
        {'mailbot_certificate_ends_timestamp_seconds{server="imap"}': steady(DAYS_14 + 3600)},
        120,
        121,
        {"server": "imap"},
        "the certificate of imap ends within 14 days",
    ),
    Case(
        "MailbotBackupOld",
        {"mailbot_backup_age_seconds": f"{DAYS_2}+60x300", "mailbot_ledger_readable": steady(1)},
        60,
        61,
    ),
    Case(  # never one at all
        "MailbotBackupOld", {"mailbot_ledger_readable": steady(1)}, 59, 60
    ),
    Case(  # of two offices one has none: the other's does not stand for it
        "MailbotBackupOld",
        {
            'mailbot_backup_age_seconds{office="east"}': steady(60),
            'mailbot_ledger_readable{office="east"}': steady(1),
            'mailbot_ledger_readable{office="west"}': steady(1),
        },
        59,
        60,
        {"office": "west"},
    ),
    Case(
        "MailbotBackupOld",
        {"mailbot_backup_age_seconds": steady(60), "mailbot_ledger_readable": steady(1)},
        200,
        0,
    ),
    # A mailbot that is down has one alert, and not one for each figure that is missing.
    Case("MailbotBackupOld", {'up{job="mailbot"}': steady(0)}, 200, 0),
)


def promtool() -> str:
    found = shutil.which("promtool")
    if found is None:
        pytest.skip("no promtool (Debian: prometheus): the alert rules are not evaluated")
    return found


def as_promtool_reads(case: Case, rules: dict[str, Any]) -> dict[str, Any]:
    annotations = dict(rules[case.alert]["annotations"])
    assert bool(case.summary) == ("{{" in annotations["summary"]) or not case.speaks, case
    annotations["summary"] = case.summary or annotations["summary"]
    speaks = [{"exp_labels": case.labels, "exp_annotations": annotations}]
    tried = [(case.silent, []), *([(case.speaks, speaks)] if case.speaks else [])]
    return {
        "name": f"{case.alert} {case.series}",
        "interval": "1m",
        "input_series": [{"series": name, "values": told} for name, told in case.series.items()],
        "alert_rule_test": [
            {"eval_time": f"{minute}m", "alertname": case.alert, "exp_alerts": alerts}
            for minute, alerts in tried
        ],
    }


def test_each_rule_is_silent_until_it_has_to_speak(tmp_path: Path) -> None:
    program = promtool()
    groups = yaml.safe_load(RULES.read_text("utf-8"))["groups"]
    rules = {rule["alert"]: rule for group in groups for rule in group["rules"]}
    assert {case.alert for case in CASES if case.speaks} == set(rules)
    told = {
        "rule_files": [str(RULES)],
        "evaluation_interval": "1m",
        "tests": [as_promtool_reads(case, rules) for case in CASES],
    }
    file = tmp_path / "rules-test.yml"
    file.write_text(yaml.safe_dump(told, allow_unicode=True), encoding="utf-8")
    done = subprocess.run(
        [program, "test", "rules", file], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_promtool_finds_the_rules_good() -> None:
    subprocess.run([promtool(), "check", "rules", RULES], check=True)
