"""What the words of a robot's mail look like: evidence with a weight and a source, as rows.

No single list of words ends this: a program is told by several signs together. A row alone
reaches `ENOUGH` only where a product writes exactly that; what a person might write as well
(休假, 尽快回复) weighs less and counts beside other signs. `mailbot.inbox.screening.words` adds up.
"""

import re
from typing import Literal, NamedTuple

ENOUGH = 100

Class = Literal[
    "bounce_words",
    "auto_reply_words",
    "read_receipt_words",
    "recall_words",
    "ticket_words",
]
Where = Literal["subject", "body", "sender"]


class Cue(NamedTuple):
    """One sign: where it is looked for, what it looks like, how much it says, who writes it."""

    means: Class
    where: Where
    pattern: re.Pattern[str]
    weight: int
    source: str


def _cue(means: Class, where: Where, weight: int, source: str, words: str) -> Cue:
    return Cue(means, where, re.compile(words, re.IGNORECASE | re.MULTILINE), weight, source)


# Subjects are matched at their beginning, after 回复/Re and brackets; bodies anywhere in what
# stands above a quotation, without white space between Chinese characters being of account.
CUES: tuple[Cue, ...] = (
    # ---- a mail that could not be delivered ---------------------------------------------------
    _cue("bounce_words", "subject", 100, "Coremail, QQ, Exmail",
         r"^(?:系统)?退信(?:通知|提醒|报告|信息)?(?:[\s:：/(（【]|$)(?!.*(?:重发|重新|再次|补发|重传))"
         r"|^来自.{1,200}的退信"),
    _cue("bounce_words", "subject", 100, "Aliyun, TOM, Sina",
         r"^(?:邮件)?(?:投递|发送|递送|传递|发信)(?:失败|不成功)(?:通知|提醒|报告|信息|[:：]|$)"
         r"|^邮件(?:未能|无法|不能)(?:送达|投递|发送)|^邮件被退回|^郵件(?:無法|未能)(?:送達|傳遞)"),
    _cue("bounce_words", "subject", 100, "Exchange in Chinese, 2003 to 365",
         r"^(?:未送达|未传递|无法送达|无法传递|未能送达|传递失败|傳遞失敗|無法傳遞|已延迟|传递已延迟)\s*[:：]"
         r"|^(?:邮件)?传递状态通知|^傳遞狀態通知"),
    _cue("bounce_words", "subject", 60, "Exchange, Lotus Notes, GroupWise",
         r"^(?:undeliver(?:able|ed)|non-?deliver(?:y|able)|undeliverable mail|not delivered|"
         r"delivery (?:has )?failed|delivery delayed)\b"
         r"|^delivery\s+(?:failure|status notification|notification|problem|report)"
         r"|^(?:mail|message|email|permanent|smtp)\s+(?:delivery|transport)\s+"
         r"(?:fail|error|problem|warning|status|delay|subsystem)"),
    _cue("bounce_words", "subject", 60, "qmail, sendmail, Exim, Postfix and their kin",
         r"^failure (?:notice|delivery)|^returned (?:e?mail|to sender)|^(?:e-?mail )?mail failed"
         r"|^(?:your )?(?:mail|message|e-?mail).{0,90}(?:could not be|was not|not|"
         r"has not(?: yet)? been|cannot be) delivered|^warning: (?:could not|message)"
         r"|^delayed mail|^mail system error|^failed mail to"),
    _cue("bounce_words", "subject", 60, "non-English Exchange and Lotus Notes",
         r"\(delivery failed\)|:\s*non remis\b|^unzustellbar|^non recapitabile|^onbestelbaar"
         r"|^no se puede entregar|^não é possível entregar|^не удается доставить"),
    _cue("bounce_words", "body", 100, "Coremail, QQ, Aliyun",
         r"(?:发送|发出)的邮件(?:被退回|无法送达|投递失败)|您的邮件被退回|邮件被退回来了"
         r"|无法(?:将您的邮件)?发送到.{0,80}@|退信原因\s*[:：]?|退信(?:代码|说明)\s*[:：]"),
    _cue("bounce_words", "body", 100, "Exchange in Chinese",
         r"(?:无法|未能)(?:传递|送达|投递)到(?:以下|这些|下列)?.{0,12}(?:收件人|地址|组)"
         r"|您的邮件(?:未|没有|无法|未能)(?:传递|送达|投递)|未到达(?:部分|某些)?(?:预期)?收件人"),
    _cue("bounce_words", "body", 60, "qmail, Exim, Postfix, sendmail, Notes, Mercury",
         r"could\s+not\s+be\s+delivered|could\s+not\s+deliver|unable\s+to\s+deliver"
         r"|undeliverable|n'a\s+pas\s+p[uû]\s+(?:etre|être)|delivery\s+(?:of|to)\b.{0,90}"
         r"(?:fail|delay|not)|failed\s+recipients?\b|no\s+se\s+pudo\s+entregar"),
    _cue("bounce_words", "body", 40, "the wording of RFC 5321 and 3463 codes",
         r"\b5\d\d[ -]#?5\.\d\.\d|\bsmtp error\b|user unknown|unknown user|no such user"
         r"|mailbox (?:unavailable|is full|not found)|\bRCPT TO\b|用户不存在|邮箱已满|地址不存在"),
    _cue("bounce_words", "body", 40, "daemons that tell what they are",
         r"created automatically by mail delivery software|this is an advisory-only email"
         r"|mail delivery (?:sub)?system"),
    _cue("bounce_words", "sender", 50, "RFC 2142, and gateways",
         r"^(?:mailer-?daemon|postmaster|mail-?deliver|mdaemon|ndr|bounces?)\b"
         r"|antivirus|smtp_mail_service|mail_?(?:sub)?system"),
    # ---- an absent person's program -----------------------------------------------------------
    _cue("auto_reply_words", "subject", 100, "Exchange, Outlook.com, QQ, NetEase, Coremail",
         r"^自动(?:回复|答复|应答)|[\[【（(]自动(?:回复|答复|应答)[\]】）)]"
         r"|^来自.{1,200}的(?:假期|休假)?自动(?:回复|答复)|^自動(?:回覆|回復|答覆)"
         r"|^(?:假期|休假|外出|离岗)(?:自动)?(?:回复|答复|应答|通知|提示)"),
    _cue("auto_reply_words", "subject", 100, "Outlook in Chinese before 2010",
         r"^(?:外出|不在办公室|休假中?|不在辦公室|外出时助理|出差中?)\s*(?:[:：]|的?自动|$)"),
    _cue("auto_reply_words", "subject", 100, "Exchange, Gmail, Yahoo, Notes, sieve",
         r"^(?:automatic(?:ally)?[ -]?repl(?:y|ied)|auto[ -]?(?:reply|response|responder|answer)"
         r"|auto(?:matic)?\s*[:：]|autoreply|autosvar|out[ -]of[ -](?:the[ -])?office|ooo\b"
         r"|away from (?:my|the) (?:office|mail|desk)|vacation (?:reply|response|message|notice)"
         r"|on (?:vacation|annual leave|holiday)|automatische antwort|abwesenheit"
         r"|réponse automatique|respuesta automática|resposta automática|risposta automatica"
         r"|автоответ|自動返信|不在通知|자동 ?회신)"),
    _cue("auto_reply_words", "body", 100, "QQ, Foxmail, NetEase: their own sentences",
         r"这是来自QQ邮箱的假期自动回复邮件|我最近正在(?:休假|度假)中|无法亲自回复您的邮件"
         r"|这是一封(?:由系统)?自动(?:回复|答复)|本邮件(?:为|是|系)(?:系统)?自动(?:回复|答复)"
         r"|此邮件(?:为|是|系)(?:系统)?自动(?:回复|答复)|(?:此|本)(?:邮件|信件?|回复)(?:由|为)系统自动"),
    _cue("auto_reply_words", "body", 100, "Foxmail, Outlook and Gmail in English",
         r"this is an automat(?:ic|ed) (?:reply|response|e-?mail|message)"
         r"|i(?:'m| am) (?:currently )?(?:out of (?:the )?office|on (?:vacation|leave|holiday)"
         r"|away from (?:my|the) (?:office|desk|email))|will be out of (?:the )?office"),
    _cue("auto_reply_words", "body", 50, "what absent persons write",
         r"(?:正在|目前|现在|本人|我|因|将|已).{0,8}(?:休假|度假|年假|病假|产假|公休|请假)"
         r"|(?:休假|外出|出差|培训|学习|开会|请假)(?:中|期间)|不在(?:办公室|岗|单位)"
         r"|(?:正在|目前|现在|因).{0,6}(?:出差|外出)"),
    _cue("auto_reply_words", "body", 50, "what absent persons promise",
         r"如有(?:急事|紧急|要事|特殊)|(?:返回|回来|上班|返岗|假期结束|休假结束)(?:后|之后)"
         r"|\d+[日号](?:返回|返岗|上班|回来|回单位)|请(?:直接)?(?:联系|致电|拨打|电话).{0,30}\d{7,}"
         r"|无法(?:及时)?(?:回复|查收|处理)"),
    _cue("auto_reply_words", "body", 60, "mailboxes that acknowledge everything",
         r"(?:您|你)(?:的|发来的|发送的|发给我的)?(?:邮件|来信|来件|信件?|E-?mail).{0,10}(?:已|我已)"
         r"(?:经)?(?:收到|收悉|阅).{0,20}(?:尽快|及时|稍后|第一时间).{0,8}(?:回复|答复|处理|联系)"),
    _cue("auto_reply_words", "body", 40, "mailboxes that acknowledge everything",
         r"(?:来信|邮件|信件)已(?:经)?(?:收到|收悉)|thank you for (?:your|contacting)"
         r"|we (?:have )?received your|do not reply|请勿(?:直接)?回复"),
    # ---- a read receipt without RFC 8098 -------------------------------------------------------
    _cue("read_receipt_words", "subject", 100, "Outlook, Foxmail, NetEase",
         r"^(?:未读|未讀|已读|已讀|已读回执|阅读回执|已阅)\s*(?:[:：]|回执|$)"
         r"|^(?:not )?read\s*[:：]|^not read\b|^已删除(?:而)?未读"
         r"|^(?:read receipt|return receipt|disposition notification)\b"
         r"|^已打开[:：]|^(?:gelesen|lu|leído|letto)\s*:"),
    _cue("read_receipt_words", "body", 70, "Outlook, Foxmail, Notes",
         r"(?:您|你)(?:发送|发)?(?:给.{0,40})?的?(?:邮件|信件).{0,60}(?:已(?:被|于)?.{0,30}(?:阅读|打开)|"
         r"未(?:被)?(?:阅读|读取)而?(?:被)?删除)|was (?:read|deleted without being read) on"
         r"|this is a (?:return )?receipt for"),
    # ---- a mail taken back ---------------------------------------------------------------------
    _cue("recall_words", "subject", 100, "QQ, Exmail, NetEase, Exchange",
         r"^(?:发信方|发件方|发件人|对方)(?:已|请求|要求)?撤回(?:了)?(?:一封)?(?:邮件|来信)?"
         r"(?:成功|失败|通知|[:：]|$)|^(?:已|请求|要求)?撤回(?:了)?(?:一封)?(?:邮件|来信)?"
         r"(?:成功|失败|通知|[:：])|^邮件(?:已)?(?:被)?撤回|^(?:message )?recall\s*[:：]"
         r"|^recall (?:success|failure)|^(?:.{1,40})想要?撤回邮件"),
    _cue("recall_words", "body", 100, "QQ, Exchange",
         r"(?:发信方|发件方|发件人|对方)已?(?:成功)?撤回(?:了)?(?:此|该|这封|一封)?邮件"
         r"|(?:希望|想要?|要求)撤回(?:此|该|以下)?邮件|would like to recall the message"
         r"|(?:此|该)邮件已(?:被)?(?:发件人|对方)?撤回"),
    # ---- a desk that numbers what it gets ------------------------------------------------------
    _cue("ticket_words", "subject", 60, "OTRS, Zammad, osTicket, RT, Freshdesk, ServiceNow",
         r"[\[（(【#]\s*(?:ticket|case|request|incident|工单|工單|受理|单号)\s*(?:#|id|no\.?|号|编号)?"
         r"\s*[:：#]?\s*[\w-]*\d{3,}|\b(?:ticket|case)\s*#\s*\d{3,}|\bINC\d{6,}"
         r"|^(?:工单|服务单|受理)(?:通知|提醒|回执|已)"),
    _cue("ticket_words", "body", 60, "the same desks",
         r"(?:工单|服务单|服务请求|问题单)(?:号|编号|已|将|\s*[:：#])|(?:ticket|case|request)\s+"
         r"(?:number|id|has been|was)\s|has been (?:received|created|opened|logged)"
         r"|(?:已|为您)(?:受理|创建|生成|提交).{0,12}(?:工单|服务单|服务请求)|客服.{0,10}(?:稍后|尽快|处理)"),
)  # fmt: skip
