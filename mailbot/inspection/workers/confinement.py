"""What a worker process may not do, whatever a file makes its libraries do.

No network: a seccomp filter lets `socket()` make local sockets alone (and bars io_uring, which
opens sockets without it). It needs no privilege, holds for native code and for every child, and
cannot be taken back.
"""

import ctypes
import logging
import os
import platform
import resource
import signal
import struct

log = logging.getLogger(__name__)

FILE_BYTES = 2 * 1024**3  # no single file a worker writes may grow beyond this

# linux/prctl.h, linux/seccomp.h, linux/filter.h, linux/audit.h
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _MODE_FILTER = 38, 22, 2
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data
_AF_UNIX, _EACCES, _ENOSYS = 1, 13, 38
_IO_URING_SETUP = 425
_X32 = 0x40000000  # x86-64's third set of call numbers; on other machines none is as high
# machine: (audit architecture, number of socket(2))
_MACHINES = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}


def confine(memory_bytes: int, file_bytes: int = FILE_BYTES) -> bool:
    """Confine this very process for good; False where the network could not be taken away."""
    libc = ctypes.CDLL(None, use_errno=True)
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))
    # Past the limit write() is to fail with EFBIG: the file's fault is told, no process ends.
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    return _without_network(libc)


def allow_cpu(seconds: float) -> None:
    """From now on so much processor time, then SIGXCPU; also for a process nobody waits for."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime + seconds) + 1
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def _without_network(libc: ctypes.CDLL) -> bool:
    machine = _MACHINES.get(platform.machine())
    if machine is None:
        return False
    program = _program(*machine)
    length = len(program) // 8
    code = ctypes.create_string_buffer(program, len(program))
    # struct sock_fprog: an unsigned short and a pointer, aligned as the machine does.
    header = ctypes.create_string_buffer(struct.pack("HP", length, ctypes.addressof(code)))
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        return False
    return bool(libc.prctl(_PR_SET_SECCOMP, _MODE_FILTER, header, 0, 0) == 0)


def _program(architecture: int, socket_call: int) -> bytes:
    """Classic BPF; a jump counts the instructions it leaps over, when true and when false."""
    return b"".join(
        struct.pack("HBBI", *instruction)
        for instruction in (
            (_LOAD, 0, 0, _ARCHITECTURE),
            (_EQUAL, 0, 7, architecture),  # another set of numbers: nothing of it is known
            (_LOAD, 0, 0, _NUMBER),
            (_AT_LEAST, 5, 0, _X32),
            (_EQUAL, 4, 0, _IO_URING_SETUP),
            (_EQUAL, 0, 2, socket_call),
            (_LOAD, 0, 0, _FIRST_ARGUMENT),
            (_EQUAL, 0, 2, _AF_UNIX),
            (_RETURN, 0, 0, _ALLOW),
            (_RETURN, 0, 0, _ERRNO | _ENOSYS),
            (_RETURN, 0, 0, _ERRNO | _EACCES),
        )
    )
