"""The main job on loopback: an embedded mail server, sample submissions of real files, a story.

Nothing here is used by `tick` or `run`. Enters: nothing. Leaves: a folder with the ledger, the
stored files, every reply as .eml and the digest as .html.
"""
