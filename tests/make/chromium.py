"""Debian's Chromium, driven by Playwright, in front of a console that really listens."""

import os
import re
import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import uvicorn
from starlette.applications import Starlette

from make.browsing import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

REPOSITORY = Path(__file__).resolve().parents[2]
WIDTHS = (375, 1280)
# As `tests/run.sh` installs it, or as MAILBOT_AXE names it.
AXE = Path(
    os.environ.get("MAILBOT_AXE")
    or REPOSITORY / ".venv-test" / "node_modules" / "axe-core" / "axe.min.js"
)
_GRAVE = ("serious", "critical")


def axe_script() -> str:
    """axe-core; skips without it."""
    if not AXE.is_file():
        pytest.skip("axe-core is not installed (npm install --prefix .venv-test axe-core)")
    return AXE.read_text(encoding="utf-8")


@contextmanager
def a_browser() -> Iterator["Browser"]:
    """Chromium without a window; skips where it, or Playwright, is not installed."""
    api = pytest.importorskip("playwright.sync_api", reason="the browser tests need playwright")
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("no chromium: pages are not driven in a browser")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found, args=["--no-sandbox", "--in-process-gpu"]
        )
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def listening(app: Starlette) -> Iterator[str]:
    """The console on a free port of loopback; its address."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        config = uvicorn.Config(app, lifespan="off", log_config=None, access_log=False)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [taken]}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.should_exit = True
            thread.join(timeout=10)


@contextmanager
def a_page(
    browser: "Browser",
    address: str,
    width: int,
    *,
    script: bool = True,
    user: str = "clerk",
    by_form: bool = False,
) -> Iterator["Page"]:
    """A tab of this width in which the user is logged in: `by_form` as a person, else by the
    browser's own requests, which draws no page. What the pages' own scripts complain of fails the
    test: the policy would have stopped one."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, java_script_enabled=script, base_url=address
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda line: complaints.append(line.text) if "Content Security" in line.text else None,
    )
    try:
        if by_form:
            page.goto("/login")
            page.fill("[name=name]", user)
            page.fill("[name=password]", PASSWORD)
            page.click("button.main")
            page.wait_for_load_state()
        else:
            form: dict[str, str | float | bool] = {"name": user, "password": PASSWORD}
            token = re.search(r'name="csrf" value="([^"]+)"', context.request.get("/login").text())
            assert token is not None
            answer = context.request.post("/login", form=form | {"csrf": unescape(token[1])})
            assert answer.ok, answer.text()
        yield page
        assert complaints == []
    finally:
        context.close()


def faults_of(page: "Page", axe: str) -> list[str]:
    """What axe-core finds grave on the page that is shown."""
    # Through the driver, not as a script of the page: the policy lets none but ours run.
    page.evaluate(axe)
    found: Any = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{one['id']}: {node['target']} {node.get('failureSummary', '')[:200]}"
        for one in found["violations"]
        if one["impact"] in _GRAVE
        for node in one["nodes"][:3]
    ]


def is_wider_than(page: "Page", width: int) -> bool:
    """Whether the page itself has to be pushed sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth") > width)
