"""What is known of mail providers: their servers, and what must be switched on by hand.

Sources: the providers' own help pages, as of 2026. What a page in the web mail is called is what
the clerk reads there, so it stands in Chinese.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Provider:
    """A mail provider. `made_in` says where the word for programs is made, `old_mail` where the
    limit on what programs see is lifted; "" where there is none."""

    name: str
    imap: str
    smtp: str
    domains: tuple[str, ...] = ()
    smtp_port: int = 465
    smtp_security: str = "tls"
    made_in: str = ""
    old_mail: str = ""
    note: str = ""


_NETEASE_WORD = "网页邮箱：设置 → POP3/SMTP/IMAP → 开启 IMAP/SMTP 服务 → 新增授权密码（授权码）"
_NETEASE_OLD = "网页邮箱：设置 → POP3/SMTP/IMAP → 收取选项，把“收取最近30天邮件”改为“收取全部邮件”"

PROVIDERS: dict[str, Provider] = {
    each.name: each
    for each in (
        *(
            Provider(
                name,
                f"imap.{domain}",
                f"smtp.{domain}",
                (domain,),
                made_in=_NETEASE_WORD,
                old_mail=_NETEASE_OLD,
            )
            for name, domain in (("163", "163.com"), ("126", "126.com"), ("yeah", "yeah.net"))
        ),
        Provider(
            "qiye163",
            "imap.qiye.163.com",
            "smtp.qiye.163.com",
            made_in="网页邮箱：设置 → 客户端设置 → 开启 IMAP/SMTP → 客户端授权码",
            old_mail="网页邮箱：设置 → 客户端设置 → 收取选项，改为“收取全部邮件”",
        ),
        Provider(
            "qq",
            "imap.qq.com",
            "smtp.qq.com",
            ("qq.com", "foxmail.com", "vip.qq.com"),
            made_in="网页邮箱：设置 → 账号 → POP3/IMAP/SMTP 服务 → 开启 → 生成授权码",
            old_mail="网页邮箱：设置 → 账号 → 收取选项，把“最近30天”改为“全部”",
        ),
        Provider(
            "exmail",
            "imap.exmail.qq.com",
            "smtp.exmail.qq.com",
            made_in="网页邮箱：设置 → 客户端设置，开启 IMAP/SMTP；设置 → 账户安全 → 客户端专用密码",
            old_mail="网页邮箱：设置 → 客户端设置 → 收取选项，改为“全部邮件”",
        ),
        Provider(
            "aliyun",
            "imap.qiye.aliyun.com",
            "smtp.qiye.aliyun.com",
            made_in="网页邮箱：设置 → 账户与安全 → 三方客户端安全密码（管理员须允许第三方客户端）",
        ),
        Provider(
            "aliyun-personal",
            "imap.aliyun.com",
            "smtp.aliyun.com",
            ("aliyun.com",),
            made_in="网页邮箱：设置 → POP/IMAP/SMTP → 开启服务，使用登录密码或安全密码",
        ),
        Provider(
            "139",
            "imap.139.com",
            "smtp.139.com",
            ("139.com",),
            made_in="网页邮箱：设置 → 邮箱协议设置 → 开启 IMAP/SMTP 服务 → 授权码",
        ),
        Provider(
            "outlook",
            "outlook.office365.com",
            "smtp.office365.com",
            ("outlook.com", "hotmail.com", "live.com", "msn.com"),
            smtp_port=587,
            smtp_security="starttls",
            note="Microsoft takes no passwords of programs any more (OAuth alone), and mailbot has"
            " no OAuth: let this address forward to a mailbox elsewhere",
        ),
    )
}
PLAIN = "plain"


def provider_of(address: str) -> Provider | None:
    """The provider whose domain the address has; a company's own domain tells none."""
    domain = address.rpartition("@")[2].lower()
    return next((one for one in PROVIDERS.values() if domain in one.domains), None)


def provider_at(host: str) -> Provider | None:
    """The provider whose server this is."""
    return next((one for one in PROVIDERS.values() if host.lower() in (one.imap, one.smtp)), None)


def plain_server(address: str) -> Provider:
    """A server of one's own, by the names that most have."""
    domain = address.rpartition("@")[2].lower()
    return Provider(PLAIN, f"imap.{domain}", f"smtp.{domain}", (domain,))
