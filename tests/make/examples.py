"""How many generated examples a property is tried on: few in the suite, more by command.

    MAILBOT_EXAMPLES=10 sh tests/run.sh tests/inbox

tries ten times as many.
"""

import os

_TIMES = int(os.environ.get("MAILBOT_EXAMPLES", "1"))


def examples(number: int) -> int:
    """So many in the suite; times MAILBOT_EXAMPLES."""
    return number * _TIMES
