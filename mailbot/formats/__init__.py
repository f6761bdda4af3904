"""formats: what can be opened, whoever asks for it.

Enters: octets, or a file at rest. Leaves: members and text, or a fault where it cannot be opened.
Archives, charsets, HTML, TNEF, Outlook messages, S/MIME, yEnc, uuencode and the transfer encodings
of mail. No module here knows a stage, a rule or a mailbox.
A new container format goes here; who is to call it is decided in `inspection.tree`.
"""
