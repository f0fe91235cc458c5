"""Descent on a surface (slide 30): rules from one start, on contours and on the surface itself."""

from __future__ import annotations

from uzviz import problems
from uzviz.scenes import walks
from uzviz.scenes.controls import Point, Whole
from uzviz.scenes.scene import Frame, Part, Scene, Settings

PLANE = "beale"


def paths(settings: Settings) -> Frame:
    return walks.walked(settings, walks.chosen(settings))


NUMBERS = walks.alpha_numbers(PLANE)

SCENE = Scene(
    name="descent",
    title="Descent on a surface",
    slides="30",
    formulas=(
        r"\text{GD:}\quad w \leftarrow w - \alpha g,\quad g = \nabla f(w)",
        r"p \leftarrow \beta p + g,\quad w \leftarrow w - \alpha p",
        r"\text{AdaGrad:}\quad r \leftarrow r + g \odot g,\quad"
        r" w \leftarrow w - \alpha\, g / (\varepsilon + \sqrt{r})",
        r"\text{Adam:}\quad w \leftarrow w - \alpha\, \hat m / (\varepsilon + \sqrt{\hat v})",
    ),
    controls={
        "plane": walks.plane_choice(PLANE),
        "rules": walks.rule_choice("gd", "momentum", "adagrad", "adam"),
        **NUMBERS,
        "steps": Whole(300, 1, walks.MOST_STEPS, "log"),
        "start": Point(problems.PLANES[PLANE].start),
    },
    parts={
        "ground": Part(walks.ground, ("plane",)),
        "paths": Part(paths, ("plane", "rules", *NUMBERS, "steps", "start")),
    },
    presets={
        "film": {"rules": ["gd"]},
        "four": {},
        "narrow": walks.on("valley", rules=["gd"], steps=60),
        "diverging": walks.on("valley", rules=["gd"], alpha_gd=0.51, steps=200),
        "saddle": walks.on("saddle", rules=["gd", "momentum", "adam"], steps=200),
        "barrier": walks.on("barrier", rules=["gd", "momentum"], steps=300),
        "many": walks.on("rastrigin", rules=["gd", "momentum", "adam"]),
    },
)
