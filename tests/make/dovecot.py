"""Debian's dovecot as a private IMAP server on loopback, as root or as an ordinary user."""

import contextlib
import getpass
import grp
import os
import pwd
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from imapclient import IMAPClient

from make.certificates import make_certificates

USERNAME = "yingji@example.test"
PASSWORD = "SHOUQUANMA-16-ZM"

_CONFIG = """\
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{folder}/server.pem
ssl_key = <{folder}/server.key
disable_plaintext_auth = no
auth_mechanisms = plain login
mail_location = maildir:{folder}/mail/%u
mail_uid = {uid}
mail_gid = {gid}
first_valid_uid = 1
first_valid_gid = 0
default_login_user = {login_user}
default_internal_user = {internal_user}
default_internal_group = {group}
default_vsz_limit = 0
default_process_limit = 500
mail_fsync = never
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
  unix_listener stats-writer {{
    mode = 0666
  }}
}}
protocol imap {{
  {imap}
}}
"""


def dovecot_missing() -> str:
    """Why no private dovecot can be had here; "" where it can."""
    missing = [name for name in ("dovecot", "doveadm", "openssl") if not _command(name)]
    if missing:
        return f"{', '.join(missing)} not installed (apt-get install dovecot-imapd openssl)"
    return ""


class PrivateDovecot:
    """A server in a temporary folder of its own, with TLS by an authority of its own.

    A context manager: started on entry, stopped and removed on exit, whatever happened.
    `imap` is configuration for the protocol, e.g. "imap_capability = …". Every user name is an
    account with that password; the methods mean the one that `username` names at the time.
    """

    username = USERNAME
    password = PASSWORD
    host = "127.0.0.1"

    def __init__(self, imap: str = "") -> None:
        self._imap = imap
        # Short, since the path of a socket in it has at most 107 octets.
        self._folder = Path(tempfile.mkdtemp(prefix="dovecot-"))
        self._process: subprocess.Popen[bytes] | None = None
        self.port = self.tls_port = 0

    def __enter__(self) -> "PrivateDovecot":
        try:
            make_certificates(self._folder)
            self._start_on_free_ports()
        except BaseException:
            self._clean_up()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._clean_up()

    @property
    def settings(self) -> dict[str, Any]:
        """What `open_imap` wants to know, for the account's INBOX over TLS."""
        return {
            "host": "localhost",
            "port": self.tls_port,
            "security": "tls",
            "ca_file": str(self.ca_file),
            "username": self.username,
            "password": self.password,
            "folder": "INBOX",
            "extra_folders": (),
        }

    @property
    def ca_file(self) -> Path:
        """The authority that signed the server's certificate."""
        return self._folder / "ca.pem"

    @property
    def maildir(self) -> Path:
        """Where the account's mail lies: filled before the first login, it is simply there."""
        return self._folder / "mail" / self.username

    def own_mail(self) -> None:
        """Give what was put into `maildir` to the account that dovecot drops to."""
        if os.geteuid() == 0:
            owner = pwd.getpwnam("mail")
            for path in (self.maildir, *self.maildir.rglob("*")):
                os.chown(path, owner.pw_uid, owner.pw_gid)

    def log(self) -> str:
        """What dovecot has written to its log."""
        file = self._folder / "dovecot.log"
        return file.read_text(errors="replace") if file.exists() else ""

    def start(self) -> None:
        """Starts the server and waits until it answers on both ports."""
        command = [_command("dovecot"), "-F", "-c", str(self._folder / "dovecot.conf")]
        with (self._folder / "startup.log").open("wb") as log:
            # A session of its own, so that its children can be ended with it.
            self._process = subprocess.Popen(
                command, stdout=log, stderr=log, start_new_session=True
            )
        give_up = time.monotonic() + 20
        context = ssl.create_default_context(cafile=str(self.ca_file))
        while not (_greets(self.port, None) and _greets(self.tls_port, context)):
            if self._process.poll() is not None or time.monotonic() > give_up:
                self.stop()
                words = (self._folder / "startup.log").read_text(errors="replace")
                raise RuntimeError(f"dovecot does not start: {words}\n{self.log()}")
            time.sleep(0.02)

    def stop(self) -> None:
        """Ends the server and all its connections; the mail stays."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
        # imap processes finish what they do before they end, and one may wait for a client.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def kick(self) -> None:
        """Ends every connection of the account, as an administrator would."""
        self._doveadm("kick", self.username, check=False)

    def deliver(
        self, raw: bytes, folder: str = "INBOX", internaldate: datetime | None = None
    ) -> None:
        """Puts a message into a folder, made if need be, with this INTERNALDATE (aware)."""
        with self.client() as client:
            if not client.folder_exists(folder):
                client.create_folder(folder)
            client.append(folder, raw, msg_time=internaldate)

    def change_uid_validity(self, folder: str = "INBOX") -> None:
        """Gives the folder another UIDVALIDITY; the uids stay, as after some restores."""
        self.kick()
        with self.client() as client:
            before = client.select_folder(folder)[b"UIDVALIDITY"]
        self._doveadm("mailbox", "update", "--uid-validity", str(before + 1), folder, user=True)

    def client(self) -> IMAPClient:
        """A logged-in client of the same account, for what a clerk or another program does."""
        context = ssl.create_default_context(cafile=str(self.ca_file))
        client = IMAPClient("localhost", self.tls_port, ssl_context=context, timeout=30)
        client.login(self.username, self.password)
        return client

    def _start_on_free_ports(self) -> None:
        for attempts_left in (2, 1, 0):
            self.port, self.tls_port = _free_ports(2)
            self._configure()
            try:
                self.start()
            except RuntimeError as error:  # somebody else may have taken a port meanwhile
                if "in use" not in str(error) or not attempts_left:
                    raise
            else:
                return

    def _configure(self) -> None:
        for name in ("run", "state", "home", "mail"):
            (self._folder / name).mkdir(exist_ok=True)
        # As root, dovecot drops to accounts that Debian's package makes, and will not keep
        # mail as root; as an ordinary user everything is that user's.
        root = os.geteuid() == 0
        owner = pwd.getpwnam("mail") if root else pwd.getpwuid(os.geteuid())
        own = getpass.getuser()
        (self._folder / "dovecot.conf").write_text(
            _CONFIG.format(
                folder=self._folder,
                uid=owner.pw_uid,
                gid=owner.pw_gid,
                login_user="dovenull" if root else own,
                internal_user="dovecot" if root else own,
                group="dovecot" if root else grp.getgrgid(owner.pw_gid).gr_name,
                password=self.password,
                port=self.port,
                tls_port=self.tls_port,
                imap=self._imap,
            )
        )
        if root:
            self._folder.chmod(0o755)
            for name in ("home", "mail"):
                os.chown(self._folder / name, owner.pw_uid, owner.pw_gid)

    def _doveadm(self, *arguments: str, user: bool = False, check: bool = True) -> None:
        config = ["-c", str(self._folder / "dovecot.conf")]
        account = ["-u", self.username] if user else []
        verb = [*arguments[:2], *account, *arguments[2:]] if user else [*arguments]
        command: list[str] = [_command("doveadm"), *config, *verb]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30)
        if check and done.returncode:
            raise RuntimeError(f"{' '.join(command)}: {done.stderr}\n{self.log()}")

    def _clean_up(self) -> None:
        try:
            self.stop()
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)


def _command(name: str) -> str:
    """The command's path, /usr/sbin included, which an ordinary user's PATH lacks; or ""."""
    path = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"))
    return shutil.which(name, path=path) or ""


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def _greets(port: int, context: ssl.SSLContext | None) -> bool:
    """Whether an IMAP server says its greeting."""
    try:
        with contextlib.ExitStack() as stack:
            connection = socket.create_connection(("127.0.0.1", port), timeout=5)
            stack.enter_context(connection)
            if context is not None:
                connection = context.wrap_socket(connection, server_hostname="localhost")
                stack.enter_context(connection)
            return connection.recv(4).startswith(b"* OK")
    except OSError:
        return False
