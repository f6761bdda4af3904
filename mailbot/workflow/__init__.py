"""workflow: what drives a mail through the stages, from the server to the queued reply.

`tick` is one pass over all that waits, `arrival` one mail's whole way, `scheduler` the clock.
"""
