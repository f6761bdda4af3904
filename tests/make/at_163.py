"""imap.163.com and smtp.163.com on loopback, ports 993 and 465, for tests/bare_debian.sh.

    python tests/make/at_163.py FOLDER

Writes FOLDER/ca.pem and FOLDER/ready; once FOLDER/deliver is there a unit's mail lies in the
mailbox; the answer to it becomes FOLDER/answer.eml.
"""

import socket
import ssl
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mailbot.demo.documents import plan
from make.certificates import make_certificates
from make.netease_imap import NeteaseImap
from make.office import a_mail
from make.smtp_sink import SmtpSink

ACCOUNT, WORD, CLERK = "zzajyj@163.com", "SHOUQUANMA", "jinshui@example.com"
_HOSTS = ("imap.163.com", "smtp.163.com")


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    make_certificates(folder, _HOSTS)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem", folder / "server.key")
    with NeteaseImap(context) as imap, SmtpSink(tls=context, credentials={ACCOUNT: WORD}) as sink:
        imap.username, imap.password = ACCOUNT, WORD
        for public, own in ((993, imap.port), (465, sink.port)):
            threading.Thread(target=_listen, args=(public, own), daemon=True).start()
        (folder / "ready").touch()
        delivered = False
        while True:
            if not delivered and (folder / "deliver").exists():
                raw = a_mail(
                    sender=CLERK, to=ACCOUNT, files={"金水区演练方案.docx": plan("金水区")}
                )
                imap.deliver(raw, datetime.now(UTC) - timedelta(minutes=1))
                delivered = True
            answers = [one.raw for one in sink.messages if one.rcpt == CLERK]
            if answers and not (folder / "answer.eml").exists():
                (folder / "answer.eml").write_bytes(answers[0])
            time.sleep(0.2)


def _listen(public: int, own: int) -> None:
    """The well-known port, led to the server's own."""
    with socket.create_server(("127.0.0.1", public)) as listener:
        while True:
            came, _ = listener.accept()
            there = socket.create_connection(("127.0.0.1", own))
            for one, other in ((came, there), (there, came)):
                threading.Thread(target=_pass_on, args=(one, other), daemon=True).start()


def _pass_on(one: socket.socket, other: socket.socket) -> None:
    try:
        while octets := one.recv(65536):
            other.sendall(octets)
        other.shutdown(socket.SHUT_WR)
    except OSError:
        other.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
