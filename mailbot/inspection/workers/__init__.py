"""workers: the confined processes in which files are inspected.

Enters: a `tree.Task`, which is plain data. Leaves: a future of `model.Inspected`. Promises: a
worker has no network, and bounds on time, processor time, memory and file size; one that dies or
hangs costs its own file a fault and is replaced.

    pool      hands files to workers        forking   the process they are forked from
    serving   what a worker does            confinement, parent   what it may not do, how it ends
    sharing   one pool for many offices     probe     does reading a mail end a process?
    apart     and does reading a file?      errand    what another machine is asked to do
    dask_pool, dask_link, dask_stand_in     who is asked, over what, and what is read here instead
"""
