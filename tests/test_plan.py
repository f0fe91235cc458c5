"""Which steps a budget pays for, and in which windows they are made."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from uzviz.engine.plan import MOST_EVALUATIONS, Plan, Sampler, planned
from uzviz.errors import InputError

PLANS = st.builds(
    lambda n, part, cost, epochs: Plan(n, max(1, int(n * part)), cost, int(epochs * n * cost)),
    st.integers(1, 300),
    st.floats(0, 1),
    st.integers(1, 2),
    st.floats(1, 6),
)


@given(PLANS, st.integers(1, 5000))
def test_windows_cover_every_step_once_whatever_their_length(plan, most):
    stops = plan.evaluations()
    cut = zip([0, *stops], stops, strict=False)
    made = [w for first, stop in cut for w in plan.windows(first, stop, lambda: most)]
    assert [w.first for w in made] == list(np.cumsum([0] + [w.size for w in made[:-1]]))
    assert sum(w.size for w in made) == plan.steps
    epochs, steps = plan.shape
    assert all(1 <= w.epochs <= epochs and w.steps <= steps and w.size >= 1 for w in made)


@given(PLANS, st.integers(1, 5000), st.integers(0, 9))
def test_window_length_changes_no_example(plan, most, seed):
    rows = np.arange(plan.n)[::-1]

    def stream(most):
        sampler, batches = Sampler(rows, seed), []
        for window in plan.windows(0, plan.steps, lambda: most):
            full, last = sampler.rows_of(plan, window)
            for e in range(window.epochs):
                batches += [b.tolist() for b in full[e, : window.steps]]
                batches += [last[e].tolist()] if window.ends else []
        return batches

    assert stream(most) == stream(10**6)


@given(PLANS)
def test_every_epoch_visits_every_example_once(plan):
    sampler, seen = Sampler(np.arange(plan.n), 0), []
    for window in plan.windows(0, plan.epoch, lambda: 10**6):
        full, last = sampler.rows_of(plan, window)
        seen += full[0, : window.steps].ravel().tolist() + last[0].tolist() * window.ends
    assert sorted(seen) == list(range(plan.n))


@given(PLANS)
def test_the_budget_is_never_exceeded_and_no_step_is_left_unspent(plan):
    assert plan.spent(plan.steps) <= plan.budget < plan.spent(plan.steps + 1)


@given(PLANS)
def test_curves_have_few_points_and_end_at_the_last_step(plan):
    points = plan.evaluations()
    assert points[-1] == plan.steps
    assert len(points) <= MOST_EVALUATIONS
    assert points == sorted(set(points))


def test_an_epoch_ends_with_the_real_rest():
    plan = planned(1079, 32, 1, epochs=20)
    assert (plan.full, plan.rest, plan.epoch, plan.steps) == (33, 23, 34, 680)
    assert plan.spent(plan.steps) == 20 * 1079


def test_a_rule_with_two_gradients_makes_half_the_steps():
    assert planned(1000, 10, 2, epochs=20).steps == planned(1000, 10, 1, epochs=10).steps


def test_uniform_sampling_draws_with_replacement():
    order = Sampler(np.arange(200), 3, "uniform").epoch(0)
    assert len(order) == 200
    assert len(set(order.tolist())) < 200


def test_a_seed_and_an_epoch_fix_the_order():
    same = Sampler(np.arange(50), 1), Sampler(np.arange(50), 1), Sampler(np.arange(50), 2)
    a, b, c = (s.epoch(4).tolist() for s in same)
    assert a == b
    assert a != c
    assert a != same[0].epoch(5).tolist()


@pytest.mark.parametrize("batch", [0, -1, 101, 2.5, True, "most"])
def test_a_batch_outside_the_data_is_refused(batch):
    with pytest.raises(InputError, match="from 1 to 100"):
        planned(100, batch, 1, epochs=1)


@pytest.mark.parametrize(
    "budget", [{"epochs": 0}, {"epochs": -1}, {"epochs": float("nan")}, {"gradients": 0}]
)
def test_an_empty_budget_is_refused(budget):
    with pytest.raises(InputError, match="number above 0"):
        planned(100, 10, 1, **budget)


def test_a_budget_smaller_than_a_step_is_refused_with_what_would_do():
    with pytest.raises(InputError, match="at least 20"):
        planned(100, 10, 2, gradients=19)


def test_two_budgets_are_refused():
    with pytest.raises(InputError, match="once"):
        planned(100, 10, 1, epochs=1, gradients=100)
