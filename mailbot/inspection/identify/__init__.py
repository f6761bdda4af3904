"""identify: what a file is by its content; its name breaks ties only."""
