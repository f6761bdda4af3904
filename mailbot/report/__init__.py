"""report: what the office is told, from records that are already committed.

Enters: dossiers, arrivals and counts as the ledger has them. Leaves: the digest as subject,
text and HTML (`digest_view`). Nothing here changes a record or opens a socket; sending is the
outbox's.
"""
