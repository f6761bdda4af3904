"""The figures are those of the ledger, rules and board ask only what is there, nobody is named."""

import json
import re
import subprocess
import urllib.request
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from make.certificates import make_certificates
from make.fake_mailbox import FakeMailbox
from make.office import a_mail, an_office, settings_for
from make.smtp_sink import MemoryTransport, SmtpSink
from prometheus_client.parser import text_string_to_metric_families

from mailbot.campaign.types import Campaign
from mailbot.clock import FrozenClock
from mailbot.inspection.workers.spent import SPENT
from mailbot.ledger import refusals
from mailbot.ledger.store import open_ledger
from mailbot.model import Family, Fault, Inspected
from mailbot.monitoring.serving import HOST, Certificates, fleet_served, served
from mailbot.outbox.delivery.transport import classify_smtp
from mailbot.settings.mail import Smtp
from mailbot.settings.types import Settings
from mailbot.settings.watching import MetricsSection
from mailbot.upkeep.backup import back_up

BEFORE = timedelta(days=2, hours=12)  # at noon, so that three hours later it is the same day
DEPLOY = Path(__file__).parents[2] / "deploy"
Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def page(settings: Settings, clock: FrozenClock) -> str:
    free = MetricsSection.model_construct(enabled=True, port=0)
    with served(settings.model_copy(update={"metrics": free}), clock) as port:
        address = f"http://{HOST}:{port}/metrics"
        with urllib.request.urlopen(address, timeout=20) as answer:
            return str(answer.read().decode())


def samples(text: str) -> Samples:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory, campaign: Campaign) -> str:
    """The page of an office with a reply sent, one put off, a backup, a login that is refused."""
    folder = tmp_path_factory.mktemp("metrics")
    clock, box = FrozenClock(campaign.deadline - BEFORE), FakeMailbox()
    sent, settings = MemoryTransport(), settings_for(folder)
    with an_office(folder, campaign, box, sent, clock, settings=settings) as office:
        box.deliver(a_mail(), clock.now())
        office.tick()
        sent.faults.append(classify_smtp(450, "later"))
        other = a_mail("二七区报送", sender="b@example.com", message_id="<2@example.com>")
        box.deliver(other, clock.now())
        office.tick()
        with office.ledger.transaction():
            refusals.refuse(office.ledger, "login", "no", "mark", clock.now())
    back_up(settings.paths.data, folder / "copy", clock.now())
    SPENT.add(2.5, Inspected("x", "", 0, Family.UNKNOWN, "x", faults=(Fault("crashed"),)))
    clock.advance(hours=3)
    return page(settings, clock)


def test_the_figures_are_those_of_the_ledger(shown: str, campaign: Campaign) -> None:
    found = samples(shown)
    at = (campaign.deadline - BEFORE).timestamp()
    assert found["mailbot_last_poll_timestamp_seconds", ()] == at
    assert found["mailbot_arrivals", (("state", "answered"),)] == 2
    assert found["mailbot_replies", (("state", "sent"),)] == 1
    assert found["mailbot_replies", (("state", "deferred"),)] == 1
    assert found["mailbot_oldest_reply_age_seconds", (("state", "deferred"),)] == 3 * 3600
    assert found["mailbot_backup_age_seconds", ()] == 3 * 3600
    assert found["mailbot_stopped", (("way", "login"),)] == 1
    assert found["mailbot_stopped", (("way", "sending"),)] == 0
    assert found["mailbot_sends_left_today", ()] == 199
    assert found["mailbot_ledger_readable", ()] == 1
    assert found["mailbot_disk_free_bytes", ()] > 0
    assert found["mailbot_inspection_faults_total", (("kind", "crashed"),)] >= 1
    assert found["mailbot_inspection_seconds_total", ()] >= 2.5


def test_nobody_is_named(shown: str) -> None:
    for private in ("@", "example.com", "金水", "二七"):
        assert private not in shown


