"""The permanent record: what arrived, what was found, what was decided, what was answered.

Enters: arrivals, verdicts, replies. Leaves: answers to named questions. One writer at a time
(`store.open_ledger` takes a lock), any number of readers; SQLite in WAL mode with
synchronous=FULL, so that what is committed survives a power cut (G1, G2).
"""
