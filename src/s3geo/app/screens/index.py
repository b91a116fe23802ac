"""Index: an innovation index by the visitor's own weights, its ranks with intervals, every step from the figures."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from functools import partial

import streamlit as st

from s3geo.app import index_panels, loaders, panels
from s3geo.app.component import show_copy_link
from s3geo.app.embedding import embedded
from s3geo.app.fields import View
from s3geo.app.frame import show_error, workspace
from s3geo.app.markdown import plain
from s3geo.app.state import current, notices, touched, write_url
from s3geo.errors import S3geoError, UsageError
from s3geo.statistics.hierarchy import AGGREGATIONS
from s3geo.statistics.normalise import NORMALISATIONS
from s3geo.statistics.steps import SCALES
from s3geo.views.index import IndexTable, weighable
from s3geo.views.profile import ACTOR_LABELS, DIMENSION_LABELS
from s3geo.views.recipe import MOST_WEIGHT, WEIGHT_STEP, Recipe, read_recipe, recipe_from_url, recipe_toml
from s3geo.workspace import GEOGRAPHIES, Workspace

_NAME, _FIGURES, _WRONG = "_recipe_name", "_recipe_figures", "_recipe_wrong"


def page() -> None:
    ws = workspace()
    view = current(ws, "index")
    write_url(ws, view, "index")
    recipe = _recipe(ws, view)
    if embedded():
        _framed(ws, view, recipe)
        return
    st.html('<div class="s3"><h2>Index</h2></div>')
    with st.container(key="index_controls"):
        _choices(ws, view, recipe)
    if ignored := notices():
        st.info(f"Part of the address was not understood and left out: {', '.join(ignored)}.")
    if (wrong := st.session_state.pop(_WRONG, None)) is not None:
        show_error(wrong)
    with st.container(key="index_weights"):
        _weights(ws, view, recipe)
    try:
        with st.spinner("Computing the index"):
            table = loaders.index_of(ws, recipe)
    except UsageError as error:
        show_error(error)
        return
    _results(ws, view, table, recipe)
    st.html(f'<div class="s3 source"><p>{panels.credit(ws, view.geography)}</p></div>')


def _framed(ws: Workspace, view: View, recipe: Recipe) -> None:
    """Show what stands in a frame: the ranking, and how it is made."""
    table = loaders.index_of(ws, recipe)
    st.html(f'<div class="s3"><h2>{index_panels.title(table)}</h2></div>')
    if view.region is not None:
        st.html(index_panels.area(table, view.region))
    st.html(index_panels.ranking(table, view.region))
    st.html(index_panels.method(table))
    st.html(f'<div class="s3 source"><p>{panels.credit(ws, view.geography)}</p></div>')


def _recipe(ws: Workspace, view: View) -> Recipe:
    """Return the recipe of the address, with the name it has in this visit."""
    found, _ = recipe_from_url(view.recipe, weighable(ws), view.geography)
    return replace(found, name=st.session_state.get(_NAME, found.name))


def _choices(ws: Workspace, view: View, recipe: Recipe) -> None:
    area, region, method, file = st.columns([1.2, 1.6, 1, 1], gap="small", vertical_alignment="bottom")
    names = ws.names(view.geography).sort_values()
    area.selectbox(
        "Area", list(GEOGRAPHIES), format_func=lambda g: GEOGRAPHIES[g].plural, key="geography", on_change=touched
    )
    region.selectbox(
        "Area opened below",
        list(names.index),
        format_func=lambda code: names[code],
        placeholder="Choose an area by name",
        key="region",
        on_change=touched,
    )
    with method.popover("Method", width="stretch"):
        _method(recipe)
    with file.popover("Recipe", width="stretch"):
        _file(ws, recipe)


def _method(recipe: Recipe) -> None:
    st.session_state["_normalise"], st.session_state["_aggregate"] = recipe.normalise, recipe.aggregate
    st.selectbox(
        "Figures put on one scale by",
        list(NORMALISATIONS),
        format_func=lambda n: NORMALISATIONS[n],
        key="_normalise",
        on_change=_take_method,
        args=(recipe,),
    )
    means = [a for a in SCALES if recipe.normalise != "zscore" or a == "arithmetic"]
    st.selectbox(
        "Mean",
        means,
        format_func=lambda a: AGGREGATIONS[a],
        key="_aggregate",
        on_change=_take_method,
        args=(recipe,),
    )
    st.caption(
        "The defaults are min-max and the arithmetic mean. The interval of each rank draws the others too, so another "
        "method changes the rank more than its interval. A geometric mean needs scores above 0: not with z-scores."
    )


def _file(ws: Workspace, recipe: Recipe) -> None:
    st.session_state["recipe_name"] = recipe.name
    st.text_input("Name", key="recipe_name", max_chars=80, on_change=_take_name)
    st.download_button(
        "Save the recipe",
        data=partial(_toml, ws, recipe),
        file_name="index.toml",
        mime="application/toml",
        on_click="ignore",
        key="save_recipe",
    )
    st.file_uploader(
        "Open a recipe (TOML)", type=["toml"], key="recipe_file", on_change=_take_file, args=(ws,), max_upload_size=1
    )
    st.caption("`s3geo index index.toml` computes the same numbers on the command line.")


def _weights(ws: Workspace, view: View, recipe: Recipe) -> None:
    """Draw the grid: dimensions above, actors at the left; the indicators of a cell are drawn while it is open."""
    labels = ws.catalogue["short_label"]
    cells = defaultdict(list)
    for i in weighable(ws, view.geography):
        cells[ws.catalogue.at[i, "actor"], ws.catalogue.at[i, "dimension"]].append(i)
    corner, *heads = st.columns([1.1, 1, 1, 1], gap="small", vertical_alignment="bottom")
    corner.html(
        '<div class="s3"><p class="muted">Weights: 0 leaves out. A cell weighs its actor times its dimension; '
        "indicators weigh within their cell.</p></div>"
    )
    corner.button("All weights 1", on_click=_set, args=(replace(recipe, weights=()),), disabled=not recipe.weights)
    for column, (dimension, label) in zip(heads, DIMENSION_LABELS.items(), strict=True):
        with column:
            _slider(dimension, label, recipe)
    for actor, label in ACTOR_LABELS.items():
        left, *right = st.columns([1.1, 1, 1, 1], gap="small", vertical_alignment="top")
        with left:
            _slider(actor, label, recipe)
        for column, (dimension, of) in zip(right, DIMENSION_LABELS.items(), strict=True):
            ids = cells[actor, dimension]
            used = sum(recipe.weight(i) > 0 for i in ids)
            words = f"{of}: {used} of {len(ids)} indicators" if ids else f"{of}: no indicators"
            cell = column.expander(words, key=f"_cell_{actor}_{dimension}", on_change=touched)
            if cell.open:
                with cell:
                    for i in ids:
                        _slider(i, str(labels[i]), recipe)


def _slider(key: str, label: str, recipe: Recipe) -> None:
    name = f"_weight_{key}"
    st.session_state[name] = recipe.weight(key)
    st.slider(
        label, 0.0, MOST_WEIGHT, step=WEIGHT_STEP, format="%.1f", key=name, on_change=_take_weight, args=(key, recipe)
    )


def _results(ws: Workspace, view: View, table: IndexTable, recipe: Recipe) -> None:
    opened, figures = st.session_state.get(_FIGURES, ("", ""))
    if figures not in {"", table.recipe.data} and opened == (view.geography, view.recipe):
        st.warning(
            f"This recipe was saved with other figures ({plain(figures[:40])}; here are {table.recipe.data}): "
            "numbers may differ."
        )
    st.html(f'<div class="s3"><h2 class="section">{index_panels.title(table)}</h2></div>')
    if view.region is not None:
        st.html(index_panels.area(table, view.region))
    else:
        st.html('<div class="s3"><p class="muted">Choose an area above to open its steps from the figures.</p></div>')
    st.html(index_panels.ranking(table, view.region))
    if view.region is not None:
        st.html(index_panels.steps(table, view.region))
    figures, link, _ = st.columns([1.3, 1, 3], gap="small")
    with link:
        show_copy_link("index", "Innovation index")
    with figures:
        st.download_button(
            "All steps of all areas as CSV",
            data=partial(loaders.csv_of_index, ws, recipe),
            file_name=f"s3geo_index_{view.geography}.csv",
            mime="text/csv",
            on_click="ignore",
            key="save_index_csv",
        )
    with st.spinner("Seeing what moves the ranks"):
        moved = loaders.index_moves(ws, recipe)
    st.html(index_panels.moves(table, moved, view.region))
    st.html(index_panels.method(table))


def _toml(ws: Workspace, recipe: Recipe) -> bytes:
    made = loaders.index_of(ws, recipe).recipe
    return recipe_toml(made, weighable(ws)).encode()


def _set(recipe: Recipe) -> None:
    touched()
    st.session_state["recipe"] = recipe.url


def _take_weight(key: str, recipe: Recipe) -> None:
    _set(recipe.weighing(key, st.session_state[f"_weight_{key}"]))


def _take_method(recipe: Recipe) -> None:
    normalise, aggregate = st.session_state["_normalise"], st.session_state["_aggregate"]
    _set(replace(recipe, normalise=normalise, aggregate="arithmetic" if normalise == "zscore" else aggregate))


def _take_name() -> None:
    touched()
    if (name := st.session_state["recipe_name"].strip()) and name.isprintable():
        st.session_state[_NAME] = name


def _take_file(ws: Workspace) -> None:
    file = st.session_state["recipe_file"]
    if file is None:
        return
    try:
        found = read_recipe(file.getvalue(), weighable(ws))
    except S3geoError as error:
        st.session_state[_WRONG] = error
        return
    st.session_state[_NAME] = found.name
    st.session_state[_FIGURES] = (found.geography, found.url), found.data
    st.session_state["geography"] = found.geography
    _set(found)
