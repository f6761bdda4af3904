"""The operator's commands, thin: parse, call, print. English, like the code.

Enters: the words of the command line. Leaves: text, or with --json one document on stdout, and an
exit code; logs and progress go to stderr. Nothing is decided or stored here.

Exit codes (CONTRACT): 0 done, 1 not accepted or not found, 2 wrong use or bad settings,
3 a temporary fault.
"""

from mailbot.cli.app import main

__all__ = ["main"]
