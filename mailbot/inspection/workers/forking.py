"""The process that workers are forked from: it has imported what most files need, and opens none.

    child_command("mailbot.inspection.workers.forking", number of an inherited socket)

A worker is there in milliseconds, so one that met damage is replaced at once, and the pages of what
was imported are shared. The server has one thread (a fork would copy the locks of others and not
their holders), and no connection but the one it is asked by. Limits are set in the worker, after
the fork (`serving`); it ends with the server, as the server ends with the main process.

For a command that reads a few files and ends, the server itself may be a fork of the main process
(`start_here`): half of what it would import is there.
"""

from __future__ import annotations

import contextlib
import errno
import gc
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NoReturn

from mailbot.inspection.workers.parent import child_command, end_with_parent

_START_S = 60  # until the server must have imported all and forked
_NUMBER = struct.Struct("i")  # a process's number; of an answer, negative: why there is none
# BLAS starts its threads as it is loaded, and no fork survives those. What is read needs none.
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


@dataclass(frozen=True, slots=True)
class Forked:
    """A worker process; its number stays its own until `ForkServer.end`."""

    pid: int
    ended: int  # a pidfd: readable once the process has ended
    server: int  # the process it was forked from


class ForkServer:
    """Starts workers. Its own process is started by the first; safe for threads.

    Call `fork` on threads that live as long as the workers may: the kernel takes the
    end of the thread that started a process for the end of its parent (prctl(2)).
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | _ForkOfUs | None = None
        self._control: socket.socket | None = None

    def start_here(self) -> None:
        """Begin to import, in a fork of this process; returns at once.

        To be called before it starts a thread and opens what no reader may have; with threads it
        is a program of its own after all, as the first `fork` starts one.
        """
        with self._lock:
            self._control_of_process(here=threading.active_count() == 1)

    def start(self) -> None:
        """Begin to import, in a program of its own; returns at once. On a thread as for `fork`."""
        with self._lock:
            self._control_of_process()

    def fork(self, handle: int) -> Forked:
        """A new worker that answers on a copy of `handle`, one end of a pipe.

        OSError where none could be started: the machine's fault.
        """
        with self._lock:
            try:
                control = self._control_of_process()
                socket.send_fds(control, [b"fork"], [handle])
                answer = control.recv(_NUMBER.size)
            except (TimeoutError, BrokenPipeError, ConnectionResetError):
                answer = b""
            if not answer:
                self._stop()
                raise OSError(errno.EAGAIN, "the server of the inspection processes did not start")
            (pid,) = _NUMBER.unpack(answer)
            if pid < 0:
                raise OSError(-pid, os.strerror(-pid))
            assert self._process is not None
            return Forked(pid, os.pidfd_open(pid), self._process.pid)

    def end(self, worker: Forked) -> None:
        """End a worker and what it has started, at once; it holds nothing that is not on disk."""
        os.close(worker.ended)
        with self._lock:
            server = self._process
            if server is None or server.pid != worker.server or server.poll() is not None:
                return  # its server ended, and it with that; its number may be another's now
            with contextlib.suppress(ProcessLookupError):
                os.killpg(worker.pid, signal.SIGKILL)
            with contextlib.suppress(ProcessLookupError):  # before it was a group of its own
                os.kill(worker.pid, signal.SIGKILL)
            if self._control is not None:
                with contextlib.suppress(OSError):
                    self._control.send(_NUMBER.pack(worker.pid))

    def close(self) -> None:
        """End the server, and with it every worker."""
        with self._lock:
            self._stop()

    def _control_of_process(self, *, here: bool = False) -> socket.socket:
        if self._process is not None and self._process.poll() is not None:
            self._stop()
        if self._control is None:
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            # A program of its own, not a fork: the main process has threads and open sockets. Not
            # multiprocessing's either: its children, and its resource tracker, outlive a parent
            # that is killed by as long as their imports take.
            self._process = _ForkOfUs(theirs) if here else _program(theirs)
            theirs.close()
            ours.settimeout(_START_S)
            self._control = ours
        return self._control

    def _stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        if self._control is not None:
            self._control.close()
        self._process = self._control = None


def _program(control: socket.socket) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - our own module, no shell
        child_command(__name__, str(control.fileno())),
        stdin=subprocess.DEVNULL,
        pass_fds=(control.fileno(),),
        start_new_session=True,
        env=os.environ | _ONE_THREAD,
    )


class _ForkOfUs:
    """The server as a fork of this process; what `Popen` is to a program."""

    def __init__(self, control: socket.socket) -> None:
        us = os.getpid()
        self.pid = os.fork()
        self._ended = False
        if not self.pid:
            _never_back(lambda: self._be_server(us, control.detach()))

    def _be_server(self, us: int, handle: int) -> None:
        end_with_parent(us)
        os.setsid()
        os.closerange(3, handle)
        os.closerange(handle + 1, os.sysconf("SC_OPEN_MAX"))
        with Path(os.devnull).open("rb") as nothing:
            os.dup2(nothing.fileno(), 0)
        os.environ.update(_ONE_THREAD)
        serve_forks(socket.socket(fileno=handle), few=True)

    def poll(self) -> int | None:
        """None while it lives."""
        if not self._ended:
            self._ended = os.waitpid(self.pid, os.WNOHANG)[0] != 0
        return 0 if self._ended else None

    def kill(self) -> None:
        """End it at once, where that has not happened."""
        if self.poll() is None:
            os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> None:
        """Until it has ended."""
        if not self._ended:
            os.waitpid(self.pid, 0)
            self._ended = True


def preload(*, few: bool = False) -> None:
    """Import what most files need, or what most photographs do, where there are `few`; what is not
    imported here, their worker imports."""
    from PIL import Image

    import mailbot.inspection.media.photo
    import mailbot.inspection.tree
    from mailbot.inspection.ocr.process import is_installed

    Image.preinit()
    if not few:
        import olefile  # noqa: F401
        import pypdfium2  # noqa: F401

        import mailbot.inbox.parting.splitter
        from mailbot.inspection.media.video import can_parse

        can_parse()
    if is_installed():
        import mailbot.inspection.ocr.glance  # noqa: F401 - every photograph is looked at


def main() -> None:
    """The server as a program of its own."""
    serve_forks(socket.socket(fileno=int(sys.argv[1])))


def serve_forks(control: socket.socket, *, few: bool = False) -> None:
    """The server itself: import, then fork whenever it is asked, until nobody asks any more."""
    control.set_inheritable(False)
    # A stop of the service reaches the whole process group; the parent ends its workers itself.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    gc.disable()  # nothing of what is imported is garbage
    preload(few=few)
    gc.freeze()  # collecting would copy the pages that are shared
    gc.enable()
    ended: set[int] = set()
    while True:
        message, handles, _, _ = socket.recv_fds(control, 16, 1)
        if not message:
            return
        if handles:
            control.send(_NUMBER.pack(_fork(control, handles[0])))
            os.close(handles[0])
        else:
            ended.add(_NUMBER.unpack(message)[0])
        # Never waited for: a process that a disk holds up would hold up all others.
        ended = {pid for pid in ended if os.waitpid(pid, os.WNOHANG)[0] == 0}


def _fork(control: socket.socket, handle: int) -> int:
    """The number of a new worker, or why there is none, negative."""
    server = os.getpid()
    try:
        pid = os.fork()
    except OSError as error:
        return -(error.errno or errno.EAGAIN)

    def work() -> None:
        end_with_parent(server)
        os.setsid()
        control.close()
        _serve(handle)

    if not pid:
        _never_back(work)
    return pid


def _never_back(work: Callable[[], None]) -> NoReturn:
    """Do the work of a forked process and end: it never becomes a second one of its parent."""
    code = 1
    try:
        work()
        code = 0
    except BaseException:  # noqa: BLE001 - SystemExit too: it must not unwind the parent's stack
        traceback.print_exc()
    finally:
        os._exit(code)


def _serve(handle: int) -> None:
    from mailbot.inspection.workers.serving import serve

    os.set_inheritable(handle, False)  # not for the programs that a reader starts
    with Connection(handle) as pipe:
        serve(pipe)


if __name__ == "__main__":
    main()
