"""screening: what a mail says of itself: sent by a machine, a bounce, by whom and how sure."""
