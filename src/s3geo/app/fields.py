"""What a page can show: its parts, how each is read from a URL and written to it, and what fits together."""

from __future__ import annotations

from collections.abc import Callable, Collection, MutableMapping
from dataclasses import dataclass
from typing import Any

from s3geo.geography.postcodes import looks_like_postcode
from s3geo.model.catalogue import ACTORS, DIMENSIONS
from s3geo.model.evidence import SECTOR_TABLES
from s3geo.statistics.classify import SCHEMES
from s3geo.views.class_table import PALETTES
from s3geo.views.comparison import MOST_COMPARED
from s3geo.views.index import weighable
from s3geo.views.organisation_profile import ORDERS
from s3geo.views.overlay import KINDS
from s3geo.views.partners import TABLES
from s3geo.views.peers import FEWEST, HOW, MOST
from s3geo.views.profile import PEERS
from s3geo.views.recipe import recipe_from_url
from s3geo.views.sectors import tables_of
from s3geo.workspace import GEOGRAPHIES, Workspace

__all__ = [
    "AROUND_KM",
    "EVERY",
    "FIELDS",
    "LAYERS",
    "OF_SECTORS",
    "PAGES",
    "TOP",
    "WEIGHTS",
    "WITHIN_KM",
    "Asked",
    "Field",
    "Partly",
    "View",
    "valid",
]

EVERY = "all"
"""Value of the actor and dimension filters that lets everything through."""

LAYERS: dict[str, str] = {
    **{kind: words.many for kind, words in KINDS.items()},
    "districts": "Districts of the chosen area",
    "projects": "Shared projects of the chosen area",
    "base": "Base map (from the internet)",
}
"""What can be laid over the map: kinds of organisation first, then the other overlays."""


WEIGHTS = (0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0)
"""Weights a slider offers."""
WITHIN_KM = (0, 25, 50, 75, 100, 150, 200, 300)
"""Limits of distance to a partner area; 0 is none."""
AROUND_KM = (5, 10, 25, 50, 100)
"""Distances within which organisations are looked for."""
TOP = (5, 10, 20, 0)
"""Lengths of the list of partners; 0 is all."""
RESEARCH = ["university", "catapult", "research_organisation"]
"""Kinds of organisation that are looked for first."""


@dataclass(frozen=True)
class View:
    """One consistent state; every part is valid for the workspace."""

    geography: str
    actor: str
    dimension: str
    indicator: str
    indicators: tuple[str, ...]
    period: str
    periods: tuple[str, ...]
    mode: str
    table: str
    sector: str
    year: str
    years: tuple[str, ...]
    scheme: str
    k: int
    palette: str
    fixed: bool
    breaks: str
    second: str | None
    layers: tuple[str, ...]
    compare: tuple[str, ...]
    region: str | None
    maps: str
    every: bool
    recipe: str
    peers: str
    near: int
    who: str
    w_near: float
    w_alike: float
    w_adds: float
    w_links: float
    within: int
    target: str | None
    counted: str
    side_actor: str
    side_dimension: str
    top: int
    kinds: tuple[str, ...]
    around: int
    order: str
    place: str
    org: str | None

    @property
    def weights(self) -> tuple[float, float, float, float]:
        """Weights of a partner's proximity, shared strengths, complementarity and existing links."""
        return self.w_near, self.w_alike, self.w_adds, self.w_links

    @property
    def upper(self) -> tuple[float, ...] | None:
        """The user's own class bounds, where the scheme asks for them."""
        return _bounds(self.breaks) if self.scheme == "manual" else None


@dataclass(frozen=True)
class Asked:
    """What a URL asks for, as text by name."""

    ws: Workspace
    values: dict[str, str]

    @property
    def geography(self) -> str:
        """Geography asked for, the default where there is no such."""
        found = self.values.get("geography", "lep")
        return found if found in GEOGRAPHIES else "lep"

    def regions(self) -> Collection[str]:
        """Return the codes of its regions."""
        return list(self.ws.layer(self.geography).index)

    def indicators(self) -> Collection[str]:
        """Return the indicators that exist here and are of the actor and the dimension asked for."""
        of = self.ws.catalogue
        cell = {name: self.values[name] for name in ("actor", "dimension") if self.values.get(name) in set(of[name])}
        return {i for i in self.known() if all(of.at[i, name] == wanted for name, wanted in cell.items())}

    def known(self) -> Collection[str]:
        """Return the indicators that exist for it."""
        return {str(i) for i in self.ws.catalogue.index if self.geography in self.ws.geographies_of(str(i))}

    @property
    def table(self) -> str:
        """Table of sectors asked for, the first where there is no such."""
        found = self.values.get("table", "bres_jobs")
        return found if found in tables_of(self.geography) else tables_of(self.geography)[0]

    def sectors(self) -> Collection[str]:
        """Return the sectors of the table."""
        return list(self.ws.sector_names(self.table).index)

    def years(self) -> Collection[str]:
        """Return the periods of the table."""
        return self.ws.sector_periods(self.table, self.geography)

    def targets(self) -> Collection[str]:
        """Return the sectors a region can want to grow in."""
        counted = self.values.get("counted", TABLES[0])
        return list(self.ws.sector_names(counted if counted in TABLES else TABLES[0]).index)

    def organisations(self) -> Collection[str]:
        """Return the ids of the organisations known."""
        return self.ws.organisations.index

    def periods(self) -> Collection[str]:
        """Return the periods of the indicator asked for."""
        indicator = self.values.get("indicator", "")
        return self.ws.periods(indicator, self.geography) if indicator in self.known() else ()


