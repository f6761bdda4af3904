"""The office reads its digest and answers it: what our server says of it, and the codes."""

import re

from mailbot.demo.documents import plan
from mailbot.report.digest.sending import send_digest
from make.deciding import Table
from make.office import text_of

HOP = (
    "from mx.office.example (unknown [192.0.2.1]) by zwqz-mx-mta-g1-0 (Coremail) with SMTP id "
    "_____wBnA1xYz1plb1--.32572S2; Mon, 03 Jul 2017 09:12:01 +0800 (CST)"
)
PASSED = {
    "Received": HOP,
    "X-CM-TRANSID": "_____wBnA1xYz1plb1--.32572S2",
    "Authentication-Results": "zwqz-mx-mta-g1-0; spf=pass smtp.mail=duty@office.example; dkim=none",
}
NAMELESS = {"subject": "演练方案", "body": "见附件", "files": {"1.docx": plan("我")}}


def digest(table: Table) -> str:
    """Today's digest as the contact reads it."""
    table.clock.advance(minutes=1)
    office = table.office
    send_digest(office.ledger, office.campaign, office.settings, table.clock.now())
    office.deliver_due()
    return text_of(table.sent.messages[-1].raw)


def code_under(text: str, words: str) -> str:
    """The code of the digest's item that holds these words."""
    within_the_item = r"(?:(?!\n\d+\. )[\s\S])*?"
    code = "([0-9A-Z]{4}-[0-9A-Z]{4})"
    found = re.search(f"{re.escape(words)}{within_the_item}代码：{code}", text)
    assert found, text
    return found[1]
