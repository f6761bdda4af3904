"""whose: which unit a mail speaks for."""
