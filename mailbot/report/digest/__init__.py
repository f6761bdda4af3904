"""digest: what the office reads each morning.

Enters: the ledger's rows, by `gather`. Leaves: one mail, queued by `sending`: what needs a
person first, each item with a button or an answer of one line (`choices`, `codes`), then where
every unit stands.
"""
