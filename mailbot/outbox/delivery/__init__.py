"""delivery: queued mails handed to an SMTP server, one step at a time.

Enters: rows that are due. Leaves: for each of them sent, deferred with its next attempt, or dead.
`step` claims a row, sends it and records the outcome before it takes the next; what a server's
refusal means is read in `refusals`; only `transport` opens a socket.
"""
