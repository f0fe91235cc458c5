"""Who is answered: each line of the threat model that has to do with where a request comes from."""

import re
from pathlib import Path

import pytest
from asgi import Client

import uzviz as uz
from uzviz.board import guard
from uzviz.board.app import application
from uzviz.board.guard import Guard
from uzviz.board.store import Store

TOKEN = "a-token-of-this-test"
ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    with uz.Log(folder / "a") as log:
        log.scalars(0, {"loss": 1.0})
    store = Store(folder)
    yield store
    store.close()


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    (folder / "index.html").write_text("<title>the page</title>")
    (folder / "assets").mkdir()
    (folder / "assets" / "app-1.js").write_text("1")
    (folder.parent / "secret.js").write_text("nobody's")
    return folder


@pytest.fixture
def client(store, page):
    def client(**options):
        return Client(application(store, files=page, **options))

    return client


def is_refused(answer):
    assert answer.status == 403
    assert list(answer.json()) == ["error"]
    assert answer.json()["error"].endswith(".")
    return True


@pytest.mark.parametrize("host", ["127.0.0.1:6060", "localhost:6060", "localhost", "[::1]:6060"])
def test_our_own_names_are_answered(client, host):
    assert client()("/api/runs", host=host).status == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:6060", "127.0.0.1.evil.example", "localhost.evil.example:6060",
     "127.0.0.1@evil.example", "192.168.0.9", "", "[::1].evil.example", "localhost:6060@evil.example"],
)  # fmt: skip
def test_a_foreign_host_is_refused(client, host):
    for path in ("/api/runs", "/", "/assets/app-1.js"):
        assert is_refused(client()(path, host=host))


def test_two_hosts_are_refused(client):
    two = [("host", "127.0.0.1"), ("host", "evil.example")]
    assert is_refused(client()("/api/runs", headers=two))


def test_names_that_were_allowed_are_answered(client):
    allowed = client(hosts=["board.lan"])
    assert allowed("/api/runs", host="Board.LAN:80").status == 200
    assert is_refused(allowed("/api/runs", host="other.lan"))
    with_addresses = client(hosts=["board.lan"], addresses=True)
    assert with_addresses("/api/runs", host="192.168.0.9:1").status == 200
    assert is_refused(with_addresses("/api/runs", host="192.168.0.9.nip.io"))


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "null", "http://127.0.0.1:6061", "http://localhost:6060", "file://",
     "http://127.0.0.1:6060.evil.example", "chrome-extension://x"],
)  # fmt: skip
def test_a_foreign_origin_is_refused(client, origin):
    assert is_refused(client()("/api/runs", origin=origin))


def test_our_own_origin_is_answered(client):
    own = client()("/api/runs", origin="http://127.0.0.1:6060")
    assert own.status == 200
    assert not [name for name in own.headers if name.startswith("access-control")]


@pytest.mark.parametrize("site", ["cross-site", "same-site", "anything"])
def test_another_site_is_refused(client, site):
    def get(path, **more):
        return client()(path, sec_fetch_site=site, **more)

    assert is_refused(get("/api/runs"))
    assert is_refused(get("/assets/app-1.js"))
    to_page = {"sec_fetch_mode": "navigate", "sec_fetch_dest": "document"}
    assert get("/", **to_page).status == 200
    assert is_refused(get("/api/download?tag=0&runs=0", **to_page))
    assert is_refused(get("/", **to_page | {"sec_fetch_dest": "iframe"}))
    assert is_refused(get("/", **to_page | {"sec_fetch_mode": "no-cors"}))


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_our_own_page_is_answered(client, site):
    assert client()("/api/runs", sec_fetch_site=site).status == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "FOO"])
def test_other_methods_are_refused(client, method):
    answer = client()("/api/runs", method)
    assert answer.status == 405
    assert "GET" in answer.json()["error"]


def test_head_has_no_body(client):
    for path in ("/api/runs", "/api/events", "/"):
        answer = client()(path, "HEAD")
        assert answer.status == 200
        assert answer.content == b""


@pytest.mark.parametrize("path", ["/", "/api/runs", "/nothing", "/api/run", "/api/scalars?runs=x"])
def test_every_answer_has_the_headers_that_protect(client, path):
    for answer in (
        client()(path),
        client()(path, host="evil.example"),
        client()(path, "POST"),
    ):
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'; ")
        assert "unsafe" not in policy
        assert policy.endswith("frame-ancestors 'none'")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert answer.headers["cross-origin-opener-policy"] == "same-origin"
        assert answer.headers["x-frame-options"] == "DENY"
        assert "access-control-allow-origin" not in answer.headers


