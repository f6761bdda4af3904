"""Generators of the small real mails and files the tests use."""
