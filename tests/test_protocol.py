"""The protocol of a race: growing grid, fresh seeds, budgets, verdicts of real races."""

import json
import re

import jax.numpy as jnp
import numpy as np
import pytest

import uzviz as uz
from uzviz.errors import InputError
from uzviz.races.group import death


@pytest.fixture(scope="module")
def digits():
    return uz.problems.classify("digits", hidden=[8])


def on_a_parabola(curvature, lr, **options):
    """GD on λw²/2 from noisy starts: the best step size is 1/λ."""
    problem = uz.problems.quadratic([curvature], spread=0.1)
    options = {"seeds": 2, "final_seeds": 2, "gradients": 4, **options}
    return uz.race(problem, ["gd"], lr=lr, **options)


DECADE = [1e-3, 1e-2, 1e-1]


def test_the_grid_grows_to_the_best_and_one_step_beyond():
    group = on_a_parabola(1.0, DECADE).groups[0]
    assert group.settings["lr"].tolist() == [*DECADE, 1.0, 10.0]
    assert group.settings["lr"][group.best] == 1
    assert group.edge == ""
    assert group.rounds == (3, 1, 1)
    assert group.diverged[:, -1].all() or group.above_start[:, -1].all()


def test_the_grid_grows_downwards_too():
    group = on_a_parabola(1e4, DECADE).groups[0]
    assert group.settings["lr"].tolist() == [*DECADE, 1e-4, 1e-5]
    assert group.settings["lr"][group.best] == 1e-4


def test_two_decades_are_the_most_and_the_table_says_so():
    race = on_a_parabola(1e-4, DECADE)
    assert race.groups[0].settings["lr"].max() == 10
    assert race.table()["edge"].tolist() == ["≥ "]
    assert on_a_parabola(1e6, DECADE).table()["edge"].tolist() == ["≤ "]


def test_a_single_step_size_and_a_random_search_do_not_grow():
    assert on_a_parabola(1.0, [0.1]).groups[0].lanes == 1
    group = on_a_parabola(1.0, [1e-3, 1e-1], search="random:7").groups[0]
    assert group.lanes == 7
    assert ((group.settings["lr"] >= 1e-3) & (group.settings["lr"] <= 1e-1)).all()
    assert len(set(group.settings["lr"])) == 7


@pytest.mark.parametrize("search", ["random:0", "random", "random:x", "grids", 3])
def test_an_unknown_search_is_refused(search):
    with pytest.raises(InputError, match="random:K"):
        on_a_parabola(1.0, DECADE, search=search)


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


def test_too_few_seeds_for_the_final_are_refused_with_the_number(digits):
    rules = ["gd@all", "gd@1", "gd", "momentum", "adagrad", "rmsprop", "adam"]
    with pytest.raises(InputError, match="from 13 to 1,000"):
        uz.race(digits, rules, final_seeds=12)


def test_the_same_entrant_twice_is_told_from_itself_by_nobody(digits):
    race = uz.race(digits, ["adam", "adam"], lr=[1e-2], seeds=2, final_seeds=10, epochs=3)
    (verdict,) = race.verdicts()
    assert verdict.sentence == "Adam and Adam #2 are within 1 %"
    assert race.best == ["Adam", "Adam #2"]


def test_the_tuner_never_sees_the_test_part(digits):
    """With other test targets the same settings win, and only test scores change."""
    split = [digits.split(seed).test for seed in range(2)]
    y = digits.data[1].copy()
    y[np.intersect1d(*split)] = 0
    other = uz.problems.classify((digits.data[0], y), hidden=[8])
    same = uz.problems.classify(digits.data, hidden=[8])
    options = {"lr": [1e-3, 1e-2, 1e-1], "seeds": 2, "final_seeds": 1, "epochs": 2, "batch": 64}
    a, b = (uz.race(p, ["adam"], **options).groups[0] for p in (same, other))
    shared = ~np.isin(
        np.intersect1d(*split), np.concatenate([digits.split(s).train for s in (0, 1)])
    )
    assert shared.all()
    assert np.array_equal(
        a.end["validation/loss"][0], b.end["validation/loss"][0]
    ) == np.array_equal(digits.data[1][digits.split(0).validation], y[digits.split(0).validation])
    assert a.best == b.best


