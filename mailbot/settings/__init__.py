"""settings: what differs from one office to the next, as types, and where it is read from.

Enters: mailbot.toml, MAILBOT_* and the files that hold secrets. Leaves: `Settings`, or one
SettingsError that names the key.
"""
