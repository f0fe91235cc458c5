"""Requests to an ASGI app without a server, as hostile as they have to be."""

import asyncio
import json
from dataclasses import dataclass
from urllib.parse import unquote


@dataclass
class Answer:
    status: int
    headers: dict
    content: bytes

    @property
    def text(self):
        return self.content.decode()

    def json(self):
        """Strict JSON: no NaN, no Infinity."""

        def refuse(word):
            raise AssertionError(f"{word} is no JSON")

        return json.loads(self.content, parse_constant=refuse)


class Client:
    """Asks an app, by this host unless another one is given."""

    def __init__(self, app, host="127.0.0.1:6060"):
        self.app, self.host = app, host

    def __call__(self, address, method="GET", headers=(), **more):
        """The answer; headers as pairs, or by their names with "_" for "-"."""
        pairs = [*headers, *((name.replace("_", "-"), value) for name, value in more.items())]
        if not any(name == "host" for name, _ in pairs):
            pairs.append(("host", self.host))
        return asyncio.run(self._ask(address, method, pairs))

    async def _ask(self, address, method, pairs):
        path, _, query = address.partition("?")
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method,
            "scheme": "http", "path": unquote(path), "raw_path": path.encode(), "root_path": "",
            "query_string": query.encode(), "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 1),
            "headers": [(name.encode(), value.encode("latin-1")) for name, value in pairs],
        }  # fmt: skip
        sent = []

        async def receive():
            if any(not m.get("more_body") for m in sent if m["type"] == "http.response.body"):
                return {"type": "http.disconnect"}
            if not hasattr(receive, "done"):
                receive.done = True
                return {"type": "http.request", "body": b"", "more_body": False}
            return await asyncio.Event().wait()

        async def send(message):
            sent.append(message)

        try:
            await self.app(scope, receive, send)
        except Exception:
            if not sent:
                raise  # else the answer says that something broke
        start = next(m for m in sent if m["type"] == "http.response.start")
        body = b"".join(m.get("body", b"") for m in sent if m["type"] == "http.response.body")
        found = {name.decode(): value.decode() for name, value in start["headers"]}
        return Answer(start["status"], found, b"" if method == "HEAD" else body)
