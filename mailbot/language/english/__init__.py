"""english: the catalogue of `language: en`, by the stage that says it.

Enters nothing. Leaves: `CATALOGUE`, whose keys are the Chinese sentences of the code, and `FACTS`,
patterns of what stands in stored facts.
"""

from collections.abc import Mapping

from mailbot.language.english.answers import ANSWERS
from mailbot.language.english.findings import FINDINGS
from mailbot.language.english.office import OFFICE
from mailbot.language.english.pages import PAGES
from mailbot.language.english.register import REGISTER

CATALOGUE: Mapping[str, str] = {**FINDINGS, **ANSWERS, **OFFICE, **REGISTER, **PAGES}

FACTS: tuple[tuple[str, str], ...] = (
    (r"正文", "message text"),
    (r"正文 第(\d+)段", r"text, paragraph \1"),
    (r"表(\d+)( .*)?", r"Table \1\2"),
    (r"图(\d+)( .*)?", r"Picture \1\2"),
    (r"第(\d+)页 图(\d+)( .*)?", r"Page \1, picture \2\3"),
    (r"(.*) 第(\d+)段", r"\1, paragraph \2"),
    (r"(.*) 第(\d+)行", r"\1, row \2"),
    (r"文件数超过(\d+)个", r"more than \1 files"),
    (r"解压后超过(.*)", r"more than \1 unpacked"),
    (r"一封邮件解压后最多(.*)", r"what one mail may unpack to: \1"),
    (r"一个邮箱一天来件解压后最多(.*)", r"what the mail of one address may unpack to in a day: \1"),
    (r"(\d+)个文件", r"\1 files"),
    (r"成员(\d+)", r"member \1"),
    (r"整个压缩包", "the whole archive"),
    (r"下一卷", "the next volume"),
    (r"压缩包嵌套过深", "archives nested too deep"),
    (r"压缩包不完整", "the archive is incomplete"),
    (r"内存", "memory"),
    (r"（无名成员）", "(a member without a name)"),
    (r"(.*)（链接，未解压）", r"\1 (a link, not unpacked)"),
    (r"(.*)（原文件未能解出）", r"\1 (its original could not be unpacked)"),
    (r"(.*)（([^（）]*)）", r"\1 (\2)"),
    (r"(.*)等(\d+)个", r"\1 and others, \2 in all"),
    (r"压缩方法(.*)", r"compression method \1"),
    (r"(\d+)字节，应为(\d+)字节", r"\1 bytes where \2 are due"),
    (r"读取(.*)需要安装：(.*)", r"reading \1 needs: \2"),
    (r"(.*)解压", r"unpacking \1"),
)
