"""From a template and its data to the bytes of a PDF, through a process that does nothing else.

typst is never loaded here: a process that has used it and forks gets children that hang. The
drawing process is started at the first document, kept warm, given one request at a time, and
started again when it has died. The same request always gives the same bytes.
"""

import atexit
import json
import logging
import os
import re
import select
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

log = logging.getLogger(__name__)

WORKER = Path(__file__).with_name("typesetting_worker.py")
FONTS = Path(__file__).with_name("fonts")
TIMEOUT_SECONDS = 30.0
ACCESSIBLE = ("a-2a", "ua-1")  # PDF/A-2a and PDF/UA-1
ARCHIVAL = ("a-3a", "ua-1")  # with files inside
LARGEST_ANSWER = 20 * 1024 * 1024
_UNPRINTABLE = re.compile(r'text `"(.+?)"` could not be displayed')


class PdfRefused(Exception):
    """The content cannot be drawn (a letter no font has, a broken template); trying again
    changes nothing until a person has acted. `letter` names what could not be printed, if that
    was the reason."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        unprintable = _UNPRINTABLE.search(reason)
        self.letter = unprintable[1] if unprintable else None


class PdfUnavailable(Exception):
    """The drawing process died twice or did not answer in time; trying again later may do."""


class _WorkerLost(Exception):
    pass


def typeset(
    template: Path,
    data: dict[str, Any],
    *,
    timestamp: int,
    qr: str = "",
    standards: Sequence[str] = ACCESSIBLE,
    timeout: float = TIMEOUT_SECONDS,
) -> bytes:
    """Draw a document that holds to these standards, from a template and the JSON that it reads.

    `timestamp` in seconds since 1970 is the date of the document; the text `qr` reaches the
    template as a drawing. A template that breaks one of the standards is refused, not drawn.
    `timeout` in seconds covers waiting for others and one attempt more if the drawing process
    has died. Safe to call from any thread. Raises PdfRefused or PdfUnavailable.
    """
    request = {
        "template": str(template),
        "fonts": str(FONTS),
        "data": data,
        "qr": qr,
        "timestamp": timestamp,
        "standards": list(standards),
    }
    return renderer.render(json.dumps(request, ensure_ascii=False).encode(), timeout)


def sketch(
    template: Path,
    data: dict[str, Any],
    *,
    dots: float,
    qr: str = "",
    timeout: float = TIMEOUT_SECONDS,
) -> bytes:
    """The first sheet of the same document as a PNG, `dots` to the inch, to be looked at. Raises
    PdfRefused or PdfUnavailable, as `typeset` does."""
    request = {
        "template": str(template),
        "fonts": str(FONTS),
        "data": data,
        "qr": qr,
        "timestamp": 0,
        "dots": dots,
    }
    return renderer.render(json.dumps(request, ensure_ascii=False).encode(), timeout)


class Renderer:
    """Owns the drawing process of this process, if there is one."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._process: subprocess.Popen | None = None

    def render(self, request: bytes, timeout: float) -> bytes:
        deadline = time.monotonic() + timeout
        if not self._turn.acquire(timeout=timeout):
            raise PdfUnavailable("others were drawn all the time")
        try:
            for attempt in (1, 2):
                try:
                    status, answer = self._exchange(request, deadline)
                except _WorkerLost as lost:
                    self._stop()
                    if attempt == 2 or time.monotonic() >= deadline:
                        raise PdfUnavailable(str(lost)) from lost
                    log.warning("the drawing process was lost (%s), starting another", lost)
                except BaseException:
                    self._stop()  # half an answer may lie in the pipe
                    raise
                else:
                    break
        finally:
            self._turn.release()
        if status == b"-":
            raise PdfRefused(answer.decode(errors="replace"))
        return answer

    def _exchange(self, request: bytes, deadline: float) -> tuple[bytes, bytes]:
        try:
            process = self._running()
            self._send(process, struct.pack(">I", len(request)) + request, deadline)
            head = self._receive(process, 5, deadline)
            (size,) = struct.unpack(">I", head[1:])
            if size > LARGEST_ANSWER:
                raise _WorkerLost("an answer of impossible length")
            return head[:1], self._receive(process, size, deadline)
        except OSError as gone:
            raise _WorkerLost(str(gone)) from gone

    def _running(self) -> subprocess.Popen:
        if self._process is not None and self._process.poll() is not None:
            self._stop()
        if self._process is None:
            # -P: the script's folder holds modules with common names and stays off the path.
            self._process = subprocess.Popen(
                [sys.executable, "-P", str(WORKER)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                bufsize=0,
                cwd="/",
            )
            for pipe in _pipes(self._process):
                os.set_blocking(pipe.fileno(), False)
        return self._process

    @staticmethod
    def _send(process: subprocess.Popen, message: bytes, deadline: float) -> None:
        pipe = _pipes(process)[0].fileno()
        left = memoryview(message)
        while left:
            _wait(pipe, select.POLLOUT, deadline)
            try:
                left = left[os.write(pipe, left) :]
            except BlockingIOError:
                continue

    @staticmethod
    def _receive(process: subprocess.Popen, size: int, deadline: float) -> bytes:
        pipe = _pipes(process)[1].fileno()
        parts: list[bytes] = []
        while size:
            _wait(pipe, select.POLLIN, deadline)
            part = os.read(pipe, size)
            if not part:
                raise _WorkerLost("it ended in the midst of an answer")
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in _pipes(process):
            pipe.close()

    def close(self) -> None:
        """End the drawing process; the next request starts another."""
        if self._turn.acquire(timeout=2):
            try:
                self._stop()
            finally:
                self._turn.release()
        elif self._process is not None:
            self._process.kill()

    def forget(self) -> None:
        """In a forked child: the drawing process is the parent's. Let go of its pipes, or it
        would not see its input end when the parent dies."""
        process, self._process = self._process, None
        self._turn = threading.Lock()
        if process is not None:
            for pipe in _pipes(process):
                pipe.close()
            process.returncode = 0  # not ours to wait for; keeps Popen's own reaper away


def _pipes(process: subprocess.Popen) -> tuple[IO[bytes], IO[bytes]]:
    assert process.stdin is not None  # both are PIPE
    assert process.stdout is not None
    return process.stdin, process.stdout


def _wait(pipe: int, event: int, deadline: float) -> None:
    # poll, not select: a busy server has descriptors beyond 1023.
    poll = select.poll()
    poll.register(pipe, event)
    left = deadline - time.monotonic()
    if left <= 0 or not poll.poll(left * 1000):
        raise _WorkerLost("it did not answer in time")


renderer = Renderer()
atexit.register(renderer.close)
os.register_at_fork(after_in_child=renderer.forget)
