"""The pages beside that of scalars in a real browser, with what a training and a race have logged."""

import re
from pathlib import Path

import numpy as np
import pytest
from board import (
    SETTLED,
    card,
    cells,
    colours,
    damaged,
    eventually,
    hover,
    number,
    point,
)
from playwright.sync_api import expect

import uzviz as uz

AXE = Path(__file__).parent.parent / "web/node_modules/axe-core/axe.min.js"
HOSTILE = """A text of *somebody else*.

<script>window.harmed = 1</script>
<img src="/" onerror="window.harmed = 2">
[press](javascript:window.harmed=3) and [read](https://example.org)
![seen](https://example.org/image.png)
"""
PARAMETERS = 64 * 32 + 32 + 32 * 10 + 10


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A training, a race, a run whose file is damaged, and one that somebody hostile has logged."""
    folder = tmp_path_factory.mktemp("all")
    digits = uz.problems.classify("digits", hidden=[32])
    uz.train(digits, uz.Adam(), batch=83, epochs=2, log=folder / "training", note="looked into")
    line = uz.problems.quadratic([1.0], spread=0.1)
    options = {"lr": [1e-3, 1e-1, 1e3], "seeds": 2, "final_seeds": 10, "gradients": 20}
    uz.race(line, ["gd", "adam"], log=folder / "race", **options)
    for name, lr in (("hurt", 0.1), ("hostile", 0.5)):
        own = {"lr": lr, "width": 32, "<b>rule</b>": "<img src=/ onerror=window.harmed=4>"}
        with uz.Log(folder / name, hyperparameters=own) as log:
            log.columns(np.arange(50), {"loss": np.arange(50) * lr}, 1.7e9 + np.arange(50))
            for step in range(40):
                log.scalars(step, {"<i>tag": 1.0})
            log.text(0, "notes/<b>own</b>", HOSTILE)
    damaged(folder / "hurt")
    return folder


@pytest.fixture(scope="module")
def runs(folder):
    """The same, as Python reads it."""
    return uz.read(folder)


@pytest.fixture(scope="module")
def race(runs):
    return uz.read(runs["race"].folder).race()


VIEWS = {
    "scalars": ("scalars&runs=training", "article.card canvas"),
    "histograms": ("histograms", "article[data-tag='weights/layers/0'] canvas"),
    "distributions": ("histograms&distributions=1", ".fan-key"),
    "images": ("images", "article[data-tag='pictures/first-layer'] .thumbnail img"),
    "text": ("text", "[data-tag=card] .words table"),
    "graph": (
        "graph&run=training&open=layers%2F&at=layers%2F",
        ".graph [role=treeitem][aria-selected=true]",
    ),
    "hyperparameters": ("hyperparameters", ".sheet tbody .number"),
    "parallel coordinates": ("hyperparameters&view=parallel", ".parallel canvas"),
    "scatter": ("hyperparameters&view=scatter", ".scatter circle"),
    "race": ("race", ".verdicts li"),
    "runs": ("runs&run=hurt&with=hostile", ".details .sides .differs"),
}


# In the dark nothing but the colours is another.
RULES = {"light": None, "dark": ["color-contrast"]}


@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_nothing_serious(opened, view):
    hash_, content = VIEWS[view]
    page = opened(f"page={hash_}", color_scheme="light", bypass_csp=True)
    page.add_script_tag(content=AXE.read_text())
    for scheme, rules in RULES.items():
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        expect(page.locator("html")).to_have_attribute("data-theme", scheme)
        page.wait_for_selector(SETTLED)
        expect(page.locator(content).first).to_be_visible()
        expect(page.locator(".nothing")).to_have_count(0)
        options = {"resultTypes": ["violations"], **({"runOnly": rules} if rules else {})}
        found = page.evaluate("(options) => axe.run(document, options)", options)["violations"]
        serious = [
            (v["id"], [n["html"][:200] for n in v["nodes"][:3]])
            for v in found
            if v["impact"] in {"serious", "critical"}
        ]
        assert serious == [], scheme


def test_every_page_has_its_link(opened):
    page = opened("page=scalars")
    for name in ("Histograms", "Images", "Text", "Graph", "Hyperparameters", "Race", "Runs"):
        page.get_by_role("navigation").get_by_role("link", name=name).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(name)
        expect(page).to_have_url(re.compile(f"page={name.lower()}"))
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Race")


def test_histograms_are_drawn_and_say_what_is_in_a_bin(opened, runs):
    logged = dict(runs["training"].histograms("weights/layers/0"))
    page = opened("page=histograms")
    home = card(page, "weights/layers/0")
    eventually(page, lambda: more_than(colours(home.locator("canvas")), 10))
    point(page, home.locator(".plot"), 0.5, 0.6)
    said = dict(cells(home.locator(".tooltip")))
    counted = logged[int(said["Step"])]
    count, total = said["Count"].split(" of ")
    assert number(total) == counted.counts.sum()
    low, high = (number(edge) for edge in said["Bin"].split(" … "))
    bin_ = np.argmin(abs(counted.edges - low))
    assert counted.edges[bin_ : bin_ + 2] == pytest.approx([low, high], rel=1e-3, abs=1e-4)
    assert number(count) == counted.counts[bin_]
    assert number(count) > 0


def test_distributions_say_quantiles(opened, runs):
    page = opened("page=histograms")
    page.get_by_role("button", name="Distributions").click()
    home = card(page, "weights/layers/0")
    eventually(page, lambda: more_than(colours(home.locator("canvas")), 10))
    home.locator(".plot").focus()
    page.keyboard.press("ArrowRight")
    said = dict(cells(home.locator(".tooltip")))
    step, counted = runs["training"].histograms("weights/layers/0")[-1]
    assert said.pop("Step") == str(step)
    quantiles = [number(value) for value in said.values()]
    assert len(quantiles) == 9
    assert quantiles == sorted(quantiles, reverse=True)
    edges = counted.edges[np.r_[counted.counts > 0, False] | np.r_[False, counted.counts > 0]]
    assert [quantiles[-1], quantiles[0]] == pytest.approx([edges[0], edges[-1]], rel=1e-3)
    share = np.interp(number(said["Median"]), counted.edges, np.r_[0, np.cumsum(counted.counts)])
    assert share == pytest.approx(counted.counts.sum() / 2, rel=0.01)


def test_images_are_those_of_their_steps(opened, runs):
    logged = runs["training"].images("pictures/first-layer")
    page = opened("page=images")
    home = card(page, "pictures/first-layer")
    image = home.locator("img")
    slider = home.get_by_role("slider")
    for place, (step, (picture,)) in ((-1, logged[-1]), (3, logged[3])):
        slider.fill(str(place % len(logged)))
        expect(home.locator(".step-choice b")).to_have_text(str(step))
        expect(home.locator(".step-choice .count")).to_have_text(
            f"{place % len(logged) + 1} / {len(logged)}"
        )
        address = image.evaluate("(image) => image.src")
        assert page.request.get(address).body() == picture.data
        eventually(page, lambda: more_than(image.evaluate("(image) => image.naturalWidth"), 0))
    assert image.evaluate("(image) => image.width") != picture.width
    page.get_by_label("Actual size").check()
    expect(home.locator(".thumbnail img")).to_have_css("width", f"{picture.width}px")
    home.locator(".thumbnail").click()
    expect(page.get_by_role("dialog")).to_contain_text(f"{picture.width} × {picture.height}")
    page.keyboard.press("ArrowRight")
    expect(home.locator(".step-choice b")).to_have_text(str(logged[4][0]))
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_run_card_is_a_table(opened):
    page = opened("page=text")
    words = page.locator("[data-tag=card] article", has_text="training").locator(".words")
    expect(words).to_contain_text("looked into")
    rows = dict(row for row in cells(words.locator("table")) if len(row) == 2)
    assert rows["rule"] == "adam"
    assert rows["parameters"] == f"{PARAMETERS:,}"
    page.get_by_role("button", name="Source").click()
    expect(words).to_contain_text("| rule | adam |")


@pytest.mark.parametrize("hash_", ["text", "text&source=1", "runs&run=hostile&with=hurt", "scalars",
                                   "hyperparameters"])  # fmt: skip
def test_what_is_hostile_is_only_read(opened, hash_):
    page = opened(f"page={hash_}&runs=hostile")
    if hash_.startswith("text"):
        words = page.locator("[data-tag^=notes]").locator(".words")
        expect(words).to_contain_text("<script>window.harmed = 1</script>")
        expect(words).to_contain_text("onerror=")
        words.get_by_text("press").click()
        expect(words.locator("a")).to_have_count(0 if "source" in hash_ else 2)
        for link in words.locator("a").all():
            assert link.get_attribute("href").startswith("https://example.org")
            assert "noopener" in link.get_attribute("rel")
    else:
        expect(page.locator("main")).to_contain_text("<i>tag")
    assert page.locator("main [onerror], main script, main a[href^=javascript]").count() == 0
    assert page.locator("main img").count() == 0
    assert page.evaluate("window.harmed") is None


def node(page, key):
    return page.locator(f".graph [role=treeitem][aria-label$='({key})']")


def facts(page):
    """The facts of what is chosen in a graph."""
    return dict(
        page.locator(".graph-panel dl > div").evaluate_all(
            "(all) => all.map((one) => [...one.children].map((part) => part.innerText))"
        )
    )


def test_a_module_of_the_graph_opens_by_click(opened):
    page = opened("page=graph&run=training")
    panel = page.get_by_label("Chosen node")
    expect(panel).to_contain_text("The whole model")
    assert facts(page)["Parameters"] == f"{PARAMETERS:,}"
    expect(node(page, "layers/0/")).to_have_count(0)
    node(page, "layers/").click()
    expect(node(page, "layers/")).to_have_attribute("aria-expanded", "true")
    expect(panel.get_by_role("heading", name="layers", exact=True)).to_be_visible()
    assert facts(page)["Parameters"] == f"{PARAMETERS:,} · 100 %"
    node(page, "layers/0/").click()
    expect(panel.get_by_role("heading", name="0", exact=True)).to_be_visible()
    assert facts(page)["Parameters"].startswith(f"{64 * 32 + 32:,} · ")
    node(page, "layers/0/weight").click()
    expect(panel.get_by_role("heading", name="weight", exact=True)).to_be_visible()
    assert facts(page)["Shapes"] in {"64×32", "32×64"}


def test_the_graph_by_keyboard(opened):
    page = opened("page=graph&run=training")
    node(page, "layers/").focus()
    expect(node(page, "layers/")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(node(page, "layers/")).to_have_attribute("aria-expanded", "true")
    expect(page).to_have_url(re.compile("open=layers"))
    page.keyboard.press("ArrowDown")
    chosen = page.locator(".graph [aria-selected=true]")
    expect(chosen).not_to_have_attribute("aria-label", re.compile(r"\(layers/\)$"))
    expect(chosen).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(node(page, "layers/")).to_be_focused()
    page.keyboard.press(" ")
    expect(node(page, "layers/")).to_have_attribute("aria-expanded", "false")


def test_a_search_reveals_nodes_of_the_graph(opened, runs):
    wanted = [n.name for n in runs["training"].graph.nodes if n.op == "dot_general"]
    page = opened("page=graph&run=training")
    page.get_by_label("Find nodes").fill("dot_general")
    hits = page.locator(".node-search .reveal")
    expect(hits).to_have_text(wanted)
    hits.last.click()
    expect(node(page, wanted[-1])).to_have_attribute("aria-selected", "true")
    expect(node(page, wanted[-1])).to_be_in_viewport()
    assert facts(page)["Operation"] == "dot_general"


FINAL = "runs=%5Erace%2Ffinal%2F"


def test_hyperparameters_are_sorted_and_lead_to_curves(opened, runs):
    finals = {name: run for name, run in runs.items() if name.startswith("race/final/")}
    page = opened(f"page=hyperparameters&{FINAL}")
    order = sorted(finals, key=lambda name: finals[name].results["test/loss"])
    losses = [finals[name].results["test/loss"] for name in order]
    names = page.locator(".sheet tbody a")
    for shown in (losses, losses[::-1]):
        page.locator(".sheet th").get_by_role("button", name="test/loss").click()
        expect(names).to_have_count(len(finals))
        eventually(page, lambda shown=shown: same(
            [finals[name].results["test/loss"] for name in names.all_inner_texts()], shown
        ))  # fmt: skip
    heads, first, *_ = cells(page.locator(".sheet"))
    name, row = first[0], dict(zip(heads, first, strict=True))
    assert row["rule"] == finals[name].hyperparameters["rule"]
    assert number(row["seed"]) == finals[name].hyperparameters["seed"]
    assert number(row["test/loss"]) == pytest.approx(losses[-1], rel=1e-3)
    names.first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Scalars")
    expect(card(page, "test/loss")).to_be_visible()
    page.wait_for_selector(SETTLED)
    assert set(hover(page, "validation/loss", 0.5)) == {name}


def test_hyperparameters_as_parallel_coordinates_and_as_points(opened, runs):
    finals = {name: run for name, run in runs.items() if name.startswith("race/final/")}
    page = opened(f"page=hyperparameters&{FINAL}")
    page.get_by_role("button", name="Parallel coordinates").click()
    eventually(page, lambda: more_than(colours(page.locator(".parallel canvas")), 10))
    expect(page.locator(".parallel")).to_contain_text("test/loss")
    page.get_by_role("button", name="Scatter").click()
    points = page.locator(".scatter .points circle")
    expect(points).to_have_count(len(finals))
    point(page, points.first, 0.5)
    tooltip = page.locator(".scatter .tooltip")
    said = dict(cells(tooltip))
    run = finals[tooltip.locator("b").inner_text()]
    wanted = {**run.hyperparameters, **run.results}
    assert len(said) == 2
    for name, value in said.items():
        assert number(value) == pytest.approx(wanted[name], rel=1e-3)


def test_a_race_says_what_python_says(opened, race):
    page = opened("page=race")
    verdicts = page.locator(".verdicts li > p").all_inner_texts()
    *sentences, last = race.sentences
    assert sorted(verdicts) == sorted(sentences)
    leaders = page.locator(".leaders b").inner_text()
    assert last == f"best, or not told from the best: {leaders}"
    table = page.get_by_role("region", name="Entrants")
    rows = table.locator("tbody tr")
    best = rows.filter(has=page.get_by_label("nobody beats it")).locator("th a")
    assert best.all_inner_texts() == race.best
    heads, *shown = cells(table)
    said = race.table()
    for row, (_, own) in zip(shown, said.iterrows(), strict=True):
        row = dict(zip(heads, row, strict=True))
        loss, interval = row["test/loss"].replace("(best)", "").split("[")
        low, high = interval.rstrip("]").split(",")
        wanted = [own["test/loss"], own["test/loss low"], own["test/loss high"]]
        assert [number(x) for x in (loss, low, high)] == pytest.approx(wanted, rel=1e-2)
        assert number(row["lr"].lstrip("≤≥")) == pytest.approx(own["lr"])
    deaths = page.locator(".certificate summary").all_inner_texts()
    assert len(deaths) == len(race.certificates) > 0


def test_a_lane_of_a_race_opens_its_curves(opened, race, runs):
    page = opened("page=race")
    lanes = page.get_by_role("region", name="lane by lane")
    link = lanes.locator("td a").nth(11)
    name, loss = link.get_attribute("title"), number(link.inner_text())
    assert loss == pytest.approx(runs[name].results["test/loss"], rel=1e-2)
    link.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Scalars")
    expect(card(page, "validation/loss")).to_be_visible()
    page.wait_for_selector(SETTLED)
    row = hover(page, "validation/loss", 0.99)
    assert set(row) == {name}
    final = runs[name].scalars("validation/loss")
    assert row[name]["Step"] == str(final.step[-1])
    assert number(row[name]["Value"]) == pytest.approx(float(final.value[-1]), rel=1e-3)


def test_runs_tell_how_they_fare_and_what_is_damaged(opened, runs):
    page = opened("page=runs&runs=%5E(training|hurt|hostile|race)%24")
    heads, *rows = cells(page.locator(".sheet"))
    shown = {row[0]: dict(zip(heads, row, strict=True)) for row in rows}
    assert set(shown) == {"training", "hurt", "hostile", "race"}
    for name, row in shown.items():
        assert row["Status"] == runs[name].status
        assert (row["Damage"] == "–") == (not runs[name].damage)
    page.get_by_role("button", name="hurt", exact=True).click()
    details = page.locator(".details")
    lost = details.locator("table", has_text="Bytes lost")
    expect(lost).to_have_count(1)
    found = [[file, number(at), number(n)] for file, at, n in cells(lost)[1:]]
    damage = runs["hurt"].damage
    assert damage
    assert found == [[Path(d.file).name, d.offset, d.bytes] for d in damage]


def test_two_runs_are_compared(opened):
    page = opened("page=runs&runs=%5E(training|hurt|hostile|race)%24")
    page.get_by_role("button", name="hurt", exact=True).click()
    page.get_by_role("button", name="Compare: hostile").click()
    sides = page.locator(".details").get_by_role("region", name="Hyperparameters")
    expect(sides).to_be_visible()
    rows = {row[0]: row[1:] for row in cells(sides)}
    assert rows["lr"] == ["0.1", "0.5", "+0.4"]
    assert sides.locator(".differs th").all_inner_texts() == ["lr"]
    page.get_by_role("link", name="Curves of both").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Scalars")
    page.wait_for_selector(SETTLED)
    assert set(hover(page, "loss", 0.5)) == {"hurt", "hostile"}


def more_than(found, least):
    assert found > least


def same(found, wanted):
    assert found == wanted
