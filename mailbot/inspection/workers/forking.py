"""The process that workers are forked from: it has imported what most files need, and opens none.

    child_command("mailbot.inspection.workers.forking", number of an inherited socket)

A worker is there in milliseconds, so one that met damage is replaced at once, and the pages of what
was imported are shared. The server has one thread (a fork would copy the locks of others and not
their holders), and no connection but the one it is asked by. Limits are set in the worker, after
the fork (`serving`); it ends with the server, as the server ends with the main process.
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
from dataclasses import dataclass
from multiprocessing.connection import Connection

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

    Call `start` and `fork` on threads that live as long as the workers may: the kernel takes the
    end of the thread that started a process for the end of its parent (prctl(2)).
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def start(self) -> None:
        """Begin to import, if that has not begun; returns at once."""
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

    def _control_of_process(self) -> socket.socket:
        if self._process is not None and self._process.poll() is not None:
            self._stop()
        if self._control is None:
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            # A program of its own, not a fork: the main process has threads and open sockets. Not
            # multiprocessing's either: its children, and its resource tracker, outlive a parent
            # that is killed by as long as their imports take.
            self._process = subprocess.Popen(  # noqa: S603 - our own module, no shell
                child_command(__name__, str(theirs.fileno())),
                stdin=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
                env=os.environ | _ONE_THREAD,
            )
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


def preload() -> None:
    """Import what most files need; what only some need, their worker imports."""
    from PIL import Image

    import mailbot.inspection.media.photo
    import mailbot.inspection.tree
    from mailbot.inspection.media.video import can_parse
    from mailbot.inspection.ocr.process import is_installed

    Image.preinit()
    can_parse()
    if is_installed():
        import mailbot.inspection.ocr.glance  # noqa: F401 - every photograph is looked at


def main() -> None:
    """The server itself."""
    control = socket.socket(fileno=int(sys.argv[1]))
    control.set_inheritable(False)
    # A stop of the service reaches the whole process group; the parent ends its workers itself.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    preload()
    gc.collect()
    gc.freeze()  # collecting would copy the pages that are shared
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
    if pid:
        return pid
    code = 1
    try:
        end_with_parent(server)
        os.setsid()
        control.close()
        _serve(handle)
        code = 0
    except BaseException:  # noqa: BLE001 - a worker never becomes a second server
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
