"""What the README shows is true."""

import re
from pathlib import Path

import pytest

README = (Path(__file__).parent.parent / "README.md").read_text()
BLOCKS = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)


# Batches divide what is trained on, 1079 digits and 96 points: a shorter last one would be compiled too.
SHORTER = {
    "hidden=[32]": "hidden=[]",
    '"scalar", 32, 2': '"scalar", 4, 1',
    "lr=1e-2), epochs=20": "lr=1e-2), epochs=1, batch=32",
    "size=21": "size=5",
    "batch=32, epochs=20": "epochs=20",
    "epochs=20": "epochs=1, batch=83",
    "-1, 1, 200": "-1, 1, 160",
    "1e-4, 1, 13": "1e-2, 1, 3",
    "seeds=10": "seeds=1",
    'uz.Momentum(), uz.Adam(), "gd@all", "gd@1"]': 'uz.Momentum(), "gd@all"]',
}


def shortened(block):
    """With less of everything that is trained and drawn."""
    for long, short in SHORTER.items():
        block = block.replace(long, short)
    return block


def test_the_lengths_are_those_of_the_tour():
    assert all(any(long in block for block in BLOCKS) for long in SHORTER)


def test_the_tour_runs_as_it_stands(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {}
    for block in BLOCKS:
        exec(shortened(block), names)
    assert (tmp_path / "race.png").exists()
    assert names["race"].table().shape[0] == 3
    halfway = names["uz"].train(names["digits"], names["Halfway"](), epochs=2, batch=83)
    assert halfway.status == "finished"


def anchor(heading):
    """What a heading is linked by."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@pytest.mark.parametrize("link", re.findall(r"\]\(((?!http)[^)]+)\)", README))
def test_links_lead_somewhere(link):
    path, _, place = link.partition("#")
    file = Path(__file__).parent.parent / path
    assert file.exists()
    headings = re.findall(r"^#+ (.*)$", file.read_text(), flags=re.MULTILINE) if place else []
    assert not place or place in map(anchor, headings)
