"""proving: whatever is wrong with a rules folder, one line each with file, line and key.

Enters: the folder's files as read. Leaves: lines for the clerk who edits them.
"""
