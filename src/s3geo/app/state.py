"""What is shown: read from the URL once, changed by one writer, and written back to the URL.

Every control is keyed by the name of its URL parameter, on every page. Nothing else reads or writes the URL.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from s3geo.errors import S3geoError
from s3geo.model.catalogue import ACTORS, DIMENSIONS
from s3geo.model.evidence import SECTOR_TABLES
from s3geo.statistics.classify import SCHEMES
from s3geo.views.class_table import PALETTES
from s3geo.views.comparison import MOST_COMPARED
from s3geo.views.overlay import KINDS
from s3geo.views.sectors import tables_of
from s3geo.workspace import GEOGRAPHIES, Workspace

__all__ = [
    "EVERY",
    "LAYERS",
    "View",
    "again",
    "choose_region",
    "current",
    "elsewhere",
    "notices",
    "set_compared",
    "show",
    "touched",
    "write_url",
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

_WRITTEN = "_written_url"
_TOUCHED = "_touched"  # this run was caused by a control: the address the browser sent may lag behind
_WHOLE = "_whole"  # what a control in the panel changed concerns the whole page
_KEPT = "_kept"  # the last value of everything
_PAGE = "_page"
_NOTICES = "_notices"


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

    @property
    def upper(self) -> tuple[float, ...] | None:
        """The user's own class bounds, where the scheme asks for them."""
        return _bounds(self.breaks) if self.scheme == "manual" else None


@dataclass(frozen=True)
class _Asked:
    """What a URL asks for, as text by name."""

    ws: Workspace
    values: dict[str, str]

    @property
    def geography(self) -> str:
        found = self.values.get("geography", "lep")
        return found if found in GEOGRAPHIES else "lep"

    def regions(self) -> Collection[str]:
        return list(self.ws.layer(self.geography).index)

    def indicators(self) -> Collection[str]:
        """Return the indicators that exist here and are of the actor and the dimension asked for."""
        of = self.ws.catalogue
        cell = {name: self.values[name] for name in ("actor", "dimension") if self.values.get(name) in set(of[name])}
        return {i for i in self.known() if all(of.at[i, name] == wanted for name, wanted in cell.items())}

    def known(self) -> Collection[str]:
        return {str(i) for i in self.ws.catalogue.index if self.geography in self.ws.geographies_of(str(i))}

    @property
    def table(self) -> str:
        found = self.values.get("table", "bres_jobs")
        return found if found in tables_of(self.geography) else tables_of(self.geography)[0]

    def sectors(self) -> Collection[str]:
        return list(self.ws.sector_names(self.table).index)

    def years(self) -> Collection[str]:
        return self.ws.sector_periods(self.table, self.geography)

    def periods(self) -> Collection[str]:
        indicator = self.values.get("indicator", "")
        return self.ws.periods(indicator, self.geography) if indicator in self.known() else ()


_Reader = Callable[[str, _Asked], Any]


@dataclass(frozen=True)
class _Field:
    """How one part of the view is read from the text of a URL (ValueError: not understood) and written to it."""

    default: Any
    read: _Reader
    write: Callable[[Any], str] = str


def _one_of(valid: Callable[[_Asked], Collection[str]] | Collection[str]) -> _Reader:
    def read(text: str, asked: _Asked) -> str:
        if text not in (valid(asked) if callable(valid) else valid):
            raise ValueError(text)
        return text

    return read


def _some_of(valid: Callable[[_Asked], Collection[str]] | Collection[str], most: int) -> _Reader:
    def read(text: str, asked: _Asked) -> list[str]:
        known = valid(asked) if callable(valid) else valid
        found = list(dict.fromkeys(part for part in text.split(",") if part))
        if not found or len(found) > most or any(part not in known for part in found):
            raise ValueError(text)
        return found

    return read


def _breaks(text: str, _asked: _Asked) -> str:
    if not _bounds(text):
        raise ValueError(text)
    return text


_FLAG = _Field(False, lambda text, asked: bool(_one_of(("1",))(text, asked)), lambda value: "1" if value else "")

