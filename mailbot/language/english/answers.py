"""What units read in replies, reminders and forms, and the office in answers to its decisions."""

from collections.abc import Mapping

ANSWERS: Mapping[str, str] = {
    "{label}补齐{need}份符合要求的即可。": " {label}: {need} more that meet what is asked are enough.",
    "其他来件": "Other files",
    "{how}该项报送时限为{limit}。": "{how} The deadline for this is {limit}.",
    "已通过{accepted_count}份，还需{lacking}份。{how}": (
        "{accepted_count} accepted, {lacking} more wanted. {how}"
    ),
    "请更正后重新报送。": "Please put this right and send it again.",
    "需人工核对": "a person must look at it",
    "等{count}处": " and others, {count} in all",
    "{document_number}：“{inner}”": "{document_number}: “{inner}”",
    "{words}。": "{words}.",
    "{name}{place}：{actual}": "{name}{place}: {actual}",
    "{name}：{message}": "{name}: {message}",
    "（{actual}）": " ({actual})",
    "{title_of}{met}。{fix_of}": "{title_of}{met}. {fix_of}",
    "{listed}：{words}": "{listed}: {words}",
    "{names}等{count}个文件": "{names} and others, {count} files in all",
    "按时": "on time",
    "迟报": "late",
    "按时报送、逾期补正": "on time, mended late",
    "漏报": "incomplete",
    "未报": "nothing sent",
    "截止前": "before the deadline",
    "齐全": "complete",
    "未齐": "incomplete",
    "已通过": "accepted",
    "需补正": "to mend",
    "未收到": "missing",
    "链接待核验": "link to be fetched",
    "待核对": "to be looked at",
    "合格": "accepted",
    "不合格": "rejected",
    "须补正": "to mend",
    "提示": "warning",
    "告知": "notice",
    "回执": "receipt",
    "补正通知": "correction request",
    "收件告知": "acknowledgement",
    "报送提醒": "reminder",
    "待收取": "to be fetched",
    "待核验": "to be examined",
    "已核验": "examined",
    "已答复": "answered",
    "已隔离": "quarantined",
    "已撤回": "gone",
    "待发": "queued",
    "正在发出": "being sent",
    "已发出": "sent",
    "待重发": "deferred",
    "未送达": "dead",
    "不再发出": "withdrawn",
    "照片": "photo",
    "视频": "video",
    "演练方案": "plan",
    "评估总结": "summary",
    "文字信息": "text",
    "其他文档": "other document",
    "压缩包": "archive",
    "邮件": "mail",
    "链接": "link",
    "其他": "other",
    "免报": "waived",
    "MPG2（MPEG-2）": "MPG2 (MPEG-2)",
    "无法识别的格式": "unknown format",
    "网易邮箱超大附件": "NetEase large attachment",
    "QQ邮箱超大附件": "QQ large attachment",
    "阿里邮箱超大附件": "Alibaba large attachment",
    "百度网盘": "Baidu Netdisk",
    "未标明有效期": "no expiry stated",
    "长期有效": "does not expire",
    "{printed}到期": "expires {printed}",
    "{printed}到期，已过期": "expired {printed}",
    "{printed}到期，{value}": "expires {printed}, {value}",
    "今天为最后一天": "today is the last day",
    "还有{days}天": "{days} day(s) left",
    "网盘链接": "link to a cloud drive",
    "{octets}字节": "{octets} bytes",
    "{duration:.1f}秒": "{duration:.1f} s",
    "内含{count}个文件": "{count} file(s) inside",
    "{year}年{words}": "{words} {year}",
    "（请在此表上修改）": " (please mend here)",
    "（空表）": " (blank)",
    "说明：数字栏只填阿拉伯数字，没有的填0。": "Note: figures only in columns of numbers; 0 where there is none.",
    "说明：数字栏只填阿拉伯数字，没有的填0；总数应与各分项之和相符，一项计入两类的除外。": (
        "Note: figures only in columns of numbers; 0 where there is none. Totals should be the sums of their parts, unless one event counts in two of them."
    ),
    "说明：一行填一人（项），中间不留空行；行数不够的，请在表内插入行。": (
        "Note: one person or item a row, no empty row between; where rows are lacking, insert some within the table."
    ),
    "\u3000\u3000\u3000": "      ",
    "（{unit}）": " ({unit})",
    '<w:date><w:dateFormat w:val="yyyy年M月d日"/><w:lid w:val="zh-CN"/></w:date>': (
        '<w:date><w:dateFormat w:val="d MMMM yyyy"/><w:lid w:val="en-GB"/></w:date>'
    ),
    "（盖章）": " (seal)",
    "单位名录": "Units",
    "选项": "Choices",
    "说明：数字栏只填阿拉伯数字，没有的填0；标红、标黄的栏请按批注核对修改。": (
        "Note: figures only in columns of numbers; 0 where there is none. What is marked red or yellow: please check it as its comment says."
    ),
    "说明：一行填一人（项），中间不留空行；行数不够的，请在表内插入行。标红、标黄的栏请按批注核对修改。": (
        "Note: one person or item a row, no empty row between; where rows are lacking, insert some within the table. What is marked red or yellow: please check it as its comment says."
    ),
    "宋体": "Times New Roman",
    "请填写不小于0的整数": "Please write a whole number, 0 or more",
    "请填写不小于0的数字，单位为万元": "Please write a number, 0 or more, in units of ten thousand",
    "请按年月日填写，如2017-7-3": "Please write year, month and day, such as 2017-7-3",
    "请填写百分数并带百分号，如95%": "Please write a percentage with its sign, such as 95%",
    "请填写数字": "Please write a number",
    "请填写电话号码，固定电话带区号": "Please write a telephone number, with its area code",
    "请填写18位公民身份号码": "Please write the 18-digit identity number",
    "；未改写时为各分项之和，一项计入两类的请直接改写": (
        "; the sum of its parts until it is written over, as it must be where one event counts in two of them"
    ),
    'yyyy"年"m"月"d"日"': "d mmmm yyyy",
    "审核意见": "Comment",
    "填写有误": "Not what belongs here",
    "请从列表中选择": "Please choose from the list",
    "填写说明": "What belongs here",
    "已由后件替代": "replaced by a later one",
    "未采用": "not used",
    "已收到": "received",
    "{listed}：{reason}": "{listed}: {reason}",
    "（收到的为{actual}）": " (what came: {actual})",
    "来件登记.txt": "register.txt",
    "通知规定的报送时限为{date}": "The notice's deadline is {date}",
    "本次来件于{moment}收到": "your mail came on {moment}",
    "{limit}，{received}，记为按时报送、逾期补正。": (
        "{limit}; {received}. It is recorded as sent on time and mended late."
    ),
    "{limit}，你单位材料记为按时报送、逾期补正。": (
        "{limit}; your unit's material is recorded as sent on time and mended late."
    ),
    "{limit}，{received}，已逾期。": "{limit}; {received}, after it.",
    "{limit}，你单位首次来件于{first}收到，记为迟报。": (
        "{limit}; your unit's first mail came on {first} and is recorded as late."
    ),
    "{limit}，现已逾期。": "{limit}, which is past.",
    "链接待核": "link to be fetched",
    "来件中出现了不同的单位名称，需核实属于哪个单位": (
        "the mail names different units; which of them it is from must be found out"
    ),
    "统计表的填报单位为下属单位，需核实是否代表本级报送": (
        "the form's reporting unit is a part of the unit; whether it speaks for the whole must be found out"
    ),
    "来信要求撤回或作废此前报送的材料，所指材料已暂停采用，由我办核实；如需更换，请直接报送新的文件": (
        "the mail takes back earlier material, which does not count for now and is looked into; to replace it, simply send the new file"
    ),
    "来件由工作人员的邮箱发来，需指明属于哪个单位": (
        "it came from the office's own address; whose it is has to be said"
    ),
    "来件查询报送情况，需核实发件邮箱属于哪个单位": (
        "the mail asks where things stand; which unit its address belongs to must be found out"
    ),
    "该邮件的附件过多，只核验了前1000个，其余的已整体收存，转请人工查看。": (
        "The mail has too many attachments: the first 1000 were examined, the rest is kept as it came and will be looked at by a person."
    ),
    "请将材料打包为一个压缩包后重新报送。": "Please pack the material into one archive and send it again.",
    "收信服务器核验该邮件的发件人未通过，可能有人冒用您的邮箱，故不列出其主题和附件。": (
        "The checks of its sender failed; somebody may have used your address, so its subject and"
        " files are not listed."
    ),
    "如确系贵单位报送，请致电我办说明。": "If it is yours, please call the office.",
    "该邮件传输不完整，末尾的附件可能没有收到；如有未列入“来件登记”的附件，请重新报送。": (
        "The mail came incomplete, and its last attachments may be missing; please send again what is not listed under “What came”."
    ),
    "该邮件超过本邮箱可接收的大小，只收到了邮件标题，正文和附件均未收到。": (
        "The mail is larger than this mailbox takes: only its header came, neither text nor attachments."
    ),
    "请将附件压缩后重新报送，或分成几封邮件报送，大的视频请用邮箱的超大附件（下载链接）报送。": (
        "Please compress the attachments and send them again, or send several mails; large videos as a download link."
    ),
    "经核定，你单位无需报送该项": "not asked of your unit",
    "自愿报送": "welcome",
    "数量不足": "too few",
    "收到的文件尚不符合要求": "what came does not yet meet what is asked",
    "已收到下载链接，待我办下载核验": "a link came, which we shall fetch and examine",
    "已收到，由我办人工核对": "received; a person will look at it",
    "{detail}，": "{detail}, ",
    "应有{minimum}份，已通过{count}份": "{minimum} wanted, {count} accepted",
    "来件情况需人工核对": "a person must look at this mail",
    "{label}：{name}": "{label}: {name}",
    "{label}：{name}与此前已通过的材料由不同邮箱报送，以何者为准": (
        "{label}: {name} came from another address than what was accepted before; which of them counts"
    ),
    "{label}：以下载链接报送的文件，待下载后核验": (
        "{label}: a file sent as a link, to be examined when it is fetched"
    ),
    "{names}，{title_of}": "{names}: {title_of}",
    "{why}。{fix_of}": "{why}. {fix_of}",
    "邮件“{subject}”：{wanted}": "Mail “{subject}”: {wanted}",
    "{name}，{why}": "{name}: {why}",
    "来件登记": "What came",
    "{moment}\u3000{subject}": "{moment}  {subject}",
    "{inset}{name}\u3000{detail}\u3000{status}": "{inset}{name}  {detail}  {status}",
    "  另有{left}个文件已收存": "  {left} more file(s) are kept",
    "  链接：{name}\u3000{detail}\u3000{expiry}": "  link: {name}  {detail}  {expiry}",
    "（无主题）": "(no subject)",
    "，{format_size}": ", {format_size}",
    "未标明文件名": "no file name stated",
    "已过期": "expired",
    "如有需要补充或更换的材料，{wanted}": "If anything is to be added or replaced: {wanted}",
    "该邮件中未见附件、下载链接或文字材料。": "The mail has no attachment, no link and no text that is material.",
    "{name}：{what}。如需报送该文件，{advice}": "{name}: {what}. If it is to be sent: {advice}",
    "发件人核验未通过（可能有人冒用您的地址），所写各项均未办理": (
        "The sender could not be verified (someone may use your address); nothing was done"
    ),
    "收信服务器未给出发件人核验结果，所写各项均未办理（设置项 office.require_sender_auth）": (
        "The receiving server states no verification of the sender; nothing was done (setting office.require_sender_auth)"
    ),
    "代码有误，未办理": "wrong code, nothing was done",
    "该代码已用过，未重复办理": "this code was used before, nothing was done again",
    "代码已过期，请以最近一期简报为准": "this code has expired; please use the latest digest",
    "来信已归入该单位": "the mail is assigned to this unit",
    "已认可": "accepted",
    "已退回": "rejected",
    "地址已确认": "address confirmed",
    "已搁置": "set aside",
    "已放行": "released",
    "将重新处理": "will be tried again",
    "将重发": "will be sent again",
    "已批准，将发出": "approved, will be sent",
    "同第{twin}号来信": "the same as mail {twin}",
    "来信另有“作废”“撤销”等字样，各行均未办理；如仍要办理，请只写代码和决定重新答复": (
        "The mail also says that something is void or withdrawn, so no line was carried out;"
        " if they still hold, answer anew with codes and decisions alone"
    ),
    "未见“代码 决定”这样的一行，未办理任何事项": "no line with a code and a decision; nothing was done",
    "今日代码错误已达{wrong_codes}次，其余各行及今日后续答复均不再读取，请明日再试": (
        "{wrong_codes} wrong codes today: the other lines, and further answers of today, are not read; please try again tomorrow"
    ),
    "{code}-{code2}：{settle}": "{code}-{code2}: {settle}",
    "决定“{decision}”未能识别，未办理；可写{ways}": (
        "the decision “{decision}” was not understood, nothing was done; what may be written: {ways}"
    ),
    "未能办理（{error}）": "could not be done ({error})",
    "此前已办理": "was done before",
    "，将另发答复至 {replied}": "; a reply goes to {replied}",
    "简报答复：{words}": "answer to the digest: {words}",
    "【简报答复】办理结果": "[Digest] What was done",
    "{rstrip}，更正后重新报送。": "{rstrip}, correct it and send it again.",
    "，请": ", please ",
    "请{asked}": "Please {asked}",
    "报送": "send",
    "有{count}处不能确认，如{why}": "{count} place(s) are not certain, such as: {why}",
    "（{places}）": " ({places})",
    "来件的主题、正文、附件中未能辨认出报送单位；请直接回复本邮件写明报送单位全称，以便登记": (
        "Subject, text and attachments do not tell which unit the mail is from; please answer this mail with the unit's full name"
    ),
    "来信要求撤回，由我办核实": "the mail takes something back; we shall look into it",
    "来信要求撤回、已暂停采用的文件：{names}": (
        "files that the mail takes back and that do not count for now: {names}"
    ),
    "{label}（{listed}）": "{label} ({listed})",
    "已更正": "corrected",
    "已撤下，不再发出": "withdrawn, not sent",
    "其他邮箱报送的文件": "a file from another address",
    "其他邮箱（{address}）报送的文件": "a file from another address ({address})",
    "未能核验发件人的邮件所附文件": "a file of a mail whose sender could not be verified",
    "该文件来自未能核验发件人的邮件，需补正。请由你单位重新报送。": (
        "This file is of a mail whose sender could not be verified, and is to be corrected. Please send it yourself."
    ),
    "如非你单位所报，请致电我办说明": "if your unit did not send it, please telephone us",
    "该邮件中的链接过多，另有{left}个已登记，未逐一列出。": (
        "There are too many links in this mail; {left} more are on record and not listed here."
    ),
    "{address}（{unit}）": "{address} ({unit})",
    "{labels}：{name}，{ask}": "{labels}: {name}; {ask}",
    "其他邮箱报送的链接": "a link from another address",
    "该文件由其他邮箱报送，待核对。": "This file came from another address and is to be looked at.",
    "该文件由其他邮箱报送，需补正。有关事项已告知报送该文件的邮箱，请与本单位该件报送人联系；也可由您重新报送。": (
        "This file came from another address and is to be corrected. What is wrong was told to that address: please get in touch with whoever of your unit sent it, or send it anew yourself."
    ),
}
