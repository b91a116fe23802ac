"""What is shown: read from the URL once, changed by one writer, and written back to the URL.

Every control of the Explore page is keyed by the name of its URL parameter. Nothing else reads or writes the URL.
"""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from s3geo.statistics.classify import SCHEMES
from s3geo.workspace import GEOGRAPHIES, Workspace

__all__ = [
    "EVERY",
    "SCHEME_IDS",
    "View",
    "choose_region",
    "current",
    "keep_alive",
    "notices",
    "show",
    "touched",
    "write_url",
]

EVERY = "all"
"""Value of the actor and dimension filters that lets everything through."""

_DEFAULTS: dict[str, str | int | None] = {
    "geography": "lep",
    "actor": EVERY,
    "dimension": EVERY,
    "indicator": None,
    "period": None,
    "scheme": "quantiles",
    "k": 5,
    "region": None,
}
SCHEME_IDS = [scheme for scheme in SCHEMES if scheme != "manual"]
_WRITTEN = "_written_url"
_TOUCHED = "_touched"  # this run was caused by a control: the address the browser sent may lag behind
_AWAY = "_away"  # another page was shown since
_NOTICES = "_notices"


@dataclass(frozen=True)
class View:
    """One consistent state of the Explore page; every part is valid for the workspace."""

    geography: str
    actor: str
    dimension: str
    indicator: str
    indicators: tuple[str, ...]
    period: str
    periods: tuple[str, ...]
    scheme: str
    k: int
    region: str | None


def notices() -> list[str]:
    """Return what was ignored in the URL, in words (empty when all was well)."""
    return list(st.session_state.get(_NOTICES, []))


def current(ws: Workspace) -> View:
    """Return the state to show, taking up the URL where it was changed from outside (a link, Back, Forward)."""
    state = st.session_state
    asked = {name: st.query_params[name] for name in _DEFAULTS if name in st.query_params}
    first = _WRITTEN not in state
    ours = state.pop(_TOUCHED, False) or (state.pop(_AWAY, False) and not asked)
    if first or (asked != state[_WRITTEN] and not ours):
        _take_up(ws, asked)
    elif ours:
        state[_NOTICES] = []
    geography = str(state["geography"])
    indicators = _offered(ws, geography, str(state["actor"]), str(state["dimension"]))
    if state["indicator"] not in indicators:
        state["indicator"] = indicators[0]
    periods = tuple(ws.periods(state["indicator"], geography))
    if state["period"] not in periods:
        default = str(ws.catalogue.at[state["indicator"], "period"])
        state["period"] = default if default in periods else periods[-1]
    if state["region"] not in ws.layer(geography).index:
        state["region"] = None
    return View(
        geography=geography,
        actor=str(state["actor"]),
        dimension=str(state["dimension"]),
        indicator=str(state["indicator"]),
        indicators=indicators,
        period=str(state["period"]),
        periods=periods,
        scheme=str(state["scheme"]),
        k=int(state["k"]),
        region=state["region"],
    )


def write_url(ws: Workspace, view: View) -> None:
    """Write the view into the URL; what equals the default is left out."""
    default = str(ws.catalogue.at[view.indicator, "period"])
    wanted = {
        name: str(value)
        for name in _DEFAULTS
        if (value := getattr(view, name)) is not None
        and value != _DEFAULTS[name]
        and (name, value) != ("period", default)
    }
    st.session_state[_WRITTEN] = wanted
    others = {name: value for name, value in st.query_params.to_dict().items() if name not in _DEFAULTS}
    if {**others, **wanted} != st.query_params.to_dict():
        st.query_params.from_dict({**others, **wanted})


def touched() -> None:
    """Note that a control caused this run (callback of every control)."""
    st.session_state[_TOUCHED] = True


def keep_alive() -> None:
    """Keep the values of the Explore page's controls while another page is shown."""
    state = st.session_state
    if _WRITTEN in state:
        state[_AWAY] = True
        for name in _DEFAULTS:
            state[name] = state.get(name)


def show(**values: str) -> None:
    """Set parts of the view from another page."""
    state = st.session_state
    for name, default in _DEFAULTS.items():
        state[name] = values.get(name, state.get(name, default))
    for name in ("actor", "dimension"):
        state[name] = EVERY
    state[_WRITTEN] = state.get(_WRITTEN, {})
    state[_AWAY] = True


def choose_region(code: str | None) -> None:
    """Select a region, or none: the one writer that map, list, search and cards share."""
    touched()
    st.session_state["region"] = code
    st.session_state["overlap"] = None


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
    geography = asked.get("geography", "lep") if asked.get("geography") in GEOGRAPHIES else "lep"
    valid = {
        "geography": lambda v: v in GEOGRAPHIES,
        "actor": lambda v: v == EVERY or v in set(ws.catalogue["actor"]),
        "dimension": lambda v: v == EVERY or v in set(ws.catalogue["dimension"]),
        "indicator": lambda v: (
            v in ws.catalogue.index
            and geography in ws.geographies_of(v)
            and all(
                asked.get(name) not in set(ws.catalogue[name]) or asked[name] == ws.catalogue.at[v, name]
                for name in ("actor", "dimension")
            )
        ),
        "period": lambda v: (
            v in ws.periods(asked["indicator"], geography) if asked.get("indicator") in ws.catalogue.index else False
        ),
        "scheme": lambda v: v in SCHEME_IDS,
        "k": lambda v: v.isdecimal() and 3 <= int(v) <= 7,
        "region": lambda v: v in ws.layer(geography).index,
    }
    ignored = []
    for name, default in _DEFAULTS.items():
        value = asked.get(name)
        good = value is not None and _holds(valid[name], value)
        if value is not None and not good:
            ignored.append(f"{name}={value[:40]}")
        st.session_state[name] = (int(value) if name == "k" else value) if good and value is not None else default
    st.session_state[_NOTICES] = ignored


def _holds(test: object, value: str) -> bool:
    from s3geo.errors import S3geoError

    try:
        return bool(test(value))  # type: ignore[operator]
    except S3geoError:
        return False
