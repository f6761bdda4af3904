"""The whole office against a server that behaves as NetEase's does, and fails as it does."""

import hashlib
import ssl
import subprocess
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from imapclient import IMAPClient
from imapclient.exceptions import CapabilityError, IMAPClientError
from make.certificates import make_certificates
from make.netease_imap import NeteaseImap
from make.office import a_mail, an_office, settings_for
from make.smtp_sink import MemoryTransport

from mailbot.campaign.types import Campaign
from mailbot.clock import FrozenClock
from mailbot.errors import MailbotError, PermanentFault, TemporaryFault
from mailbot.inbox.mailboxes.imap import ImapMailbox, open_imap
from mailbot.ledger import refusals
from mailbot.ledger.store import Ledger
from mailbot.settings.mail import Imap
from mailbot.settings.types import Settings
from mailbot.workflow.counts import Counts


@pytest.fixture
def at(campaign: Campaign) -> datetime:
    return campaign.deadline - timedelta(days=2)


@pytest.fixture
def server() -> Iterator[NeteaseImap]:
    with NeteaseImap() as server:
        yield server


class Bot:
    """The office on that server: `tick` is one pass a minute later, each in a fresh process as
    far as the ledger can tell (opened anew)."""

    def __init__(self, folder: Path, campaign: Campaign, server: NeteaseImap, now: datetime):
        self.folder, self.campaign, self.server = folder, campaign, server
        self.clock, self.sent = FrozenClock(now), MemoryTransport()
        self.after_processing, self.password = "keep", server.password
        self.timeout = 10.0
        self.secret: Path | None = None

    @property
    def settings(self) -> Settings:
        imap = Imap.model_validate(
            {
                "host": "127.0.0.1",
                "port": self.server.port,
                "security": "none",
                "username": self.server.username,
                "password": self.password,
                "after_processing": self.after_processing,
                "move_to": "done",
            }
        )
        imap.read_from(self.secret)
        return settings_for(self.folder).model_copy(update={"imap": imap, "maildir": None})

    def mailbox(self) -> ImapMailbox:
        changed = {"password": self.password, "timeout": self.timeout}
        return open_imap(**{**self.server.settings, **changed})

    def tick(self, before: Callable[[Ledger], None] | None = None) -> Counts:
        self.clock.advance(minutes=1)
        mailbox = self.mailbox()
        try:
            with an_office(
                self.folder,
                self.campaign,
                mailbox,
                self.sent,
                self.clock,
                settings=self.settings,
            ) as office:
                if before is not None:
                    with office.ledger.transaction():
                        before(office.ledger)
                try:
                    return office.tick()
                finally:
                    self.rows = office.ledger.rows("SELECT * FROM arrivals ORDER BY id")
        finally:
            mailbox.close()

    def fault(self) -> tuple[type[MailbotError], str]:
        with pytest.raises(MailbotError) as caught:
            self.tick()
        return type(caught.value), caught.value.code

    @property
    def states(self) -> list[str]:
        return [row["state"] for row in self.rows]


@pytest.fixture
def bot(tmp_path: Path, campaign: Campaign, server: NeteaseImap, at: datetime) -> Bot:
    return Bot(tmp_path, campaign, server, at + timedelta(hours=1))


def mails(server: NeteaseImap, at: datetime, count: int = 3, size: int = 0) -> list[int]:
    blob = {"a.bin": bytes(size)} if size else {}
    return [
        server.deliver(
            a_mail(f"金水区{n}", message_id=f"<{n}@x.test>", sender=f"u{n}@x.test", files=blob), at
        )
        for n in range(count)
    ]


def test_the_main_job_asks_nothing_of_the_server_that_it_cannot_do(
    bot: Bot, server: NeteaseImap, at: datetime
) -> None:
    """No IDLE, MOVE, CHARSET, keyword, UIDNEXT, n:* or ENVELOPE; ID before SELECT."""
    mails(server, at)
    bot.after_processing = "move"
    counts = bot.tick()
    assert (counts.fetched, counts.sent) == (3, 3)
    assert bot.states == ["answered"] * 3
    verbs = [verb for verb in server.verbs() if verb != "CAPABILITY"]
    assert verbs[:3] == ["LOGIN", "ID", "SELECT"]
    known = {"LOGIN", "ID", "SELECT", "UID SEARCH", "UID FETCH", "NOOP", "LIST", "CREATE",
             "UID COPY", "UID STORE", "UID EXPUNGE", "LOGOUT"}  # fmt: skip
    assert set(verbs) <= known
    said = " ".join(server.log).upper()
    assert not [word for word in ("CHARSET", "ENVELOPE", "BODYSTRUCTURE", ":*") if word in said]
    assert server.folders["INBOX"] == []
    assert len(server.folders["done"]) == 3
    assert (bot.tick().fetched, len(bot.sent.messages)) == (0, 3)