_FIELDS: dict[str, _Field] = {
    "geography": _Field("lep", _one_of(GEOGRAPHIES)),
    "actor": _Field(EVERY, _one_of((EVERY, *ACTORS))),
    "dimension": _Field(EVERY, _one_of((EVERY, *DIMENSIONS))),
    "indicator": _Field(None, _one_of(_Asked.indicators)),
    "period": _Field(None, _one_of(_Asked.periods)),
    "mode": _Field("indicators", _one_of(("indicators", "sectors"))),
    "table": _Field("bres_jobs", _one_of(SECTOR_TABLES)),
    "sector": _Field("J", _one_of(_Asked.sectors)),
    "year": _Field(None, _one_of(_Asked.years)),
    "scheme": _Field("quantiles", _one_of(SCHEMES)),
    "k": _Field(5, lambda text, _: int(_one_of([str(k) for k in range(3, 8)])(text, _))),
    "palette": _Field("sequential", _one_of(PALETTES)),
    "fixed": _FLAG,
    "breaks": _Field("", _breaks),
    "second": _Field(None, _one_of(_Asked.known)),
    "layers": _Field([], _some_of(LAYERS, len(LAYERS)), ",".join),
    "compare": _Field([], _some_of(_Asked.regions, MOST_COMPARED), ",".join),
    "region": _Field(None, _one_of(_Asked.regions)),
    "every": _FLAG,
    "maps": _Field("cells", _one_of(("cells", "time"))),
}

_OF_SECTORS = ("table", "sector", "year")

_PAGES: dict[str, tuple[str, ...]] = {
    "explore": tuple(name for name in _FIELDS if name not in {"maps", "every"}),
    "compare": ("geography", "compare", "region", "indicator", "maps", "every"),
}
"""What each page writes into its URL."""


def notices() -> list[str]:
    """Return what was ignored in the URL, in words (empty when all was well)."""
    return list(st.session_state.get(_NOTICES, []))


def current(ws: Workspace, page: str = "explore") -> View:
    """Return the state to show, taking up the URL where it was changed from outside (a link, Back, Forward)."""
    state = st.session_state
    asked = {name: st.query_params[name] for name in _FIELDS if name in st.query_params}
    first = _WRITTEN not in state
    moved = state.get(_PAGE, page) != page
    ours = state.pop(_TOUCHED, False) or (moved and not asked)
    state[_PAGE] = page
    state.pop(_WHOLE, None)
    _restore()
    if first or (asked != state[_WRITTEN] and not ours):
        _take_up(ws, asked)
    elif ours:
        state[_NOTICES] = []
    view = _valid(ws)
    state[_KEPT] = {name: state[name] for name in _FIELDS}
    return view


def _valid(ws: Workspace) -> View:
    """Return the session's state with what does not fit together put right."""
    state = st.session_state
    geography = str(state["geography"])
    indicators = _offered(ws, geography, str(state["actor"]), str(state["dimension"]))
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
    return View(
        geography=geography,
        actor=str(state["actor"]),
        dimension=str(state["dimension"]),
        indicator=str(state["indicator"]),
        indicators=indicators,
        period=str(state["period"]),
        periods=periods,
        mode=str(state["mode"]),
        table=str(state["table"]),
        sector=str(state["sector"]),
        year=str(state["year"]),
        years=years,
        scheme=str(state["scheme"]),
        k=int(state["k"]),
        palette=str(state["palette"]),
        fixed=bool(state["fixed"]),
        breaks=str(state["breaks"] or ""),
        second=state["second"],
        layers=tuple(state["layers"] or ()),
        compare=tuple(state["compare"]),
        region=state["region"],
        maps=str(state["maps"]),
        every=bool(state["every"]),
    )


def again(ws: Workspace, view: View) -> View:
    """Return the view with the region chosen since, when only the panel runs; else let the whole page run."""
    state = st.session_state
    if state.pop(_WHOLE, False):
        st.rerun()  # which still knows that a control caused it
    state.pop(_TOUCHED, None)
    known = ws.layer(view.geography).index
    view = replace(view, region=state["region"] if state["region"] in known else None)
    state[_KEPT]["region"] = view.region
    write_url(ws, view)
    return view


