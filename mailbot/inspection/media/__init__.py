"""media: photos and videos, measured: size as displayed, wholeness, when and with what taken.

A new photo format goes beside `photo`, and its signature into `identify.filetype`.
"""
