"""The protocol of a race: growing grid, fresh seeds, budgets, verdicts of real races."""

import dataclasses
import json
import re

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import uzviz as uz
from uzviz.errors import InputError
from uzviz.races.group import death


@pytest.fixture(scope="module")
def line():
    """Quick to compile: 12 batches of 32 examples."""
    return uz.problems.linear(384, noise=0.5)


def on_a_parabola(lr, **options):
    """GD on w²/2 from noisy starts: the best step size is 1."""
    problem = uz.problems.quadratic([1.0], spread=0.1)
    options = {"seeds": 2, "final_seeds": 2, "gradients": 4, **options}
    return uz.race(problem, ["gd"], lr=lr, **options)


DECADE = [1e-3, 1e-2, 1e-1]


def test_the_grid_grows_to_the_best_and_one_step_beyond():
    group = on_a_parabola(DECADE).groups[0]
    assert group.settings["lr"].tolist() == [*DECADE, 1.0, 10.0]
    assert group.settings["lr"][group.best] == 1
    assert group.edge == ""
    assert group.rounds == (3, 1, 1)
    assert group.diverged[:, -1].all() or group.above_start[:, -1].all()


def test_the_grid_grows_downwards_too():
    group = on_a_parabola([10.0, 100.0, 1000.0]).groups[0]
    assert group.settings["lr"].tolist() == [10.0, 100.0, 1000.0, 1.0, 0.1]
    assert group.settings["lr"][group.best] == 1


def test_two_decades_are_the_most_and_the_table_says_so():
    race = on_a_parabola([1e-7, 1e-6, 1e-5])
    assert race.groups[0].settings["lr"].max() == 1e-3
    assert race.table()["edge"].tolist() == ["≥ "]
    assert on_a_parabola([1e3, 1e4, 1e5]).table()["edge"].tolist() == ["≤ "]


def test_a_single_step_size_and_a_random_search_do_not_grow():
    assert on_a_parabola([0.1]).groups[0].lanes == 1
    group = on_a_parabola([1e-3, 1e-1], search="random:7").groups[0]
    assert group.lanes == 7
    assert ((group.settings["lr"] >= 1e-3) & (group.settings["lr"] <= 1e-1)).all()
    assert len(set(group.settings["lr"])) == 7


@pytest.mark.parametrize("search", ["random:0", "random", "random:x", "grids", 3])
def test_an_unknown_search_is_refused(search):
    with pytest.raises(InputError, match="random:K"):
        on_a_parabola(DECADE, search=search)


def test_a_rule_that_tunes_nothing_enters_with_one_try():
    @uz.rules.rule
    class Fixed(uz.rules.Rule):
        memory, tuned = 0, None
        pull: float = uz.hyper.hyperparameter(0.1, "(0, 1)", "share of w that goes")

        def init(self, w):
            return {}

        def step(self, f, w, s, t):
            return uz.tree.each(lambda w: (1 - self.pull) * w, w), s, f(w)[0]

    race = uz.race(uz.problems.quadratic([1.0], spread=0.1), [Fixed(), "gd"], lr=DECADE, seeds=2,
                   final_seeds=8, gradients=9)  # fmt: skip
    assert [g.rounds[0] for g in race.groups] == [1, 3]
    assert np.isnan(race.table()["tolerance"][0])
    race.plot()


def test_too_few_seeds_for_the_final_are_refused_with_the_number(line):
    rules = ["gd@all", "gd@1", "gd", "momentum", "adagrad", "rmsprop", "adam"]
    with pytest.raises(InputError, match="from 13 to 1,000"):
        uz.race(line, rules, final_seeds=12)


def test_the_same_entrant_twice_is_told_from_itself_by_nobody(line):
    race = uz.race(line, ["adam", "adam"], lr=[1e-2], seeds=2, final_seeds=10, epochs=3)
    (verdict,) = race.verdicts()
    assert verdict.sentence == "Adam and Adam #2 are within 1 %"
    assert race.best == ["Adam", "Adam #2"]


