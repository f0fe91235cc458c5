"""Who is answered: requests for our own name, from our own page, with the token where there is one."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Awaitable, Callable, Collection, Mapping, MutableMapping
from ipaddress import ip_address
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:[0-9]{1,5})?")
LOOPBACK = ("localhost", "127.0.0.1", "::1")
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' blob: data:",
    "connect-src": "'self'",
    "font-src": "'self'",
    "manifest-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
}
HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
NAVIGATIONS = {"document"}
FRAMED_NAVIGATIONS = {"document", "iframe", "frame"}


class Guard:
    """Stands before the app; what it refuses, the app never sees.

    Parameters
    ----------
    token
        The first part that every path must have; None for a board that only this machine reaches.
    hosts
        Names by which the board may be asked for, besides those of the loopback.
    addresses
        Whether it may be asked for by any IP address: no foreign name can stand for one.
    framed
        Whether it stands in other pages, as notebooks. Its token is then known to these alone, and
        proxies ask for it by their own names.
    """

    def __init__(
        self,
        app: App,
        *,
        token: str | None = None,
        hosts: Collection[str] = (),
        addresses: bool = False,
        framed: bool = False,
    ):
        if framed and token is None:
            raise ValueError("A board that stands in other pages needs a token.")
        self.app, self.token, self.framed = app, token, framed
        self.hosts = {*LOOPBACK, *map(_plain, hosts)}
        self.addresses = addresses
        self._headers = [(k.encode(), v.encode()) for k, v in _headers(framed).items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        send = self._secured(send)
        given = _Given(scope)
        status, why = self._refusal(scope, given)
        if why:
            await _say(send, status, why)
            return
        if self.token is not None:
            scope = _below(scope, self.token)
            if scope["path"] == "":
                await _say(send, 307, "", [(b"location", f"{self.token}/".encode())])
                return
        await self.app(scope, receive, send)

    def _refusal(self, scope: Scope, given: _Given) -> tuple[int, str]:
        """HTTP's number and a sentence; no sentence for what is answered."""
        if not self._is_ours(given.host):
            return 403, (
                "This board is not asked for by this name: use the address that it printed, or start "
                "it with --allow-host and the name."
            )
        if scope["method"] not in ("GET", "HEAD"):
            return 405, "The board only shows: it answers GET and HEAD."
        if self.token is not None and not _has(scope["path"], self.token):
            return (
                403,
                "This address lacks the token: use the whole address that the board printed.",
            )
        if given.origin not in (None, f"http://{given.whole_host}", f"https://{given.whole_host}"):
            return 403, "Another page asks for this: the board answers its own page alone."
        if given.site not in (None, "same-origin", "none") and not self._navigates(scope, given):
            return 403, "Another site asks for this: the board answers its own page alone."
        return 200, ""

    def _is_ours(self, host: str | None) -> bool:
        if host is None:
            return False
        return self.framed or host in self.hosts or (self.addresses and _is_address(host))

    def _navigates(self, scope: Scope, given: _Given) -> bool:
        """Whether somebody follows a link to the page itself."""
        to = FRAMED_NAVIGATIONS if self.framed else NAVIGATIONS
        api = scope["path"].lstrip("/").removeprefix(f"{self.token}/").startswith("api/")
        return given.mode == "navigate" and given.destination in to and not api

    def _secured(self, send: Send) -> Send:
        """Adds the headers that every answer has."""

        async def secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = message.get("headers", [])
                caching = [] if any(k == b"cache-control" for k, _ in own) else [NO_STORE]
                message = {**message, "headers": [*own, *self._headers, *caching]}
            await send(message)

        return secured


NO_STORE = (b"cache-control", b"no-store")


class _Given:
    """What a request says of where it comes from. A header that is there twice counts as a wrong one."""

    def __init__(self, scope: Scope):
        self._headers: dict[str, str] = {}
        for name, value in scope["headers"]:
            key = name.decode("latin-1").lower()
            self._headers[key] = "twice" if key in self._headers else value.decode("latin-1")
        get = self._headers.get
        self.origin, self.site = get("origin"), get("sec-fetch-site")
        self.mode, self.destination = get("sec-fetch-mode"), get("sec-fetch-dest")
        self.whole_host = get("host")

    @property
    def host(self) -> str | None:
        """The name asked for, without its port; None for what is no name."""
        found = HOST.fullmatch((self.whole_host or "").lower())
        return _plain(found[1]) if found else None


def is_name(host: str) -> bool:
    """Whether a request may ask for a host by this: a name or an address, without a port."""
    found = HOST.fullmatch(host.lower())
    named = found is not None and not found[2] and _plain(host) != ""
    return named or _is_address(host)


def is_loopback(host: str) -> bool:
    """Whether this machine alone reaches what listens there."""
    return host.lower() == "localhost" or (_is_address(host) and ip_address(host).is_loopback)


def _plain(host: str) -> str:
    """A host's name or address as it is compared."""
    return host.lower().strip("[]").rstrip(".")


def _headers(framed: bool) -> Mapping[str, str]:
    policy = POLICY | {"frame-ancestors": "*" if framed else "'none'"}
    found = {"content-security-policy": "; ".join(f"{k} {v}" for k, v in policy.items()), **HEADERS}
    return found if framed else found | {"x-frame-options": "DENY"}


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _has(path: str, token: str) -> bool:
    """Whether a path begins with the token; how long the comparison takes tells nothing of it."""
    first = path.removeprefix("/").split("/", 1)[0]
    return secrets.compare_digest(first.encode(), token.encode())


def _below(scope: Scope, token: str) -> Scope:
    """The same request, with its path below the token."""
    return {**scope, "path": scope["path"].removeprefix(f"/{token}")}


async def _say(
    send: Send, status: int, sentence: str, headers: list[tuple[bytes, bytes]] | None = None
) -> None:
    body = json.dumps({"error": sentence}).encode() if sentence else b""
    own = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    start = {"type": "http.response.start", "status": status, "headers": own + (headers or [])}
    await send(start)
    await send({"type": "http.response.body", "body": body})
