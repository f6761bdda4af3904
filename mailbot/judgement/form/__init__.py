"""form: the statistics table: where each field stands, what it says, and whether it adds up."""
