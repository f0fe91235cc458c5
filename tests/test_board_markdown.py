"""Texts, as the board sends them."""

import re
import time

import pytest

import uzviz as uz
from uzviz.board import markdown

TEXT = """# Title <script>alert(1)</script>

| a | b |
|--:|---|
| **1** | <img src=x onerror=alert(1)> |

[good](https://example.org/?a=1&b=2) [mail](mailto:a@b.example) <https://auto.example>
[js](javascript:alert(1)) [data](data:text/html,<script>) [vb]( VBScript:x) [own](/api/runs)
[rel](../x) [js2](jAvAsCrIpT&#58;alert(1)) [title](https://a.example "\\" onmouseover=alert(1) x=\\"")
![picture](https://evil.example/pixel.png) <a href="javascript:alert(1)">raw</a>
<svg onload=alert(1)> <style>*{display:none}</style> <base href=//evil.example>
"""


def test_text_is_markdown_that_can_do_nothing(board, tmp_path):
    with uz.Log(tmp_path / "a") as log:
        log.text(3, "words", TEXT)
    (found,) = board().of("text", "a", "words").json()["found"]
    assert found["source"] == TEXT
    html = found["html"]
    assert found["step"] == 3
    assert "<strong>1</strong>" in html
    assert '<td align="right">' in html
    tags = set(re.findall(r"<\s*([a-z0-9]+)", html))
    assert tags <= {"h1", "p", "table", "thead", "tbody", "tr", "th", "td", "a", "strong"}
    links = re.findall(r"<a ([^>]*)>", html)
    assert len(links) == 5
    for link in links:
        assert link.startswith(('href="https://', 'href="mailto:'))
        assert 'rel="noopener noreferrer nofollow" target="_blank"' in link
    assert " style=" not in html


def test_a_table_without_a_head_has_none():
    """Empty cells are no head: who listens to a page hears them."""
    empty = markdown.html("| | |\n|---|--:|\n| a | 1 |\n\n| x |\n|---|\n| y |")
    assert empty.count("<thead>") == 1
    assert "<th></th>" not in empty
    assert '<td align="right">1</td>' in empty
    assert "<th>x</th>" in empty
    assert "<thead>" in markdown.html("| | y |\n|---|---|\n| 1 | 2 |")
    assert "<th>" not in markdown.html("> | |\n> |---|\n> | a |")


@pytest.mark.parametrize("piece", ["[", "[a](", "*a ", "`a", "> ", "|a"])
def test_hostile_markdown_takes_no_longer_than_it_may(piece):
    before = time.process_time()
    markdown.html(piece * (10**6 // len(piece)))
    assert time.process_time() - before < 5


def test_long_texts_share_the_room(board, tmp_path):
    with uz.Log(tmp_path / "a") as log:
        for step in range(10):
            log.text(step, "words", "word " * 10_000)
    found = board().of("text", "a", "words", "&most=4").json()
    assert found["total"] == 10
    assert [text["step"] for text in found["found"]] == [6, 7, 8, 9]
    assert all(len(text["source"]) <= markdown.MOST // 4 + 1 for text in found["found"])
