"""The second channel of alerts: a webhook, for when mail itself does not leave.

Forms: WeCom's and DingTalk's group robots (a text message; DingTalk's 加签 where a secret is set),
and plain JSON for anything else. Sources: https://developer.work.weixin.qq.com/document/path/91770
and https://open.dingtalk.com/document/robots/custom-robot-access.
"""

import base64
import hashlib
import hmac
import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from mailbot.errors import TemporaryFault
from mailbot.settings.watching import AlertsSection

_TIMEOUT_S = 10
_ANSWER = 64 * 1024  # octets of an answer that are read


def post_alert(alerts: AlertsSection, heading: str, lines: Sequence[str], now: datetime) -> None:
    """Post one alert. TemporaryFault where it was not taken: it is posted again the next pass."""
    url = alerts.webhook.get_secret_value()
    if alerts.kind == "dingtalk" and alerts.secret.get_secret_value():
        url = _signed(url, alerts.secret.get_secret_value(), now)
    body = json.dumps(_form(alerts.kind, heading, lines, now), ensure_ascii=False).encode()
    request = urllib.request.Request(  # noqa: S310 - http or https alone: AlertsSection
        url, body, {"Content-Type": "application/json; charset=utf-8"}, method="POST"
    )
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:  # noqa: S310
            said = answer.read(_ANSWER)
    except urllib.error.HTTPError as error:
        error.close()
        raise TemporaryFault("webhook", f"the webhook answers {error.code}") from None
    except (OSError, ValueError) as error:
        # The address bears the robot's key: it is not for the log.
        reason = getattr(error, "reason", type(error).__name__)
        raise TemporaryFault("webhook", f"the webhook cannot be reached: {reason}") from None
    if alerts.kind != "json":
        _look_at(said)


def _form(kind: str, heading: str, lines: Sequence[str], now: datetime) -> dict[str, Any]:
    if kind == "json":
        return {"heading": heading, "lines": list(lines), "at": now.isoformat(timespec="seconds")}
    return {"msgtype": "text", "text": {"content": "\n".join((heading, *lines))}}


def _signed(url: str, secret: str, now: datetime) -> str:
    """加签: HMAC-SHA256 over timestamp and secret, both in the address."""
    timestamp = str(int(now.timestamp() * 1000))
    told = f"{timestamp}\n{secret}".encode()
    sign = base64.b64encode(hmac.digest(secret.encode(), told, hashlib.sha256)).decode()
    joint = "&" if urllib.parse.urlsplit(url).query else "?"
    return f"{url}{joint}{urllib.parse.urlencode({'timestamp': timestamp, 'sign': sign})}"


def _look_at(said: bytes) -> None:
    """Both robots answer 200 to everything, and say in the body whether they took it."""
    try:
        answer = json.loads(said)
        code, words = int(answer["errcode"]), str(answer.get("errmsg", ""))
    except (ValueError, KeyError, TypeError):
        raise TemporaryFault("webhook", "the webhook's answer is no robot's") from None
    if code != 0:
        raise TemporaryFault("webhook", f"the webhook refuses: {code} {words[:200]}")
