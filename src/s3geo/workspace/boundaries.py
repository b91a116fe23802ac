"""Boundaries of a workspace: layers, memberships, what touches what, and how far apart."""

from __future__ import annotations

from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Self

import pandas as pd
from geopandas import GeoDataFrame, read_parquet

from s3geo.errors import FileProblem, LayerError, of_the_system, unreadable
from s3geo.geography.distance import distances_km
from s3geo.geography.layers import read_centres, read_layer
from s3geo.geography.neighbours import neighbours
from s3geo.model.provenance import NATURAL_EARTH_LINE, ONS_BOUNDARY_LINES
from s3geo.settings import bundled
from s3geo.workspace.geographies import GEOGRAPHIES, geography_named, period_label
from s3geo.workspace.store import Store, check_bytes, read_csv, read_package
from s3geo.writing import current

__all__ = ["Boundaries"]

_MEMBERSHIP = ("district", "geography", "vintage", "region", "share", "source")
_SUFFIXES = (".parquet", ".gpkg", ".geojson", ".fgb", ".zip")


class Boundaries(Store):
    """Layers and memberships, read once and shared; frames handed out must not be changed."""

    def __init__(self, path: Path | None = None) -> None:
        super().__init__(path)
        self._layers: dict[tuple[str, str], GeoDataFrame] = {}
        self._centres: dict[tuple[str, str], pd.DataFrame] = {}
        self._neighbours: dict[str, dict[str, list[str]]] = {}
        self._distances: dict[str, pd.DataFrame] = {}
        self._overlaps: dict[str, pd.DataFrame] = {}
        self._credits: dict[str, str] = {}  # of layers that are not the bundled ones

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
        return geography_named(geography).vintage

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
        path = self.sound("boundaries", "land.parquet")
        try:
            land = read_parquet(path)
        except (OSError, ValueError) as error:  # of pyarrow and shapely
            if of_the_system(error):
                raise unreadable(path.name, error) from error
            raise LayerError(
                f"{path.name} cannot be read: it is cut short or damaged. Copy it again, or remove it from the "
                "workspace to use the bundled one.",
                [{"file": path.name, "problem": "damaged", "next_step": "Copy it again or remove it."}],
            ) from error
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
        key = (geography, vintage or geography_named(geography).vintage)
        with self._lock:
            if key not in self._layers:
                path = self._layer_file(*key)
                layer = _of_england(read_layer(path, geography=geography))
                self._layers[key] = layer
                self._centres[key] = self._centres_of(path, layer, key)
                if self.path is not None and self.path in path.parents:
                    self._credits[geography] = _credit(path)
        return self._layers[key], self._centres[key]

    def _centres_of(self, path: Path, layer: GeoDataFrame, key: tuple[str, str]) -> pd.DataFrame:
        centres = pd.DataFrame(
            {"easting": float("nan"), "northing": float("nan"), "postcodes": 0}, index=layer.index
        ).astype({"postcodes": "int64"})
        known = bundled("boundaries", f"{key[0]}_{key[1]}.parquet")
        for source in (path, known):
            if source.suffix == ".parquet" and source.exists():
                with suppress(LayerError):  # a GeoParquet of the user's own need not bring centres
                    found = read_centres(source).reindex(layer.index)
                    centres = centres.where(centres["easting"].notna(), found)
        missing = centres["easting"].isna()
        if missing.any():
            points = layer.geometry[missing].representative_point()
            centres.loc[missing, ["easting", "northing"]] = list(zip(points.x, points.y, strict=True))
            centres.loc[missing, "postcodes"] = 0
        return centres.astype({"easting": "float64", "northing": "float64", "postcodes": "int64"})

    def with_layer(self, geography: str, layer: GeoDataFrame, *, file: str = "own layer") -> Self:
        """Return a workspace that draws this layer for a geography; this one is left as it is.

        Parameters
        ----------
        geography : str
        layer : GeoDataFrame
            Of `s3geo.geography.layers.read_layer`.
        file : str
            What to call it where it is credited.
        """
        key = (geography, geography_named(geography).vintage)
        new = self._sibling()
        new._layers[key] = layer = _of_england(layer)
        new._centres[key] = new._centres_of(Path("own"), layer, key)
        new._credits[geography] = f"{file}, given by the user"
        new._distances.pop(geography, None)
        new._neighbours.clear()  # those of other areas rest on districts, which may be what changed
        new._overlaps.clear()
        return new

    def names(self, geography: str = "lep") -> pd.Series:
        """Return the name of each region (Series, index GSS code)."""
        names: pd.Series = self.layer(geography)["name"]
        return names

    @cached_property
    def membership(self) -> pd.DataFrame:
        """Districts of each region: district, geography, vintage, region, share, source (many-to-many)."""
        return read_csv(self.sound("boundaries", "membership.csv"), set(_MEMBERSHIP), {"share"})

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
            Index district code; name, regions (list of codes, sorted). Shared: do not change it.
        """
        with self._lock:
            if geography not in self._overlaps:
                self._overlaps[geography] = self._overlaps_of(geography)
        return self._overlaps[geography]

    def _overlaps_of(self, geography: str) -> pd.DataFrame:
        m = self.membership[self.membership["geography"] == geography]
        m = m[m["region"].isin(self.layer(geography).index)]
        held = m.sort_values("region").groupby("district")["region"].agg(list)
        shared = held[held.map(len) > 1]
        names = self.names("lad").reindex(shared.index) if len(shared) else pd.Series(dtype=object)
        return pd.DataFrame({"name": names, "regions": shared}).rename_axis("code")

    def neighbours(self, geography: str = "lep") -> dict[str, list[str]]:
        """Return the regions that touch or overlap each region (code to sorted codes)."""
        with self._lock:
            if geography not in self._neighbours:
                m = self.membership
                own = m.loc[m["geography"] == geography, ["district", "region"]]
                made_of_districts = set(own["region"]) == set(self.layer(geography).index)
                self._neighbours[geography] = (
                    neighbours(self.layer("lad"), own) if made_of_districts else neighbours(self.layer(geography))
                )
        return self._neighbours[geography]

    def distances(self, geography: str = "lep") -> pd.DataFrame:
        """Return distances between postcode-weighted centres (square DataFrame, km)."""
        with self._lock:
            if geography not in self._distances:
                self._distances[geography] = distances_km(self.centres(geography))
        return self._distances[geography]

    def boundaries_label(self, geography: str) -> str:
        """Name the boundaries of a geography: its vintage, or the user's own file."""
        self.layer(geography)
        label = geography_named(geography)
        return f"{label.plural}, {self._credits.get(geography) or period_label(label.vintage)}"

    def boundary_credit(self, geography: str) -> str:
        """Say whose the boundaries of a geography are; a layer of the user's own is not credited to others."""
        self.layer(geography)
        own = self._credits.get(geography)
        if own is None:
            return f"Boundaries: {self.boundary_attribution.removeprefix('Source: ')}"
        return f"Boundaries: {own}. Neighbouring land: {NATURAL_EARTH_LINE}."

    @cached_property
    def boundary_attribution(self) -> str:
        """What must be said wherever the bundled boundaries are shown."""
        path = self.file("boundaries", "datapackage.json")
        return str(
            read_package(path).get("attribution") or read_package(bundled("boundaries", path.name))["attribution"]
        )

    def _layer_file(self, geography: str, vintage: str) -> Path:
        stem = f"{geography}_{vintage}"
        for root in ([self.path / "boundaries"] if self.path else []) + [bundled("boundaries")]:
            for suffix in _SUFFIXES:
                if (path := current(root / f"{stem}{suffix}")).exists():
                    if root == bundled("boundaries"):
                        self.none_lost("boundaries", f"{stem}.parquet")
                    check_bytes(path)
                    return path
        raise FileProblem(
            f"No boundaries {stem} with ending {', '.join(_SUFFIXES)} in the workspace or the bundle; "
            "put one there or run `s3geo boundaries build`."
        )


def _credit(path: Path) -> str:
    """Say whose a layer in a workspace is: what was fetched has its provenance beside it."""
    if path.with_suffix(".provenance.json").exists():
        return f"{path.name}, fetched from ONS. {'. '.join(ONS_BOUNDARY_LINES)}"
    return f"{path.name}, given by the user"


def _of_england(layer: GeoDataFrame) -> GeoDataFrame:
    """Keep England's areas of a layer of the United Kingdom; codes of another form are left alone."""
    elsewhere = layer.index.str.fullmatch(r"[KNSW]\d{8}")
    return layer[~elsewhere]
