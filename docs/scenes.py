"""Writes docs/scenes.md: the lecture slide by slide, with the scene for each and links into it.

`python docs/scenes.py` writes it; the links work while `uzviz play` runs.
"""

from pathlib import Path

from uzviz.api.playing import fragment
from uzviz.scenes import SCENES

TARGET = Path(__file__).with_suffix(".md")
ADDRESS = "http://127.0.0.1:6060/"
HEAD = """# The lecture's scenes, slide by slide

Made by `python docs/scenes.py`. The links open a scene while `uzviz play` runs; in a notebook it is
`uz.play("momentum", alpha=0.001)`, on the command line `uzviz play momentum --set alpha=0.001`.

| slides | scene | worth a try |
|---|---|---|
"""
PICTURE = "\n## {title}\n\n![{title}](play/{name}.png)\n\n{formulas}\n"


def text() -> str:
    rows, pictures = [], []
    for name, scene in SCENES.items():
        tries = [f"[{word}]({ADDRESS}{fragment(name, preset)})" for word, preset in scene.presets.items()]  # fmt: skip
        link = f"[{scene.title}]({ADDRESS}{fragment(name, {})})"
        rows.append(f"| {scene.slides} | {link}, `uzviz play {name}` | {' · '.join(tries)} |\n")
        formulas = "\n\n".join(f"$${tex}$$" for tex in scene.formulas)
        pictures.append(PICTURE.format(title=scene.title, name=name, formulas=formulas))
    return HEAD + "".join(rows) + "".join(pictures)


if __name__ == "__main__":
    TARGET.write_text(text())