def test_the_server_itself_is_as_strict_as_the_real_one(server: NeteaseImap) -> None:
    """What these tests rest on: each thing NetEase refuses is refused here, too."""
    uid = server.deliver(a_mail(), datetime(2017, 7, 3, 9).astimezone())
    with IMAPClient("127.0.0.1", server.port, ssl=False) as client:
        client.login(server.username, server.password)
        with pytest.raises(IMAPClientError, match="Unsafe Login"):
            client.select_folder("INBOX")
        client.id_({"name": "x"})
        selected = client.select_folder("INBOX")
        assert b"UIDNEXT" not in selected
        assert selected[b"UIDVALIDITY"] == 1
        with pytest.raises(CapabilityError):
            client.idle()
        with pytest.raises(CapabilityError):
            client.move([uid], "x")
        with pytest.raises(IMAPClientError, match="Parse command error"):
            client.search("ALL", "UTF-8")
        with pytest.raises(IMAPClientError, match="keywords"):
            client.add_flags([uid], ["mailbot"])
        assert client.search(["UID", f"{uid + 1000}:*"]) == [uid]  # the echo


def test_a_message_recalled_between_search_and_fetch_is_gone_and_the_others_pass(
    bot: Bot, server: NeteaseImap, at: datetime
) -> None:
    first, *_ = mails(server, at)
    server.vanishing.add(first)
    bot.tick()
    assert bot.states == ["discovered", "answered", "answered"]  # asked once
    bot.tick()
    assert bot.states == ["gone", "answered", "answered"]
    assert bot.rows[0]["no_answer_reason"] == "recalled"  # G6


def test_a_connection_dropped_in_mid_literal_is_gone_on_from_within_the_pass(
    bot: Bot, server: NeteaseImap, at: datetime
) -> None:
    mails(server, at, 1, size=300_000)
    server.cuts.extend((100_000, 50_000))
    assert bot.tick().examined == 1
    (row,) = bot.rows
    kept = server.folders["INBOX"][0].raw
    assert row["sha256"] == hashlib.sha256(kept).hexdigest()
    assert server.logins == 3


def test_a_line_that_only_drops_uses_up_no_try_and_the_next_poll_goes_on(
    bot: Bot, server: NeteaseImap, at: datetime
) -> None:
    mails(server, at, 1, size=300_000)
    for _ in range(5):
        server.cuts.clear()
        server.cuts.extend([1000] * 3)
        assert bot.fault() == (TemporaryFault, "mailbox_unreachable")
        assert (bot.states, bot.rows[0]["attempts"]) == (["discovered"], 0)
    server.cuts.clear()
    assert bot.tick().examined == 1
    assert bot.states == ["answered"]


def test_a_trickle_is_waited_for(bot: Bot, server: NeteaseImap, at: datetime) -> None:
    """Each piece comes within the time a read may take; all of them do not."""
    mails(server, at, 1, size=60_000)
    server.piece, server.pause, bot.timeout = 8192, 0.12, 0.8
    assert bot.tick().examined == 1
    assert bot.states == ["answered"]


@pytest.mark.parametrize("verb", ["LOGIN", "SELECT", "UID SEARCH", "UID FETCH"])
def test_bye_at_any_moment_costs_a_poll_at_most(
    bot: Bot, server: NeteaseImap, at: datetime, verb: str
) -> None:
    mails(server, at)
    server.byes.extend([verb] * 8)
    assert bot.fault() == (TemporaryFault, "mailbox_unreachable")
    server.byes.clear()
    bot.tick()
    assert bot.states == ["answered"] * 3
    assert len(bot.sent.messages) == 3


