"""Races: entrants, lanes against solo runs, divergence, tables."""

import json
import math

import jax
import jax.numpy as jnp
import numpy as np
import pandas as pd
import pytest

import uzviz as uz
from uzviz import records
from uzviz.engine import flops, on_device, planned
from uzviz.errors import Diverged, InputError
from uzviz.races.entrants import entrant, entrants, settings
from uzviz.races.heats import Entry, like, pieces, run, shapes_of, width
from uzviz.races.result import Group

SIZES = [1e-3, 1e-2, 1e-1]


@pytest.fixture(scope="module")
def digits():
    return uz.problems.classify("digits", hidden=[8])


SMALL = {"lr": SIZES, "seeds": 3, "final_seeds": 8, "epochs": 4, "batch": 83}
"""Batches that divide the training part, since a shorter one at its end doubles what is compiled."""


@pytest.fixture(scope="module")
def small_race(digits):
    return uz.race(digits, ["gd", "sam"], **SMALL)


def trained(problem, entry, seeds):
    """The group of an entry whose lanes were trained together."""
    lanes = run(problem, on_device(problem), [entry], seeds)
    while True:
        try:
            next(lanes)
        except StopIteration as ended:
            (group,), interrupted = ended.value
            assert not interrupted
            return group


@pytest.mark.parametrize("name", ["sam", "adam", "lion", "lamb", "soap", "schedule-free", "dog"])
def test_a_lane_is_the_solo_run_up_to_rounding(digits, name):
    """Within 1e-3 relative in loss after 2 epochs at step sizes that don't amplify rounding: of a network by
    one rule, of a line by one of each family; with a shorter last batch by one."""
    line = uz.problems.linear(400 if name == "lion" else 384)
    (problem, batch), who = (digits, 83) if name == "adam" else (line, 32), entrant(name)
    plan = planned(problem.sizes[0], batch, who.rule.gradients, epochs=2)
    group = trained(problem, Entry(who, settings(who, [1e-3, 1e-2], {}), plan), [0, 1])
    for s, seed in enumerate(group.seeds):
        for i, lr in enumerate([1e-3, 1e-2][: group.lanes]):
            solo = uz.train(problem, uz.rules.tuned(name, lr), seed=seed, batch=batch, epochs=2)
            for value in ("train/loss", "validation/loss", "test/loss"):
                assert group.end[value][s, i] == pytest.approx(solo.results[value], rel=1e-3)


def test_the_same_race_twice_gives_the_same_bits(digits, small_race):
    again = uz.race(digits, ["gd", "sam"], **SMALL)
    for a, b in zip(small_race.groups, again.groups, strict=True):
        for name in a.curves:
            assert np.array_equal(a.curves[name], b.curves[name])
    assert small_race.sentences == again.sentences


def test_a_diverged_lane_stops_no_other():
    """f = w²/2: α = 2e30 leaves the numbers, and the lane of α = .5 is what it is alone."""
    problem = uz.problems.quadratic([1.0], start=[1.0])
    wild = uz.race(problem, ["gd"], lr=[0.5, 2e30], seeds=2, gradients=60).groups[0]
    alone = uz.race(problem, ["gd"], lr=[0.5], seeds=2, gradients=60).groups[0]
    assert wild.diverged[:, 1].all()
    assert wild.finite[:, 0].all()
    assert wild.above_start.tolist() == [[False, True]] * 2
    np.testing.assert_array_equal(wild.end["test/loss"][:, 0], alone.end["test/loss"][:, 0])
    assert wild.best == 0


def test_when_all_lanes_diverge_it_says_so():
    race = uz.race(uz.problems.quadratic(), ["gd"], lr=[1e30], seeds=2)
    with pytest.raises(Diverged, match="smaller step sizes"):
        _ = race.winner
    assert race.table()["validation/loss"][0] == math.inf


def test_every_entrant_spends_the_same_budget(small_race):
    spent = {g.plan.spent(g.plan.steps) for g in small_race.groups}
    assert spent == {4 * 1079}
    steps = {g.entrant.name: g.plan.steps for g in small_race.groups}
    assert steps["sam"] == steps["gd"] // 2


