"""The page's types are those of the messages."""

from uzviz.board import messages, types
from uzviz.records import Node


def test_the_pages_types_are_fresh():
    fresh = types.TARGET.read_text() == types.typescript()
    assert fresh, "run: .venv/bin/python -m uzviz.board.types"


def test_how_types_are_written():
    written = types.typescript()
    assert 'export type Kind = "scalars" | "histograms" | "images" | "text" | "tensors";' in written
    for line in (
        "  kind: Kind;",
        "  hyperparameters: Record<string, boolean | number | string>;",
        "  began: number | null;",
        '  type: "f4" | "f8";',
        "  values: (number | null)[][];",
        "  shapes: number[][];",
        "  inputs: string[];",
        "  race: Record<string, unknown>;",
        "  /** Of each of its results. */",
    ):
        assert line in written.splitlines()
    for kind in (messages.Runs, messages.Refused, Node):
        assert f"export interface {kind.__name__} {{" in written
