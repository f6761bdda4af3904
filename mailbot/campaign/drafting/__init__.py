"""drafting: a notice's text read into the draft of a rules folder, by patterns alone.

Enters: text and tables of a notice. Leaves: the files of a folder, every guess marked 待确认.
"""
