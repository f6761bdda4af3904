"""formats: what can be opened, whoever asks for it.

Octets in, members and text out: archives, charsets, HTML, TNEF, Outlook messages, S/MIME, yEnc,
uuencode and the transfer encodings of mail. No module here knows a stage, a rule or a mailbox.
A new container format goes here; who is to call it is decided in `inspection.tree`.
"""
