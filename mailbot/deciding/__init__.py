"""Decisions of persons: by command, or by an answer to the digest.

Enters: who decides what, on what, and why. Leaves: an `Outcome`. Every decision is one
transaction: its own rows, the dossier judged anew, a fresh reply to the unit where something
changed for it, and one row of the audit trail; what changes nothing writes nothing.
"""
