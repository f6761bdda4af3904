"""workers: the confined processes in which files are inspected.

Enters: a `tree.Task`, which is plain data. Leaves: a future of `model.Inspected`. Promises: a
worker has no network, and bounds on time, processor time, memory and file size; one that dies or
hangs costs its own file a fault and is replaced.
"""
