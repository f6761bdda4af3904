"""archives: the files of zip, 7z, rar, tar and their relatives, stored and bounded.

`unpack.unpack` is the one door; each format has a module, and `members` counts what comes out
against the limits.
"""
