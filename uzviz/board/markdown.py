"""Markdown of logs as HTML that can do nothing: no HTML of its own, no images, links to elsewhere only."""

from __future__ import annotations

from functools import cache
from typing import Any

MOST = 50_000
"""Characters of texts that are shown at once: hostile ones take ten microseconds each."""
SCHEMES = ("http://", "https://", "mailto:")
LINK = {"rel": "noopener noreferrer nofollow", "target": "_blank"}


def html(text: str) -> str:
    """A text of :data:`MOST` characters at most as HTML."""
    return _reader().render(text[:MOST])


@cache
def _reader() -> Any:
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": False, "maxNesting": 20})
    reader.enable(["table", "strikethrough"]).disable("image")
    reader.validateLink = lambda url: url.strip().lower().startswith(SCHEMES)
    for cell in ("th_open", "td_open"):
        reader.add_render_rule(cell, _cell)
    reader.add_render_rule("link_open", _link)
    reader.core.ruler.push("heads", _drop_empty_heads)
    return reader


def _drop_empty_heads(state: Any) -> None:
    """Leave out the heads of tables in whose cells nothing stands: Markdown has no table without a head."""
    kept: list[Any] = []
    head = 0
    for token in state.tokens:
        if token.type == "thead_open":
            head = len(kept)
        kept.append(token)
        if token.type == "thead_close" and not any(t.content.strip() for t in kept[head:]):
            del kept[head:]
    state.tokens = kept


def _link(renderer: Any, tokens: Any, at: int, options: Any, _: Any) -> str:
    for name, value in LINK.items():
        tokens[at].attrSet(name, value)
    return renderer.renderToken(tokens, at, options, _)


def _cell(renderer: Any, tokens: Any, at: int, options: Any, _: Any) -> str:
    """Alignment as an attribute, since the page allows no styles."""
    style = tokens[at].attrs.pop("style", "")
    if style:
        tokens[at].attrSet("align", str(style).removeprefix("text-align:"))
    return renderer.renderToken(tokens, at, options, _)
