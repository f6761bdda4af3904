"""Caddy and nginx before the console, with the very lines of deploy/README.md.

`apt-get install caddy nginx`, or both unpacked (`dpkg -x`) and on the PATH; neither has to be
started, and nothing listens on the ports they have by default.
"""

import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from html import unescape
from pathlib import Path

import httpx2
import pytest
from make.browsing import PASSWORD, an_office_console
from make.certificates import make_certificates
from make.office import settings_for

from mailbot.campaign.types import Campaign
from mailbot.console.serving import in_a_thread, serving
from mailbot.ledger import decisions
from mailbot.ledger.store import open_ledger

# Slow: Debian's proxies are not installed for the suite alone; where they are, it takes seconds.
pytestmark = [pytest.mark.live, pytest.mark.slow]
README = Path(__file__).resolve().parents[2] / "deploy" / "README.md"
HOST = "mailbot.office.example"
ORIGIN = f"https://{HOST}"


def lines_of(first: str) -> str:
    """The block of deploy/README.md that begins so."""
    found = re.search(rf"```\n({re.escape(first)}.*?)```", README.read_text("utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def is_open(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


def wait_for(is_so: Callable[[], bool], seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until, "it does not come up"
        time.sleep(0.02)


def found(command: str) -> str:
    path = shutil.which(command, path=os.environ.get("PATH", "") + ":/usr/sbin")
    if path is None:
        pytest.skip(f"no {command}: its lines in deploy/README.md are not tried")
    return path


@contextmanager
def running(command: list[str], folder: Path, port: int) -> Iterator[None]:
    environment = os.environ | {"HOME": str(folder), "XDG_DATA_HOME": str(folder)}
    log = folder / "proxy.log"
    with log.open("wb") as out:
        process = subprocess.Popen(command, env=environment, stdout=out, stderr=out)
        try:
            wait_for(lambda: is_open(port) or process.poll() is not None)
            assert process.poll() is None, log.read_text("utf-8")
            yield
        finally:
            process.terminate()
            process.wait(timeout=10)


@contextmanager
def caddy(folder: Path, console: int, port: int) -> Iterator[Path]:
    """The authority that its certificate is signed by."""
    file = folder / "Caddyfile"
    own = f"{{\n https_port {port}\n http_port {free_port()}\n admin off\n skip_install_trust\n}}\n"
    lines = lines_of(f"{HOST} {{").replace("127.0.0.1:8163", f"127.0.0.1:{console}")
    file.write_text(own + lines, encoding="utf-8")
    authority = folder / "caddy/pki/authorities/local/root.crt"
    command = [found("caddy"), "run", "--config", str(file), "--adapter", "caddyfile"]
    with running(command, folder, port):
        wait_for(authority.is_file)
        yield authority


@contextmanager
def nginx(folder: Path, console: int, port: int) -> Iterator[Path]:
    """The authority that its certificate is signed by."""
    make_certificates(folder, [HOST])
    lines = lines_of("server {")
    for said, here in (
        ("listen 443", f"listen 127.0.0.1:{port}"),
        ("/etc/ssl/certs/mailbot.pem", str(folder / "server.pem")),
        ("/etc/ssl/private/mailbot.key", str(folder / "server.key")),
        ("127.0.0.1:8163", f"127.0.0.1:{console}"),
    ):
        assert said in lines
        lines = lines.replace(said, here)
    user = "user root; " if os.geteuid() == 0 else ""  # whose the folder is
    own = (
        f"{user}daemon off; pid {folder}/pid; error_log stderr; events {{}} http {{ access_log off;"
        + "".join(
            f" {kind}_temp_path {folder}/{kind};"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
    )
    file = folder / "nginx.conf"
    file.write_text(f"{own}\n{lines}}}\n", encoding="utf-8")
    with running([found("nginx"), "-p", str(folder), "-c", str(file)], folder, port):
        yield folder / "ca.pem"


def token(page: httpx2.Response) -> str:
    held = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert held is not None, page.text
    return unescape(held[1])


@pytest.mark.parametrize("proxy", [caddy, nginx], ids=["caddy", "nginx"])
def test_through_the_proxy_of_the_readme_one_logs_in_and_decides(
    tmp_path: Path,
    campaign: Campaign,
    proxy: Callable[[Path, int, int], AbstractContextManager[Path]],
) -> None:
    """What the browser says of the page that sends (Origin, Sec-Fetch-Site) stands beside it: with
    both, with Origin alone (before Chrome 76, Firefox 90, Safari 16.4), and of another site."""
    settings = settings_for(tmp_path)
    section = settings.console.model_copy(update={"port": free_port(), "public_url": ORIGIN})
    settings = settings.model_copy(update={"console": section})
    beside, port = tmp_path / "proxy", free_port()
    beside.mkdir()
    with ExitStack() as stack:
        browser = stack.enter_context(an_office_console(tmp_path, campaign, settings=settings))
        authority = stack.enter_context(proxy(beside, section.port, port))
        stack.enter_context(in_a_thread(serving(browser.app, section)))
        wait_for(lambda: is_open(section.port))
        client = stack.enter_context(
            httpx2.Client(
                base_url=f"https://127.0.0.1:{port}",
                verify=ssl.create_default_context(cafile=str(authority)),
                headers={"Host": HOST},
                trust_env=False,
            )
        )
        named = {"sni_hostname": HOST}
        get = partial(client.get, extensions=named)
        post = partial(client.post, extensions=named)
        modern = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}
        old = {"Origin": ORIGIN}
        form = {"name": "clerk", "password": PASSWORD, "csrf": token(get("/login"))}
        answer = post("/login", data=form, headers=modern)
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        cookies = answer.headers.get_list("set-cookie")
        assert cookies
        assert all("secure" in cookie.lower() for cookie in cookies)
        for unit, headers in (("金水区", modern), ("二七区", old)):
            form = {"unit": unit, "do": "hold", "reason": "待核", "csrf": token(get("/me"))}
            assert post("/decide", data=form, headers=headers).status_code == 303
        for headers in (
            {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
            {"Origin": "https://evil.example"},
            {"Origin": ORIGIN, "Sec-Fetch-Site": "same-site"},
        ):
            form = {"unit": "中原区", "do": "hold", "reason": "x", "csrf": token(get("/me"))}
            assert post("/decide", data=form, headers=headers).status_code == 403
        large = {"folder": ("neu.zip", b"x" * 3_000_000, "application/zip")}
        refused = post("/rules", data={"csrf": token(get("/rules"))}, files=large, headers=modern)
        assert refused.status_code == 400
        assert "规则文件夹有误" in refused.text  # we say so, not the proxy
    with open_ledger(settings.paths.data, writable=False) as ledger:
        assert set(decisions.held(ledger, "unit")) == {"金水区", "二七区"}
