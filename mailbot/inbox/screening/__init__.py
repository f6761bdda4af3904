"""screening: what a mail says of itself.

Enters: a `Message`. Leaves: why it must not be answered (`automail`), whose mail it says was not
delivered (`bounces`), and whether the receiving server confirmed its sender (`sender`). Only
what our own server wrote counts as confirmation; a header of the sender's is none.
"""
