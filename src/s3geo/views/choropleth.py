"""Compose the map: a `folium.Map` that draws with no internet, on screen, in a file or in a notebook."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

import folium
from branca.element import Element
from folium.utilities import JsCode

from s3geo.views import geometry
from s3geo.views.bivariate import BivariateTable, bivariate_table
from s3geo.views.class_table import NO_DATA_FILL, ClassTable, class_table
from s3geo.views.geometry import PreparedGeometry
from s3geo.views.legend import LEGEND_CSS, legend_html
from s3geo.views.palette import INK, LAND, OUTLINE, SEA
from s3geo.views.patterns import NO_DATA_PATTERN, stripes, stripes_id
from s3geo.views.standalone import HINT, PAGE_CSS, behaviour, rows_html
from s3geo.workspace import GEOGRAPHIES, Workspace

__all__ = ["PreparedLayer", "RegionMap", "bivariate_choropleth", "choropleth", "drawn"]

_LEAFLET = Path(__file__).resolve().parents[1] / "app" / "assets" / "leaflet"


@lru_cache(maxsize=1)
def _leaflet() -> str:
    script = (_LEAFLET / "leaflet.js").read_text("utf-8").replace("</script", "<\\/script")
    script = script.split("//# sourceMappingURL")[0]
    return f"<style>{(_LEAFLET / 'leaflet.css').read_text('utf-8')}</style><script>{script}</script>"


class _Markup(Element):
    """HTML as it is. An `Element` of text would take it for a Jinja template, and so run what a name says."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html

    def render(self, **_kwargs: Any) -> str:
        return self.html


class _Later(Element):
    """HTML that is made when the page is written: the app draws the same map without it."""

    def __init__(self, make: Callable[[], str]) -> None:
        super().__init__()
        self.make = make

    def render(self, **_kwargs: Any) -> str:
        return self.make()


class PreparedLayer(folium.GeoJson):
    """A GeoJson layer whose geometry is prepared ahead of time.

    Parameters
    ----------
    prepared : PreparedGeometry
    style : callable
        Feature to Leaflet path options.
    role : {"land", "regions", "overlaps"}
    labels : dict, optional
        Code to the words of a region (tooltip, and accessible name).
    interactive : bool
        Whether the paths answer the pointer.
    """

    def __init__(
        self,
        prepared: PreparedGeometry,
        style: Callable[[dict[str, Any]], dict[str, Any]],
        *,
        role: str,
        labels: dict[str, str] | None = None,
        interactive: bool = False,
    ) -> None:
        super().__init__(
            _without_braces(prepared.features),
            style_function=style,
            control=False,
            smooth_factor=0.6,
            on_each_feature=JsCode(_ON_EACH % _as_script(labels)) if labels else None,
            interactive=interactive,
        )
        self.prepared = prepared
        self.role = role
        self.labels = labels or {}
        self.interactive = interactive


def _as_script(labels: dict[str, str]) -> str:
    """Write labels as a JavaScript object in which nothing can be taken for markup or for a Jinja template.

    folium renders its scripts as templates a second time, so a brace in a name would be run.
    """
    pairs = (f"{json.dumps(code)}: {json.dumps(label)}" for code, label in labels.items())
    inner = ", ".join(pairs).replace("{", "\\u007b").replace("<", "\\u003c")
    return f"{{{inner}}}"


def _without_braces(features: dict[str, Any]) -> dict[str, Any]:
    """Leave names with a brace out of what folium writes into its script; the labels have them."""
    if not any("{" in feature["properties"]["name"] for feature in features["features"]):
        return features
    return {
        **features,
        "features": [
            {
                **feature,
                "properties": {**feature["properties"], "name": feature["properties"]["name"].replace("{", "(")},
            }
            for feature in features["features"]
        ],
    }


_ON_EACH = """function (feature, layer) {
  const label = %s[feature.id];
  const words = document.createElement('span');
  words.textContent = label;
  layer.bindTooltip(words, {sticky: true});
  layer.on('add', () => {
    const path = layer.getElement();
    path.setAttribute('data-code', feature.id);
    path.setAttribute('role', 'img');
    path.setAttribute('aria-label', label);
  });
}"""


