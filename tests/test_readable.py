"""Formulas of docstrings as plain text."""

import pytest

from uzviz import api
from uzviz.cli.formulas import readable


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        (r":math:`w \leftarrow w - α\,\hat m/(ε+\sqrt{\hat v})`", "w ← w - α m̂/(ε+√(v̂))"),
        (r"\frac{α}{\sqrt{\frac{a}{b}}}", "(α)/(√((a)/(b)))"),
        (r"L^{-1/4}\,G,\quad β_1^t, x_{10}, \sqrt r", "L^(-1/4) G,  β₁ᵗ, x₁₀, √r"),
        (r"\mathrm{rms}(w) \text{ if } \max(1, \Bigl(2\Bigr)), GG^{\mathsf T}", "rms(w)  if  max(1, (2)), GGᵀ"),
        (r"g_{t-1}, V_{max}", "g_(t-1), V_max"),
        (r"\tfrac1b \sum_i x_i \ne 0, ε \sim N, as :func:`f` and :class:`~u.rules.Adam` are", "1/b Σ_i x_i ≠ 0, ε ~ N, as f and Adam are"),
    ],
)  # fmt: skip
def test_formulas_read_as_one_writes_them(formula, text):
    assert readable(formula) == text


@pytest.mark.parametrize("what", api.CATALOGUES)
def test_no_catalogue_is_told_in_latex(what):
    told = " ".join(row["text"] for row in api.CATALOGUES[what]())
    text = readable(told)
    for rest in (
        "\\",
        "^{",
        "_{",
        "frac",
        "sum_",
        "sim ",
        ":func:",
        ":class:",
        ":meth:",
        ":mod:",
        ":math:",
    ):
        assert rest not in text
