"""workers: the confined processes in which files are inspected, and their limits."""
