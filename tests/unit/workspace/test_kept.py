"""What is worked out from a workspace is kept by whose it is: the server's by all, a visit's own by that visit."""

from __future__ import annotations

import gc
import weakref

import pytest

from s3geo.app import loaders
from s3geo.app.sharing import FILES, shared
from s3geo.exports.about import today
from s3geo.tables.own import match_own
from s3geo.tables.read import read_table
from s3geo.views.recipe import Recipe
from s3geo.workspace import Workspace, bundled_workspace
from s3geo.workspace.kept import kept
from s3geo.workspace.own import Described, describe_own

LONDON = "E37000051"


def brought() -> Workspace:
    """Return a workspace as a visit with figures and boundaries of its own has it."""
    bundle = bundled_workspace()
    layer = bundle.layer().copy()
    layer.geometry = layer.translate(1.0)  # shapes of its own
    rows = "".join(f"{code},{n}\n" for n, code in enumerate(layer.index, 1))
    matched = match_own(read_table(f"code,2023\n{rows}".encode(), name="a.csv"), layer, file="a.csv")
    own = describe_own(matched, Described(label="Counted things", unit="things"))
    return bundle.with_layer("lep", layer).with_own(own)


def test_an_answer_is_made_once_for_all_and_once_for_each_visit() -> None:
    made: list[Workspace] = []

    @kept(4)
    def count(ws: Workspace, geography: str) -> int:
        made.append(ws)
        return len(ws.layer(geography))

    bundle, one, other = bundled_workspace(), brought(), brought()
    for ws in (bundle, one, other, one, bundle, other):
        assert count(ws, "lep") == 38
    assert made == [bundle, one, other]


def test_a_visit_keeps_sixteen_answers() -> None:
    made: list[int] = []

    @kept(256)
    def double(_: Workspace, n: int) -> int:
        made.append(n)
        return 2 * n

    own = brought()
    for n in [*range(17), 16, 1, 0]:
        double(own, n)
    assert made == [*range(17), 0]


def test_what_a_visit_changes_knows_nothing_of_what_was_before() -> None:
    @kept(4)
    def size(ws: Workspace) -> int:
        return len(ws.catalogue)

    own = brought()
    before = size(own)
    rows = "".join(f"{code},{n}\n" for n, code in enumerate(own.layer().index, 1))
    matched = match_own(read_table(f"code,2023\n{rows}".encode(), name="b.csv"), own.layer(), file="b.csv")
    assert size(own.with_own(describe_own(matched, Described(label="Other things", unit="things")))) == before + 1


@pytest.mark.parametrize("turn", [None, FILES], ids=["figures", "files"])
def test_what_is_shared_is_kept_by_the_visit_too(turn: object) -> None:
    made: list[int] = []
    work = shared(4, *([turn] if turn else []))(lambda ws, n: made.append(n) or n)
    one, other = brought(), brought()
    assert [work(one, 1), work(one, 1), work(other, 1)] == [1, 1, 1]
    assert made == [1, 1]


def test_a_visit_that_is_over_leaves_nothing_behind() -> None:
    """Every page and file of the app is asked for what a visit brought; then nothing holds it any more."""
    own = brought()
    indicator = str(own.catalogue.index[-1])
    ended = [weakref.ref(own), weakref.ref(own.layer()), weakref.ref(own.layer().geometry.iloc[0])]
    m = loaders.the_map(own, indicator, str(own.catalogue.at[indicator, "period"]), "lep", "quantiles", 5)
    loaders.beside(own, m.table, "neutral")
    loaders.england(own, m.table, "neutral")
    loaders.region_panel(own, LONDON, "lep")
    loaders.pattern_map(own, indicator, str(own.catalogue.at[indicator, "period"]), "lep")
    loaders.standing(own, (LONDON,), (), "lep")
    loaders.maps_of_cells(own, "lep")
    loaders.overlays(own, "lep", ("districts", "projects", "organisations"))
    loaders.index_of(own, Recipe())
    for kind in ("png", "svg", "csv", "xlsx", "html"):
        loaders.taken(own, m.table, kind, "a", LONDON, None, today())
    loaders.briefing_taken(own, LONDON, "lep", indicator, "html", None, today())
    del own, m
    gc.collect()
    assert [what() for what in ended] == [None] * 3
