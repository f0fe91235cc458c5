"""Scenes in a real browser, as people play them."""

from board import eventually


def readout(page, has="", but=None):
    """What the scene says in numbers, once all is drawn; once it has these words, and is something else than
    before."""

    def said():
        text = page.locator("[data-readout]").first.inner_text()
        assert has in text
        assert text != but
        return text

    return eventually(page, said)


def slide(page, name, value):
    """Type a value into a setting's field."""
    field = page.locator(f".settings .slide:has([data-control={name}]) input[type=text]")
    field.fill(str(value))
    field.press("Enter")
    page.wait_for_timeout(100)
    page.wait_for_selector("body[data-settled=true]")


def trouble(page):
    """The sentence by which a setting is refused."""
    return page.locator(".trouble:not(.visually-hidden)").inner_text()