class RegionMap(folium.Map):
    """A choropleth of regions as a `folium.Map`, with Leaflet inside the page instead of on a CDN.

    Attributes
    ----------
    table : ClassTable or BivariateTable
        What is drawn.
    defs : str
        SVG patterns the fills refer to.
    legend : str
        The legend as HTML.
    """

    default_js: list[tuple[str, str]] = []  # noqa: RUF012 -- folium reads these names from the class
    default_css: list[tuple[str, str]] = []  # noqa: RUF012

    def __init__(
        self,
        ws: Workspace,
        table: ClassTable | BivariateTable,
        defs: str,
        selected: Sequence[str] = (),
        said: str = "",
    ) -> None:
        super().__init__(
            location=(52.85, -1.7), zoom_start=6, tiles=None, scrollWheelZoom=False, zoom_snap=0.25, keyboard=False
        )
        self.options["min_zoom"] = 5  # the argument of that name is for tiles
        self.workspace = ws
        self.table = table
        self.defs = defs
        self.legend = legend_html(table)
        self.selected = tuple(selected)
        root: Any = self.get_root()  # a branca Figure, which the stubs call an Element
        root.title = escape(f"{table.title} – {table.boundaries}")
        root.header.add_child(_Markup(_leaflet()), name="leaflet")
        root.header.add_child(_Markup(f"<style>{LEGEND_CSS}{_PAGE_CSS}{PAGE_CSS}</style>"), name="s3geo_style")
        root.html.add_child(
            _Markup(
                f'<svg width="0" height="0" style="position:absolute" aria-hidden="true"><defs>{defs}</defs></svg>'
                f'<div class="s3geo-corner">{self.legend}</div><p class="s3geo-source">{escape(table.boundaries)}. '
                f"{escape(table.attribution)} {escape(said)}</p>"
            ),
            name="s3geo_page",
        )
        root.html.add_child(_Later(self._side), name="s3geo_side")
        root.script.add_child(_Later(self._script), name="s3geo_script")

    def _side(self) -> str:
        return f'<div class="s3geo-side"><p class="s3geo-said" role="status">{HINT}</p>{rows_html(self.table)}</div>'

    def _script(self) -> str:
        names = {child.role: child.get_name() for child in self._children.values() if isinstance(child, PreparedLayer)}
        if "regions" not in names:
            return ""
        objects = {"map": self.get_name(), "regions": names["regions"], "overlaps": names.get("overlaps")}
        return behaviour(objects, self.selected[0] if self.selected else None)

    def page(self) -> str:
        """Return a whole page that needs no internet: Leaflet, shapes, words and keys are inside it."""
        root: Any = self.get_root()
        return str(root.render()).replace("<html>", '<html lang="en">', 1)


_PAGE_CSS = f"""
.leaflet-container{{background:{SEA} !important}}
.s3geo-corner{{position:absolute;left:12px;bottom:56px;z-index:800}}
.s3geo-source{{position:absolute;left:0;right:0;bottom:0;margin:0;padding:4px 10px;z-index:800;
font:11px/1.35 system-ui,sans-serif;background:rgba(255,255,255,.9);color:{INK}}}
"""


def choropleth(
    ws: Workspace,
    indicator: str,
    period: str | None = None,
    *,
    geography: str = "lep",
    scheme: str = "quantiles",
    k: int = 5,
    upper: Sequence[float] | None = None,
    palette: str = "sequential",
    fixed: bool = False,
    selected: Sequence[str] = (),
) -> RegionMap:
    """Draw an indicator on a map of England.

    Parameters
    ----------
    ws : Workspace
    indicator : str
        Id in the catalogue.
    period : str, optional
        By default the catalogue's.
    geography : {"lep", "lad", "county", "region", "combined_authority"}
    scheme, k, upper
        Classification, see `s3geo.statistics.classify`.
    palette, fixed
        Colours around England's value, and classes that hold for all periods; see `s3geo.views.class_table`.
    selected : sequence of str
        Codes outlined.

    Returns
    -------
    folium.Map
        Composed and styled. Show it in a notebook, ``.save("map.html")`` it (it needs no internet), or hand it to
        `s3geo.export`. Districts in two regions carry stripes in both fills; no data is dotted grey.

    Examples
    --------
    >>> import s3geo
    >>> m = s3geo.choropleth(s3geo.open_workspace(), "gva_per_head")
    >>> m.table.breaks.k
    5
    """
    table = class_table(
        ws, indicator, period, geography=geography, scheme=scheme, k=k, upper=upper, palette=palette, fixed=fixed
    )
    return drawn(ws, table, selected)


