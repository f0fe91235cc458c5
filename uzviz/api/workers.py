"""Work that needs JAX, in a process of its own beside a server that has none."""

from __future__ import annotations

import itertools
import multiprocessing
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from multiprocessing.reduction import ForkingPickler
from typing import TYPE_CHECKING, Any

from uzviz.api.memory import MOST, Bound
from uzviz.errors import InputError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

CLOSED = "The board is closed: start it again."
THREADS = 4
"""Jobs that a process works on at once: compiled programs run beside one another."""


class Broke(RuntimeError):
    """The process ended over a job; the next one starts it anew."""


class TooLong(RuntimeError):
    """A job took too long, so that its process was ended; the next one starts it anew."""


class Worker:
    """Calls a function in a process of its own, which starts with the first job.

    Parameters
    ----------
    function
        Of a module, so that the process finds it by its name. An :class:`InputError` that it raises is
        raised here, as is, by its words, whatever else it raises.
    idle, limit
        Seconds after which the process is ended: without a job, and at work on one.
    memory
        Bytes beyond which the process gives compiled programs back.
    """

    def __init__(
        self, function: Callable[..., Any], *, idle: float, limit: float, memory: int = MOST
    ):
        self.function, self.idle, self.limit, self.memory = function, idle, limit, memory
        self._lock = threading.Lock()
        """Held for an instant, while one of the fields below changes."""
        self._process: _Process | None = None
        self._jobs = 0
        self._timer: threading.Timer | None = None
        self._closed = False

    def __call__(self, *arguments: Any) -> Any:
        """What the function returns for these.

        Raises
        ------
        InputError
            if the function does, and after the worker was closed.
        Broke, TooLong
            when the process ended over it, or was ended.
        """
        process = self._begun()
        try:
            return process.ask(arguments).result(self.limit)
        except TimeoutError:
            process.end()
            raise TooLong from None
        finally:
            self._done()

    @property
    def pid(self) -> int | None:
        """Of the process, while there is one."""
        process = self._process
        return process.pid if process and process.lives else None

    def close(self) -> None:
        """End the process for good, also while it works."""
        with self._lock:
            self._closed = True
            self._end()

    def _begun(self) -> _Process:
        with self._lock:
            if self._closed:
                raise InputError(CLOSED)
            if self._timer:
                self._timer.cancel()
            if self._process is None or not self._process.lives:
                self._process = _Process(self.function, self.memory)
            self._jobs += 1
            return self._process

    def _done(self) -> None:
        with self._lock:
            self._jobs -= 1
            if self._jobs == 0:
                self._timer = threading.Timer(self.idle, self._end_if_idle)
                self._timer.daemon = True
                self._timer.start()

    def _end_if_idle(self) -> None:
        with self._lock:
            if self._jobs == 0:
                self._end()

    def _end(self) -> None:
        process, self._process = self._process, None
        if process:
            process.end()


def answered(worker: Worker, *job: Any) -> Any:
    """What a worker returns, for a page: a process that ended over it is a refusal.

    Raises
    ------
    InputError
        as the worker does, and for a job that took too long, broke the process, or can't be told to it.
    """
    from uzviz.board.refusals import Refusal

    try:
        return worker(*job)
    except TooLong:
        raise Refusal(
            503,
            f"This took longer than {worker.limit:g} s, so that the process that computes was ended: ask "
            "for less.",
        ) from None
    except Broke:
        raise Refusal(503, "The process that computes has ended, and is started anew.") from None
    except RecursionError:
        raise InputError(
            "What is asked for is nested too deeply: nothing has lists in lists in lists."
        ) from None


class _Process:
    """A process at work, and the jobs that wait for it."""

    def __init__(self, function: Callable[..., Any], memory: int):
        spawn = multiprocessing.get_context("spawn")
        self._pipe, theirs = spawn.Pipe()
        self._process = spawn.Process(target=_work, args=(theirs, function, memory), daemon=True)
        self._process.start()
        theirs.close()  # so that reading ends when the process does
        self._numbers = itertools.count()
        self._lock = threading.Lock()
        self._waiting: dict[int, Future[Any]] = {}
        self.lives = True
        threading.Thread(target=self._listen, name="uzviz-worker", daemon=True).start()

    @property
    def pid(self) -> int | None:
        return self._process.pid

    def ask(self, arguments: tuple[Any, ...]) -> Future[Any]:
        future: Future[Any] = Future()
        with self._lock:
            if not self.lives:
                raise Broke
            number = next(self._numbers)
            said = ForkingPickler.dumps(
                (number, arguments)
            )  # what can't be said leaves nobody waiting
            self._waiting[number] = future
            with suppress(OSError):  # it has ended, which who listens is told as well
                self._pipe.send_bytes(said)
        return future

    def end(self) -> None:
        self.lives = False
        self._process.kill()
        self._process.join()

    def _listen(self) -> None:
        """Hand answers to who waits for them until the process ends, and then say that it has."""
        with suppress(EOFError, OSError):
            while True:
                number, result, wrong = self._pipe.recv()
                future = self._waiting.pop(number)
                if wrong is None:
                    future.set_result(result)
                else:
                    future.set_exception(InputError(wrong))
        self._process.join()
        with self._lock:
            self.lives = False
            left = list(self._waiting.values())
        for future in left:
            future.set_exception(Broke())


def wrong_with(error: Exception) -> str:
    """What was wrong, in a sentence."""
    if isinstance(error, InputError):
        return str(error)
    return f"This failed ({type(error).__name__}: {error}): it is a bug."


def _work(pipe: Connection, function: Callable[..., Any], most: int) -> None:
    """Answer until whoever asks has ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the server's, which ends this process
    lock, memory = threading.Lock(), Bound(most)

    def answer(number: int, arguments: tuple[Any, ...]) -> None:
        try:
            said = number, function(*arguments), None
        except Exception as error:
            said = number, None, wrong_with(error)
        with lock, suppress(OSError):
            pipe.send(said)
        memory.keep()

    with ThreadPoolExecutor(THREADS) as pool, suppress(EOFError):
        while True:
            pool.submit(answer, *pipe.recv())
