"""The one object the doors hold: boundaries and data, bundled or of the user's own.

A workspace is a folder with ``boundaries/`` and ``data/`` in the layout of the bundle. Whatever it lacks comes
from the bundle, so a folder with a single layer replaces just that layer.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from threading import RLock

import pandas as pd
from geopandas import GeoDataFrame, read_parquet

from s3geo.errors import FileProblem, NotFound, TableError, listed
from s3geo.geography.distance import distances_km
from s3geo.geography.layers import read_centres, read_layer
from s3geo.geography.neighbours import neighbours
from s3geo.geography.postcodes import find, looks_like_postcode
from s3geo.model.catalogue import Catalogue, load_catalogue
from s3geo.model.provenance import attribution
from s3geo.model.schemas import check_observations, check_organisations
from s3geo.settings import ENGLAND, bundled, settings
from s3geo.tables.names import search

__all__ = ["GEOGRAPHIES", "Geography", "Workspace", "bundled_workspace", "locate", "open_workspace"]

_SUFFIXES = (".parquet", ".gpkg", ".geojson", ".fgb", ".zip")


@dataclass(frozen=True)
class Geography:
    """A kind of region and the vintage the bundle holds.

    Attributes
    ----------
    id : str
        "lep", "lad", "county", "region" or "combined_authority".
    vintage : str
        Year and month of the boundaries, "2021-05".
    singular, plural : str
        What users call one, and several.
    """

    id: str
    vintage: str
    singular: str
    plural: str


GEOGRAPHIES: dict[str, Geography] = {
    g.id: g
    for g in (
        Geography("lep", "2021-05", "LEP", "Local Enterprise Partnerships"),
        Geography("region", "2023-04", "region", "Regions"),
        Geography("combined_authority", "2025-05", "combined authority", "Combined authorities"),
        Geography("county", "2023-04", "county or unitary authority", "Counties and unitary authorities"),
        Geography("lad", "2023-04", "district", "Local authority districts"),
    )
}


class Workspace:
    """Boundaries, memberships, indicators and organisations, read once and shared.

    Parameters
    ----------
    path : Path, optional
        Folder of the user's own; what it lacks comes from the bundle.

    Notes
    -----
    Frames handed out are copies or must be treated as read-only; a workspace is shared between sessions.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self._lock = RLock()
        self._layers: dict[tuple[str, str], GeoDataFrame] = {}
        self._centres: dict[tuple[str, str], pd.DataFrame] = {}
        self._neighbours: dict[str, dict[str, list[str]]] = {}
        self._distances: dict[str, pd.DataFrame] = {}

    # --- files

    def file(self, *parts: str) -> Path:
        """Return the workspace's own file where it has one, else the bundled one."""
        if self.path is not None and (own := self.path.joinpath(*parts)).exists():
            return own
        return bundled(*parts)

    def _layer_file(self, geography: str, vintage: str) -> Path:
        stem = f"{geography}_{vintage}"
        for root in ([self.path / "boundaries"] if self.path else []) + [bundled("boundaries")]:
            for suffix in _SUFFIXES:
                if (path := root / f"{stem}{suffix}").exists():
                    return path
        raise FileProblem(
            f"No boundaries {stem} with ending {', '.join(_SUFFIXES)} in the workspace or the bundle; "
            "put one there or run `s3geo boundaries build`."
        )

    # --- boundaries

    @property
    def geographies(self) -> pd.DataFrame:
        """Geographies at hand: id, vintage, n (regions), label."""
        rows = [
            {"id": g.id, "vintage": g.vintage, "n": len(self.layer(g.id)), "label": g.plural}
            for g in GEOGRAPHIES.values()
        ]
        return pd.DataFrame(rows)

    def vintage(self, geography: str) -> str:
        """Return the vintage of a geography, "2021-05"."""
        return _geography(geography).vintage

    def layer(self, geography: str = "lep", vintage: str | None = None) -> GeoDataFrame:
        """Return the boundaries of a geography.

        Parameters
        ----------
        geography : {"lep", "lad", "county", "region", "combined_authority"}
        vintage : str, optional
            "2021-05"; by default the one of the geography.

        Returns
        -------
        GeoDataFrame
            Index GSS code, columns name and geometry, EPSG:27700 (metres). Shared: do not change it.
        """
        return self._read(geography, vintage)[0]

    @cached_property
    def land(self) -> GeoDataFrame:
        """Neighbouring land as a backdrop: index and column name, geometry (EPSG:27700); it carries no data."""
        land = read_parquet(self.file("boundaries", "land.parquet"))
        return land.set_index(land["name"].rename("code"))

    def centres(self, geography: str = "lep") -> pd.DataFrame:
        """Return the postcode-weighted centre of each region.

        Returns
        -------
        DataFrame
            Index GSS code; easting, northing (metres, EPSG:27700), postcodes (count). Where a user's own layer
            brings no centres, a point inside the region stands for it and postcodes is 0.
        """
        return self._read(geography, None)[1]

    def _read(self, geography: str, vintage: str | None) -> tuple[GeoDataFrame, pd.DataFrame]:
        key = (geography, vintage or _geography(geography).vintage)
        with self._lock:
            if key not in self._layers:
                path = self._layer_file(*key)
                layer = _of_england(read_layer(path, geography=geography))
                self._layers[key] = layer
                self._centres[key] = self._centres_of(path, layer, key)
        return self._layers[key], self._centres[key]

    def _centres_of(self, path: Path, layer: GeoDataFrame, key: tuple[str, str]) -> pd.DataFrame:
        centres = pd.DataFrame(
            {"easting": float("nan"), "northing": float("nan"), "postcodes": 0}, index=layer.index
        ).astype({"postcodes": "int64"})
        known = bundled("boundaries", f"{key[0]}_{key[1]}.parquet")
        for source in (path, known):
            if source.suffix == ".parquet" and source.exists():
                found = read_centres(source).reindex(layer.index)
                centres = centres.where(centres["easting"].notna(), found)
        missing = centres["easting"].isna()
        if missing.any():
            points = layer.geometry[missing].representative_point()
            centres.loc[missing, ["easting", "northing"]] = list(zip(points.x, points.y, strict=True))
            centres.loc[missing, "postcodes"] = 0
        return centres.astype({"easting": "float64", "northing": "float64", "postcodes": "int64"})

    def names(self, geography: str = "lep") -> pd.Series:
        """Return the name of each region (Series, index GSS code)."""
        names: pd.Series = self.layer(geography)["name"]
        return names

    @cached_property
    def membership(self) -> pd.DataFrame:
        """Districts of each region: district, geography, vintage, region, share, source (many-to-many)."""
        return pd.read_csv(self.file("boundaries", "membership.csv"), dtype={"share": float})

    def districts(self, code: str, geography: str = "lep") -> list[str]:
        """Return the districts of a region (GSS codes, sorted)."""
        if geography == "lad":
            return [code]
        m = self.membership
        return sorted(m.loc[(m["geography"] == geography) & (m["region"] == code), "district"])

    def overlaps(self, geography: str = "lep") -> pd.DataFrame:
        """Return the districts that lie in more than one region.

        Returns
        -------
        DataFrame
            Index district code; name, regions (list of codes, sorted).
        """
        m = self.membership[self.membership["geography"] == geography]
        held = m.sort_values("region").groupby("district")["region"].agg(list)
        shared = held[held.map(len) > 1]
        names = self.names("lad").reindex(shared.index) if len(shared) else pd.Series(dtype=object)
        return pd.DataFrame({"name": names, "regions": shared}).rename_axis("code")

    def neighbours(self, geography: str = "lep") -> dict[str, list[str]]:
        """Return the regions that touch or overlap each region (code to sorted codes)."""
        with self._lock:
            if geography not in self._neighbours:
                m = self.membership
                own = None if geography == "lad" else m.loc[m["geography"] == geography, ["district", "region"]]
                self._neighbours[geography] = neighbours(self.layer("lad"), own)
        return self._neighbours[geography]

    def distances(self, geography: str = "lep") -> pd.DataFrame:
        """Return distances between postcode-weighted centres (square DataFrame, km)."""
        with self._lock:
            if geography not in self._distances:
                self._distances[geography] = distances_km(self.centres(geography))
        return self._distances[geography]

    # --- indicators

    @cached_property
    def catalog(self) -> Catalogue:
        """The catalogue with its sources, as models."""
        return load_catalogue(self.file("data", "catalogue.toml"))

    @cached_property
    def catalogue(self) -> pd.DataFrame:
        """One row an indicator: label, actor, dimension, unit, kind, direction, period, source, licence, ..."""
        return self.catalog.to_frame()

    @cached_property
    def _observations(self) -> dict[str, pd.DataFrame]:
        table = check_observations(_parquet(self.file("data", "observations.parquet")))
        return {str(name): rows for name, rows in table.groupby("indicator", sort=False, observed=True)}

    def observations(self, indicator: str, period: str | None = None, geography: str = "lep") -> pd.DataFrame:
        """Return what is known of an indicator, missing values with their reason.

        Parameters
        ----------
        indicator : str
            Id in the catalogue.
        period : str, optional
            As displayed ("2017/18"); by default the catalogue's.
        geography : str

        Returns
        -------
        DataFrame
            One row for each region of the layer, in its order: code, period, value (the catalogue's unit), lower,
            upper (95 %, NaN where no interval is known), status, numerator, denominator.

        Raises
        ------
        NotFound
            No such indicator, or none for this geography and period.
        """
        rows = self._rows(indicator, geography)
        wanted = period or str(self.catalogue.at[indicator, "period"])
        rows = rows[rows["period"] == wanted]
        if rows.empty:
            known = ", ".join(self.periods(indicator, geography))
            raise NotFound(f"{indicator} has no period {wanted!r} for {_geography(geography).plural}; it has {known}.")
        index = self.layer(geography).index
        out = rows.set_index("code").reindex(index)
        out["period"] = wanted
        out["status"] = out["status"].astype(object).where(out["status"].notna(), "not_collected")
        columns = ["code", "period", "value", "lower", "upper", "status", "numerator", "denominator"]
        return out.rename_axis("code").reset_index()[columns]

    def periods(self, indicator: str, geography: str = "lep") -> list[str]:
        """Return the periods of an indicator, oldest first."""
        return sorted(self._rows(indicator, geography)["period"].unique())

    def geographies_of(self, indicator: str) -> list[str]:
        """Return the geographies an indicator exists for."""
        self._known(indicator)
        return self._geographies_of.get(indicator, [])

    @cached_property
    def _geographies_of(self) -> dict[str, list[str]]:
        held = {name: set(rows["geography"].unique()) for name, rows in self._observations.items()}
        return {name: [g for g in GEOGRAPHIES if g in have] for name, have in held.items()}

    def _rows(self, indicator: str, geography: str) -> pd.DataFrame:
        self._known(indicator)
        rows = self._observations.get(indicator)
        rows = rows[rows["geography"] == geography] if rows is not None else pd.DataFrame()
        if rows.empty:
            raise NotFound(
                f"{indicator} is not published for {_geography(geography).plural}; "
                f"it exists for {', '.join(GEOGRAPHIES[g].plural for g in self.geographies_of(indicator))}."
            )
        return rows

    def _known(self, indicator: str) -> None:
        if indicator not in self.catalogue.index:
            raise NotFound(
                f"No indicator {indicator!r}; the catalogue has {listed(self.catalogue.index)}. See `s3geo describe`."
            )

    def values(self, indicator: str, period: str | None = None, geography: str = "lep") -> pd.Series:
        """Return the values of an indicator.

        Returns
        -------
        Series of float
            Index code of every region of the layer; NaN = no data; in the catalogue's unit as displayed.

        Examples
        --------
        >>> ws = open_workspace()
        >>> len(ws.values("gva_per_head"))
        38
        """
        table = self.observations(indicator, period, geography)
        return table.set_index("code")["value"].rename(indicator)

    def england(self, indicator: str, period: str | None = None) -> float:
        """Return England's value, from England's own totals (NaN where there is none)."""
        self._known(indicator)
        rows = self._observations[indicator]
        wanted = period or str(self.catalogue.at[indicator, "period"])
        row = rows[(rows["code"] == ENGLAND) & (rows["period"] == wanted)]
        return float(row["value"].iloc[0]) if len(row) else float("nan")

    def attribution(self, *indicators: str) -> str:
        """Return the sources and licences to show beside indicators and boundaries."""
        sources = dict.fromkeys(source for indicator in indicators for source in self.catalog.sources_of(indicator))
        lines = [attribution(sources)] if sources else []
        return " ".join([*lines, f"Boundaries: {self.boundary_attribution.removeprefix('Source: ')}"])

    @cached_property
    def boundary_attribution(self) -> str:
        """What must be said wherever the boundaries are shown."""
        package = json.loads(self.file("boundaries", "datapackage.json").read_text("utf-8"))
        return str(package["attribution"])

    # --- organisations

    @cached_property
    def organisations(self) -> pd.DataFrame:
        """One row an organisation: index id; name, kind, district, easting, northing, precision, ..."""
        return check_organisations(_parquet(self.file("data", "organisations.parquet"))).set_index("id")

    # --- finding

    def region(self, text: str, geography: str = "lep") -> str:
        """Return the code of a region given by code or name.

        Raises
        ------
        NotFound
            With suggestions, when nothing or more than one thing fits.
        """
        names = self.names(geography)
        if text in names.index:
            return text
        exact = names[names.str.casefold() == text.strip().casefold()]
        if len(exact) == 1:
            return str(exact.index[0])
        found = search(text, names)
        if len(found) == 1:
            return found[0]
        hint = f"Did you mean {listed(names[found], 3)}?" if found else "See `s3geo describe` for the names."
        raise NotFound(f"No {_geography(geography).singular} is called {text!r}. {hint}")

    def find(self, text: str, geography: str = "lep") -> list[str]:
        """Return the regions a name or a postcode leads to, best first.

        Parameters
        ----------
        text : str
            Part of a name, a short name ("HotSW"), a code, or a full postcode.

        Raises
        ------
        NotFound
            A postcode that is unknown or lies outside England.
        """
        if self.is_postcode(text):
            rows = self.locate(text)
            return list(rows.loc[rows["geography"] == geography, "code"])
        return search(text, self.names(geography))

    @staticmethod
    def is_postcode(text: str) -> bool:
        """Tell whether a text has the form of a postcode, or of its first half."""
        return looks_like_postcode(text)

    def locate(self, postcode: str) -> pd.DataFrame:
        """Return the regions a postcode lies in; see `s3geo.locate`."""
        district = find(postcode).district
        m = self.membership[self.membership["district"] == district]
        rows = [("lad", district), *m[["geography", "region"]].itertuples(index=False, name=None)]
        order = list(GEOGRAPHIES)
        rows.sort(key=lambda row: (order.index(row[0]), row[1]))
        return pd.DataFrame(
            [
                {"geography": g, "vintage": self.vintage(g), "code": code, "name": self.names(g)[code]}
                for g, code in rows
            ]
        )

    def check(self) -> None:
        """Read everything once, so that a broken file is found now and not at a click.

        Raises
        ------
        DataError
            What is wrong with which file, and what to do.
        """
        for geography in GEOGRAPHIES:
            self.layer(geography)
        _ = (self.land, self.membership, self.catalogue, self.organisations)
        for indicator, rows in self._observations.items():
            self._known(indicator)
            for geography in GEOGRAPHIES:
                codes = rows.loc[rows["geography"] == geography, "code"]
                unknown = sorted(set(codes) - set(self.layer(geography).index))
                if unknown:
                    raise TableError(
                        f"observations.parquet: {indicator} has {listed(unknown)}, no codes of "
                        f"{_geography(geography).plural} of {self.vintage(geography)}. Convert them to that vintage, "
                        "or put boundaries with these codes beside them.",
                        [
                            {
                                "file": "observations.parquet",
                                "code": code,
                                "problem": f"no {geography} of this layer",
                                "next_step": "Convert it to the vintage of the layer.",
                            }
                            for code in unknown
                        ],
                    )

    def __repr__(self) -> str:
        where = "bundled" if self.path is None else str(self.path)
        return f"<s3geo workspace: {where}; {len(self.catalogue)} indicators>"


