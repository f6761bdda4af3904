"""wording: how an office writes things: dates, sizes, states; templates and their proof.

What replies, reminders and the digest say in the same words is said here once.
"""
