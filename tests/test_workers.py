"""Work in a process of its own: its answers, its errors, its end."""

import os
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from uzviz.api.memory import Bound, resident
from uzviz.api.workers import Broke, TooLong, Worker
from uzviz.errors import InputError

if str(Path(__file__).parent) not in sys.path:
    sys.path.append(str(Path(__file__).parent))


def work(what, *arguments):
    """What the process does."""
    if what == "sleep":
        time.sleep(*arguments)
    if what == "refuse":
        raise InputError("No.")
    if what == "fail":
        raise KeyError("x")
    if what == "end":
        os._exit(1)
    return what, os.getpid(), threading.get_ident()


@pytest.fixture
def worker():
    made = Worker(work, idle=60, limit=20)
    yield made
    made.close()


def test_it_starts_when_it_is_asked_and_answers_from_elsewhere(worker):
    assert worker.pid is None
    what, pid, _ = worker("hello")
    assert what == "hello"
    assert pid == worker.pid != os.getpid()


def test_jobs_run_beside_one_another(worker):
    worker("hello")
    began = time.monotonic()
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: worker("sleep", 0.6), range(4)))
    assert time.monotonic() - began < 1.8
    assert len({thread for _, _, thread in found}) > 1


def test_what_is_refused_there_is_refused_here(worker):
    with pytest.raises(InputError, match=r"^No\.$"):
        worker("refuse")
    with pytest.raises(InputError, match="KeyError: 'x'"):
        worker("fail")
    assert worker("hello")


def test_a_process_that_ends_is_told_to_all_and_started_anew(worker):
    _, first, _ = worker("hello")
    with ThreadPoolExecutor(2) as pool:
        waiting = pool.submit(worker, "sleep", 15)
        time.sleep(0.2)
        with pytest.raises(Broke):
            worker("end")
        with pytest.raises(Broke):
            waiting.result(10)
    assert worker("hello")[1] != first


def test_a_process_that_is_killed_is_started_anew(worker):
    _, first, _ = worker("hello")
    os.kill(first, signal.SIGKILL)
    for _ in range(3):  # who asks before it is known to have ended is told so
        try:
            assert worker("hello")[1] != first
            break
        except Broke:
            continue
    else:
        pytest.fail("it was not started anew")


def test_a_job_that_takes_too_long_ends_its_process(worker):
    _, first, _ = worker("hello")
    worker.limit = 0.3
    with pytest.raises(TooLong):
        worker("sleep", 30)
    worker.limit = 20
    assert worker("hello")[1] != first


def test_without_work_the_process_ends():
    worker = Worker(work, idle=0.2, limit=20)
    worker("hello")
    end = time.monotonic() + 10
    while worker.pid is not None:
        assert time.monotonic() < end
        time.sleep(0.02)
    assert worker("hello")
    worker.close()


def test_a_closed_one_works_no_more(worker):
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(worker, "sleep", 15)
        while worker.pid is None:
            time.sleep(0.01)
        worker.close()
        with pytest.raises(Broke):
            waiting.result(10)
    with pytest.raises(InputError, match="closed"):
        worker("hello")


@pytest.mark.skipif(not resident(), reason="the system doesn't say what a process takes")
def test_programs_are_given_back_beyond_a_bound_and_not_at_every_job():
    import jax

    compiled = []
    double = jax.jit(lambda x: compiled.append(x) or 2 * x)
    bound = Bound(most=1)
    for most in (bound.most, None):
        double(1.0)
        bound.keep()
        assert bound.most > resident() - (1 << 20)
        assert most is None or bound.most > most
    double(1.0)
    assert len(compiled) == 2


def test_what_cannot_be_sent_leaves_nobody_waiting(worker):
    deep = []
    for _ in range(2000):
        deep = [deep]
    with pytest.raises(RecursionError):
        worker(deep)
    assert worker("hello")[0] == "hello"