def _geography(geography: str) -> Geography:
    if geography not in GEOGRAPHIES:
        raise NotFound(f"No geography {geography!r}; choose one of {', '.join(GEOGRAPHIES)}.")
    return GEOGRAPHIES[geography]


def _of_england(layer: GeoDataFrame) -> GeoDataFrame:
    """Keep England's areas of a layer of the United Kingdom; codes of another form are left alone."""
    elsewhere = layer.index.str.fullmatch(r"[KNSW]\d{8}")
    return layer[~elsewhere]


def _parquet(path: Path) -> pd.DataFrame:
    """Read a table of ours; whatever is wrong with the file is said in one message."""
    try:
        return pd.read_parquet(path)
    except (OSError, ValueError) as error:  # pyarrow's errors are of these kinds
        raise FileProblem(
            f"{path.name} cannot be read: it is missing, cut short or not Parquet. "
            "Copy it again, or remove it from the workspace to use the bundled one.",
            [{"file": path.name, "problem": str(error).splitlines()[0], "next_step": "Copy it again or remove it."}],
        ) from error


@lru_cache(maxsize=8)
def _open(path: Path | None) -> Workspace:
    return Workspace(path)


def open_workspace(path: str | Path | None = None) -> Workspace:
    """Open the bundled boundaries and data, or a folder of the user's own with the same layout.

    Parameters
    ----------
    path : str or Path, optional
        By default the folder named by the environment variable ``S3GEO_WORKSPACE``, else the bundle.

    Returns
    -------
    Workspace
        One and the same object for the same folder.

    Raises
    ------
    FileProblem
        The folder does not exist or has neither ``boundaries/`` nor ``data/``.

    Examples
    --------
    >>> ws = open_workspace()
    >>> ws.names("lep")["E37000051"]
    'London'
    """
    chosen = Path(path) if path is not None else settings().workspace
    if chosen is None:
        return _open(None)
    if not (chosen / "boundaries").is_dir() and not (chosen / "data").is_dir():
        raise FileProblem(
            f"{chosen} is no workspace: it has neither boundaries/ nor data/. "
            "Name a folder that has one of them, or leave it out to use the bundle."
        )
    return _open(chosen.resolve())


def bundled_workspace() -> Workspace:
    """Return the workspace of the bundle alone, whatever the environment names."""
    return _open(None)


def locate(postcode: str) -> pd.DataFrame:
    """Return the regions a postcode lies in.

    Parameters
    ----------
    postcode : str
        A full postcode of England, in any spacing and case.

    Returns
    -------
    DataFrame
        geography, vintage, code, name: one row for each region the postcode lies in.

    Raises
    ------
    NotFound
        Not a postcode, unknown, or outside England.

    Notes
    -----
    By the ONS Postcode Directory, November 2025; districts by their codes of April 2023.

    Examples
    --------
    >>> list(locate("EX4 4QJ").query("geography in ('lep', 'lad')")["name"])
    ['Heart of the South West', 'Exeter']
    """
    return open_workspace().locate(postcode)
