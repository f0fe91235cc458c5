# The cache of compiled programs is set up before JAX is imported.
# ruff: noqa: E402
import os
import runpy
import tempfile
from collections import defaultdict
from itertools import count
from pathlib import Path

# All processes of a run of tests, and the commands that they start, share what they compile.
run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
os.environ["JAX_COMPILATION_CACHE_DIR"] = str(Path(tempfile.gettempdir(), f"uzviz-tests-{run}"))
os.environ["JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS"] = "0"
own = Path(__file__).with_name("cache")
os.environ["PYTHONPATH"] = os.pathsep.join([str(own), *filter(None, [os.getenv("PYTHONPATH")])])
runpy.run_path(str(own / "sitecustomize.py"))

import jax
import pytest
from answers import Asked
from board import SETTLED, WINDOW, board, scenes_served
from browser import FLAGS, chrome
from hypothesis import settings
from playwright.sync_api import sync_playwright
from stores import all_read, until

from uzviz.board.store import Store

# The same examples every time; how long one takes depends on what was compiled before.
settings.register_profile("fixed", derandomize=True, deadline=None)
settings.load_profile("fixed")


@pytest.fixture
def x64():
    """Float64 for one test: theory is not tested in float32."""
    with jax.enable_x64(True):
        yield


@pytest.fixture
def frame(request, x64):
    """A part of the file's SCENE for these settings."""
    from uzviz.scenes import Moment  # for the tests of scenes alone

    return lambda part, **given: request.module.SCENE.frame(part, given, Moment("", 0, 0))


MAPS = 30_000


@pytest.fixture(autouse=True, scope="module")
def freed():
    """Compiled programs are given back after a file where there are many: each takes maps of memory, of which
    a process may have 65,530, and XLA ends the process that has no more."""
    yield
    maps = Path("/proc/self/maps")
    if not maps.exists() or len(maps.read_bytes().splitlines()) > MAPS:
        jax.clear_caches()


@pytest.fixture(name="board")
def asked(tmp_path):
    """Opens a board on tmp_path, asked without a socket."""
    boards = []

    def opened(**options):
        boards.append(Asked(tmp_path, **options))
        return boards[-1]

    yield opened
    for one in boards:
        one.store.close()


@pytest.fixture
def following():
    """Stores of folders, all runs read."""
    stores = []

    def following(folder):
        stores.append(Store(folder))
        until(lambda: all_read(stores[-1]))
        return stores[-1]

    yield following
    for store in stores:
        store.close()


@pytest.fixture(scope="module")
def browser():
    """Headless. Given back after each file: Playwright's event loop runs for as long as it is there, and
    nothing else in the process could run one."""
    path = chrome()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def complaints():
    """Errors of the page: of its console and its scripts. A test that makes some takes them from here."""
    return []


@pytest.fixture(scope="module")
def pages(browser):
    """Pages that nobody looks at, by the options of their contexts. A page loads again in a third of the time
    that a new one takes: its process is there, and the scripts are compiled."""
    return defaultdict(list)


COUNT = count()


@pytest.fixture
def visit(browser, pages, complaints):
    """Opens an address, loaded anew with nothing remembered: all that a page remembers is its address.
    `color_scheme`, `locale`, `viewport` as Playwright has them; `before` is a script that runs ahead of the
    page's own. What the page complains of fails the test."""
    taken = []

    def said(message):
        if message.type == "error":
            complaints.append(message.text)

    def failed(error):
        complaints.append(error.message)

    def visit(address, before="", **options):
        free = None if before else pages[repr(options)]
        page = (
            untouched(free.pop(), **options) if free else browser.new_context(**options).new_page()
        )
        taken.append((page, free))
        if before:
            page.add_init_script(before)
        page.on("console", said)
        page.on("pageerror", failed)
        place, _, settings = address.partition("#")
        # Where nothing ahead of the # is new, a page would only be told of the rest.
        page.goto(f"{place.partition('?')[0]}?{next(COUNT)}#{settings}")
        return page

    yield visit
    for page, free in taken:
        page.remove_listener("console", said)
        page.remove_listener("pageerror", failed)
        if page.is_closed() or free is None:
            page.context.close()
        else:
            page.unroute_all(behavior="ignoreErrors")
            free.append(page)
    assert complaints == []


def untouched(page, color_scheme="light", reduced_motion="no-preference", **_):
    """A page as a new one is."""
    page.mouse.move(0, 0)
    page.emulate_media(color_scheme=color_scheme, reduced_motion=reduced_motion)
    return page


@pytest.fixture(scope="module")
def address(folder):
    """Of a board of the file's own folder."""
    with board(folder) as address:
        yield address


@pytest.fixture
def opened(visit, address):
    """Opens that board with these settings, and waits until all is drawn."""

    def opened(settings="", **options):
        page = visit(f"{address}#{settings}", **{**WINDOW, **options})
        page.wait_for_selector(SETTLED)
        return page

    return opened


@pytest.fixture(scope="session")
def stage():
    """The address of the scenes, in a process of its own; one for all, so that it compiles once."""
    with scenes_served() as address:
        yield address


@pytest.fixture
def played(visit, stage):
    """Opens a scene with these settings, and waits until all is drawn."""

    def played(scene, settings="", **options):
        page = visit(f"{stage}#page=play&scene={scene}&{settings}", **{**WINDOW, **options})
        page.wait_for_selector(".pictures canvas")
        page.wait_for_selector(SETTLED)
        return page

    return played
