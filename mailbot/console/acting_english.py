"""The English of the pages where one acts: 待办, 办理, 待发, 抽查, 规则, the account."""

from collections.abc import Mapping

ACTING: Mapping[str, str] = {
    "上传规则文件夹的压缩包，先看哪些单位的结果会变；不会改动任何结果，也不发信。": (
        "Upload the rules folder as a zip and see whose result would change; nothing is changed"
        " and no mail is sent."
    ),
    "下载材料包": "Download the files",
    "不复": "Let it be",
    "现用": "In force is",
    "，与本件不同之处：": "; what differs:",
    "，请对照。": "; please compare.",
    "另有": "and",
    "处": "more",
    "以此件为准": "Take this one",
    "退回，仍用现用件": "Send back, keep the one in force",
    "已另行告知，不再重发": "Told otherwise, do not send again",
    "已另行告知": "told otherwise",
    "不再重发": "not to be sent again",
    "与现行规则相同。": "The same as the rules in force.",
    "个单位，已登记": " units, results entered: ",
    "主导航": "Main navigation",
    "人工更正": "corrected",
    "依据": "By",
    "修改": "Change",
    "修改密码": "Change the password",
    "免报": "waived",
    "免报此项": "Waive this",
    "全选": "All",
    "全部抽查": "All draws",
    "全部放行": "Release all",
    "其余": "Another ",
    "再填一次": "Once more",
    "单位": "Unit",
    "单位名称": "Name of the unit",
    "原为": "was ",
    "原密码": "Password until now",
    "原文": "as it is read",
    "只要求报送。": "Only to be sent.",
    "启用": "in force",
    "启用这套规则": "Put these rules in force",
    "姓名": "Name",
    "密码（至少10位）": "Password (at least 10 characters)",
    "对勾选的各封": "the ticked mails",
    "对勾选的各项": "the ticked items",
    "封未列出。": " are not shown.",
    "封答复写于试运行期间，尚未发出。": " replies were written in shadow mode and have not left.",
    "尚无用户。设立管理员的一次性地址由 mailbot console 启动时在终端给出，也可执行"
    " mailbot console user add。": (
        "Nobody may log in yet. `mailbot console` prints the address at which the first admin names"
        " himself; or run `mailbot console user add`."
    ),
    "尚未抽取。": "Nothing was drawn yet.",
    "已抽取": "Drawn",
    "已撤销。": "Taken back.",
    "已由后件替代": "superseded",
    "归入": "Assign",
    "必查": "included by name",
    "必查单位（以、分隔，计入个数）": "Units included by name (separated by 、, counted)",
    "恢复向该单位发信": "Let replies to this unit leave again",
    "情况说明": "What was found",
    "我的账号": "My account",
    "批准发出": "Approve",
    "批准本页全部": "Approve all of this page",
    "报送期限": "Deadline",
    "抽取": "Draw",
    "抽取几个单位": "How many units",
    "抽取单位": "Draw units",
    "按今日台账另写并发出": "Write them anew by today's dossiers and send",
    "按各项建议办理": "Do what each suggests",
    "搁置": "Set aside",
    "搁置、不复": "Set aside, let be",
    "撤下": "Withdraw",
    "撤销": "Undo",
    "撤销免报": "Take the waiver back",
    "撤销刚才的决定": "Undo what was just decided",
    "收件人": "To",
    "登录已过期，刚才的操作未予办理。请重新登录后再办。": (
        "You were logged out: what you pressed was not done. Log in and do it again."
    ),
    "回车：到本项的首选按钮": "Enter: to what this item suggests",
    "其余文件": "The other files",
    "同意撤回": "Agree: it is not used",
    "不予撤回，仍采用": "Use it all the same",
    "以勾选的为准": "Use what is ticked",
    "{unit} 第{number}号来信的{count}份材料": "{unit}: {count} files of mail {number}",
    "第{number}号来信要求撤回此前材料": "Mail {number} takes back what came before",
    "已按来信要求撤回，不再采用": "taken back by its sender; not used",
    "改动": "Changes",
    "放行": "Release",
    "文件": "File",
    "新密码（至少10位）": "New password (at least 10 characters)",
    "暂停向该单位发信": "Hold replies to this unit",
    "更正": "Correct",
    "更正数据": "Correct figures",
    "更正理由": "Why",
    "最近的决定": "Latest decisions",
    "未收到文件。": "Nothing came.",
    "材料": "Material",
    "来自其他邮箱，未替换已收材料": "from another address; it replaced nothing",
    "此后来信按这套规则核验；已收材料重新核验，结果有变的单位各发一封答复。": (
        "Mail from now on is judged by these rules; what came is judged anew, and each unit whose"
        " result changes gets a reply."
    ),
    "此页只能使用一次。请填写您的姓名，今后每项决定都以此姓名记录。": (
        "This page works once. Enter your name: every decision of yours is recorded under it."
    ),
    "此项无须在此办理，供知悉。": "For your knowledge; nothing to do here.",
    "没有单位的结果会变。": "No unit's result would change.",
    "没有等待发出的邮件。": "No mail waits.",
    "没有需要处理的事项。": "Nothing needs you.",
    "照片": "photo",
    "照片须为JPG、PNG或WEBP。": "A photo is a JPG, PNG or WEBP.",
    "现在": "Now",
    "现场照片（可不附）": "A photo of the site (if you like)",
    "现行规则": "Rules in force",
    "理由": "Why",
    "理由（将写入给该单位的答复）": "Why (stands in the reply to the unit)",
    "由管理员发出。": "An admin lets them go.",
    "由管理员启用。": "An admin puts them in force.",
    "略过无法检查的文件收下": "Take it in without what cannot be examined",
    "登录": "Log in",
    "登记": "Enter",
    "登记结果": "Enter the result",
    "看原文": "Read it",
    "看来信": "The mail",
    "看该单位材料": "The unit's files",
    "确定": "Done",
    "种子": "seed",
    "种子（即随机数：不填自动产生，凭同一种子可重现抽取结果）": (
        "Seed (empty: by chance; the same seed draws the same)"
    ),
    "空": "empty",
    "答复": "Answer",
    "结果": "Result",
    "结果会变的单位": "Units whose result would change",
    "结论会变的文件": "Files whose verdict would change",
    "范围（不选为全部）": "Among (none ticked: all)",
    "规则文件夹在试行后已有改动，请重新上传试行": "the folder was changed since; try it anew",
    "规则文件夹在试行后已有改动，请重新上传试行。": (
        "The rules folder was changed since the trial; upload it anew."
    ),
    "规则文件夹（zip）": "Rules folder (zip)",
    "规则版本": "version",
    "规则试行": "Trial of rules ",
    "认可": "Accept",
    "设立管理员": "The first admin",
    "试行": "Try",
    "试行修改后的规则": "Try changed rules",
    "试行后": "Then",
    "试运行：所有邮件只写不发。": "Shadow mode: every mail is written and none is sent.",
    "该单位的全部材料": "Everything of this unit",
    "请先选择事项。": "Choose an item first.",
    "请先选择邮件。": "Choose a mail first.",
    "请写明抽取几个单位。": "Say how many units to draw.",
    "请写明理由。": "Say why.",
    "请选择抽查结果。": "Choose a result.",
    "请选择规则文件夹的压缩包（zip）。": "Choose the rules folder as a zip.",
    "跳到正文": "To the page itself",
    "这套规则正在执行。": "These rules are in force.",
    "退出": "Log out",
    "退回": "Reject",
    "退回、免报": "Reject, waive",
    "选中": "Choose",
    "重新处理": "Try again",
    "重发": "Send again",
    "确认": "Confirm",
    "已阅": "Seen",
    "办理": "decide",
    "读作": "read as",
    "返回首页": "To the first page",
    "代码": "Code",
    "规则文件夹有误，未予试行。请按以下提示（由规则检查程序给出）改正后重新上传：": (
        "The folder of rules is not good and was not tried. What to mend:"
    ),
    "该请求无法识别。": "The request was not understood.",
    "您的权限不足以查看或办理此项，请联系管理员。": "You may not see or do this; ask an admin.",
    "没有这个页面，或其内容已不在。": "There is no such page, or it is no more.",
    "该地址不接受这种请求。": "This address does not take such a request.",
    "请求发送得太慢，未予处理，请重试。": "The request came too slowly; try again.",
    "所提交的内容过大，未予接收。": "That was too large and was not taken.",
    "台账正被占用，请稍候重试。": "The ledger is in use; try again in a moment.",
    "系统出错，未能完成；出错情况已记入运行日志。": "It failed; what happened is in the log.",
    "该提交不是从本系统的页面发出的，未予办理。": (
        "This was not sent by a page of this console, and nothing was done."
    ),
    "页面已过期，本次提交未予办理。请返回上一页刷新后重试。": (
        "The page is too old; nothing was done. Go back, load it anew and try again."
    ),
    "须补正": "to correct",
    "提示": "hint",
    "告知": "notice",
    "总体": "all",
    "无": "none",
    "新增": "new",
    "删去": "dropped",
    "单位名册": "the register of units",
    "报送期限：{limit}": "Deadline: {limit}",
    "材料：{labels}": "Materials: {labels}",
    "其余栏目": "The other fields",
    "该种子此前已抽取，未另行登记。": "This seed was drawn before; nothing new is on record.",
    "已抽取{count}个单位。": "{count} units drawn.",
    "重新试行": "Try once more",
    "已核验": "judged",
    "规则启用": "Putting rules in force",
    "核验未能完成，规则和结果均未改动：": (
        "Judging broke off; neither the rules nor any result was changed:"
    ),
    "正在按这套规则重新核验已收来信，核验完毕后规则与结果一并生效，此前一切照旧。"
    "本页自动更新；可离开本页，核验照常进行。": (
        "What is stored is being judged by these rules. They come in force together with what"
        " comes out; until then all is as before. This page tells how far it is, and it goes on"
        " without it."
    ),
    "重新核验已收来信": "Judge what is stored",
    "已收来信尚未全部按这套规则核验。": "Not all that is stored was judged by these rules.",
    "正在按新规则重新核验已收来信，本页自动更新；不会改动任何结果，也不发信。": (
        "What came is judged by the new rules; this page comes again by itself. Nothing is changed"
        " and no mail is sent."
    ),
    "已启用。{units}个单位的结果有变化，将另发答复{replies}封。": (
        "In force. {units} units come out otherwise; {replies} fresh replies go out."
    ),
    "发给设密码的地址": "address to set a password given out",
    "用户": "Users",
    "用户名": "User",
    "权限": "Role",
    "登记于": "since",
    "密码": "Password",
    "已设": "set",
    "未设（凭一次性地址或统一身份认证）": "none (by a one-time address or the provider)",
    "查看": "viewer",
    "经办": "clerk",
    "管理员": "admin",
    "变更": "Change",
    "停用": "Remove",
    "重发设密码地址": "New address to set a password",
    "增加": "Add",
    "查看：只看不办；经办：办理事项、审批答复；管理员：另可启用规则、管理用户。": (
        "viewer: looks; clerk: settles and approves; admin: also puts rules in force, keeps users."
    ),
    "请将以下地址交给本人，凭它自设密码；只能用一次，三日内有效，不再显示：": (
        "Give this address to the person, who sets a password by it: once, within three days, and"
        " it is not shown again:"
    ),
    "至少须有一名管理员。": "There must be an admin.",
    "用户名为空、过长或已有此用户。": "The name is empty, too long or taken.",
    "没有此用户。": "There is no such user.",
    "设置密码": "Set your password",
    "管理用户": "Keep users",
    "确认停用": "Remove for good",
    "用统一身份认证登录": "Log in by the office's provider",
    "统一身份认证未能完成，请重试；仍不成功的，请用密码登录或联系管理员。": (
        "The login by the provider did not succeed; try again, use your password, or ask an admin."
    ),
    "统一身份认证暂时无法使用，请稍候重试，或用密码登录。": (
        "The provider does not answer; try again later, or use your password."
    ),
    "您在本系统中尚无账号，请联系管理员登记。": "You have no account here; ask an admin for one.",
    "来信正文": "the mail itself",
    "采用": "counts",
    "简报": "digest",
    "告警": "alert",
    "办理结果": "result of a decision",
    "冒用提醒": "a forged sender",
    "试运行": "shadow mode",
    "待写": "not written yet",
    "选择单位…": "Choose a unit…",
    "可勾选多项一并办理": "Tick several to settle them together",
    "请逐格对照原件，有误的改正后认可：": (
        "Compare each figure with the paper, correct what is wrong, then accept:"
    ),
    "系统只能答复材料收到情况；所问事项请另行电话或邮件答复，然后点“不复”。": (
        "The system can only tell what was received; answer the question yourself, then let it be."
    ),
    "发送收件情况": "Tell what was received",
    "确认勾选的地址": "Confirm the ticked addresses",
    "以下没有了，上面还有未办的事项。": "That was the last; above there are open items.",
    "供知悉": "To know",
    "返回待办": "Back to the items",
    "原件": "on paper",
    # ---- how it ended
    "已办理{count}件": "{count} settled",
    "已批准{count}封": "{count} approved",
    "已撤下{count}封": "{count} withdrawn",
    "，将另发答复至 {address}": "; a fresh reply goes to {address}",
    "此前已办理，未作变动": "it was settled already; nothing changed",
    "此前即如此，未作变动": "it was so already; nothing changed",
    "请写明理由": "say why",
    "请至少勾选一个地址": "tick an address at least",
    "请先选择单位（须为名册中的单位）": "choose a unit of the register first",
    "经工作人员核对": "looked at by a person",
    "未能办理：{why}": "Not done: {why}",
    "“{field}”尚未填写：请对照原件填写后再认可": (
        "“{field}” is empty: fill in what the paper says, then accept"
    ),
    "所填内容与该栏目不符，请填写阿拉伯数字或该栏目要求的内容。": (
        "The field cannot hold this; write figures, or what the field asks for."
    ),
    "{by}已于{when}先行办理——{words}{why}。您的决定未再办理": (
        "{by} settled it at {when}: {words}{why}. Your decision was not carried out"
    ),
    "，理由：{reason}": ", because: {reason}",
    "{due}封将按今日台账另写答复发出，{withdrawn}封撤下": (
        "{due} replies will be written anew by today's dossiers, {withdrawn} are withdrawn"
    ),
    "该邮件被对方服务器判为垃圾邮件，原文不再重发，请电话告知该单位": (
        "the receiver's server called it spam; the same text is not sent again: call the unit"
    ),
    "试运行期间不发送邮件": "nothing is sent in shadow mode",
    "该邮件仍在等待发出": "it still waits to leave",
    "该来信与另一封重复": "the mail is a copy of another one",
    "因此发出的邮件已经离开，不能撤销": "a mail has left because of it; it stands",
    "其后又有变化，不能撤销": "something has changed since; it stands",
    "另一套规则刚刚启用，请重新办理": "other rules were just put in force; decide anew",
    "该事项已不在待办之列": "it is no longer to be done",
    # ---- what was decided
    "归入单位": "assigned",
    "确认地址": "address confirmed",
    "发出试运行期间的答复": "replies of shadow mode sent",
    "增加单位": "unit added",
    "增加单位别名": "alias added",
    "登记单位地址": "address listed",
    "增加用户": "user added",
    "变更用户权限": "role changed",
    "停用用户": "user removed",
    "登记抽查结果": "spot check entered",
    "启用规则": "rules put in force",
    "用户名或密码不正确。": "User or password is wrong.",
    "密码至少10位，且两次填写须一致。": (
        "A password has at least 10 characters, and both times the same."
    ),
    "原密码不正确。": "The password until now is wrong.",
}
