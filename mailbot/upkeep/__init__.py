"""upkeep: what keeps an office's record whole over the years.

Enters: a data folder and a folder for its copy. Leaves: a copy that restores, a data folder put
back from one, and what is no longer the octets that were received. Nothing here judges, answers
or polls.
"""
