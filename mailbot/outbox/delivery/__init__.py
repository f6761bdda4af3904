"""delivery: the queue of replies handed to an SMTP server, one step at a time."""