def test_a_fixed_split_is_one_split_and_said(digits):
    race = uz.race(digits, ["adam", "gd"], lr=[1e-2], seeds=2, final_seeds=8, epochs=2,
                   fixed_split=True, seed=5)  # fmt: skip
    assert race.protocol["split"] == "fixed by seed 5"
    assert all(v.sentence.endswith("on this test set") for v in race.verdicts())
    free = uz.race(digits, ["adam", "gd"], lr=[1e-2], seeds=2, final_seeds=8, epochs=2, seed=5)
    assert not any("test set" in v.sentence for v in free.verdicts())
    np.testing.assert_allclose(
        race.groups[0].end["test/loss"][0], free.groups[0].end["test/loss"][0], rtol=1e-6
    )
    assert (race.groups[0].end["test/loss"][1] != free.groups[0].end["test/loss"][1]).all()


def test_the_chaos_floor_is_that_of_a_start_moved_by_one_unit(digits):
    race = uz.race(digits, ["adam"], lr=[1e-2], seeds=1, final_seeds=4, epochs=10)
    final = race.finals[0]
    tuned, nudged = final.group.end["test/loss"][:, 0], final.group.end["test/loss"][:, 1]
    assert (tuned != nudged).any()
    assert 0 < final.floor < 1e-3
    assert race.table()["chaos floor"][0] == final.floor


def test_unequal_tries_are_judged_at_the_smaller_number_as_well(digits):
    race = uz.race(digits, ["adam", "gd"], lr=[1e-3, 1e-2], grid={"adam.b2": [0.9, 0.99, 0.999]},
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


def test_seconds_become_steps_that_can_be_repeated(digits, tmp_path):
    options = {"lr": [1e-2], "seeds": 1, "final_seeds": 8}
    race = uz.race(digits, ["gd@all", "adam"], seconds=0.02, **options)
    budgets = race.protocol["budgets"]
    for group, alone in zip(race.groups, race.alone, strict=True):
        assert group.plan.steps == pytest.approx(0.02 / alone, rel=0.02, abs=1)
        assert group.plan.budget == budgets[group.entrant.name]
    race.to_json(tmp_path / "race.json")
    for source in (tmp_path / "race.json", budgets):
        again = uz.race(digits, ["gd@all", "adam"], steps_from=source, **options)
        for a, b in zip(race.finals, again.finals, strict=True):
            assert np.array_equal(a.group.end["test/loss"], b.group.end["test/loss"])
        assert race.sentences == again.sentences


def test_a_budget_is_given_once_and_from_a_race(digits, tmp_path):
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
            uz.race(digits, ["adam"], **wrong)


def test_the_target_is_the_median_entrants_loss_unless_given(digits):
    options = {"lr": [1e-2], "seeds": 1, "final_seeds": 10, "epochs": 2}
    race = uz.race(digits, ["gd", "adam", "momentum"], **options)
    assert race.target == race.table()["validation/loss"].median()
    table = race.table().set_index("entrant")
    assert np.isinf(table["gradients to target"]).sum() >= 1
    easy = uz.race(digits, ["gd", "adam", "momentum"], target=1e9, **options)
    assert easy.target == 1e9
    assert easy.table()["epochs to target"].tolist() == [0, 0, 0]


def test_best_of_all_tries_is_the_seeds_best(digits):
    race = uz.race(digits, ["adam"], lr=[1e-3, 1e-2, 1e-1], seeds=3, final_seeds=1, epochs=2)
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
    assert death(losses[:, :5], start, 5).tolist() == [0, 0, 0, 0]


def test_a_race_on_a_schedule_tunes_that(digits):
    options = {"lr": [1e-3, 1e-1], "seeds": 1, "final_seeds": 1, "epochs": 2}
    race = uz.race(digits, ["adam"], schedule="cosine", **options)
    assert race.protocol["schedule"] == "cosine"
    group = race.groups[0]
    solo = uz.train(digits, uz.Adam(lr=1e-3), schedule="cosine", epochs=2)
    assert group.end["test/loss"][0, 0] == pytest.approx(solo.results["test/loss"], rel=1e-3)
    assert solo.start.hyperparameters["lr"] == 1e-3


def test_json_holds_protocol_verdicts_and_final(digits, tmp_path):
    race = uz.race(digits, ["gd", "adam"], lr=[1e-2, 1e-1], seeds=1, final_seeds=8, epochs=1)
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
    problem = uz.problems.classify("digits", hidden=[32])

    def said(**options):
        tuned = {"gd@1.lr": [0.1], "rmsprop.lr": [0.00464159]}
        race = uz.race(problem, ["gd@1", "rmsprop"], grid=tuned, seeds=1, **options)
        (verdict,) = race.verdicts()
        return verdict.kind, verdict.a, verdict.p

    kind, first, p = said(fixed_split=True, seed=200)
    assert (kind, first) == ("beats", "RMSProp")
    assert p < 0.01
    kind, first, p = said(fixed_split=True, seed=300)
    assert (kind, first) == ("beats", "SGD")
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