def write_url(ws: Workspace, view: View, page: str = "explore") -> None:
    """Write the view into the URL; what equals the default, and what the page does not show, is left out."""
    default = str(ws.catalogue.at[view.indicator, "period"])
    wanted = {}
    for name in _PAGES[page]:
        value = getattr(view, name)
        value = list(value) if isinstance(value, tuple) else value
        if value is None or value == _FIELDS[name].default or (name, value) == ("period", default):
            continue
        if name in _OF_SECTORS and (view.mode != "sectors" or (name, value) == ("year", view.years[-1])):
            continue
        wanted[name] = _FIELDS[name].write(value)
    st.session_state[_WRITTEN] = wanted
    others = {name: value for name, value in st.query_params.to_dict().items() if name not in _FIELDS}
    if {**others, **wanted} != st.query_params.to_dict():
        st.query_params.from_dict({**others, **wanted})


def touched(*, whole: bool = False) -> None:
    """Note that a control caused this run (callback of every control); `whole`: more than the panel changes."""
    st.session_state[_TOUCHED] = True
    if whole:
        st.session_state[_WHOLE] = True


def elsewhere(page: str) -> None:
    """Note that a page without a view of its own is shown; what the others show is kept."""
    st.session_state[_PAGE] = page


def _restore() -> None:
    """Bring back what Streamlit dropped because its control was not on the page; what is there is never touched."""
    state = st.session_state
    for name, value in state.get(_KEPT, {}).items():
        if name not in state:
            state[name] = value


def show(**values: str) -> None:
    """Set parts of the view from another page, or from a link on this one."""
    state = st.session_state
    touched(whole=True)
    _restore()
    for name, field in _FIELDS.items():
        state[name] = values.get(name, state.get(name, field.default))
    for name in ("actor", "dimension"):
        state[name] = EVERY
    state[_WRITTEN] = state.get(_WRITTEN, {})


def choose_region(code: str | None) -> None:
    """Select a region, or none: the one writer that map, list, table, charts, search and cards share."""
    touched()
    st.session_state["region"] = code
    st.session_state["overlap"] = None


def set_compared(codes: list[str]) -> None:
    """Set which regions are compared; more than `MOST_COMPARED` are not taken in."""
    touched(whole=True)
    st.session_state["compare"] = codes[:MOST_COMPARED]


def _bounds(text: str) -> tuple[float, ...]:
    """Return ascending class bounds from text such as "10; 20; 30" (empty where it holds none)."""
    parts = text.replace(";", " ").replace(",", " ").split()
    try:
        found = sorted({float(part) for part in parts})
    except ValueError:
        return ()
    return tuple(found) if 1 <= len(found) <= 8 and all(abs(bound) < float("inf") for bound in found) else ()


def _offered(ws: Workspace, geography: str, actor: str, dimension: str) -> tuple[str, ...]:
    catalogue = ws.catalogue
    keep = [geography in ws.geographies_of(str(i)) for i in catalogue.index]
    if actor != EVERY:
        keep = [k and a == actor for k, a in zip(keep, catalogue["actor"], strict=True)]
    if dimension != EVERY:
        keep = [k and d == dimension for k, d in zip(keep, catalogue["dimension"], strict=True)]
    found = tuple(str(i) for i, k in zip(catalogue.index, keep, strict=True) if k)
    if found:
        return found
    # no indicator of this cell exists for the geography: show what there is rather than nothing
    st.session_state["actor"] = st.session_state["dimension"] = EVERY
    return _offered(ws, geography, EVERY, EVERY)


def _take_up(ws: Workspace, asked: dict[str, str]) -> None:
    """Take the valid parts of a URL into the session and say what was ignored."""
    ignored = []
    for name, field in _FIELDS.items():
        value = field.default
        if name in asked:
            try:
                value = field.read(asked[name], _Asked(ws, asked))
            except (ValueError, S3geoError):
                ignored.append(f"{name}={asked[name][:40]}")
        st.session_state[name] = list(value) if isinstance(value, list) else value
    st.session_state[_NOTICES] = ignored