def test_only_the_pages_files_are_kept_by_browsers(client):
    assert client()("/api/runs").headers["cache-control"] == "no-store"
    assert client()("/").headers["cache-control"] == "no-cache"
    assert "immutable" in client()("/assets/app-1.js").headers["cache-control"]


def test_a_token_is_needed_for_everything(client):
    closed = client(token=TOKEN)
    for path in ("/", "/api/runs", "/assets/app-1.js", "/nothing", f"/{TOKEN}x/api/runs", "//",
                 f"/x/{TOKEN}/api/runs", f"/{TOKEN[:-1]}/api/runs", f"/api/runs?token={TOKEN}"):  # fmt: skip
        answer = closed(path)
        assert is_refused(answer)
        assert TOKEN not in answer.text
        assert "runs" not in answer.text
    assert closed(f"/{TOKEN}/api/runs").status == 200
    assert "the page" in closed(f"/{TOKEN}/").text
    moved = closed(f"/{TOKEN}")
    assert moved.status == 307
    assert moved.headers["location"] == f"{TOKEN}/"


def test_tokens_are_compared_in_constant_time(monkeypatch):
    compared = []
    monkeypatch.setattr(guard.secrets, "compare_digest", lambda a, b: compared.append((a, b)))
    assert not guard._has("/guess/api/runs", TOKEN)
    assert compared == [(b"guess", TOKEN.encode())]


def test_a_framed_board_stands_in_notebooks_alone(client):
    framed = client(token=TOKEN, framed=True)
    to_frame = {
        "sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate", "sec_fetch_dest": "iframe",
        "host": "hub.example",
    }  # fmt: skip
    page = framed(f"/{TOKEN}/", **to_frame)
    assert page.status == 200
    assert page.headers["content-security-policy"].endswith("frame-ancestors *")
    assert "x-frame-options" not in page.headers
    assert is_refused(framed("/", **to_frame))
    assert is_refused(framed(f"/{TOKEN}/api/runs", **to_frame))
    own = {"sec_fetch_site": "same-origin", "host": "hub.example", "origin": "https://hub.example"}
    assert framed(f"/{TOKEN}/api/runs", **own).status == 200
    other = own | {"origin": "https://evil.example"}
    assert is_refused(framed(f"/{TOKEN}/api/runs", **other))
    with pytest.raises(ValueError, match="token"):
        Guard(framed.app, framed=True)


@pytest.mark.parametrize(
    "path",
    ["/../secret.js", "/assets/../../secret.js", "/%2e%2e/secret.js", "/assets/..%2f..%2fsecret.js",
     "/..%5csecret.js", "//etc/passwd", "/assets//app-1.js", "/assets/", "/assets", "/etc/passwd",
     "/index.html%00.js", "/.", "/assets/app-1.js/", "/file:///etc/passwd"],
)  # fmt: skip
def test_the_page_serves_its_own_files_alone(client, page, path):
    from uzviz.board.page import Page

    name = path.lstrip("/").replace("%2e", ".").replace("%2f", "/").replace("%5c", "\\")
    assert Page(page).file(name) is None or name == ""
    answer = client()(path)
    assert answer.status == 404 or (answer.status == 200 and "the page" in answer.text)
    assert "nobody" not in answer.text


def test_a_page_that_is_not_built_says_how(store, tmp_path):
    client = Client(application(store, files=tmp_path / "none"))
    answer = client("/")
    assert answer.status == 503
    assert "make setup" in answer.text
    assert client("/assets/app-1.js").status == 404


def test_every_test_that_the_threat_model_names_exists():
    words = (ROOT / "docs" / "security.md").read_text()
    named = set(re.findall(r"`(test_\w+)`", words))
    assert len(named) > 20
    defined = {
        name
        for file in Path(__file__).parent.glob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", file.read_text(), re.MULTILINE)
    }
    assert named <= defined
    own = {name for name in globals() if name.startswith("test_")}
    without_threat = {
        "test_our_own_names_are_answered", "test_our_own_origin_is_answered",
        "test_our_own_page_is_answered", "test_head_has_no_body",
        "test_a_page_that_is_not_built_says_how",
        "test_every_test_that_the_threat_model_names_exists",
    }  # fmt: skip
    assert own - without_threat <= named
