"""The language model: causal, its attention by NumPy, below the bigram entropy of a text."""

import jax
import numpy as np
import pytest

import uzviz as uz
from uzviz.api.catalogue import problem_named
from uzviz.errors import InputError
from uzviz.problems import entropies, read_text, restored
from uzviz.problems.transformers import Start, rotated

WORDS = [
    "the",
    "cat",
    "dog",
    "sat",
    "ran",
    "on",
    "mat",
    "log",
    "and",
    "then",
    "over",
    "under",
    "by",
    "tree",
]
SMALL = {"context": 16, "width": 16, "depth": 1, "heads": 2}


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """Words drawn at random: within one, who knows more than the last letter knows what follows."""
    path = tmp_path_factory.mktemp("text") / "book.txt"
    path.write_text(" ".join(np.random.default_rng(0).choice(WORDS, 3000)))
    return str(path)


seen = jax.jit(lambda w, x: w(x))


def made(learned=True):
    """Two blocks of two heads, all numbers random."""
    shapes = jax.eval_shape(
        Start(5, 6, 4, 2, 2, learned), jax.eval_shape(lambda: jax.random.key(0))
    )
    rng = np.random.default_rng(0)
    return jax.tree.map(lambda x: rng.normal(size=x.shape).astype(np.float32), shapes)


def attended(w, x):
    """The logits of one sequence, by NumPy."""

    def norm(n, z):
        z = (z - z.mean(-1, keepdims=True)) / np.sqrt(z.var(-1, keepdims=True) + 1e-5)
        return z * n.scale + n.shift

    def gelu(z):
        return z / 2 * (1 + np.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * z**3)))

    z = w.tokens[x] + w.places[: len(x)]
    for b in w.blocks:
        q, k, v = np.split(norm(b.before, z) @ b.attention.T, 3, axis=-1)
        heads = []
        for h in (slice(0, 2), slice(2, 4)):
            scores = q[:, h] @ k[:, h].T / np.sqrt(2)
            scores[np.triu_indices(len(x), 1)] = -np.inf
            p = np.exp(scores)
            heads.append(p / p.sum(1, keepdims=True) @ v[:, h])
        z = z + np.concatenate(heads, 1) @ b.out.T
        z = z + gelu(norm(b.between, z) @ b.wide.T + b.wide_bias) @ b.narrow.T + b.narrow_bias
    return norm(w.last, z) @ w.tokens.T


def test_the_forward_pass_is_that_of_numpy():
    w, x = made(), np.array([0, 3, 1, 4, 2, 2])
    assert np.asarray(seen(w, x[None]))[0] == pytest.approx(attended(w, x), rel=1e-3, abs=1e-4)


@pytest.mark.parametrize("learned", [True, False])
def test_nobody_sees_what_comes(learned):
    w = made(learned)
    a, b = (seen(w, np.array([[0, 1, 2, last, 3, 4]])) for last in (3, 1))
    assert np.array_equal(a[:, :3], b[:, :3])
    assert not np.array_equal(a[:, 3:], b[:, 3:])


def test_rotary_products_depend_on_distance_alone():
    q, k = np.random.default_rng(0).normal(size=(2, 1, 1, 1, 8)).astype(np.float32)
    turned = jax.jit(rotated)
    q, k = (np.asarray(turned(np.tile(z, (1, 12, 1, 1))))[0, :, 0] for z in (q, k))
    assert float(q[2] @ k[0]) == pytest.approx(float(q[11] @ k[9]), rel=1e-4)
    assert float(q[2] @ k[0]) != pytest.approx(float(q[3] @ k[0]), rel=1e-2)


def test_entropies_of_known_texts():
    tokens = np.tile([0, 1, 2, 3], 500)
    assert entropies(tokens) == pytest.approx((np.log(4), 0), abs=1e-2)
    coins = np.random.default_rng(0).integers(0, 2, 20_000)
    assert entropies(coins) == pytest.approx((np.log(2), np.log(2)), abs=1e-3)


def test_it_comes_below_the_bigram_entropy_of_its_text(book):
    problem = uz.problems.text(book, **SMALL)
    rule = uz.Adam(lr=0.01)
    rows = problem.data
    held, rows = rows[:32].astype(int), rows[32:].astype(int)
    w = jax.jit(problem.init)(jax.random.key(0))
    f = lambda batch: jax.value_and_grad(lambda w: problem.loss(w, batch, None))  # noqa: E731
    step = jax.jit(lambda w, s, t, batch: rule.step(f(batch), w, s, t))
    s, rng = rule.init(w), np.random.default_rng(0)
    for t in range(1, 201):
        w, s, _ = step(w, s, t, rows[rng.integers(0, len(rows), 32)])
    _, bigram = entropies(read_text(book, "characters").tokens)
    assert float(step(w, s, t, held)[2]) < 0.9 * bigram


def test_examples_are_stretches_that_join(book):
    problem = uz.problems.text(book, **SMALL)
    tokens = read_text(book, "characters").tokens
    assert problem.data.shape == ((len(tokens) - 1) // 16, 17)
    assert np.array_equal(problem.data[:, :16].ravel(), tokens[: 16 * len(problem.data)])
    assert np.array_equal(problem.data[:-1, 16], problem.data[1:, 0])


def test_characters_and_bytes(tmp_path):
    path = tmp_path / "t.txt"
    path.write_text("узвіз " * 50)
    text = read_text(str(path), "characters")
    assert text.vocabulary == " взуі"
    assert "".join(text.vocabulary[i] for i in text.tokens[:5]) == "узвіз"
    assert bytes(read_text(str(path), "bytes").tokens[:10]).decode() == "узвіз"


def test_it_is_there_by_name_and_comes_back_from_its_spec(book):
    problem = problem_named("text", file=book, positions="rotary", **SMALL)
    again = restored(problem.spec, None, problem.checksum)
    assert (again.formulas, again.init, again.spec) == (
        problem.formulas,
        problem.init,
        problem.spec,
    )


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"context": 0}, "context is 0"), ({"context": 4000}, "give a longer text"), ({"width": 15}, "multiple of heads"),
        ({"positions": "none"}, "Unknown kind of positions"), ({"tokens": "words"}, "Unknown kind of tokens"),
        ({"file": "none.txt"}, "no file"), ({"file": 3}, "path of a text"), ({"depth": 1.5}, "depth is 1.5"),
        ({"width": 6, "heads": 2, "positions": "rotary"}, "an even one"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused(book, options, says):
    with pytest.raises(InputError, match=says):
        uz.problems.text(**{"file": book, **SMALL, **options})


def test_texts_that_are_none_are_refused(tmp_path):
    path = tmp_path / "t.txt"
    for raw, says in [
        (b"\xff" * 900, "no text in UTF-8"),
        (b"a" * 900, "same character"),
        (b"", "longer text"),
    ]:
        path.write_bytes(raw)
        with pytest.raises(InputError, match=says):
            uz.problems.text(str(path), **SMALL)
    with pytest.raises(InputError, match="text needs file: give --file"):
        problem_named("text")
