"""Figures of a workspace: the catalogue, observations, organisations."""

from __future__ import annotations

from functools import cached_property
from typing import Self

import pandas as pd

from s3geo.errors import NotFound, TableError, listed
from s3geo.model.catalogue import Catalogue, load_catalogue
from s3geo.model.provenance import attribution
from s3geo.model.schemas import check_observations, check_organisations
from s3geo.settings import ENGLAND
from s3geo.workspace.boundaries import Boundaries
from s3geo.workspace.geographies import GEOGRAPHIES, geography_named
from s3geo.workspace.own import OwnIndicators, load_own, merged
from s3geo.workspace.store import read_parquet

__all__ = ["Figures"]


class Figures(Boundaries):
    """Indicators and organisations on the layers, read once and shared."""

    @cached_property
    def entries(self) -> Catalogue:
        """The catalogue and its sources as models; `catalogue` is the same as a table."""
        bundled = load_catalogue(self.sound("data", "catalogue.toml"))
        for own in self._own:
            bundled = merged(bundled, own.catalogue)
        return bundled

    @cached_property
    def _own(self) -> tuple[OwnIndicators, ...]:
        """Indicators of the user's own: those kept in the folder, then those of a session."""
        kept = load_own(self.path / "data") if self.path is not None else None
        return (kept,) if kept is not None else ()

    def with_own(self, own: OwnIndicators) -> Self:
        """Return a workspace that has these indicators too; this one is left as it is."""
        new = self._sibling("entries", "catalogue", "_observations", "_periods_of", "_geographies_of")
        new._own = (*self._own, own)
        return new

    @property
    def is_bundled(self) -> bool:
        """Whether boundaries and figures are those of the bundle alone."""
        return self.path is None and not self._own and not self._credits

    @cached_property
    def catalogue(self) -> pd.DataFrame:
        """One row an indicator: label, actor, dimension, unit, kind, direction, period, source, licence, ..."""
        return self.entries.to_frame()

    @cached_property
    def _observations(self) -> dict[str, pd.DataFrame]:
        table = check_observations(read_parquet(self.sound("data", "observations.parquet")))
        found = {str(name): rows for name, rows in table.groupby("indicator", sort=False, observed=True)}
        for own in self._own:
            found |= {str(name): rows for name, rows in own.observations.groupby("indicator", sort=False)}
        return found

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
            raise NotFound(
                f"{indicator} has no period {wanted!r} for {geography_named(geography).plural}; it has {known}."
            )
        index = self.layer(geography).index
        out = rows.set_index("code").reindex(index)
        out["period"] = wanted
        out["status"] = out["status"].astype(object).where(out["status"].notna(), "not_collected")
        columns = ["code", "period", "value", "lower", "upper", "status", "numerator", "denominator"]
        return out.rename_axis("code").reset_index()[columns]

    def periods(self, indicator: str, geography: str = "lep") -> list[str]:
        """Return the periods of an indicator, oldest first."""
        if (indicator, geography) not in self._periods_of:
            self._rows(indicator, geography)  # says why there are none
        return list(self._periods_of[indicator, geography])

    def geographies_of(self, indicator: str) -> list[str]:
        """Return the geographies an indicator exists for."""
        self._known(indicator)
        return self._geographies_of.get(indicator, [])

    @cached_property
    def _geographies_of(self) -> dict[str, list[str]]:
        return {name: [g for g in GEOGRAPHIES if (name, g) in self._periods_of] for name in self._observations}

    @cached_property
    def _periods_of(self) -> dict[tuple[str, str], list[str]]:
        return {
            (name, str(geography)): sorted(periods.unique())
            for name, rows in self._observations.items()
            for geography, periods in rows.groupby("geography", observed=True)["period"]
        }

    def _rows(self, indicator: str, geography: str) -> pd.DataFrame:
        self._known(indicator)
        rows = self._observations.get(indicator)
        rows = rows[rows["geography"] == geography] if rows is not None else pd.DataFrame()
        if rows.empty:
            raise NotFound(
                f"{indicator} is not published for {geography_named(geography).plural}; "
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
        >>> from s3geo import open_workspace
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

    def attribution(self, *indicators: str, geography: str = "lep") -> str:
        """Return the sources and licences to show beside indicators and the boundaries of a geography."""
        sources = dict.fromkeys(source for indicator in indicators for source in self.entries.sources_of(indicator))
        lines = [attribution(sources)] if sources else []
        return " ".join([*lines, self.boundary_credit(geography)])

    @cached_property
    def organisations(self) -> pd.DataFrame:
        """One row an organisation: index id; name, kind, district, easting, northing, precision, ..."""
        return check_organisations(read_parquet(self.sound("data", "organisations.parquet"))).set_index("id")

    def check(self) -> None:
        """Read everything once, so that a broken file is found now and not at a click.

        Raises
        ------
        DataError
            What is wrong with which file, and what to do.
        """
        self.all_sound()
        for geography in GEOGRAPHIES:
            self.layer(geography)
        _ = (self.land, self.membership, self.boundary_attribution, self.catalogue, self.organisations)
        for indicator, rows in self._observations.items():
            self._known(indicator)
            for geography in GEOGRAPHIES:
                codes = rows.loc[rows["geography"] == geography, "code"]
                unknown = sorted(set(codes) - set(self.layer(geography).index))
                if unknown:
                    raise TableError(
                        f"observations.parquet: {indicator} has {listed(unknown)}, no codes of "
                        f"{geography_named(geography).plural} of {self.vintage(geography)}. "
                        "Convert them to that vintage, or put boundaries with these codes beside them.",
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