def test_the_tuner_never_sees_the_test_part():
    """A test part whose loss overflows changes neither who wins the heats nor who is called dead."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(60, 2)).astype(np.float32)
    y = x @ np.array([1, -2], np.float32)
    unseen = x[:9].copy()
    races = []
    for big in (1.0, 1e25):
        problem = uz.Problem(
            init=lambda key: jnp.zeros(2), loss=lambda w, b, key: jnp.mean((b[0] @ w - b[1]) ** 2),
            data=(x, y), test=(unseen * np.float32(big), y[:9]),
        )  # fmt: skip
        races.append(uz.race(problem, ["gd"], lr=DECADE, seeds=2, final_seeds=1, epochs=3, batch=8))
    finite, overflowed = (r.groups[0] for r in races)
    assert np.isinf(overflowed.end["test/loss"]).all()
    assert overflowed.best == finite.best
    assert not overflowed.diverged.any()
    assert np.array_equal(overflowed.score(), finite.score())


def test_a_schedule_of_another_hyperparameter_races_as_it_trains():
    problem = uz.problems.quadratic([1.0, 10.0])
    rule = uz.Momentum(beta=uz.schedules.Cosine(0.9, 50))
    run = uz.train(problem, uz.Momentum(lr=0.01, beta=rule.beta), gradients=50)
    race = uz.race(problem, [rule], lr=[0.01, 0.02], seeds=1, final_seeds=1, gradients=50)
    assert race.groups[0].end["test/loss"][0, 0] == pytest.approx(
        run.results["test/loss"], rel=1e-5
    )


def test_a_schedule_of_what_is_tuned_is_refused_for_every_entrant():
    rules = ["gd", uz.Adam(lr=uz.schedules.Cosine(0.1, 50))]
    with pytest.raises(InputError, match="lr of adam is on a schedule"):
        uz.race(uz.problems.quadratic(), rules, lr=DECADE)


def test_seeds_that_change_nothing_allow_no_verdict():
    race = uz.race(uz.problems.rosenbrock(), ["gd", "adam"], lr=[1e-3], seeds=1, final_seeds=8)
    assert race.verdicts() == []
    assert race.best == []
    assert len(race.sentences) == 1
    assert race.sentences[0].startswith("no verdict: all seeds gave the same losses")


def test_a_final_broken_off_early_allows_no_verdict(line):
    race = uz.race(line, ["gd", "adam"], lr=[1e-2], seeds=1, final_seeds=8, epochs=1)
    assert len(race.verdicts()) == 1
    for final in race.finals:
        final.group.done[2:] = False
        del final.group.complete
    del race._verdicts
    assert race.verdicts() == []
    assert "broken off after 2 seeds, and 8 are the fewest" in race.sentences[0]


def test_a_grid_of_deaths_grows_downwards_in_whatever_order_it_is_given():
    for lr in ([1e5, 1e4, 1e3], [1e3, 1e4, 1e5]):
        tried = on_a_parabola(lr, gradients=40).groups[0].settings["lr"]
        assert tried.max() == 1e5
        assert tried.min() < 1e3


def test_deaths_in_the_final_are_counted_and_certified():
    def start(key):
        return jnp.where(jax.random.uniform(key) < 0.5, 1e3, 1.0)[None]

    problem = uz.Problem(init=start, loss=lambda w, b, key: jnp.sum(w**4))
    race = uz.race(problem, ["gd"], lr=[1e-2], seeds=1, final_seeds=8, gradients=20)
    group = race.finals[0].group
    died = int(group.diverged[:, 0].sum())
    assert 0 < died < 8
    assert race.table()["diverged in the final"].tolist() == [died]
    first = int(np.flatnonzero(group.diverged[:, 0])[0])
    (found,) = [c for c in race.certificates if c.stage == "final"]
    assert (found.seed, found.step) == (group.seeds[first], group.died[first, 0])
    assert not found.steps[-1]["loss"] <= 11 * found.steps[0]["loss"]


def test_every_lane_of_the_final_says_what_it_is_there_for(line):
    race = uz.race(line, ["gd", "adam"], lr=[1e-2, 1e-1], grid={"adam.b1": [0.5, 0.9]}, seeds=2,
                   final_seeds=8, epochs=2, batch=64)  # fmt: skip
    table = race.table(lanes=True)
    assert not table.duplicated(["stage", "role", "entrant", "seed", "lr", "b1"]).any()
    roles = table[table["stage"] == "final"].groupby("entrant")["role"].unique()
    assert list(roles["gd"]) == ["tuned", "nudged"]
    assert set(roles["adam"]) <= {"tuned", "nudged", f"best of {race.groups[0].lanes} tries"}


def test_a_problems_own_fixed_split_is_said(line):
    problem = dataclasses.replace(line, split_seed=7)
    race = uz.race(problem, ["adam", "gd"], lr=[1e-2], seeds=1, final_seeds=8, epochs=1)
    assert race.protocol["split"] == "fixed by seed 7"
    assert all(v.sentence.endswith("on this test set") for v in race.verdicts())


def test_a_rule_without_a_step_size_tunes_nothing_and_takes_no_schedule():
    @uz.rules.rule
    class Shrink(uz.rules.Rule):
        memory = 0
        pull: float = uz.hyper.hyperparameter(0.1, "(0, 1)", "share of w that goes")

        def init(self, w):
            return {}

        def step(self, f, w, s, t):
            return uz.tree.each(lambda w: (1 - self.pull) * w, w), s, f(w)[0]

    problem = uz.problems.quadratic([1.0], spread=0.1)
    assert Shrink.tuned is None
    with pytest.raises(InputError, match="tunes no hyperparameter"):
        uz.train(problem, Shrink(), schedule="cosine")
    race = uz.race(problem, [Shrink(), "gd"], lr=DECADE, search="random:5", schedule="cosine",
                   seeds=2, final_seeds=8, gradients=9)  # fmt: skip
    assert [g.lanes for g in race.groups] == [1, 5]
    assert race.protocol["tries"] == {"Shrink": 1, "gd": 5}


def test_seconds_that_pay_for_no_step_are_refused(line):
    with pytest.raises(InputError, match="pay for no step of gd"):
        uz.race(line, ["gd"], seconds=1e-9, final_seeds=1)


def test_a_fixed_split_is_one_split_and_said(line):
    race = uz.race(line, ["adam", "gd"], lr=[1e-2], seeds=2, final_seeds=8, epochs=2,
                   fixed_split=True, seed=5)  # fmt: skip
    assert race.protocol["split"] == "fixed by seed 5"
    assert all(v.sentence.endswith("on this test set") for v in race.verdicts())
    free = uz.race(line, ["adam", "gd"], lr=[1e-2], seeds=2, final_seeds=8, epochs=2, seed=5)
    assert not any("test set" in v.sentence for v in free.verdicts())
    np.testing.assert_allclose(
        race.groups[0].end["test/loss"][0], free.groups[0].end["test/loss"][0], rtol=1e-6
    )
    assert (race.groups[0].end["test/loss"][1] != free.groups[0].end["test/loss"][1]).all()


def test_the_chaos_floor_is_that_of_a_start_moved_by_one_unit(line):
    race = uz.race(line, ["adam"], lr=[1e-2], seeds=1, final_seeds=4, epochs=10)
    final = race.finals[0]
    tuned, nudged = final.group.end["test/loss"][:, 0], final.group.end["test/loss"][:, 1]
    assert (tuned != nudged).any()
    moved = np.abs(tuned - nudged) / np.minimum(tuned, nudged)
    assert moved.max() < 1e-3
    assert final.floor == pytest.approx(np.median(moved), rel=1e-3)
    assert race.table()["chaos floor"][0] == final.floor


def test_unequal_tries_are_judged_at_the_smaller_number_as_well(line):
    race = uz.race(line, ["adam", "gd"], lr=[1e-3, 1e-2], grid={"adam.b2": [0.9, 0.99, 0.999]},
                   seeds=2, final_seeds=8, epochs=2)  # fmt: skip
    adam, gd = race.groups
    assert adam.lanes > gd.lanes
    (verdict,) = race.verdicts()
    assert f"with {gd.lanes} tries each: " in verdict.sentence
    assert adam.best_of_first(adam.lanes) == adam.best
    final = race.finals[0]
    assert final.columns[adam.lanes] == 0
    few = final.columns[gd.lanes]
    settings = {k: v[few] for k, v in final.group.settings.items()}
    assert settings == {k: v[adam.best_of_first(gd.lanes)] for k, v in adam.settings.items()}


def test_seconds_become_steps_that_can_be_repeated(line, tmp_path):
    options = {"lr": [1e-2], "seeds": 1, "final_seeds": 8}
    race = uz.race(line, ["gd@all", "adam"], seconds=0.002, **options)
    budgets = race.protocol["budgets"]
    for group, alone in zip(race.groups, race.alone, strict=True):
        assert group.plan.steps == pytest.approx(0.002 / alone, rel=0.02, abs=1)
        assert group.plan.budget == budgets[group.entrant.name]
    race.to_json(tmp_path / "race.json")
    for source in (tmp_path / "race.json", budgets):
        again = uz.race(line, ["gd@all", "adam"], steps_from=source, **options)
        for a, b in zip(race.finals, again.finals, strict=True):
            assert np.array_equal(a.group.end["test/loss"], b.group.end["test/loss"])
        assert race.sentences == again.sentences


def test_a_budget_is_given_once_and_from_a_race(line, tmp_path):
    (tmp_path / "no.json").write_text("[]")
    for wrong, says in [
        ({"seconds": 1, "epochs": 1}, "once"),
        ({"seconds": 0}, "above 0"),
        ({"steps_from": tmp_path / "no.json"}, "holds no budgets"),
        ({"steps_from": tmp_path / "none.json"}, "holds no budgets"),
        ({"steps_from": {"gd": 9}}, "Unknown entrant of the earlier race 'adam'"),
        ({"margin": 1}, "margin"),
        ({"target": np.inf}, "target"),
        ({"schedule": "cosinus"}, "did you mean cosine"),
    ]:
        with pytest.raises(InputError, match=says):
            uz.race(line, ["adam"], **wrong)


def test_the_target_is_the_median_entrants_loss_unless_given(line):
    options = {"lr": [1e-2], "seeds": 1, "final_seeds": 10, "epochs": 2}
    race = uz.race(line, ["gd", "adam", "momentum"], **options)
    assert race.target == race.table()["validation/loss"].median()
    table = race.table().set_index("entrant")
    assert np.isinf(table["gradients to target"]).sum() >= 1
    easy = uz.race(line, ["gd", "adam", "momentum"], target=1e9, **options)
    assert easy.target == 1e9
    assert easy.table()["epochs to target"].tolist() == [0, 0, 0]


def test_best_of_all_tries_is_the_seeds_best(line):
    race = uz.race(line, ["adam"], lr=[1e-3, 1e-2, 1e-1], seeds=3, final_seeds=1, epochs=2)
    group = race.groups[0]
    curve = race.best_of(0)
    assert curve.shape == (3, group.lanes)
    chosen = group.end["validation/loss"].argmin(1)
    assert curve[:, -1] == pytest.approx(group.end["test/loss"][np.arange(3), chosen])
    assert curve[:, 0] == pytest.approx(group.end["test/loss"].mean(1), rel=1e-5)


def test_a_lane_is_dead_by_its_loss_alone():
    start = np.array([1.0, 1.0, 1.0, -2.0])
    losses = np.ones((4, 40))
    losses[1, 17] = np.nan
    losses[2, 20:24] = 60
    losses[3] = 17.9
    assert death(losses, start, 40).tolist() == [0, 18, 21, 0]
    losses[2, 30] = np.inf
    assert death(losses, start, 40).tolist() == [0, 18, 21, 0]
    assert death(losses[:, :5], start, 5).tolist() == [0, 0, 0, 0]


def test_a_race_on_a_schedule_tunes_that(line):
    options = {"lr": [1e-3, 1e-1], "seeds": 1, "final_seeds": 1, "epochs": 2}
    race = uz.race(line, ["adam"], schedule="cosine", **options)
    assert race.protocol["schedule"] == "cosine"
    group = race.groups[0]
    solo = uz.train(line, uz.Adam(lr=1e-3), schedule="cosine", epochs=2)
    assert group.end["test/loss"][0, 0] == pytest.approx(solo.results["test/loss"], rel=1e-3)
    assert solo.start.hyperparameters["lr"] == 1e-3


def test_json_holds_protocol_verdicts_and_final(line, tmp_path):
    race = uz.race(line, ["gd", "adam"], lr=[1e-2, 1e-1], seeds=1, final_seeds=8, epochs=1)
    race.to_json(tmp_path / "r.json")
    found = json.loads((tmp_path / "r.json").read_text(), parse_constant=pytest.fail)
    assert found["sentences"] == race.sentences
    assert found["verdicts"][0]["kind"] in {"beats", "within", "cannot tell"}
    assert len(found["entrants"][0]["final"]["seeds"]) == 8
    assert found["protocol"]["final seeds"] == list(range(1, 9))
    assert re.search("best", race.sentences[-1])
    assert jnp.isfinite(found["target"])


def test_fixed_splits_give_opposite_verdicts_and_redrawn_ones_none():
    """The same two tuned rules, on two splits of the digits and on redrawn ones."""
    problem = uz.problems.classify("digits", hidden=[])
    tuned = {"gd.lr": [20.0], "rmsprop.lr": [0.045]}

    def said(**options):
        race = uz.race(
            problem, ["gd", "rmsprop"], grid=tuned, seeds=1, epochs=10, batch=83, **options
        )
        (verdict,) = race.verdicts()
        return verdict.kind, verdict.a, verdict.p

    kind, first, p = said(fixed_split=True, seed=401)
    assert (kind, first) == ("beats", "RMSProp")
    assert p < 0.01
    kind, first, p = said(fixed_split=True, seed=403)
    assert (kind, first) == ("beats", "mini-batch GD")
    assert p < 0.01
    assert said()[0] == "cannot tell"


def test_an_official_test_set_is_said_of_every_verdict():
    x = np.linspace(-1, 1, 120, dtype=np.float32)
    problem = uz.Problem(
        init=lambda key: 0.1 * jnp.ones(2), data=(x, 3 * x), test=(x[:30], 3 * x[:30]),
        loss=lambda w, batch, key: jnp.mean((w[0] * batch[0] + w[1] - batch[1]) ** 2),
    )  # fmt: skip
    race = uz.race(problem, ["gd", "adam"], lr=[0.1], seeds=1, final_seeds=8, epochs=1)
    assert race.protocol["fixed"]
    assert race.sentences[0].endswith(" on this test set")
