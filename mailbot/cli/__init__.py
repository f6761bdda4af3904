"""The operator's commands, thin: parse, call, print. English, like the code.

Exit codes (CONTRACT): 0 done, 1 not accepted or not found, 2 wrong use or bad settings,
3 a temporary fault.
"""

from mailbot.cli.app import main

__all__ = ["main"]
