"""mailboxes: where mail is fetched from.

Enters: the settings of an IMAP account or a Maildir. Leaves: `protocol.Mailbox`, the one interface
that both fulfil and that one contract test holds them to: list, fetch in chunks, mark or move.
Temporary faults of the server come out as TemporaryFault, refused credentials as their own error.
"""
