"""mailboxes: where mail is fetched from: one protocol, IMAP and Maildir behind it."""
