"""The way out: reached, logged in, the sender accepted; a mail is sent only when asked."""

from collections.abc import Iterator
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from mailbot.doctor.check import Check, Patient, failed, ok, skipped, warning
from mailbot.doctor.servers import TIMEOUT_S, reach
from mailbot.doctor.words import login_remedy
from mailbot.errors import MailbotError
from mailbot.outbox.delivery.transport import DeliveryFault, SmtpTransport
from mailbot.outbox.delivery.webhook import post_alert
from mailbot.settings.mail import Smtp
from mailbot.settings.providers import provider_at

_STEPS = ("dns", "connect", "tls", "login", "from", "test")


def examine_smtp(patient: Patient, *, send_test: bool = False) -> Iterator[Check]:
    """Lines smtp_dns … smtp_test; what cannot be looked at any more is skipped."""
    smtp = patient.settings.smtp
    if smtp is None:
        if patient.settings.outbox.mode == "shadow":
            yield warning("smtp", "no [smtp]: nothing can be sent", "fill in [smtp]")
        else:
            yield failed("smtp", "no [smtp]: nothing can be sent", "fill in [smtp]")
        return
    done = set()
    for check in _lines(patient, smtp, send_test):
        done.add(check.name)
        yield check
    for step in _STEPS:
        if f"smtp_{step}" not in done:
            yield skipped(f"smtp_{step}", "not looked at: what comes before it failed")


def _lines(patient: Patient, smtp: Smtp, send_test: bool) -> Iterator[Check]:
    for check in reach("smtp", smtp, patient.now):
        yield check
        if check.state == "failed":
            return
    transport = SmtpTransport(
        host=smtp.host,
        port=smtp.port,
        security=smtp.security,
        ca_file=smtp.ca_file,
        username=smtp.username,
        password=smtp.password.get_secret_value(),
        null_return_path=smtp.null_return_path,
        timeout=TIMEOUT_S,
    )
    try:
        yield from _conversation(patient, smtp, transport, send_test)
    finally:
        transport.close()


def _conversation(
    patient: Patient, smtp: Smtp, transport: SmtpTransport, send_test: bool
) -> Iterator[Check]:
    try:
        transport.log_in()
    except DeliveryFault as fault:
        remedy = login_remedy(fault, provider_at(smtp.host), "smtp", smtp.password_file)
        yield failed("smtp_login", f"{smtp.host} refuses: {fault.text}", remedy)
        return
    yield ok("smtp_login", f"{smtp.username or 'nobody'} is logged in")
    try:
        transport.rehearse(smtp.from_address)
    except DeliveryFault as fault:
        yield _refused_sender(smtp, fault)
        return
    yield ok("smtp_from", f"{smtp.from_address} may send")
    yield (
        _send_test(patient, smtp, transport)
        if send_test
        else skipped("smtp_test", "nothing was sent (mailbot doctor --send-test)")
    )


def _refused_sender(smtp: Smtp, fault: DeliveryFault) -> Check:
    sender = "<>" if smtp.null_return_path else smtp.from_address
    if smtp.null_return_path:
        remedy = "set [smtp] null_return_path = false"
    elif fault.code == "NO_PERMISSION":
        remedy = login_remedy(fault, provider_at(smtp.host), "smtp", smtp.password_file)
    elif fault.temporary and not fault.stop:
        remedy = "the server puts it off: run this again in some minutes"
    else:
        remedy = f"set [smtp] from_address to the login ({smtp.username or 'the account'})"
    return failed("smtp_from", f"{smtp.host} does not take {sender}: {fault.text}", remedy)


def examine_webhook(patient: Patient, *, send_test: bool = False) -> Iterator[Check]:
    """Line webhook; a post is made only when asked."""
    alerts, name = patient.settings.alerts, "webhook"
    if not alerts.webhook.get_secret_value():
        yield skipped(name, "none: nothing tells of a sender that is refused ([alerts] webhook)")
    elif not send_test:
        yield skipped(name, "nothing was posted (mailbot doctor --send-test)")
    else:
        try:
            post_alert(alerts, "【系统测试】第二告警通道可用", ["无需处理。"], patient.now)
        except MailbotError as error:
            remedy = (
                "correct [alerts] webhook, kind and secret; the robot must still be in its group"
            )
            yield failed(name, str(error), remedy)
        else:
            yield ok(name, f"a post was taken ({alerts.kind})")


def _send_test(patient: Patient, smtp: Smtp, transport: SmtpTransport) -> Check:
    addresses = patient.settings.office.addresses
    if not addresses:
        return failed("smtp_test", "nobody to send to", "set [office] addresses")
    for address in addresses:
        mail = EmailMessage()
        mail["From"], mail["To"] = smtp.from_address, address
        mail["Subject"] = "测试邮件：演练材料接收程序可以发信"
        mail["Date"] = format_datetime(patient.now)
        mail["Message-ID"] = make_msgid(domain=smtp.from_address.rpartition("@")[2])
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(
            "收到这封邮件，说明程序的发信设置正确，每日简报将发到本邮箱。无需回复。\n",
            charset="utf-8",
            cte="base64",
        )
        try:
            transport.send(mail.as_bytes(), smtp.from_address, address)
        except DeliveryFault as fault:
            remedy = "correct [office] addresses, or see what the server's words mean"
            return failed("smtp_test", f"{address}: {fault.text}", remedy)
    return ok("smtp_test", f"sent to {', '.join(addresses)}")
