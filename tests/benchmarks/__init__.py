"""What grows with what, measured."""