def test_a_seed_gives_every_rule_the_same_start(small_race):
    first = small_race.groups[0].start["validation/loss"][:, :1]
    for g in small_race.groups:
        same = np.broadcast_to(first, g.start["validation/loss"].shape)
        np.testing.assert_allclose(g.start["validation/loss"], same, rtol=1e-6)
    assert len(set(first[:, 0].tolist())) == 3


def test_batch_gd_is_last_at_an_equal_budget_of_examples():
    """The lecture's order of things."""
    tuned = {"gd@all.lr": [1.0], "gd@1.lr": [0.03], "gd.lr": [0.1], "adam.lr": [0.01]}
    race = uz.race(
        uz.problems.classify("digits", hidden=[]), ["gd@all", "gd@1", "gd", "adam"], grid=tuned, seeds=1,
        final_seeds=12, epochs=2, batch=83,
    )  # fmt: skip
    table = race.table().set_index("method")["test/loss"]
    assert table.idxmax() == "batch GD"
    beaten = [v for v in race.verdicts() if v.b == "batch GD" and v.kind == "beats"]
    assert len(beaten) == 3
    assert "batch GD" not in race.best


def test_a_race_on_a_regression_csv(tmp_path):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(300, 3))
    frame = pd.DataFrame(x, columns=["a", "b", "c"]).assign(y=x @ [1, 2, 3] + 5)
    frame.to_csv(tmp_path / "t.csv", index=False)
    problem = uz.problems.learn(f"{tmp_path / 't.csv'}:y", [16])
    row = (
        uz.race(problem, ["adam"], lr=[1e-3, 3e-2, 0.9], seeds=3, final_seeds=3, batch=36)
        .table()
        .iloc[0]
    )
    assert row["lr"] == 3e-2
    assert row["test/r2"] > 0.95
    assert row["test/mae"] < 0.2 * frame["y"].std()


def test_a_race_on_ones_own_function():
    """Least squares with parameters in a dict: the best step size finds the line."""
    x = np.linspace(-1, 1, 200, dtype=np.float32)
    problem = uz.Problem(
        init=lambda key: {"slope": jnp.zeros(()), "shift": jnp.zeros(())},
        loss=lambda w, batch, key: jnp.mean((w["slope"] * batch[0] + w["shift"] - batch[1]) ** 2),
        data=(x, 3 * x + 1),
    )
    race = uz.race(
        problem, [uz.GradientDescent(), uz.Momentum()], lr=[1e-3, 1e-1], seeds=3, final_seeds=8,
        batch=30,
    )  # fmt: skip
    assert race.table()["test/loss"].max() < 1e-3
    assert (race.table()["lr"] == 0.1).all()
    assert race.table()["edge"].tolist() == ["", ""]


def test_a_grid_tries_every_combination():
    race = uz.race(
        uz.problems.beale(), ["adam", "gd"], lr=SIZES, grid={"adam.b2": [0.9, 0.999]}, seeds=1,
        final_seeds=8, gradients=20,
    )  # fmt: skip
    adam, gd = race.groups
    pairs = [*zip(adam.settings["lr"], adam.settings["b2"], strict=True)]
    assert set(pairs[:6]) == {(lr, b2) for lr in SIZES for b2 in (0.9, 0.999)}
    assert adam.tried == ["lr", "b2"]
    assert gd.rounds[0] == 3


def test_a_table_of_lanes_has_a_row_for_each(small_race):
    lanes = small_race.table(lanes=True)
    tried = sum(g.lanes for g in small_race.groups)
    assert (lanes["stage"] == "heats").sum() == 3 * tried
    ours = lanes[lanes.entrant == "sam"]
    best = ours[ours.stage == "heats"].groupby("lr")["validation/loss"].median()
    row = small_race.table().set_index("entrant").loc["sam"]
    assert row["lr"] == best.idxmin()
    final = ours[(ours.stage == "final") & (ours.lr == row["lr"])]
    assert not set(final["seed"]) & set(ours[ours.stage == "heats"]["seed"])
    assert row["test/loss"] == pytest.approx(final["test/loss"].median(), rel=1e-3)


