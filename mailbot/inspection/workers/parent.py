"""A child process that does not outlive the one that started it, whenever that one dies.

Set at the very start, before anything is imported that takes its time: the kernel's parent-death
signal (prctl(2)) tells of deaths from then on, and the parent's id of one before.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1  # linux/prctl.h

# Runs before any import of ours; arguments: the parent's id, the import path, then the module's.
_BEGIN = (
    "import ctypes, os, sys\n"
    f"ctypes.CDLL(None).prctl({_PR_SET_PDEATHSIG}, {int(signal.SIGKILL)}, 0, 0, 0)\n"
    "parent, path, module = sys.argv[1:4]\n"
    "if os.getppid() != int(parent): os._exit(1)\n"
    "sys.path[:] = path.split(os.pathsep)\n"
    "sys.argv[:] = [module, *sys.argv[4:]]\n"
    "import runpy\n"
    "runpy.run_module(module, run_name='__main__', alter_sys=False)\n"
)


def end_with_parent(parent: int) -> None:
    """The same for a process that was forked: to be called first thing in it."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def child_command(module: str, *arguments: str) -> list[str]:
    """The command line of a child that runs `python -m module arguments`, and ends with us.

    To be started by a thread that lives as long as the child may: the signal is sent when the
    thread ends (prctl(2), PR_SET_PDEATHSIG).
    """
    path = os.pathsep.join(filter(None, sys.path))
    return [sys.executable, "-c", _BEGIN, str(os.getpid()), path, module, *arguments]