def bivariate_choropleth(
    ws: Workspace,
    x: str,
    y: str,
    *,
    period_x: str | None = None,
    period_y: str | None = None,
    geography: str = "lep",
    selected: Sequence[str] = (),
) -> RegionMap:
    """Draw two indicators on one map of England, in thirds of each.

    Parameters
    ----------
    ws : Workspace
    x, y, period_x, period_y, geography
        See `s3geo.views.bivariate.bivariate_table`.
    selected : sequence of str
        Codes outlined.

    Returns
    -------
    folium.Map
        As `choropleth` returns; its legend is a square of nine classes.

    Examples
    --------
    >>> import s3geo
    >>> m = s3geo.bivariate_choropleth(s3geo.open_workspace(), "gva_per_head", "he_research_income_per_head")
    >>> m.table.y.breaks.k
    3
    """
    table = bivariate_table(ws, x, y, period_x=period_x, period_y=period_y, geography=geography)
    return drawn(ws, table, selected)


def drawn(
    ws: Workspace, table: ClassTable | BivariateTable, selected: Sequence[str] = (), *, said: str = ""
) -> RegionMap:
    """Draw a table of classes, whatever it is of: land, regions, shared districts in stripes.

    Parameters
    ----------
    ws : Workspace
    table : ClassTable or BivariateTable
    selected : sequence of str
        Codes outlined.
    said : str
        More words below the map: when it was made, and where it is found again.
    """
    geography = table.geography
    fills = table.rows["fill"].to_dict()
    chosen = set(selected)
    outlined = table.outlined if isinstance(table, ClassTable) else frozenset()

    def style(feature: dict[str, Any]) -> dict[str, Any]:
        code = feature["id"]
        return {
            "fillColor": fills.get(code, NO_DATA_FILL),
            "fillOpacity": 1,
            "color": INK if code in chosen or code in outlined else OUTLINE,
            "weight": 3 if code in chosen else 1.5 if code in outlined else 1,
        }

    shared = geometry.overlaps(ws, geography)
    pairs = {
        f["id"]: [fills[r] for r in f["properties"]["regions"]] for f in (shared.features["features"] if shared else [])
    }
    unique = {stripes_id(pair): pair for pair in pairs.values()}
    defs = NO_DATA_PATTERN + "".join(stripes(pair) for pair in unique.values())
    result = RegionMap(ws, table, defs, selected, said)
    result.add_child(PreparedLayer(geometry.backdrop(ws), _land_style, role="land"))
    result.add_child(
        PreparedLayer(
            geometry.regions(ws, geography),
            style,
            role="regions",
            labels={str(code): str(label) for code, label in table.rows["label"].items()},
            interactive=True,
        )
    )
    if shared is not None:

        def striped(feature: dict[str, Any]) -> dict[str, Any]:
            return {
                "fillColor": f"url(#{stripes_id(pairs[feature['id']])})",
                "fillOpacity": 1,
                "color": OUTLINE,
                "weight": 0.75,
            }

        result.add_child(PreparedLayer(shared, striped, role="overlaps"))
    west, south, east, north = geometry.regions(ws, geography).bounds
    result.fit_bounds([[south, west], [north, east]], padding_top_left=(8, 8), padding_bottom_right=(8, 56))
    page: Any = result.get_root()
    page.html.add_child(_Markup(_title(table)), name="s3geo_title")
    return result


def _land_style(_feature: dict[str, Any]) -> dict[str, Any]:
    return {"fillColor": LAND, "fillOpacity": 1, "color": "#d3dadf", "weight": 0.75}


def _title(table: ClassTable | BivariateTable) -> str:
    return (
        f'<h1 style="position:absolute;clip-path:inset(50%);height:1px;overflow:hidden">'
        f"{escape(table.title)}, {escape(table.subtitle)}, {escape(GEOGRAPHIES[table.geography].plural)}</h1>"
    )
