"""links: 超大附件 and net-disk links: found in a body, fetched where the office allows the host."""