def test_json_is_strict_and_whole(small_race):
    text = json.dumps(small_race.to_dict(), allow_nan=False)
    assert len(json.loads(text)["entrants"][1]["curves"]["validation/loss"]) == 3


def test_csv_has_at_most_200_points_a_lane(tmp_path):
    problem = uz.problems.rosenbrock()
    race = uz.race(problem, ["gd"], lr=[1e-4, 1e-3], seeds=2, final_seeds=2, gradients=5000)
    race.to_csv(tmp_path / "lanes.csv")
    frame = pd.read_csv(tmp_path / "lanes.csv")
    assert (frame[frame.stage == "heats"].groupby(["entrant", "lr", "seed"]).size() <= 200).all()
    assert frame["step"].max() == 5000


def test_ctrl_c_keeps_what_is_done(digits):
    def interrupt(done, total, stage):
        if done > total // 20:
            raise KeyboardInterrupt

    race = uz.race(
        digits, ["gd", "adam"], lr=SIZES, seeds=60, epochs=5, batch=83, on_progress=interrupt
    )
    done = sum(int(g.done.sum()) for g in race.groups)
    assert race.interrupted
    assert 0 < done < 360
    assert race.verdicts() == []
    assert race.table()["seeds"].max() >= 1
    assert len(race.table(lanes=True)) == done


def group(losses, lr, finite=True):
    """A group with these validation losses [seeds, settings]."""
    losses = np.asarray(losses, np.float32)
    g = Group(entrant("adam"), planned(10, 2, 1, epochs=1), {"lr": np.asarray(lr)},
              tuple(range(len(losses))), 1, 2)  # fmt: skip
    g.end = {"validation/loss": losses, "train/loss": losses}
    g.start = {"train/loss": np.ones_like(losses)}
    g.done[:], g.finite[:] = True, finite
    return g


def test_a_lane_that_comes_back_from_a_spike_did_not_diverge():
    """Two of 40 steps at 97 times the start: dead where it ends above that, and alive where it learned."""
    g = Group(
        entrant("gd"), planned(10, 1, 1, epochs=4), {"lr": np.array([0.1, 0.2, 0.3])}, (0,), 1, 0
    )
    loss = np.ones((1, 3, 40), np.float32)
    loss[:, 1:, 2:4] = 97
    ends = np.float32([[0.2, 0.2, 1.5]])
    begun = np.ones((1, 3))
    said = [
        records.Evaluation(0, 0, 0, {"train/loss": begun, "validation/loss": begun}),
        records.Steps(1, loss),
        records.Evaluation(40, 4, 40, {"train/loss": ends, "validation/loss": ends}),
        records.End(40, np.ones((1, 3), bool), None),
    ]
    g.fill(slice(0, 1), slice(0, 3), said)
    assert g.diverged.tolist() == [[False, False, True]]
    assert g.died.tolist() == [[0, 0, 3]]
    assert g.curve("validation/loss")[0, 1, -1] == ends[0, 1]


def test_tolerance_is_the_width_within_ten_per_cent():
    assert group([[2.0, 1.0, 1.2]], [0.01, 0.1, 1.0]).tolerance() == pytest.approx(0.1 + 0.5)
    assert group([[1.0, 1.0, 1.05]], [0.01, 0.1, 1.0]).tolerance() == pytest.approx(2.0)
    assert group([[np.inf, 1.0, np.nan]], [0.01, 0.1, 1.0]).tolerance() == 0.0
    assert group([[-1.0, -0.95, 1.0]], [0.01, 0.1, 1.0]).tolerance() == pytest.approx(
        1 + 0.05 / 1.95
    )


def test_a_lane_that_was_not_finite_is_worse_than_any_number():
    g = group([[0.1, 5.0]], [1.0, 2.0], finite=np.array([[False, True]]))
    assert g.best == 1
    assert g.score().tolist() == [[math.inf, 5.0]]
    assert g.above_start.tolist() == [[True, True]]