def test_a_refused_login_is_tried_once_whatever_is_started_until_a_person_acts(
    bot: Bot, server: NeteaseImap, at: datetime
) -> None:
    """Every try in vain brings the account nearer to its lock."""
    mails(server, at)
    server.refuse_login = True
    assert [bot.fault() for _ in range(4)] == [(PermanentFault, "login_refused")] * 4
    assert server.logins == 1
    server.refuse_login = False
    assert bot.fault() == (PermanentFault, "login_refused")  # nobody has told it
    assert server.logins == 1
    assert bot.tick(before=lambda ledger: refusals.accept(ledger, "login")).examined == 3


def test_other_credentials_are_tried_by_themselves(
    bot: Bot, server: NeteaseImap, at: datetime
) -> None:
    """The file with the password written anew is what counts: nothing of it is remembered."""
    mails(server, at)
    secret = bot.folder / "password"
    secret.write_text("the-web-password")
    bot.secret, bot.password = secret, "the-web-password"
    assert [bot.fault() for _ in range(3)] == [(PermanentFault, "login_refused")] * 3
    assert server.logins == 1
    bot.password = server.password
    assert bot.fault() == (PermanentFault, "login_refused")  # the file is as it was
    secret.write_text(server.password)
    assert bot.tick().examined == 3


def test_a_login_refused_in_the_middle_of_a_pass_blames_no_message(
    bot: Bot, server: NeteaseImap, at: datetime
) -> None:
    mails(server, at, 2, size=200_000)
    server.cuts.append(1000)
    mailbox = bot.mailbox()
    bot.clock.advance(minutes=1)
    with an_office(
        bot.folder, bot.campaign, mailbox, bot.sent, bot.clock, settings=bot.settings
    ) as office:
        office.discover()
        server.refuse_login = True
        with pytest.raises(PermanentFault):
            office.tick()
        rows = office.ledger.rows("SELECT state, attempts FROM arrivals")
    mailbox.close()
    assert rows == [{"state": "discovered", "attempts": 0}] * 2
    server.refuse_login = False
    assert bot.tick(before=lambda ledger: refusals.accept(ledger, "login")).examined == 2


def test_what_is_here_is_examined_and_answered_while_the_login_is_refused(
    bot: Bot, server: NeteaseImap, at: datetime
) -> None:
    mails(server, at, 1)
    mailbox = bot.mailbox()
    with an_office(
        bot.folder, bot.campaign, mailbox, bot.sent, bot.clock, settings=bot.settings
    ) as office:
        office.discover()
        (row,) = office.ledger.rows("SELECT * FROM arrivals")
        office._pipeline.begin(row)  # spooled, and then the program ended
    mailbox.close()
    server.refuse_login = True
    assert bot.fault() == (PermanentFault, "login_refused")
    assert bot.states == ["answered"]
    assert len(bot.sent.messages) == 1


# -- TLS


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tls")
    make_certificates(folder)
    return folder


def context_of(certificate: Path, key: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    return context


def over_tls(server: NeteaseImap, ca_file: str, host: str = "localhost") -> str:
    """The code of the fault, "" when messages could be listed."""
    changed = {"ca_file": ca_file, "host": host, "timeout": 5}
    mailbox = open_imap(**{**server.settings, **changed})
    try:
        mailbox.list_messages("INBOX", datetime(2017, 7, 1).astimezone(), lambda _: ())
    except TemporaryFault as fault:
        return fault.code
    finally:
        mailbox.close()
    return ""


def test_tls_failures_are_temporary_and_send_no_password(
    certificates: Path, tmp_path: Path
) -> None:
    trusted = str(certificates / "ca.pem")
    good = context_of(certificates / "server.pem", certificates / "server.key")
    with NeteaseImap(tls=good) as server:
        assert over_tls(server, trusted) == ""
        assert server.logins == 1
        assert over_tls(server, "") == "mailbox_untrusted"  # an authority nobody knows
        server.not_tls = True
        assert over_tls(server, trusted) == "mailbox_unreachable"
        assert server.logins == 1
    wrong, wrong_key = tmp_path / "wrong.pem", tmp_path / "wrong.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=mail.x.test",
         "-addext", "subjectAltName=DNS:mail.x.test", "-days", "2",
         "-keyout", str(wrong_key), "-out", str(wrong)],
        check=True,
        capture_output=True,
    )  # fmt: skip
    with NeteaseImap(tls=context_of(wrong, wrong_key)) as server:
        assert over_tls(server, str(wrong)) == "mailbox_untrusted"  # another host's name
        assert server.logins == 0