def test_an_office_that_has_not_begun_has_a_page_too(tmp_path: Path, campaign: Campaign) -> None:
    found = samples(page(settings_for(tmp_path), FrozenClock(campaign.deadline)))
    assert found["mailbot_ledger_readable", ()] == 0
    assert not any(name == "mailbot_last_poll_timestamp_seconds" for name, _ in found)


def test_a_damaged_ledger_is_a_figure_and_no_fault_of_the_page(
    tmp_path: Path, campaign: Campaign
) -> None:
    settings = settings_for(tmp_path)
    open_ledger(settings.paths.data).close()
    (settings.paths.data / "ledger.db").write_bytes(b"no database" * 999)
    found = samples(page(settings, FrozenClock(campaign.deadline)))
    assert found["mailbot_ledger_readable", ()] == 0


def test_a_certificates_end_is_known_from_the_server(tmp_path: Path) -> None:
    import ssl

    make_certificates(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "server.pem", tmp_path / "server.key")
    with SmtpSink(tls=context) as sink:
        ca = tmp_path / "ca.pem"
        smtp = Smtp(host="localhost", port=sink.port, from_address="a@b.test", ca_file=ca)
        certificates = Certificates(Settings(smtp=smtp))
        certificates.ask()
    told = subprocess.run(
        ["openssl", "x509", "-in", tmp_path / "server.pem", "-noout", "-enddate"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    assert certificates.known()["smtp"] == ssl.cert_time_to_seconds(told.partition("=")[2])


def asked_for() -> set[str]:
    """The names in every expression of rules and board."""
    rules = yaml.safe_load((DEPLOY / "prometheus-rules.yml").read_text("utf-8"))
    board = json.loads((DEPLOY / "grafana-board.json").read_text("utf-8"))
    found = [rule["expr"] for group in rules["groups"] for rule in group["rules"]]
    found += [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    return {name for expression in found for name in re.findall(r"\bmailbot_\w+", expression)}


def test_rules_and_board_ask_what_is_there_and_all_of_it(shown: str) -> None:
    given = set(re.findall(r"^# TYPE (mailbot_\w+)", shown, re.MULTILINE))
    assert len(asked_for()) > 10
    assert asked_for() <= given
    assert given - asked_for() <= {"mailbot_info", "mailbot_inspections_total"}


def test_each_rule_says_what_and_what_to_do() -> None:
    rules: Any = yaml.safe_load((DEPLOY / "prometheus-rules.yml").read_text("utf-8"))
    for rule in rules["groups"][0]["rules"]:
        assert set(rule["annotations"]) == {"summary", "remedy"}, rule["alert"]


def test_the_figures_of_many_offices_stand_on_one_page_each_with_its_name(
    tmp_path: Path, campaign: Campaign
) -> None:
    clock = FrozenClock(campaign.deadline - BEFORE)
    offices = {}
    for name, mails in (("east", 2), ("west", 1), ("new", None)):
        offices[name] = settings_for(tmp_path / name)
        if mails is None:
            continue
        box, sent = FakeMailbox(), MemoryTransport()
        with an_office(
            tmp_path / name, campaign, box, sent, clock, settings=offices[name]
        ) as office:
            for number in range(mails):
                box.deliver(
                    a_mail(message_id=f"<{number}@a.test>", sender=f"{number}@a.test"), clock.now()
                )
            office.tick()
    free = MetricsSection.model_construct(enabled=True, port=0)
    settings = offices["east"].model_copy(update={"metrics": free})
    with fleet_served(lambda: offices, settings, clock) as port:
        address = f"http://{HOST}:{port}/metrics"
        with urllib.request.urlopen(address, timeout=20) as answer:
            found = samples(str(answer.read().decode()))
    answered = {
        dict(labels)["office"]: value
        for (name, labels), value in found.items()
        if name == "mailbot_arrivals" and dict(labels)["state"] == "answered"
    }
    assert answered == {"east": 2, "west": 1}
    readable = {
        dict(labels)["office"]: value
        for (name, labels), value in found.items()
        if name == "mailbot_ledger_readable"
    }
    assert readable == {"east": 1, "new": 0, "west": 1}
    assert len([name for name, _ in found if name == "mailbot_info"]) == 1
