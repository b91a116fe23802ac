"""Your data: a table or boundaries of the user's own, beside the bundled ones, for this visit."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from html import escape
from pathlib import Path
from typing import Any, TypeVar, cast

import pandas as pd
import streamlit as st

from s3geo.apart import layer_apart, table_apart, weight
from s3geo.app import log
from s3geo.app.embedding import embedded
from s3geo.app.frame import show_error, workspace
from s3geo.app.markdown import plain
from s3geo.app.room import take_room
from s3geo.app.sharing import out_of_turn
from s3geo.app.state import elsewhere, show
from s3geo.errors import S3geoError
from s3geo.exports.tables import csv_text
from s3geo.exports.workbooks import template_workbook
from s3geo.files import clean_text
from s3geo.tables.own import NOT_STATED, OwnTable, match_own, offered_codes, template
from s3geo.views.profile import ACTOR_LABELS, DIMENSION_LABELS
from s3geo.views.wording import counted
from s3geo.workspace import GEOGRAPHIES, Workspace
from s3geo.workspace.own import Described, describe_own

F = TypeVar("F", bound=pd.DataFrame)

_TABLES = ["csv", "xlsx", "ods", "parquet"]
_LAYERS = ["zip", "gpkg", "geojson", "json", "fgb"]
_MOST_PROBLEMS = 1_000
_DIRECTIONS = {"neutral": "neither", "higher_is_better": "more", "lower_is_better": "less"}


def page() -> None:
    elsewhere("your-data")
    ws = workspace()
    if embedded():
        words = (
            "Your data cannot stand in a frame: open the full view to put a table or boundaries of your own on the map."
        )
        st.html(f'<div class="s3"><h2>Your data</h2><p>{words}</p></div>')
        return
    st.html(
        '<div class="s3"><h2>Your data</h2><p>Put a table or boundaries of your own on the map, beside the bundled '
        "ones. They are shown in this visit alone, and stay in this server's memory for some minutes after it; nothing "
        "stays on disk or is sent on. To keep them, use <code>s3geo import</code> on the command line.</p></div>"
    )
    table, layer = st.tabs(["A table of figures", "Boundaries"])
    with table:
        _table(ws)
    with layer:
        _layer(ws)


def _table(ws: Workspace) -> None:
    where, upload, blank = st.columns([2, 4, 1.6], vertical_alignment="top")
    geography = where.selectbox(
        "Areas in the table", list(GEOGRAPHIES), format_func=lambda g: GEOGRAPHIES[g].plural, key="own_geography"
    )
    blank.download_button(
        "Template as XLSX",
        data=lambda: template_workbook(ws.layer(geography), geography),
        file_name=f"s3geo_template_{geography}.xlsx",
        mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        on_click="ignore",
    )
    blank.download_button(
        "Template as CSV",
        data=lambda: csv_text(template(ws.layer(geography))).encode("utf-8-sig"),
        file_name=f"s3geo_template_{geography}.csv",
        mime="text/csv",
        on_click="ignore",
    )
    file = upload.file_uploader(
        "CSV, XLSX, ODS or Parquet; codes or names, a column for each period or measure; at most 50 MB",
        type=_TABLES,
        key="own_table",
        on_change=partial(log.note, "upload", what="table"),
    )
    if file is None:
        return
    told = clean_text(st.session_state.get("own_period", "")).strip() or NOT_STATED
    accepted: dict[str, str] = st.session_state.setdefault(f"_accepted_{file.file_id}_{geography}", {})
    try:
        table = _once("_own_table", file.file_id, lambda: table_apart(file.getvalue(), file.name))
        matched, problems = _matched(ws, geography, table, accepted, told)
    except S3geoError as error:
        show_error(error)
        return
    if told in set(matched.figures["period"]):
        st.text_input("Period of the figures; the table does not say", key="own_period", placeholder="2024")
    _report(ws, geography, matched, problems, accepted)
    _describe(ws, geography, matched)


def _once(kind: str, key: str, read: Callable[[], F]) -> F:
    """Read a file when it comes, not whenever the page is drawn; an error is kept too."""
    kept = st.session_state.get(kind)
    if kept is None or kept[0] != key:
        for before in (kind, "_own_matched"):  # what came before gives its room back
            st.session_state.pop(before, None)
        with st.spinner("Reading the file …"), out_of_turn():
            try:
                frame = read()
                take_room(frame, weight(frame), str(frame.attrs["file"]))
                kept = (key, frame, None)
            except S3geoError as error:
                kept = (key, None, error)
        st.session_state[kind] = kept
    if kept[2] is not None:
        raise kept[2].with_traceback(None)
    return cast("F", kept[1])


def _matched(
    ws: Workspace, geography: str, table: pd.DataFrame, accepted: dict[str, str], period: str
) -> tuple[OwnTable, pd.DataFrame]:
    """Match a table when it or what is accepted changes; with the first problems of many."""
    layer = ws.layer(geography)
    asked = (tuple(accepted.items()), period)
    kept = st.session_state.get("_own_matched")
    if kept is None or kept[0] is not table or kept[1] is not layer or kept[2] != asked:
        own = match_own(table, layer, file=str(table.attrs["file"]), accepted=accepted, period=period)
        kept = (table, layer, asked, own, own.report.problems.head(_MOST_PROBLEMS))
        st.session_state["_own_matched"] = kept
    return kept[3], kept[4]


def _report(ws: Workspace, geography: str, matched: OwnTable, problems: pd.DataFrame, accepted: dict[str, str]) -> None:
    """Say what matched and what did not, and offer what the rest may mean, one by one."""
    report = matched.report
    (st.success if report.ok else st.warning)(plain(report.summary()))
    for given, code in list(accepted.items()):
        st.caption(f"{plain(given)} is taken for {plain(ws.names(geography)[code])}.")
    offered = offered_codes(report) if geography == "lep" else {}
    if offered:
        st.button(
            f"Convert {counted(len(offered), 'code')} of other years whose area is unchanged",
            on_click=accepted.update,
            args=(offered,),
        )
    redrawn = len(report.vintage_clashes) - len(offered)
    if redrawn:
        st.caption(f"{counted(redrawn, 'code')} of areas redrawn since: the figures cannot be taken over.")
    for suggested, best in report.suggestions.groupby("given", sort=False):
        given = str(suggested)
        name, code = str(best["name"].iloc[0]), str(best["code"].iloc[0])
        said, button = st.columns([4, 1.4], vertical_alignment="center")
        said.html(f'<div class="s3"><p>“{escape(given)}”: did you mean <b>{escape(name)}</b>?</p></div>')
        button.button("Accept", key=f"accept_{given}", on_click=accepted.update, args=({given: code},))
    if len(problems):
        st.dataframe(problems.drop(columns="file"), hide_index=True, width="stretch")


def _describe(ws: Workspace, geography: str, matched: OwnTable) -> None:
    with st.form("own_about", border=True):
        label, unit, source = st.columns([3, 2, 2])
        about: dict[str, Any] = {
            "label": label.text_input("What the figures count", value=Path(matched.report.file).stem),
            "unit": unit.text_input("Unit", placeholder="£ per resident, %, patents"),
            "source": source.text_input("Whose figures", value="Own figures"),
        }
        actor, dimension, better, decimals = st.columns(4)
        about["actor"] = actor.selectbox("Actor", list(ACTOR_LABELS), index=2, format_func=ACTOR_LABELS.__getitem__)
        about["dimension"] = dimension.selectbox(
            "Dimension", list(DIMENSION_LABELS), index=2, format_func=DIMENSION_LABELS.__getitem__
        )
        about["direction"] = better.selectbox("Better is", list(_DIRECTIONS), format_func=_DIRECTIONS.__getitem__)
        about["decimals"] = int(decimals.number_input("Decimals", 0, 3, 1))
        n = len(matched.report.matched)
        # a key of its own: the count in the label changes, the button must stay the same one
        words = f"Show on the map ({n} of {len(ws.layer(geography))} areas)"
        sent = st.form_submit_button(words, type="primary", key="own_show")
    if not sent:
        return
    try:
        own = describe_own(matched, Described(geography=geography, **about))
        take_room(own.observations, weight(own.observations), matched.report.file)
        st.session_state["_workspace"] = ws.with_own(own)
    except S3geoError as error:
        show_error(error)
        return
    show(geography=geography, indicator=own.ids[0])
    st.switch_page(st.session_state["_explore"])


def _layer(ws: Workspace) -> None:
    where, upload = st.columns([2, 5.6], vertical_alignment="bottom")
    geography = where.selectbox(
        "Boundaries of", list(GEOGRAPHIES), format_func=lambda g: GEOGRAPHIES[g].plural, key="own_layer_geography"
    )
    file = upload.file_uploader(
        "Zipped shapefile, GeoPackage, GeoJSON or FlatGeobuf, in any reference system it declares; at most 50 MB",
        type=_LAYERS,
        key="own_layer",
        on_change=partial(log.note, "upload", what="boundaries"),
    )
    if file is None:
        return
    try:
        layer = _once(
            "_own_layer", f"{file.file_id} {geography}", lambda: layer_apart(file.getvalue(), file.name, geography)
        )
    except S3geoError as error:
        show_error(error)
        return
    known = set(ws.layer(geography).index)
    held = f"{len(known & set(layer.index))} of the {len(known)} {GEOGRAPHIES[geography].plural}"
    st.success(f"{plain(str(layer.attrs['file']))}: {len(layer)} areas; {held} have boundaries in it.")
    for note in layer.attrs.get("notes", ()):
        st.caption(plain(str(note)))
    if st.button("Use these boundaries", type="primary"):
        name, size = str(layer.attrs["file"]), weight(layer)
        own = ws.with_layer(geography, layer, file=name)
        st.session_state["_own_layer"] = None
        del layer  # from here on the workspace has it
        try:
            take_room(own, size, name)
        except S3geoError as error:
            show_error(error)
            return
        st.session_state["_workspace"] = own
        show(geography=geography)
        st.switch_page(st.session_state["_explore"])
