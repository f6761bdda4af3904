"""links: cloud attachments (超大附件) and net disks.

Enters: the body of a mail. Leaves: a `CloudLink` for each file announced, with name, size, expiry
and 提取码 as far as the mail prints them; and the file itself, where `links.fetch_hosts` names the
host. Nothing is fetched from any other host, nor from an address inside the network.
"""
