"""monitoring: the office's figures for a Prometheus on the same machine.

Enters: settings, and the ledger to read. Leaves: a page of metrics on loopback, made anew when it
is asked for. No address, no name and no subject is in it.
"""