Reader = Callable[[str, Asked], Any]


class Partly(ValueError):
    """Some of a part of a URL was understood.

    Attributes
    ----------
    value : Any
        What was.
    left_out : list of str
        What was not.
    """

    def __init__(self, value: Any, left_out: list[str]) -> None:
        super().__init__(", ".join(left_out))
        self.value, self.left_out = value, left_out


@dataclass(frozen=True)
class Field:
    """How one part of the view is read from the text of a URL (ValueError: not understood) and written to it."""

    default: Any
    read: Reader
    write: Callable[[Any], str] = str


def _one_of(valid: Callable[[Asked], Collection[str]] | Collection[str]) -> Reader:
    def read(text: str, asked: Asked) -> str:
        if text not in (valid(asked) if callable(valid) else valid):
            raise ValueError(text)
        return text

    return read


def _some_of(valid: Callable[[Asked], Collection[str]] | Collection[str], most: int) -> Reader:
    def read(text: str, asked: Asked) -> list[str]:
        known = valid(asked) if callable(valid) else valid
        found = list(dict.fromkeys(part for part in text.split(",") if part))
        if not found or len(found) > most or any(part not in known for part in found):
            raise ValueError(text)
        return found

    return read


def _breaks(text: str, _asked: Asked) -> str:
    if not _bounds(text):
        raise ValueError(text)
    return text


def _recipe(text: str, asked: Asked) -> str:
    found, left_out = recipe_from_url(text, weighable(asked.ws))
    if left_out:
        raise Partly(found.url, left_out)
    return found.url


def _postcode(text: str, _asked: Asked) -> str:
    if not looks_like_postcode(text):
        raise ValueError(text)
    return text


def _weight(text: str, _asked: Asked) -> float:
    value = float(text)
    if value not in WEIGHTS:
        raise ValueError(text)
    return value


def _number_of(valid: Collection[int]) -> Reader:
    return lambda text, asked: int(_one_of([str(n) for n in valid])(text, asked))


_FLAG = Field(False, lambda text, asked: bool(_one_of(("1",))(text, asked)), lambda value: "1" if value else "")

FIELDS: dict[str, Field] = {
    "geography": Field("lep", _one_of(GEOGRAPHIES)),
    "actor": Field(EVERY, _one_of((EVERY, *ACTORS))),
    "dimension": Field(EVERY, _one_of((EVERY, *DIMENSIONS))),
    "indicator": Field(None, _one_of(Asked.indicators)),
    "period": Field(None, _one_of(Asked.periods)),
    "mode": Field("indicators", _one_of(("indicators", "sectors", "pattern"))),
    "table": Field("bres_jobs", _one_of(SECTOR_TABLES)),
    "sector": Field("J", _one_of(Asked.sectors)),
    "year": Field(None, _one_of(Asked.years)),
    "scheme": Field("quantiles", _one_of(SCHEMES)),
    "k": Field(5, _number_of(range(3, 8))),
    "palette": Field("sequential", _one_of(PALETTES)),
    "fixed": _FLAG,
    "breaks": Field("", _breaks),
    "second": Field(None, _one_of(Asked.known)),
    "layers": Field([], _some_of(LAYERS, len(LAYERS)), ",".join),
    "compare": Field([], _some_of(Asked.regions, MOST_COMPARED), ",".join),
    "region": Field(None, _one_of(Asked.regions)),
    "every": _FLAG,
    "maps": Field("cells", _one_of(("cells", "time"))),
    "recipe": Field("", _recipe),
    "peers": Field("statistical", _one_of(HOW)),
    "near": Field(PEERS, _number_of(range(FEWEST, MOST + 1))),
    "who": Field("places", _one_of(("places", "organisations"))),
    "w_near": Field(1.0, _weight, "{:g}".format),
    "w_alike": Field(1.0, _weight, "{:g}".format),
    "w_adds": Field(1.0, _weight, "{:g}".format),
    "w_links": Field(0.0, _weight, "{:g}".format),
    "within": Field(0, _number_of(WITHIN_KM)),
    "target": Field(None, _one_of(Asked.targets)),
    "counted": Field(TABLES[0], _one_of(TABLES)),
    "side_actor": Field(EVERY, _one_of((EVERY, *ACTORS))),
    "side_dimension": Field(EVERY, _one_of((EVERY, *DIMENSIONS))),
    "top": Field(10, _number_of(TOP)),
    "kinds": Field(RESEARCH, _some_of(KINDS, len(KINDS)), ",".join),
    "around": Field(25, _number_of(AROUND_KM)),
    "order": Field("near", _one_of(ORDERS)),
    "place": Field("", _postcode),
    "org": Field(None, _one_of(Asked.organisations)),
}

