"""What the page of founding says in Chinese: the lines of `mailbot doctor`, the mail providers."""

from mailbot.settings.providers import PLAIN, PROVIDERS

STATES = {"ok": "正常", "warning": "注意", "failed": "未通过", "skipped": "未检查"}

# By a line's name: what it is about, and what the office does where it is not well.
LINES: dict[str, tuple[str, str]] = {
    "settings": ("设置文件", "按下列提示改正 mailbot.toml，再运行一次本检查。"),
    "rules": ("活动规则", "规则文件夹有误：按提示改正其中的文件。"),
    "data_folder": ("数据文件夹", "数据文件夹应归运行本程序的账号所有，且他人不可读取。"),
    "disk": ("磁盘空间", "清理磁盘，或把数据移到更大的磁盘。"),
    "object_store": ("对象存储", "核对对象存储的地址、密钥和网络。"),
    "time_zone": ("时间与时区", "校准本机时钟，开启网络对时；时区应与活动一致。"),
    "part_rar": ("RAR 压缩包组件", "未安装时 RAR 等压缩包须人工查看。需要的，请技术人员安装。"),
    "part_ocr": (
        "图片文字识别组件",
        "未安装时扫描件、照片上的表格须人工查看。需要的，请技术人员安装。",
    ),
    "workers": (
        "文件检查进程",
        "检查文件的进程未能与网络隔离或限制内存，请在 64 位 Linux 上直接运行。",
    ),
    "other_machines": ("其他机器上的检查", "请技术人员查看调度程序和各台机器上的服务。"),
    "watchdog": ("系统服务", "请技术人员把 mailbot 装为系统服务并设为开机启动。"),
    "console": ("网页控制台", "重新启动 mailbot；仍不通的，换一个端口。"),
    "secrets": ("密码的保管", "授权码应单独存放，只有运行本程序的账号可以读取。"),
    "addresses": ("邮箱地址的一致", "收信账号、发件地址与通知公布的邮箱应是同一个，核对后改正。"),
    "office": ("每日简报的收件人", "填写由谁每天阅读简报，否则无人知道有事待办。"),
    "outbox_mode": (
        "发信方式",
        "目前只记录、不发信。看过拟发的答复，满意后再改为逐封批准或自动发出。",
    ),
    "maildir": ("邮件文件夹", "核对文件夹的路径。"),
    "imap_dns": ("收信服务器的名称", "核对收信服务器的名称，以及本机能否上网。"),
    "imap_connect": ("收信服务器的连接", "核对端口；单位防火墙应放行到该服务器的连接。"),
    "imap_tls": ("收信服务器的证书", "核对加密方式和端口；证书将到期的，由邮箱服务商更新。"),
    "imap_login": (
        "收信登录",
        "请用授权码登录，不是网页密码；账号填写完整地址；已被锁定的，一小时后再试。",
    ),
    "imap_id": ("客户端标识", "无需处理。"),
    "imap_capabilities": ("收信服务器的功能", "服务器不能移动邮件：设置中改为保留原处。"),
    "imap_folders": ("邮箱文件夹", "在网页邮箱中开启 IMAP 服务，或核对文件夹的名称。"),
    "imap_old_mail": ("较早的来信", "在网页邮箱中把“收取最近30天邮件”改为收取全部邮件。"),
    "smtp": ("发信设置", "填写发信服务器。"),
    "smtp_dns": ("发信服务器的名称", "核对发信服务器的名称，以及本机能否上网。"),
    "smtp_connect": ("发信服务器的连接", "核对端口；单位防火墙应放行到该服务器的连接。"),
    "smtp_tls": ("发信服务器的证书", "核对加密方式和端口；证书将到期的，由邮箱服务商更新。"),
    "smtp_login": ("发信登录", "请用授权码登录，并在网页邮箱中开启 SMTP 服务。"),
    "smtp_from": ("发件地址", "发件地址应与登录账号相同。"),
    "smtp_test": ("测试邮件", "核对收件地址。"),
    "webhook": ("群机器人告警", "核对机器人的地址和密钥；机器人应仍在群里。"),
    "ledger": ("台账", "台账读不出来的，停下 mailbot，用最近的备份恢复。"),
    "clock": ("时钟", "校准本机时钟，并开启网络对时。"),
    "shadow_replies": ("未发出的答复", "只记录时写下的答复仍未发出，请决定是否补发。"),
    "refusals": ("收信、发信是否停止", "按服务器的提示改正后，运行 mailbot resume。"),
    "sender_checks": ("发件人真伪核验", "服务器没有说明核验结果：来信只补缺、不替换已收材料。"),
    "backup": ("备份", "每晚备份到另一块磁盘。"),
    "running": ("运行状况", "请技术人员查看系统服务的日志。"),
}

_KNOWN = {
    "163": "网易163邮箱",
    "126": "网易126邮箱",
    "yeah": "网易yeah.net邮箱",
    "qiye163": "网易企业邮箱",
    "qq": "QQ邮箱",
    "exmail": "腾讯企业邮箱",
    "aliyun": "阿里企业邮箱",
    "aliyun-personal": "阿里云个人邮箱",
    "139": "中国移动139邮箱",
    "outlook": "微软邮箱",
    PLAIN: "本单位的邮件服务器",
}
PROVIDER_NAMES = {name: _KNOWN.get(name, name) for name in (*PROVIDERS, PLAIN)}
