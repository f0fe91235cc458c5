"""Why a request is not answered."""

from __future__ import annotations

from uzviz.errors import InputError


class Refusal(InputError):
    """A request that is not answered, with HTTP's number for why.

    400 a number that is none or too large · 403 from elsewhere, or without the token · 404 not there ·
    415 no image · 422 a log that says something that is not understood ·
    429 the page's last question is still to be answered · 503 the board ends, or a process it asked.
    """

    def __init__(self, status: int, sentence: str):
        super().__init__(sentence)
        self.status = status
