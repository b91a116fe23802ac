"""What is shown: read from the URL once, changed by one writer, and written back to the URL.

Every control is keyed by the name of its URL parameter, on every page. Nothing else reads or writes the URL.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from urllib.parse import urlencode, urlsplit

import streamlit as st
from streamlit.errors import StreamlitWidgetAlreadyInstantiatedError

from s3geo.app.address import read_address
from s3geo.app.fields import EVERY, FIELDS, OF_SECTORS, PAGES, View, valid
from s3geo.settings import settings
from s3geo.views.comparison import MOST_COMPARED
from s3geo.workspace import Workspace

__all__ = [
    "address_of",
    "again",
    "choose_region",
    "current",
    "elsewhere",
    "hold",
    "notices",
    "permalink",
    "put",
    "set_compared",
    "show",
    "touched",
    "write_url",
]

_WRITTEN = "_written_url"
_TOUCHED = "_touched"  # this run was caused by a control: the address the browser sent may lag behind
_WHOLE = "_whole"  # what a control in the panel changed concerns the whole page
_KEPT = "_kept"  # the last value of everything
_PAGE = "_page"
_NOTICES = "_notices"


def notices() -> list[str]:
    """Return what was ignored in the URL, in words (empty when all was well)."""
    return list(st.session_state.get(_NOTICES, []))


def current(ws: Workspace, page: str = "explore") -> View:
    """Return the state to show, taking up the URL where it was changed from outside (a link, Back, Forward)."""
    state = st.session_state
    asked = {name: st.query_params[name] for name in FIELDS if name in st.query_params}
    first = _WRITTEN not in state
    moved = state.get(_PAGE, page) != page
    ours = state.pop(_TOUCHED, False) or (moved and not asked)
    state[_PAGE] = page
    state.pop(_WHOLE, None)
    _restore()
    if moved:
        _carry_over()
    if first or (asked != state[_WRITTEN] and not ours):
        _take_up(ws, asked)
    elif ours:
        state[_NOTICES] = []
    if moved and ours and "actor" in PAGES[page]:
        of = ws.catalogue.loc[state["indicator"]] if state["indicator"] in ws.catalogue.index else {}
        if any(state[name] not in (EVERY, of.get(name)) for name in ("actor", "dimension")):
            state["actor"] = state["dimension"] = EVERY  # another page offered what the filters leave out
    view = valid(ws, state, page)
    state[_KEPT] = {name: state[name] for name in FIELDS}
    return view


def again(ws: Workspace, view: View) -> View:
    """Return the view with the region chosen since, when only the panel runs; else let the whole page run."""
    state = st.session_state
    if state.pop(_WHOLE, False):
        st.rerun()  # which still knows that a control caused it
    state.pop(_TOUCHED, None)
    known = ws.layer(view.geography).index
    view = replace(view, region=state["region"] if state["region"] in known else None)
    state[_KEPT]["region"] = view.region
    return view


def write_url(ws: Workspace, view: View, page: str = "explore") -> None:
    """Write the view into the URL; what equals the default, and what the page does not show, is left out."""
    default = str(ws.catalogue.at[view.indicator, "period"])
    wanted = {}
    for name in PAGES[page]:
        value = getattr(view, name)
        value = list(value) if isinstance(value, tuple) else value
        if value is None or value == FIELDS[name].default or (name, value) == ("period", default):
            continue
        if name in OF_SECTORS and (view.mode != "sectors" or (name, value) == ("year", view.years[-1])):
            continue
        wanted[name] = FIELDS[name].write(value)
    st.session_state[_WRITTEN] = wanted
    others = {name: value for name, value in st.query_params.to_dict().items() if name not in FIELDS}
    if {**others, **wanted} != st.query_params.to_dict():
        st.query_params.from_dict({**others, **wanted})


def permalink(view: View, page: str = "explore") -> str | None:
    """Return the absolute address of a view, or None where it shows figures that only this visit has.

    What matters most is written out even where it equals the default, so that the address leads to the same view when
    defaults change.
    """
    if "_workspace" in st.session_state:
        return None
    sectors = view.mode == "sectors"
    always = {"geography", "indicator", "period", "scheme", "k", "table", "sector", "year"}
    left_out = {"indicator", "period"} if sectors else set(OF_SECTORS)
    asked = {}
    for name in PAGES[page]:
        value = getattr(view, name)
        value = list(value) if isinstance(value, tuple) else value
        if name not in left_out and value is not None and (name in always or value != FIELDS[name].default):
            asked[name] = FIELDS[name].write(value)
    address = address_of(page)
    return None if address is None else f"{address}?{urlencode(asked, safe=',/')}"


def address_of(page: str) -> str | None:
    """Return the absolute address of a page: of the public address where one is set, else as the browser sees it."""
    address = settings().address.rstrip("/")
    if not address:
        here = urlsplit(st.context.url or "")
        if not here.netloc:
            return None
        shown = st.session_state.get(_PAGE, page)
        address = f"{here.scheme}://{here.netloc}{here.path.rstrip('/').removesuffix(f'/{shown}')}"
    return f"{address}/{'' if page == 'explore' else page}"


def touched(*, whole: bool = False) -> None:
    """Note that a control caused this run (callback of every control); `whole`: more than the panel changes."""
    st.session_state[_TOUCHED] = True
    if whole:
        st.session_state[_WHOLE] = True


def hold() -> None:
    """Keep what has no control on the page, at the end of a run: else what was set before its control would return."""
    state = st.session_state
    for name in FIELDS:
        if name in state:
            with suppress(StreamlitWidgetAlreadyInstantiatedError):  # its control is there, and keeps it
                state[name] = state[name]


def elsewhere(page: str) -> None:
    """Note that a page without a view of its own is shown; what the others show is kept."""
    st.session_state[_PAGE] = page


def _restore() -> None:
    """Bring back what Streamlit dropped because its control was not on the page; what is there is never touched."""
    state = st.session_state
    for name, value in state.get(_KEPT, {}).items():
        if name not in state:
            state[name] = value


def _carry_over() -> None:
    """Hand on to the controls of another page what those of the last one held: by key alone they would start anew."""
    state = st.session_state
    for name in FIELDS:
        if name in state:
            state[name] = state[name]


def show(**values: str) -> None:
    """Set parts of the view from another page, or from a link on this one."""
    state = st.session_state
    touched(whole=True)
    _restore()
    for name, field in FIELDS.items():
        state[name] = values.get(name, state.get(name, field.default))
    for name in ("actor", "dimension"):
        state[name] = EVERY
    state[_WRITTEN] = state.get(_WRITTEN, {})


def put(**values: object) -> None:
    """Set parts of the view from a button on the page that shows them."""
    touched(whole=True)
    st.session_state.update(values)


def choose_region(code: str | None) -> None:
    """Select a region, or none: the one writer that map, list, table, charts, search and cards share."""
    touched()
    st.session_state["region"] = code
    st.session_state["overlap"] = None


def set_compared(codes: list[str]) -> None:
    """Set which regions are compared; more than `MOST_COMPARED` are not taken in."""
    touched(whole=True)
    st.session_state["compare"] = codes[:MOST_COMPARED]


def _take_up(ws: Workspace, asked: dict[str, str]) -> None:
    """Take the valid parts of a URL into the session and say what was ignored."""
    values, st.session_state[_NOTICES] = read_address(ws, asked)
    for name, value in values.items():
        st.session_state[name] = value
