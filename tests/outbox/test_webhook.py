"""The second channel: the forms of WeCom, DingTalk and plain JSON, against a server on loopback."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from make.deciding import Table
from pydantic import SecretStr

from mailbot.campaign.types import Campaign
from mailbot.errors import TemporaryFault
from mailbot.ledger import refusals
from mailbot.outbox.delivery.transport import classify_smtp
from mailbot.outbox.delivery.webhook import post_alert
from mailbot.settings.watching import AlertsSection

NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)


class Robot(HTTPServer):
    """Takes posts as a group robot does."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.posts: list[tuple[str, Any]] = []
        self.status, self.answer = 200, b'{"errcode":0,"errmsg":"ok"}'

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/robot/send?key=SECRETKEY"

    def alerts(self, **options: Any) -> AlertsSection:
        return AlertsSection(webhook=SecretStr(self.url), **options)


class _Handler(BaseHTTPRequestHandler):
    server: Robot

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.posts.append((self.path, json.loads(body)))
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(self.server.answer)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def robot() -> Iterator[Robot]:
    with Robot() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join(10)


def test_plain_json_has_heading_lines_and_time(robot: Robot) -> None:
    robot.answer = b""
    post_alert(robot.alerts(), "停", ["一", "二"], NOW)
    ((_, body),) = robot.posts
    assert body == {"heading": "停", "lines": ["一", "二"], "at": "2026-11-28T09:00:00+00:00"}


@pytest.mark.parametrize("kind", ["wecom", "dingtalk"])
def test_a_robot_gets_a_text_message(robot: Robot, kind: str) -> None:
    post_alert(robot.alerts(kind=kind), "停", ["一", "二"], NOW)
    ((path, body),) = robot.posts
    assert body == {"msgtype": "text", "text": {"content": "停\n一\n二"}}
    assert path == "/robot/send?key=SECRETKEY"


def test_dingtalk_is_signed_as_its_documents_say(robot: Robot) -> None:
    post_alert(robot.alerts(kind="dingtalk", secret=SecretStr("SEC1")), "停", [], NOW)
    query = parse_qs(urlsplit(robot.posts[0][0]).query)
    assert query["timestamp"] == [str(int(NOW.timestamp() * 1000))]
    wanted = hmac.new(b"SEC1", f"{query['timestamp'][0]}\nSEC1".encode(), hashlib.sha256).digest()
    assert query["sign"] == [base64.b64encode(wanted).decode()]


def test_only_dingtalk_knows_a_signature(robot: Robot) -> None:
    post_alert(robot.alerts(kind="wecom", secret=SecretStr("SEC1")), "停", [], NOW)
    assert robot.posts[0][0] == "/robot/send?key=SECRETKEY"


def test_a_signature_begins_the_query_of_an_address_that_has_none(robot: Robot) -> None:
    bare = SecretStr(robot.url.partition("?")[0])
    alerts = AlertsSection(webhook=bare, kind="dingtalk", secret=SecretStr("SEC1"))
    post_alert(alerts, "停", [], NOW)
    assert robot.posts[0][0].startswith("/robot/send?timestamp=1")


@pytest.mark.parametrize(
    ("status", "answer", "said"),
    [
        (200, b'{"errcode":310000,"errmsg":"' + b"x" * 300 + b'"}', "310000 x{200}$"),
        (200, b'{"errcode":93000,"errmsg":"invalid webhook url"}', "93000 invalid webhook url"),
        (200, b"<html>login</html>", "no robot's"),
        (500, b"", "answers 500"),
    ],
)
def test_what_was_not_taken_is_a_fault_that_names_no_key(
    robot: Robot, status: int, answer: bytes, said: str
) -> None:
    robot.status, robot.answer = status, answer
    with pytest.raises(TemporaryFault, match=said) as caught:
        post_alert(robot.alerts(kind="wecom"), "停", [], NOW)
    assert "SECRETKEY" not in str(caught.value)


def test_nobody_at_the_other_end_is_a_fault_that_names_no_key() -> None:
    with Robot() as gone:
        alerts = gone.alerts()
    with pytest.raises(TemporaryFault, match="cannot be reached") as caught:
        post_alert(alerts, "停", [], NOW)
    assert "SECRETKEY" not in str(caught.value)


def a_table(folder: Path, campaign: Campaign, stack: ExitStack, alerts: AlertsSection) -> Table:
    table = Table(folder, campaign, stack, alerts=True)
    table.office.settings = table.office.settings.model_copy(update={"alerts": alerts})
    return table


def headings(robot: Robot) -> list[str]:
    return [body["heading"] for _, body in robot.posts]


def test_when_smtp_itself_is_refused_the_webhook_tells_it_once_and_its_end(
    tmp_path: Path, campaign: Campaign, robot: Robot
) -> None:
    with ExitStack() as stack:
        table = a_table(tmp_path, campaign, stack, robot.alerts())
        table.tick()
        assert robot.posts == []
        table.sent.faults.append(classify_smtp(535, "authentication failed", "auth"))
        table.receive("金水区材料")
        table.tick()
        assert headings(robot) == ["【系统告警】发信服务器拒绝本账号，发信已停止"]
        assert "535" in robot.posts[0][1]["lines"][0]
        with table.office.ledger.transaction():
            refusals.resume_sending(table.office.ledger, table.clock.now())
        table.tick()
        table.tick()
        assert headings(robot)[1:] == ["【系统恢复】发信已恢复"]


def test_what_was_not_taken_is_posted_with_the_next_pass(
    tmp_path: Path, campaign: Campaign, robot: Robot
) -> None:
    robot.status = 503
    with ExitStack() as stack:
        table = a_table(tmp_path, campaign, stack, robot.alerts())
        table.sent.faults.append(classify_smtp(553, "no", "mail"))
        table.receive("金水区材料")
        robot.status = 200
        table.tick()
        table.tick()
    assert len(robot.posts) == 2


def test_of_mails_only_their_number_leaves_the_office(
    tmp_path: Path, campaign: Campaign, robot: Robot
) -> None:
    with ExitStack() as stack:
        table = a_table(tmp_path, campaign, stack, robot.alerts(always=True))
        table.sent.faults.append(classify_smtp(550, "Invalid User"))
        table.receive("金水区材料")
        table.tick()
    assert headings(robot) == ["【系统告警】有邮件未能送达"]
    assert robot.posts[0][1]["lines"] == ["共1件，见每日简报。"]
    assert "@" not in json.dumps(robot.posts)