def test_entrants_are_named_and_told_apart():
    made = entrants(["gd@all", "gd@1", "gd@256", "gd", uz.Adam(), "adam"])
    assert [e.batch for e in made] == ["all", 1, 256, None, None, None]
    assert [e.name for e in made][-2:] == ["adam", "adam#2"]
    titles = [e.title(batch, 500) for e, batch in zip(made, [500, 1, 256, 32, 32, 32], strict=True)]
    assert titles == ["batch GD", "SGD", "mini-batch GD@256", "mini-batch GD", "Adam", "Adam #2"]
    assert made[3].title(500, 500) == "batch GD"
    assert made[3].title(1, 1) == "GD"


@pytest.mark.parametrize("text", ["adm", "gd@", "gd@0", "gd@-1", "gd@x", "gd@1.5", ""])
def test_unknown_entrants_are_refused(text):
    with pytest.raises(InputError):
        entrant(text)


def test_nearest_names_are_told():
    with pytest.raises(InputError, match="did you mean adam"):
        entrant("adamm")
    with pytest.raises(InputError, match="momentum"):
        entrant("momentun@all")


@pytest.mark.parametrize(
    "wrong",
    [
        {"lr": [0.0]},
        {"lr": [math.nan]},
        {"lr": []},
        {"grid": {"adam.b3": [0.9]}},
        {"grid": {"rmsprop.rho": [0.9]}},
        {"grid": {"b2": [0.9]}},
        {"grid": {"adam.b2": [1.0]}},
        {"grid": {"adam.b2": []}},
        {"seeds": 0},
        {"seeds": 1.5},
        {"epochs": 0},
        {"batch": 5000},
    ],
)
def test_what_cannot_be_raced_is_refused(digits, wrong):
    with pytest.raises(InputError) as error:
        uz.race(digits, ["adam"], **wrong)
    assert "\n" not in str(error.value)


def test_nobody_is_refused(digits):
    with pytest.raises(InputError, match="at least one"):
        uz.race(digits, [])


def test_ranges():
    assert uz.log_range(1e-4, 1, 5) == [1e-4, 1e-3, 1e-2, 1e-1, 1.0]
    for low, high, count in [(1, 1e-4, 5), (0, 1, 5), (1, 1, 5), (1e-4, math.inf, 5), (1, 2, 1)]:
        with pytest.raises(InputError):
            uz.log_range(low, high, count)


def test_pieces_cover_every_lane_once_and_fit_the_cache():
    entries = []
    for name in ("gd@all", "gd@1", "adam"):
        who = entrant(name)
        plan = planned(100, who.batch or 10, 1, epochs=2)
        entries.append(Entry(who, settings(who, uz.log_range(1e-3, 1, 13), {}), plan))
    for parameters in (1, 2410, 100_000):
        covered = np.zeros((3, 10, 13), int)
        for p in pieces(entries, jax.ShapeDtypeStruct((parameters,), float), 10):
            covered[p.entry, p.seeds, p.settings] += 1
        assert (covered == 1).all()
    assert width(100_000, 200_000, 13, 10) == (1, 1)
    assert width(2410, 4820, 13, 10) == (1, 13)
    assert width(2410, 4820, 1, 40) == (16, 1)


def test_lanes_that_fill_up_a_program_change_no_bit():
    problem, who = uz.problems.quadratic([1.0, 4.0], spread=0.1), entrant("adam")
    plan = planned(1, 1, 1, gradients=30)
    sizes = np.array(SIZES)
    whole = trained(problem, Entry(who, {"lr": sizes}, plan, shape=(2, 3)), range(4))
    part = trained(problem, Entry(who, {"lr": sizes[:2]}, plan, shape=(2, 3)), range(3))
    assert part.done.all()
    assert part.shapes == ((2, 3),)
    for name, curve in part.curves.items():
        assert np.array_equal(curve, whole.curves[name][:3, :2])


def test_later_stages_take_the_programs_of_the_heats_while_that_is_cheap(digits):
    who, cost, w = entrant("adam"), flops(digits, 32), shapes_of(digits)
    assert cost == pytest.approx(3 * 2 * 32 * (64 * 8 + 8 * 10), rel=0.2)
    for epochs, shape in [(20, (1, 13)), (2000, (10, 1))]:
        plan = planned(1079, 32, 1, epochs=epochs)
        grown = Entry(who, {"lr": np.array([0.1])}, plan)
        assert like(grown, w, 10, (1, 13), cost).shape == shape


