"""media: photos and videos, measured: size as displayed, wholeness, when and with what taken.

Enters: a file that `identify` calls a photo or a video. Leaves: facts and faults; never a verdict.
A new photo format goes beside `photo`, and its signature into `identify.filetype`.
"""
