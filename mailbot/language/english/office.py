"""What the office reads day by day: digest, alerts, the board."""

from collections.abc import Mapping

OFFICE: Mapping[str, str] = {
    "【系统告警】邮箱拒绝登录，收信已停止": "[Alert] The mailbox refuses the login; no mail is fetched",
    "为免账号被锁定，系统不再尝试登录。请核对邮箱授权码，更正 mailbot.toml 后重新启动；授权码无误时执行：mailbot resume": (
        "Lest the account be locked, no further login is tried. Check the mailbox password, correct mailbot.toml and start again; where it is right, run: mailbot resume"
    ),
    "【系统恢复】邮箱登录已恢复，收信继续": "[Over] The login works again; mail is fetched",
    "【系统告警】发信服务器拒绝本账号，发信已停止": (
        "[Alert] The sending server refuses this account; nothing is sent"
    ),
    "系统不再尝试发信，待发邮件均已保留。更正后重新启动，或执行：mailbot resume": (
        "Sending is not tried any more, and what waits is kept. Correct it and start again, or run: mailbot resume"
    ),
    "【系统恢复】发信已恢复": "[Over] Mail is sent again",
    "【系统告警】邮箱超过{minutes}分钟无法收信": (
        "[Alert] No mail could be fetched for more than {minutes} minutes"
    ),
    "系统将继续尝试，恢复后自动补收，来信不会丢失。": "It is tried again and again; no mail is lost.",
    "【系统恢复】邮箱已恢复收信": "[Over] Mail is fetched again",
    "【系统告警】有来信处理失败，已隔离": "[Alert] A mail could not be examined and is set aside",
    "第{id}号来信：{last_error}": "Mail {id}: {last_error}",
    "再试：mailbot retry {id}；略过无法检查的文件予以收下：mailbot release {id}": (
        "Try again: mailbot retry {id}; take it in without what cannot be examined: mailbot release {id}"
    ),
    "【系统恢复】隔离的来信均已处理": "[Over] Every mail that was set aside is dealt with",
    "【系统告警】有邮件未能送达": "[Alert] A mail was not delivered",
    "{number} 致 {address}，单位 {unit}：{error_text}": (
        "{number} to {address}, unit {unit}: {error_text}"
    ),
    "不明": "unknown",
    "重发：mailbot resend {number}": "Send again: mailbot resend {number}",
    "【系统恢复】未送达的邮件均已处理": "[Over] Every undelivered mail is dealt with",
    "{data} 所在磁盘仅余{format_size}。": "The disk of {data} has {format_size} left.",
    "请清理或扩容；在此之前来信留在邮箱中。": "Please make room; until then mail stays in the mailbox.",
    "【系统告警】磁盘空间不足": "[Alert] The disk is nearly full",
    "【系统恢复】磁盘空间已充足": "[Over] The disk has room again",
    "〔单位名称〕": "[UNIT]",
    "mailbot accept {unit} {slot} --file {sha256} --reason 〔理由〕": (
        "mailbot accept {unit} {slot} --file {sha256} --reason [REASON]"
    ),
    "〔单位名称或来信编号〕": "[UNIT or NUMBER]",
    "归入{unit}": "Assign to {unit}",
    "归入单位…": "Assign to…",
    "搁置": "Hold",
    "同意": "Approve",
    "退回…": "Reject…",
    "退回 ": "Reject ",
    "放行…": "Release…",
    "全部同意": "Approve all",
    "同意 ": "Approve ",
    "只同意…": "Approve only…",
    "同意 其中的地址": "Approve ADDRESS",
    "放行 ": "Release ",
    "退回 理由": "Reject REASON",
    "不复": "Leave",
    "重试": "Retry",
    "重发": "Resend",
    "批准": "Approve",
    "放行": "Release",
    "放行 单位名称或来信编号": "Release UNIT or NUMBER",
    "读作“{raw}”": "read as “{raw}”",
    "未能读出": "could not be read",
    "{label_of}（{where}）：{said}": "{label_of} ({where}): {said}",
    "{where}：读作“{actual}”": "{where}: read as “{actual}”",
    "本期简报未能附上台账（生成时出错，详见运行日志），其余内容不受影响；请系统管理人员执行 mailbot export 台账.xlsx 另行导出": (
        "The register could not be enclosed (see the log); all else stands. It can be made by: mailbot export register.xlsx"
    ),
    "{address} {date}所写代码{number}次有误": "{address}: {number} wrong code(s) on {date}",
    "当日其后的简报答复均未读取；如非本人所为，请更换该邮箱密码": (
        "Further answers of that day were not read; if it was not you, change the password of that mailbox"
    ),
    "试运行期间写好的{count}件答复尚未发出，收件人均未收到；请由系统管理员执行 mailbot outbox adopt --all 发出或撤下": (
        "{count} replies written in shadow mode were never sent; run mailbot outbox adopt --all to send or withdraw them"
    ),
    "发件人核验未通过（可能系冒用），": "its sender could not be verified (perhaps forged), ",
    "发件人未能核验，": "its sender is not proven, ",
    "补正": "correction",
    "{count}个发件地址系首次来信时自报单位，请核对": (
        "{count} address(es) named their unit themselves with their first mail; please check"
    ),
    "{count}封报送提醒待批准发出": "{count} reminder(s) wait for approval",
    "{count}封答复待批准发出": "{count} replies wait for approval",
    "{number} {unit}（{reply_kinds}）": "{number} {unit} ({reply_kinds})",
    "第{id}号来信三次处理失败，已隔离": "Mail {id} failed three times and is set aside",
    "对方邮箱不存在，重发亦不能送达，请电话联系（{error_text}）": (
        "The mailbox does not exist; sending again will not help, please telephone ({error_text})"
    ),
    "对方服务器拒收（{error_text}）": "The server there refused it ({error_text})",
    "系统处理时出错（{last_error}）；或略过无法检查的文件予以收下：mailbot release {id}": (
        "It could not be processed ({last_error}); or take it in without what cannot be examined: mailbot release {id}"
    ),
    "第{id}号来信取回前已从邮箱消失": "Mail {id} was gone from the mailbox before it was fetched",
    "{number} 致 {address} 的邮件被对方服务器判为垃圾邮件": (
        "{number} to {address} was taken for spam by the server there"
    ),
    "原文不再重发，请电话告知（{error_text}）": (
        "It is not sent again as it is; please telephone ({error_text})"
    ),
    "{number} 致 {address} 的邮件未能送达": "{number} to {address} was not delivered",
    "{number} 致 {address} 的邮件被退回，已停止向该地址发信": (
        "{number} to {address} was returned; nothing more is sent to that address"
    ),
    "可改用其他地址（mailbot unit address），或重发并恢复该地址": (
        "Use another address (mailbot unit address), or send again and restore this one"
    ),
    "{unit} {label}：{name}": "{unit} {label}: {name}",
    "来自 {decided_by_address}，{doubt}未替换已收材料": (
        "from {decided_by_address}, {doubt}it replaced nothing"
    ),
    "{unit} 第{id}号来信：{name}，未能认定属于哪项材料": (
        "{unit} mail {id}: {name}, of which it is not known what material it is"
    ),
    "（共{count}处）": " ({count} in all)",
    "第{number}号来信": "mail {number}",
    "已搁置{count}件": "{count} set aside",
    "{name}（{date}）": "{name} ({date})",
    "照片拍摄日期不在活动期间：{listed}，请核对": (
        "photos not taken in the time of the activity: {listed}; please check"
    ),
    "报送了同一张照片": "sent the same photo",
    "报送了相同或几乎相同的照片": "sent the same or nearly the same photos",
    "同一张照片重复报送": "the same photo twice",
    "重复报送相同或几乎相同的照片": "the same or nearly the same photos twice",
    "{what}：{listed}": "{what}: {listed}",
    "＝": " = ",
    "{unit}{name}（第{arrival}号来信）": "{unit} {name} (mail {arrival})",
    "等{count}份": " and others, {count} in all",
    "第{id}号来信（{who}）未自动答复{why}：{subject}": (
        "Mail {id} ({who}) was not answered{why}: {subject}"
    ),
    "第{arrival}号来信的{n}个文件": "{n} file(s) of mail {arrival}",
    "已暂停采用{held}": "{held} do not count for now",
    "未能认定所指的来信，未暂停任何材料": "which mail is meant is not known; nothing was set aside",
    "第{id}号来信（{who}）要求撤回此前材料：{subject}": (
        "Mail {id} ({who}) takes back earlier material: {subject}"
    ),
    "{what}；{told}": "{what}; {told}",
    "第{id}号来信未写明发给本邮箱，材料已收，未答复：{subject}": (
        "Mail {id} is not addressed to this mailbox; its material is taken in, it was not answered: {subject}"
    ),
    "；疑为{suggested}": "; perhaps {suggested}",
    "第{id}号来信：{subject}": "Mail {id}: {subject}",
    "发件人 {sender}": "from {sender}",
    "等{count}个": " and others, {count} in all",
    "附件 {names}{more}": "attached {names}{more}",
    "样例文件": "sample files",
    "正文 {beginning}": "text {beginning}",
    "链接：{name}": "link: {name}",
    "待补": "mend",
    "缺": "–",
    "待核": "look",
    "迟": "late",
    "逾期补正": "mended late",
    "方案": "plan",
    "总结": "summary",
    "待批准": "to approve",
    "单位不明": "unit unknown",
    "单位冲突": "units differ",
    "下属单位": "part of a unit",
    "替换待定": "replace?",
    "邮件隔离": "set aside",
    "答复未送达": "undelivered",
    "地址无效": "dead address",
    "地址待确认": "confirm address",
    "未答复": "unanswered",
    "查询待核": "enquiry",
    "工作人员来件": "from the office",
    "发件人存疑": "sender in doubt",
    "{unit} 第{id}号来信发件人核验未通过": "{unit}: the sender of mail {id} failed the checks",
    "来自 {address}，可能系冒用；其{labels}已计入，请与该单位核实后归入，或逐件退回": (
        "From {address}, perhaps forged; its {labels} count. Please ask the unit, then assign the"
        " mail to it, or reject its files one by one"
    ),
    "来信待阅": "to read",
    "要求撤回": "taken back",
    "来信消失": "mail gone",
    "代码有误": "wrong code",
    "退信": "returned mail",
    "本邮箱发出的邮件": "our own mail",
    "无发件人": "no sender",
    "群发邮件": "bulk mail",
    "系统邮箱来信": "from a system address",
    "自动回复": "automatic reply",
    "已读回执": "read receipt",
    "撤回通知": "recall notice",
    "工单系统来信": "from a ticket system",
    "收件人中没有本邮箱": "not addressed to this mailbox",
    "我办对简报的答复": "our own answer to the digest",
    "未报材料，未查询": "brought nothing, asked nothing",
    "近7日内已答复，未报新材料": "answered within seven days, nothing new",
    "已阅，不予答复": "read, left unanswered",
    "发件地址无法回信": "address cannot be answered",
    "发件地址已退信": "address returned our mail",
    "该地址当日答复已达上限": "as many replies as a day allows",
    "同一邮件重复到达": "the same mail again",
    "发件人已撤回": "recalled by its sender",
    "处理失败，已隔离": "failed, set aside",
    "已随所属单位的其他来件答复": "answered with other mail of its unit",
    "简报答复": "Answer to the digest",
    "自动邮件": "automatic mail",
    "等{count}项": " and others, {count} in all",
    "免": "–",
    "，提取码 {password}": ", code {password}",
    "{label}（下载链接）": "{label} (a link)",
    "另有{count}个下载链接，未逐一列出": "{count} more links are not listed here",
    "他址报送": "another address",
    "{unit} 第{id}号来信由{owner}的邮箱发来": "{unit}: mail {id} came from an address of {owner}",
    "来自 {address}；其{labels}已计入，请核对": "from {address}; its {labels} counts; please check",
    "{unit} {address}（已计入{labels}；该单位原有邮箱 {known}）": (
        "{unit} {address} (counted: {labels}; the unit's own address: {known})"
    ),
    "{count}个发件地址自报单位，但不是该单位原有邮箱，请与该单位核实；不属实的，请逐件退回": (
        "{count} addresses name a unit that has another address: please ask the unit, and reject"
        " each file that is not its own"
    ),
    "单位": "Unit",
    "时限": "Punctuality",
    "来件": "Mails",
    "发件": "Sent",
    "{title}：{counts}": "{title}: {counts}",
    "无": "none",
    "单位不详": "unit unknown",
    "<p>不予回复：{escape}</p>": "<p>Not answered: {escape}</p>",
    "{name}{date}": "{name} {date}",
    "……共{count}件，见每日简报。": "… {count} in all, see the daily digest.",
    "更正 栏目 数值": "Correct ITEM VALUE",
    "发件人来信要求撤回，已暂停采用；核实后仍可采用的，请予认可，否则等其另报": (
        "its sender takes it back, and it does not count for now; if it may count after all, please accept it, otherwise wait for another"
    ),
    "已拟答复（试运行，未发出）": "a reply was written (shadow mode, not sent)",
    "已答复过": "it was answered",
    "，近7日内{heard}": ": {heard} within seven days",
    "第{number}页全貌": "page {number} as a whole",
    "全貌": "the whole page",
    "试运行，答复未发出": "shadow mode, reply not sent",
    "答复待批准": "reply to be approved",
    "答复待发": "reply to be sent",
    "邮箱中没有名为{names}的文件夹，其中的来信不会读取；请由系统管理员核对 mailbot.toml 的 extra_folders": (
        "the mailbox has no folder {names}, and mail in it is not read; check extra_folders in mailbot.toml"
    ),
    "已拟答复": "a reply was written",
    "{raw}（经人工更正，原为“{corrected}”）": "{raw} (corrected by a person, was “{corrected}”)",
    "告警：{alert}": "Alert: {alert}",
    "{told}；重发：mailbot resend {number}": "{told}; send again: mailbot resend {number}",
    "发信服务器拒绝本账号，发信已停止：{words}": (
        "The sending server refuses this account; nothing is sent: {words}"
    ),
    "致 {address} 的“{subject}”未能送达（{error}）": (
        "“{subject}” to {address} was not delivered ({error})"
    ),
    "共{count}件，见每日简报。": "{count} in all, see the daily digest.",
    "现将{unit}的材料报上，请查收。": "Please find enclosed the material of {unit}.",
    "{number}、{name}：{words}等内容，已按要求落实。": (
        "{number}. {name}: {words} and what belongs to it were seen to."
    ),
    "以上情况属实，有关资料已归档备查。": "All this is so, and the papers are kept.",
    "{unit}{title}": "{unit}: {title}",
    "材料见附件，请查收。": "The material is enclosed.",
    "{unit}报送材料": "{unit}: material",
    "经办人甲": "A. Clerk",
    "情况正常": "in good order",
    "【系统告警】远程核验节点不可用": "[Alert] The remote workers cannot be reached",
    "来件改由本机核验或留待下次处理，不会丢失，速度会变慢。请检查调度器和各节点。": (
        "Mail is examined on this machine or waits for the next pass: nothing is lost, it is slower. Please look at the scheduler and the workers."
    ),
    "【系统恢复】远程核验节点已恢复": "[Over] The remote workers are there again",
    "已阅": "Read",
    "两次询问邮箱均答已无此件，可能系发件人撤回或他人删除；如重新出现将自动收取": (
        "Asked twice, the mailbox has it no more: its sender may have recalled it, or somebody deleted it; if it appears again it is fetched"
    ),
    "{why_held}请打开原件查看，如为应报材料，请联系该单位改报": (
        "{why_held}Please look at the file; if it is material, ask the unit for it"
    ),
    "活动检验了预案，锻炼了队伍，提高了各部门协同处置突发事件的能力。": (
        " It proved the plan, trained the people and showed how the departments work together."
    ),
    "活动后召开了讲评会，对发现的问题逐项明确了责任人和整改时限。": (
        " Afterwards every problem was given a person and a date."
    ),
    "6月16日上午，{unit}组织开展了{activity}，共120人参加。": (
        " On the morning of 16 June {unit} held its part of {activity} with 120 people."
    ),
}
