"""By whose address is a link a cloud attachment: providers seen in mails of Chinese offices.

A provider may change its addresses; a link that no pattern knows is an ordinary link and is
lost to the countdown, so the patterns are wide and the key decides what is the same file.
"""

import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class _Provider:
    """One pattern of address; `keys` are the parameters that name the file, "" the last step."""

    name: str
    host: re.Pattern[str]
    path: re.Pattern[str]
    keys: tuple[str, ...] = ("",)
    preview: bool = False  # shows the file, does not give it


def _provider(name: str, host: str, path: str, *keys: str, preview: bool = False) -> _Provider:
    pattern = re.compile(rf"(?:^|\.)(?:{host})$")
    return _Provider(name, pattern, re.compile(path), keys or ("",), preview)


_NETEASE = r"(?:163|126|188|yeah|netease)\.(?:com|net)"
# u.163.com is missing on purpose: it is the advert of the mail program beside every link.
_PROVIDERS = (
    _provider("netease", rf"mail\.(?:vip\.|qiye\.)?{_NETEASE}|mail\.vip\.{_NETEASE}",
              r"^/large-attachment-download", "file", "key"),
    _provider("netease", r"dashi\.163\.com", r"^/html/cloud-attachment-download", "key", "file"),
    _provider("netease", r"fs\.163\.com", r"^/fs/", "file", preview=True),
    _provider("netease", r"edisk\.qiye\.163\.com", r"/attachment/", "identity"),
    _provider("qq", r"qq\.com|foxmail\.com", r"^/cgi-bin/ftnExs_", "k", "key"),
    _provider("qq", r"mail\.qq\.com", r"^/ftn/download", "key", "k"),
    _provider("aliyun", r"[\w.-]+", r"/alimail/openLinks/downloadMimeMetaDiskBigAttach", "id"),
    _provider("baidu", r"pan\.baidu\.com|yun\.baidu\.com", r"^/s/[\w-]{4,}"),
    _provider("baidu", r"pan\.baidu\.com|yun\.baidu\.com", r"^/(?:share|wap)/", "surl", "shareid"),
    _provider("weiyun", r"share\.weiyun\.com", r"^/\w{4,}"),
    _provider("189", r"cloud\.189\.cn", r"^/t/\w{4,}"),
    _provider("189", r"cloud\.189\.cn", r"^/(?:web/share|file/downloadFile)", "code", "dt"),
    _provider("alipan", r"(?:alipan|aliyundrive)\.com", r"^/s/\w{4,}"),
    _provider("quark", r"pan\.quark\.cn", r"^/s/\w{4,}"),
    _provider("139", r"(?:caiyun|yun)\.139\.com", r"", "linkID", "linkId", "shareId", "#"),
    _provider("139", r"mail\.10086\.cn", r"(?i)(?:largefile|largeattach|disk|share|filecenter)",
              "key", "id", "linkid", "fileid"),
    _provider("sina", r"(?:mail|vip)\.sina\.(?:com\.cn|com|cn)", r"^/filecenter/download", "id"),
    _provider("xunlei", r"pan\.xunlei\.com", r"^/s/[\w-]{4,}"),
    _provider("123pan", r"123(?:pan|684|865|912)\.(?:com|cn)", r"^/s/[\w-]{4,}"),
    _provider("jianguoyun", r"jianguoyun\.com", r"^/p/[\w-]{4,}"),
    _provider("lanzou", r"lanzou[a-z]?\.com", r"^/\w{4,}$"),
    _provider("wenshushu", r"wenshushu\.cn|wss\.(?:cc|ink)", r"^/f/\w{4,}"),
    _provider("cowtransfer", r"cowtransfer\.com", r"^/s/\w{4,}"),
    _provider("wedrive", r"drive\.weixin\.qq\.com", r"^/s", "k"),
    _provider("115", r"115(?:cdn)?\.com", r"^/s/\w{4,}"),
    _provider("ctfile", r"(?:ctfile|ghpym|400gb)\.com", r"^/(?:f|d|file|fs)/[\w-]{4,}"),
    _provider("360", r"yunpan\.(?:360\.cn|cn|com)", r"^/(?:surl_|lk/)?\w{4,}"),
    _provider("tencentdocs", r"docs\.qq\.com", r"^/(?:doc|sheet|slide|pdf|form/page)/\w{4,}"),
    _provider("kdocs", r"(?:kdocs|wps)\.cn", r"^/(?:l|view/l|s)/\w{4,}"),
    _provider("feishu", r"(?:feishu\.cn|larksuite\.com)",
              r"^/(?:file|docx|docs|sheets|base|drive/folder)/\w{4,}"),
    _provider("onedrive", r"1drv\.ms", r"^/[a-z]/[\w!-]{4,}"),
    _provider("onedrive", r"sharepoint\.(?:com|cn)", r"^/:[a-z]:/"),
    _provider("dropbox", r"dropbox\.com", r"^/(?:s|scl/fi|t)/\w{4,}"),
    _provider("wetransfer", r"we\.tl", r"^/t-\w{4,}"),
    _provider("wetransfer", r"wetransfer\.com", r"^/downloads/\w{4,}"),
    # A video on a unit's own web site.
    _provider("website", r"[\w.-]+", r"(?i)/[^/]+\.(?:mp4|avi|mts|m2ts|mpe?g|mov|wmv|mkv)$"),
)  # fmt: skip

URL = re.compile(
    r"(?:https?://|(?<![\w./])(?=(?:pan\.baidu\.com|share\.weiyun\.com|cloud\.189\.cn|"
    r"pan\.quark\.cn|www\.alipan\.com|www\.aliyundrive\.com)/))[\w\-.~:/?#@!$&'*+,;=%]+",
    re.ASCII | re.IGNORECASE,
)


@dataclass
class LinkSight:
    """One occurrence of a link: its address, the words on it, what the tags say of the file."""

    provider: str
    key: str
    url: str
    preview: bool
    label: str = ""
    attributes: dict[str, str] = field(default_factory=dict)


def recognise_link(url: str) -> LinkSight | None:
    """The provider and the key of the file, or None where it is an ordinary link."""
    if "://" not in url:
        url = "https://" + url
    url = _unwrapped(url)
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
        query = dict(parse_qsl(parts.query, max_num_fields=50))
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https"):
        return None
    for provider in _PROVIDERS:
        if not (provider.host.search(host) and provider.path.search(parts.path)):
            continue
        for name in provider.keys:
            key = query.get(name, "")
            if name == "":
                key = parts.path.rstrip("/").rpartition("/")[2]
            elif name == "#":
                key = parts.fragment or parts.path.strip("/")
            if key:
                if provider.name == "baidu" and name == "":  # /s/1KEY is /share/init?surl=KEY
                    key = key.removeprefix("1")
                return LinkSight(provider.name, key, url, provider.preview)
    return None


def _unwrapped(url: str) -> str:
    """What a mail gateway's warning page leads on to: Outlook's Safe Links, QQ's check of links."""
    if "safelinks.protection.outlook.com/" not in url and "check_link" not in url:
        return url
    try:
        parts = urlsplit(url)
        onward = dict(parse_qsl(parts.query, max_num_fields=50)).get("url", "")
    except ValueError:
        return url
    host = (parts.hostname or "").lower()
    is_gateway = host.endswith((".safelinks.protection.outlook.com", "mail.qq.com"))
    return onward if is_gateway and onward.startswith(("http://", "https://")) else url
