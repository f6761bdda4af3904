"""The office's words for a mail's row, and the words that were looked for, marked."""

from collections.abc import Iterable, Mapping

from mailbot.ledger.search import spelled

# The filters of the mail list (ledger.console.MailFilter).
FILTERS: Mapping[str, str] = {
    "": "全部",
    "unknown": "单位待定",
    "held": "有待核文件",
    "unanswered": "未答复",
    "automatic": "自动邮件",
    "quarantined": "已隔离",
    "waiting": "待核验",
}
# How a mail's unit is known (judgement.whose.unit).
SOURCES: Mapping[str, str] = {
    "assigned": "由我办指定",
    "address": "按发件地址",
    "provisional_address": "按此前来信的地址",
    "address_bound_later": "其后按发件地址归入",
    "form": "按统计表的填报单位",
    "subject": "按邮件主题",
    "body": "按邮件正文",
    "file_name": "按文件名",
}
# Why a mail waits for a person (judgement.whose, workflow.decide).
HELD: Mapping[str, str] = {
    "unknown_unit": "单位不明",
    "unit_conflict": "出现不同单位",
    "sub_unit": "下属单位",
    "withdrawal": "要求撤回",
}
# Where a word was found (ledger.search).
PLACES: Mapping[str, str] = {
    "subject": "主题",
    "sender": "发件人",
    "body": "正文",
    "names": "文件名",
    "documents": "文件内容",
}


def marked(text: str, asked: str) -> Iterable[tuple[str, bool]]:
    """The text in runs, each with whether it is one of the words that were asked for."""
    words = [spelled(word).casefold() for word in asked.split()]
    words = sorted((word for word in words if word), key=len, reverse=True)
    folded, place, last = text.casefold(), 0, 0
    if len(folded) != len(text):  # a letter that folds to two (ß)
        return [(text, False)]
    runs: list[tuple[str, bool]] = []
    while place < len(text):
        word = next((one for one in words if folded.startswith(one, place)), "")
        if word:
            if place > last:
                runs.append((text[last:place], False))
            runs.append((text[place : place + len(word)], True))
            place = last = place + len(word)
        else:
            place += 1
    if last < len(text):
        runs.append((text[last:], False))
    return runs
