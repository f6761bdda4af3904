"""workflow: what drives a mail through the stages, from the server to the queued reply.

tick      one pass over all that waits           scheduler, heartbeat   when, and alive?
intake    from the server to a parted message    arrival    one mail's whole way
decide    what becomes of it: pure               record     the rows that follow: one commit
replay    all that is stored, judged anew        checking   `mailbot check`: no ledger
"""
