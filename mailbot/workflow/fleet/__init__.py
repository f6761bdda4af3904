"""fleet: many offices in one process, each with its own ledger, lock, rules, mode and quota.

Enters: a folder of settings files, one an office. Leaves: what each office would have done alone,
and one health file. Promises: what one office's mail, server or settings do stays with it; all
share one inspection pool, in turns; a file that is added, changed or removed is taken up without
a restart.
"""