def test_a_picture_is_drawn_in_full(small_race):
    figure = small_race.plot()
    assert len(figure.axes) == 4
    assert all(len(axes.get_lines()) >= len(small_race.groups) for axes in figure.axes)


def test_the_number_of_cores_changes_no_bit(digits, monkeypatch):
    def race():
        return uz.race(
            digits, ["adam"], lr=SIZES, seeds=6, final_seeds=2, epochs=2, batch=83
        ).groups[0]

    both = [race(), monkeypatch.setattr("uzviz.engine.workers", lambda: 1) or race()]
    for name in both[0].curves:
        assert np.array_equal(both[0].curves[name], both[1].curves[name])


def test_of_a_users_metric_less_is_better():
    group = Group(
        entrant("gd"), planned(9, 3, 1, epochs=1), {"lr": np.array([0.1])}, (0, 1, 2), 5, 0
    )
    group.done[:], group.finite[:, 0] = True, [True, False, False]
    group.end = {"test/perplexity": np.array([[3.0], [4.0], [5.0]])}
    group.end["test/accuracy"] = group.end["test/perplexity"] / 10
    assert group.medians("test/perplexity") == math.inf
    assert sorted(group.score("test/accuracy")[:, 0]) == [-math.inf, -math.inf, 0.3]


def test_what_only_a_later_entrant_varies_is_in_the_table():
    problem = uz.problems.quadratic([1.0, 4.0])
    grid = {"adam.b2": [0.9, 0.99]}
    race = uz.race(problem, ["gd", "adam"], lr=[0.1], grid=grid, seeds=1, final_seeds=8)
    table = race.table()
    assert race.tried == ["lr", "b2"]
    assert list(table.columns).index("b2") < list(table.columns).index("validation/loss")
    assert np.isnan(table["b2"][0])
    assert table["b2"][1] in {0.9, 0.99}
    assert table["coverage"].min() == pytest.approx(1 - 2 / 2**8)


def test_a_rule_without_hyperparameters_cannot_race():
    @uz.rules.rule
    class Still(uz.rules.Rule):
        memory = 0

        def init(self, w):
            return {}

        def step(self, f, w, s, t):
            return w, s, f(w)[0]

    assert Still.title == "Still"
    with pytest.raises(InputError, match="declares no hyperparameter"):
        uz.race(uz.problems.beale(), [Still()])


@pytest.mark.parametrize(
    "given",
    [{"lr": "0.1"}, {"lr": {0.1}}, {"lr": [[0.1, 0.2]]}, {"lr": []}, {"lr": True}, {"lr": [10**400]},
     {"grid": {"adam.b2": None}}, {"grid": {"adam.b2": ["a"]}}, {"grid": {3: [1]}}, {"entrants": 3},
     {"seeds": 2.0}, {"seeds": np.nan}, {"epochs": "1"}, {"gradients": 40.7}, {"batch": [3, 4]}],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_used_is_refused_in_a_sentence(given):
    options = {"entrants": ["adam"], "seeds": 1, "final_seeds": 1, **given}
    if not {"epochs", "gradients"} & options.keys():
        options["gradients"] = 9
    with pytest.raises(InputError) as error:
        uz.race(uz.problems.beale(), **options)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "lr", [0.1, np.float32(0.1), np.array(0.1), jnp.float32(0.1), np.array([0.1])]
)
def test_a_step_size_of_any_type(lr):
    race = uz.race(uz.problems.beale(), ["adam"], lr=lr, seeds=1, final_seeds=1, gradients=9)
    assert race.groups[0].settings["lr"] == pytest.approx(0.1)


@pytest.mark.parametrize(
    "lr",
    [[0.1], {}, 1j, np.array([0.1, 0.2]), jnp.float32(-1), 10**400, object()],
    ids=lambda lr: repr(lr)[:20],
)
def test_a_rule_with_anything_but_a_number_is_refused(lr):
    for call in (uz.train, lambda p, r, **o: uz.race(p, [r], **o)):
        with pytest.raises(InputError, match="step size"):
            call(uz.problems.beale(), uz.Adam(lr=lr), gradients=9)
