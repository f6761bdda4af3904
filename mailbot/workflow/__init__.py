"""workflow: what drives a mail through the stages, from the server to the queued reply.

Enters: settings, a campaign, an open ledger and a mailbox. Leaves: committed rows, files at rest,
and mails that were sent. It calls the stages in order and holds no rule of its own.

tick      one pass over all that waits           scheduler, heartbeat   when, and alive?
intake    from the server to a parted message    arrival    one mail's whole way
decide    what becomes of it: pure               record     the rows that follow: one commit
setback   a clock that was set back: what waits moves with it
replay    all that is stored, judged anew        checking   `mailbot check`: no ledger
"""