OF_SECTORS = ("table", "sector", "year")
"""What only the mode of sectors shows."""

PAGES: dict[str, tuple[str, ...]] = {
    "explore": (
        *("geography", "actor", "dimension", "indicator", "period", "mode", *OF_SECTORS),
        *("scheme", "k", "palette", "fixed", "breaks", "second", "layers", "compare", "region"),
    ),
    "partners": (
        *("geography", "region", "who", "w_near", "w_alike", "w_adds", "w_links", "within", "target", "counted"),
        *("side_actor", "side_dimension", "top", "kinds", "around", "order", "place", "org"),
    ),
    "compare": ("geography", "compare", "region", "indicator", "maps", "every", "peers", "near"),
    "index": ("geography", "region", "recipe"),
}
"""What each page writes into its URL."""


def valid(ws: Workspace, state: MutableMapping[Any, Any], page: str = "explore") -> View:
    """Put right in a session what does not fit together, and return the view.

    A page that does not show the filters of actor and dimension offers every indicator; they wait for one that does.
    """
    geography = str(state["geography"])
    indicators = _offered(ws, geography, state) if "actor" in PAGES[page] else _here(ws, geography)
    if state["indicator"] not in indicators:
        state["indicator"] = indicators[0]
    periods = tuple(ws.periods(state["indicator"], geography))
    if state["period"] not in periods:
        default = str(ws.catalogue.at[state["indicator"], "period"])
        state["period"] = default if default in periods else periods[-1]
    known = ws.layer(geography).index
    if state["region"] not in known:
        state["region"] = None
    state["compare"] = [code for code in state["compare"] or [] if code in known]
    second = state["second"]
    if second is not None and (second == state["indicator"] or geography not in ws.geographies_of(str(second))):
        state["second"] = None
    tables = tables_of(geography)
    if state["table"] not in tables:
        state["table"] = tables[0]
    sectors = list(ws.sector_names(str(state["table"])).index)
    if state["sector"] not in sectors:
        state["sector"] = sectors[0]
    years = tuple(ws.sector_periods(str(state["table"]), geography))
    if state["year"] not in years:
        state["year"] = years[-1]
    counted = [table for table in TABLES if geography in SECTOR_TABLES[table].geographies]
    if state["counted"] not in counted:
        state["counted"] = counted[0]
    if state["target"] not in ws.sector_names(str(state["counted"])).index:
        state["target"] = None
    return View(
        indicators=indicators,
        periods=periods,
        years=years,
        **{name: _shown(state[name], field.default) for name, field in FIELDS.items()},
    )


def _shown(value: Any, default: Any) -> Any:
    return tuple(value or ()) if isinstance(default, list) else value


def _offered(ws: Workspace, geography: str, state: MutableMapping[Any, Any]) -> tuple[str, ...]:
    """Return the indicators of the cell asked for; where the geography has none there, let every cell through."""
    asked = {name: state[name] for name in ("actor", "dimension") if state[name] != EVERY}
    here = _here(ws, geography)
    found = tuple(i for i in here if all(ws.catalogue.at[i, name] == value for name, value in asked.items()))
    if not found:
        state["actor"] = state["dimension"] = EVERY
    return found or here


def _here(ws: Workspace, geography: str) -> tuple[str, ...]:
    """Return the indicators that exist for a geography."""
    return tuple(i for i in map(str, ws.catalogue.index) if geography in ws.geographies_of(i))


def _bounds(text: str) -> tuple[float, ...]:
    """Return ascending class bounds from text such as "10; 20; 30" (empty where it holds none)."""
    parts = text.replace(";", " ").replace(",", " ").split()
    try:
        found = sorted({float(part) for part in parts})
    except ValueError:
        return ()
    return tuple(found) if 1 <= len(found) <= 8 and all(abs(bound) < float("inf") for bound in found) else ()
