"""The language model: causal, its attention by NumPy, below the bigram entropy of a text."""

import jax
import jax.numpy as jnp
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


def made(learned=True, depth=1):
    return jax.jit(Start(5, 6, 4, depth, 2, learned))(jax.random.key(0))


def attended(w, x):
    """One block of two heads of one sequence, by NumPy."""
    z = np.asarray(w.tokens)[x] + np.asarray(w.places)[: len(x)]
    (b,) = w.blocks

    def norm(z):
        return (z - z.mean(-1, keepdims=True)) / np.sqrt(z.var(-1, keepdims=True) + 1e-5)

    q, k, v = np.split(norm(z) @ np.asarray(b.attention).T, 3, axis=-1)
    heads = []
    for h in (slice(0, 2), slice(2, 4)):
        scores = q[:, h] @ k[:, h].T / np.sqrt(2)
        scores[np.triu_indices(len(x), 1)] = -np.inf
        p = np.exp(scores)
        heads.append(p / p.sum(1, keepdims=True) @ v[:, h])
    z = z + np.concatenate(heads, 1) @ np.asarray(b.out).T
    wide = np.asarray(jax.nn.gelu(norm(z) @ np.asarray(b.wide).T))
    return norm(z + wide @ np.asarray(b.narrow).T) @ np.asarray(w.tokens).T


def test_the_forward_pass_is_that_of_numpy():
    w = jax.tree.map(lambda x: 20 * x if x.ndim == 2 else x, made())
    x = np.array([0, 3, 1, 4, 2, 2])
    assert np.asarray(w(x[None]))[0] == pytest.approx(attended(w, x), rel=1e-3, abs=1e-4)


@pytest.mark.parametrize("learned", [True, False])
def test_nobody_sees_what_comes(learned):
    w = made(learned, depth=2)
    seen = jax.jit(lambda w, x: w(x))
    a, b = (seen(w, jnp.array([[0, 1, 2, last, 3, 4]])) for last in (3, 1))
    assert np.array_equal(a[:, :3], b[:, :3])
    assert not np.array_equal(a[:, 3:], b[:, 3:])


def test_rotary_products_depend_on_distance_alone():
    q, k = np.random.default_rng(0).normal(size=(2, 1, 1, 1, 8)).astype(np.float32)
    q, k = (rotated(jnp.tile(z, (1, 12, 1, 1)))[0, :, 0] for z in (q, k))
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
    held, rows = jnp.asarray(rows[:100], int), rows[100:].astype(int)
    w = jax.jit(problem.init)(jax.random.key(0))
    f = lambda batch: jax.value_and_grad(lambda w: problem.loss(w, batch, None))  # noqa: E731
    step = jax.jit(lambda w, s, t, batch: rule.step(f(batch), w, s, t))
    s, rng = rule.init(w), np.random.default_rng(0)
    for t in range(1, 401):
        w, s, _ = step(w, s, t, rows[rng.integers(0, len(rows), 32)])
    _, bigram = entropies(read_text(book, "characters").tokens)
    assert float(problem.loss(w, held, None)) < 0.9 * bigram


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
