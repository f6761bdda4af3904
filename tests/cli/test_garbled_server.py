"""A mail server that answers nonsense costs one line and exit code 3, whatever the nonsense."""

from pathlib import Path

import pytest
from make.command_line import mailbot
from make.odd_imap import DROP, OddImap

LISTED = b'* 1 FETCH (UID 7 RFC822.SIZE 11 INTERNALDATE " 5-Jul-2017 09:00:00 +0800")\r\n'
OK_FETCH = "OK FETCH completed"


LONG = "9" * 5000  # more digits than int() takes


def literal(octets: object) -> tuple[bytes, str]:
    return f"* 1 FETCH (UID 7 X {{{octets}}}\r\n".encode(), OK_FETCH


def body(octets: object) -> tuple[bytes, str]:
    return f"* 1 FETCH (UID 7 BODY[] {{{octets}}}\r\n".encode(), DROP


def listed(old: str, new: str) -> tuple[bytes, str]:
    return LISTED.replace(old.encode(), new.encode()), OK_FETCH


def ok(untagged: str) -> tuple[bytes, str]:
    return f"* {untagged}\r\n".encode(), "OK done"


@pytest.mark.parametrize(
    ("verb", "answers"),
    [
        pytest.param("UID FETCH", [literal(10**10)], id="a literal of 10 GB"),
        pytest.param("UID FETCH", [literal(10**13)], id="of 10 TB"),
        pytest.param("UID FETCH", [literal(10**30)], id="of 10^30"),
        pytest.param("UID FETCH", [literal(LONG)], id="of 5,000 digits"),
        pytest.param("UID FETCH", [(LISTED, OK_FETCH), body(10**13)], id="a mail of 10 TB"),
        pytest.param("UID FETCH", [(LISTED, OK_FETCH), body(10**30)], id="of 10^30 octets"),
        pytest.param("UID FETCH", [(LISTED, OK_FETCH), body(LONG)], id="whose octets are"),
        pytest.param("UID FETCH", [listed("SIZE 11", f"SIZE {LONG}")], id="a size"),
        pytest.param("UID FETCH", [listed("UID 7", f"UID {LONG}")], id="a uid"),
        pytest.param("UID SEARCH", [ok("SEARCH {99999999999}")], id="in SEARCH"),
        pytest.param("UID SEARCH", [ok(f"SEARCH {LONG}")], id="a found uid"),
        pytest.param("SELECT", [ok("OK [UIDVALIDITY {99999999999}")], id="in SELECT"),
        pytest.param("SELECT", [ok(f"OK [UIDVALIDITY {LONG}] x")], id="a uidvalidity"),
        pytest.param("SELECT", [ok(f"{LONG} EXISTS")], id="so many mails"),
        pytest.param("LOGIN", [ok("X {99999999999}")], id="in LOGIN"),
        pytest.param("LOGIN", [ok("x" * 70_000)], id="a line of 70 KB"),
    ],
)
def test_a_garbled_server_costs_one_line_and_exit_code_3(
    tmp_path: Path, verb: str, answers: list[tuple[bytes, str]]
) -> None:
    with OddImap() as server:
        server.answers[verb] = answers
        (tmp_path / "mailbot.toml").write_text(
            f'[imap]\nhost = "127.0.0.1"\nport = {server.port}\nsecurity = "none"\n'
            'username = "zzajyj@163.com"\npassword = "x"\n[outbox]\nmode = "shadow"\n'
        )
        done = mailbot("tick", "--json", cwd=tmp_path)
    told = done.stderr.decode()
    assert (done.returncode, done.stdout) == (3, b""), told
    (line,) = [each for each in told.splitlines() if "[warning] arrival 1 failed" not in each]
    assert line.startswith("mailbot: IMAP server 127.0.0.1")
    assert "broken answer" in line
    assert len(line) < 300
