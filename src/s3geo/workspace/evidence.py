"""Sectors and links of a workspace: what regions do, and who works with whom."""

from __future__ import annotations

from functools import cached_property

import pandas as pd

from s3geo.errors import FileProblem, NotFound, listed, of_the_system, unreadable
from s3geo.model.evidence import LINK_SOURCES, SECTOR_TABLES
from s3geo.model.evidence_schemas import check_links, check_participations, check_sector_names, check_sectors
from s3geo.model.provenance import attribution
from s3geo.settings import ENGLAND, bundled
from s3geo.workspace.figures import Figures
from s3geo.workspace.geographies import geography_named
from s3geo.workspace.store import read_parquet, said_by_name

__all__ = ["Evidence"]


class Evidence(Figures):
    """Sectors and links beside the indicators, read once and shared; frames handed out must not be changed."""

    # Sectors ---------------------------------------------------------------------------------------------------------

    @cached_property
    def _sectors(self) -> dict[tuple[str, str], pd.DataFrame]:
        table = check_sectors(read_parquet(self.sound("data", "sectors.parquet")))
        return {(str(t), str(g)): rows for (t, g), rows in table.groupby(["table", "geography"], sort=False)}

    @cached_property
    def _sector_names(self) -> pd.DataFrame:
        path = self.sound("data", "sector_names.csv")
        try:
            table = pd.read_csv(path, dtype=str)
        except (OSError, ValueError) as error:
            if of_the_system(error):
                raise unreadable(path.name, error) from error
            raise FileProblem(
                f"{path.name} cannot be read: {error}. Remove it to use the bundled one.",
                [{"file": path.name, "problem": str(error), "next_step": "Remove it to use the bundled one."}],
            ) from error
        return check_sector_names(table)

    def sectors(self, table: str, period: str | None = None, geography: str = "lep") -> pd.DataFrame:
        """Return what each region does, by sector.

        Parameters
        ----------
        table : {"bres_jobs", "ubc_enterprises", "gva"}
            Jobs by section, enterprises by broad industry group, or gross value added by industry; see
            `s3geo.model.evidence.SECTOR_TABLES`. Sectors of two tables overlap: never put them into one frame.
        period : str, optional
            Calendar year; the latest by default.
        geography : str
            "lep"; "ubc_enterprises" exists for every geography, "gva" for districts ("lad") too.

        Returns
        -------
        DataFrame
            Index = code of every region of the layer, columns = sectors in the order of the classification; jobs,
            enterprises, or £ million. NaN = withheld or not known. LEPs add up to more than England, for seven
            districts lie in two: the benchmark is `england_sectors`.

        Raises
        ------
        NotFound
            No such table, or not for this geography and period.

        Examples
        --------
        >>> from s3geo import open_workspace
        >>> ws = open_workspace()
        >>> ws.sectors("bres_jobs", "2020").shape
        (38, 21)
        >>> float(ws.sectors("bres_jobs", "2020").at["E37000015", "C"])  # manufacturing in Greater Manchester
        107000.0
        """
        wide = self._wide(table, period, geography)
        return wide.reindex(self.layer(geography).index).rename_axis("code")

    def england_sectors(self, table: str, period: str | None = None) -> pd.Series:
        """Return England's own row of a table of sectors: the benchmark of location quotients.

        Parameters
        ----------
        table : {"bres_jobs", "ubc_enterprises", "gva"}
        period : str, optional
            Calendar year; the latest by default.

        Returns
        -------
        Series
            Index = sector. Published totals; for "gva" the sum of the districts of which every industry is published.

        Examples
        --------
        >>> from s3geo import open_workspace
        >>> ws = open_workspace()
        >>> float(ws.england_sectors("bres_jobs", "2020").sum())
        26673000.0
        """
        row: pd.Series = self._wide(table, period, "country").T[ENGLAND]
        return row.rename(table)

    def sector_names(self, table: str) -> pd.Series:
        """Return the name of each sector of a table, in the order of its classification.

        Parameters
        ----------
        table : {"bres_jobs", "ubc_enterprises", "gva"}

        Examples
        --------
        >>> from s3geo import open_workspace
        >>> open_workspace().sector_names("ubc_enterprises")["10"]
        'Information & communication'
        """
        self._known_table(table)
        found = self._labels_of_sectors.get(table)
        return pd.Series(dtype=str, name="label") if found is None else found

    @cached_property
    def _labels_of_sectors(self) -> dict[str, pd.Series]:
        by_table = self._sector_names.groupby("table", sort=False)
        return {str(table): rows.set_index("sector")["label"] for table, rows in by_table}

    def sector_periods(self, table: str, geography: str = "lep") -> list[str]:
        """Return the years of a table of sectors, oldest first.

        Examples
        --------
        >>> from s3geo import open_workspace
        >>> open_workspace().sector_periods("gva")
        ['2021', '2022', '2023']
        """
        return sorted(self._rows_of(table, geography)["period"].unique())

    def sector_attribution(self, table: str, geography: str = "lep") -> str:
        """Return the source and licence to show beside a table of sectors and the boundaries of a geography."""
        self._known_table(table)
        credit = attribution([self.entries.source[SECTOR_TABLES[table].source]])
        return f"{credit} {self.boundary_credit(geography)}"

    def _known_table(self, table: str) -> None:
        if table not in SECTOR_TABLES:
            raise NotFound(f"No table of sectors {table!r}; choose one of {', '.join(SECTOR_TABLES)}.")

    def _rows_of(self, table: str, geography: str) -> pd.DataFrame:
        self._known_table(table)
        rows = self._sectors.get((table, geography))
        if rows is None:
            held = ", ".join(SECTOR_TABLES[table].geographies)
            plural = geography_named(geography).plural
            raise NotFound(f"{SECTOR_TABLES[table].label} is not there for {plural}; it exists for {held}.")
        return rows

    def _wide(self, table: str, period: str | None, geography: str) -> pd.DataFrame:
        rows = self._rows_of(table, geography)
        wanted = period or max(rows["period"])
        rows = rows[rows["period"] == wanted]
        if rows.empty:
            known = ", ".join(self.sector_periods(table, geography))
            raise NotFound(f"{SECTOR_TABLES[table].label} has no period {wanted!r}; it has {known}.")
        cells = rows.set_index(["code", "sector"])["value"]
        codes, sectors = pd.unique(rows["code"]), list(self.sector_names(table).index)
        every = pd.MultiIndex.from_product([codes, sectors])
        return pd.DataFrame(cells.reindex(every).to_numpy().reshape(len(codes), -1), index=codes, columns=sectors)

    # Links -----------------------------------------------------------------------------------------------------------

    @cached_property
    def _links(self) -> pd.DataFrame:
        return check_links(read_parquet(self.sound("data", "links.parquet")))

    @cached_property
    def participations(self) -> pd.DataFrame:
        """Who takes part in which Horizon 2020 project: project, organisation, role, start_year."""
        return check_participations(read_parquet(self.sound("data", "participations.parquet")))

    def links(self, source: str | None = None) -> pd.DataFrame:
        """Return pairs of organisations that share projects.

        Parameters
        ----------
        source : {"h2020", "gtr"}, optional
            Both by default. What `s3geo.model.evidence.LINK_SOURCES` says of a source is shown beside its links:
            "gtr" is a biased sample, grown from Wales and Scotland.

        Returns
        -------
        DataFrame
            source, a, b (index of `organisations`, a < b), n_projects, first_year, last_year (NaN for "gtr"), topic.

        Raises
        ------
        NotFound
            No such source.

        Examples
        --------
        >>> from s3geo import open_workspace
        >>> ws = open_workspace()
        >>> set(ws.links("h2020")["a"]) <= set(ws.organisations.index)
        True
        """
        return self._links if source is None else self._links[self._links["source"] == self._known_source(source)]

    def region_links(self, geography: str = "lep", source: str | None = None, *, inside: bool = False) -> pd.DataFrame:
        """Return links summed to pairs of regions.

        Parameters
        ----------
        geography : str
        source : {"h2020", "gtr"}, optional
            Both by default, each in rows of its own; they are never added together.
        inside : bool
            The links inside each region (a = b) instead of those between two.

        Returns
        -------
        DataFrame
            source; a, b (codes, a < b); n_projects (joint projects added over pairs of organisations, so that a project
            of three partners counts for each pair); n_pairs (pairs of organisations); n_distinct (different projects;
            NaN for "gtr", which does not say which project is which); first_year, last_year (in which the first and the
            last of them started; NaN for "gtr"). An organisation in a district of two regions counts in both; links
            with an end that has no district in England are left out.

        Raises
        ------
        NotFound
            No such geography or source.

        Examples
        --------
        >>> from s3geo import open_workspace
        >>> ws = open_workspace()
        >>> pair = ws.region_links(source="h2020").query("a == 'E37000015' and b == 'E37000051'")
        >>> bool(pair["n_distinct"].item() <= pair["n_projects"].item())  # Greater Manchester and London
        True
        """
        geography_named(geography)
        table = self._region_links(geography)
        table = table[(table["a"] == table["b"]) == inside]
        if source is not None:
            table = table[table["source"] == self._known_source(source)]
        return table.reset_index(drop=True)

    def _known_source(self, source: str) -> str:
        if source not in LINK_SOURCES:
            raise NotFound(f"No source of links {source!r}; choose one of {listed(LINK_SOURCES)}.")
        return source

    @cached_property
    def _summed_links(self) -> dict[str, pd.DataFrame]:
        return {}

    def _region_links(self, geography: str) -> pd.DataFrame:
        with self._lock:
            if geography not in self._summed_links:
                self._summed_links[geography] = self._sum_links(geography)
        return self._summed_links[geography]

    def _sum_links(self, geography: str) -> pd.DataFrame:
        held = self._regions_of_organisations(geography)
        key = ["source", "a", "b"]
        pairs = _between(self._links.rename(columns={"a": "one", "b": "other"}), held)
        summed = pairs.groupby(key).agg(
            n_projects=("n_projects", "sum"),
            n_pairs=("n_projects", "size"),
            first_year=("first_year", "min"),
            last_year=("last_year", "max"),
        )
        taking = self.participations[["project", "organisation"]]
        joint = taking.merge(taking, on="project", suffixes=("", "_b"))
        joint = joint[joint["organisation"] < joint["organisation_b"]]
        joint = _between(joint.rename(columns={"organisation": "one", "organisation_b": "other"}), held)
        distinct = joint.assign(source="h2020").groupby(key)["project"].nunique()
        table = summed.assign(n_distinct=distinct.reindex(summed.index).astype(float)).reset_index()
        order = table["source"].map({name: n for n, name in enumerate(LINK_SOURCES)})
        return table.loc[order.sort_values(kind="stable").index].reset_index(drop=True)

    def _regions_of_organisations(self, geography: str) -> pd.DataFrame:
        """Region of each organisation, two rows for a district of two; none for those without a district."""
        district = self.organisations["district"].rename_axis("organisation").reset_index()
        district = district[district["district"] != ""]
        if geography == "lad":
            return district.rename(columns={"district": "region"})
        m = self.membership
        own = m.loc[m["geography"] == geography, ["district", "region"]]
        return district.merge(own, on="district")[["organisation", "region"]]

    def check(self) -> None:
        """Read everything once, so that a broken file is found now and not at a click.

        Raises
        ------
        DataError
            What is wrong with which file, and what to do.
        """
        with said_by_name(self.path or bundled()):
            super().check()
            _ = (self._sectors, self._sector_names, self._links, self.participations)


def _between(pairs: pd.DataFrame, held: pd.DataFrame) -> pd.DataFrame:
    """Put a pair of organisations into every pair of their regions, once each and in the order of the alphabet."""
    first = held.rename(columns={"organisation": "one", "region": "a"})
    second = held.rename(columns={"organisation": "other", "region": "b"})
    both = pairs.merge(first, on="one").merge(second, on="other")
    swapped = both["a"] > both["b"]
    both = both.assign(a=both["a"].mask(swapped, both["b"]), b=both["b"].mask(swapped, both["a"]))
    return both.drop_duplicates([*pairs.columns, "a", "b"])
