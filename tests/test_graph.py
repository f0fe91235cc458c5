"""The graph of a model: every computation once, where it belongs, with the numbers it costs."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import uzviz as uz
from uzviz import tree
from uzviz.engine import graph_of


def graph(loss, init, data=None, batch=4):
    problem = uz.Problem(init=init, loss=loss, data=data)
    return {node.name: node for node in graph_of(problem, batch).nodes}


X = np.zeros((20, 6), np.float32)


def test_our_network_is_drawn_by_its_layers():
    problem = uz.problems.classify("digits", hidden=[32, 16])
    nodes = graph_of(problem, 8).nodes
    names = [node.name for node in nodes]
    assert len(set(names)) == len(names)
    assert all(name in names for node in nodes for name in node.inputs)
    w = jax.eval_shape(problem.init, jax.random.key(0))
    assert sum(node.parameters for node in nodes) == tree.size(w)
    places = {name.rsplit("/", 1)[0] for name in names}
    assert {"layers/0", "layers/0/relu", "layers/1", "layers/2", "batch", "loss"} <= places
    products = {n.name: (n.shapes, n.flops) for n in nodes if n.op == "dot_general"}
    assert products == {
        "layers/0/dot_general": (((32, 8),), 2 * 8 * 64 * 32),
        "layers/1/dot_general": (((16, 8),), 2 * 8 * 32 * 16),
        "layers/2/dot_general": (((10, 8),), 2 * 8 * 16 * 10),
    }
    assert nodes[-1].shapes == ((),)


def test_without_scopes_the_parameters_say_where_a_computation_belongs():
    def layer(n_in, n_out):
        return {"w": jnp.zeros((n_in, n_out)), "b": jnp.zeros(n_out)}

    def init(key):
        return {"first": layer(6, 5), "second": layer(5, 1)}

    def loss(w, batch, key):
        h = jnp.tanh(batch @ w["first"]["w"] + w["first"]["b"])
        return jnp.mean((h @ w["second"]["w"].T.T + w["second"]["b"]) ** 2)

    nodes = graph(loss, init, X)
    assert nodes["first/dot_general"].inputs == ("batch", "first/w")
    assert nodes["first/tanh"].inputs == ("first/add",)
    assert nodes["second/dot_general"].inputs[0] == "first/tanh"
    assert not [name for name in nodes if "/" not in name and name != "batch"]


def test_named_scopes_come_first():
    def loss(w, batch, key):
        with jax.named_scope("encoder"), jax.named_scope("projection"):
            h = batch @ w["a"]
        return jnp.sum(h)

    nodes = graph(loss, lambda key: {"a": jnp.zeros((6, 2))}, X)
    assert nodes["encoder/projection/dot_general"].inputs == ("batch", "a")
    assert nodes["reduce_sum"].inputs == ("encoder/projection/dot_general",)
    assert nodes["reduce_sum"].flops == 8


@pytest.mark.parametrize("groups", [1, 2])
def test_flops_of_convolutions(groups):
    images = np.zeros((9, 8, 8, 4), np.float32)

    def loss(w, batch, key):
        y = jax.lax.conv_general_dilated(
            batch, w, (2, 2), "SAME", feature_group_count=groups,
            dimension_numbers=("NHWC", "HWIO", "NHWC"),
        )  # fmt: skip
        return jnp.sum(y)

    nodes = graph(loss, lambda key: jnp.zeros((3, 3, 4 // groups, 6)), images, batch=5)
    conv = next(n for n in nodes.values() if n.op == "conv_general_dilated")
    assert conv.shapes == ((5, 4, 4, 6),)
    assert conv.flops == 2 * (5 * 4 * 4 * 6) * (3 * 3 * 4 // groups)


def test_what_turns_counts_each_turn_and_what_is_called_is_drawn_inside():
    def loss(w, batch, key):
        def body(h, _):
            return jax.nn.relu(h @ w), None

        h, _ = jax.lax.scan(body, batch, None, length=7)
        h = jax.lax.cond(jnp.sum(h) > 0, lambda h: h * 2.0, lambda h: h, h)
        h = jax.lax.while_loop(lambda h: jnp.sum(h) > 1.0, lambda h: h / 2.0, h)
        return jnp.sum(jax.checkpoint(lambda h: h * h)(h))

    nodes = graph(loss, lambda key: jnp.zeros((6, 6)), X)
    (product,) = (n for n in nodes.values() if n.op == "dot_general")
    assert product.name == "scan/dot_general"
    assert product.flops == 7 * 2 * 4 * 6 * 6
    last = list(nodes.values())[-1]
    assert last.op == "reduce_sum"
    assert nodes[last.inputs[0]].op == "mul"
    assert nodes["while/div"].op == "div"
    assert nodes["cond/1/mul"].op == "mul"


def test_flops_are_those_that_xla_counts_for_a_network():
    problem = uz.problems.regress((X + np.arange(20.0)[:, None], np.arange(20.0)), hidden=[64, 64])
    statistics = problem.fit(problem.data)
    nodes = graph_of(problem, 16).nodes
    w = problem.init(jax.random.key(0))
    batch = problem.prepare(statistics, jax.tree.map(lambda x: x[:16], problem.data))
    compiled = jax.jit(lambda w, b: problem.loss(w, b, None)).lower(w, batch).compile()
    theirs = compiled.cost_analysis()["flops"]
    assert sum(n.flops for n in nodes) == pytest.approx(theirs, rel=0.05)


def test_a_surface_has_a_graph_too():
    nodes = graph_of(uz.problems.rosenbrock(), 1).nodes
    assert nodes[0].op == "Parameter"
    assert not [n for n in nodes if n.op == "Input"]
