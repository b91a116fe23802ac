"""Which region each of many points lies in, decided by a grid: what `geopandas.sjoin` finds, many times faster.

A cell that no border touches lies in the same regions everywhere, so a point in it is decided by looking the cell up.
Cells that a border touches are parted again, into smaller cells. Only points in small cells with a border in them are
compared with the polygons themselves, in double precision, as `sjoin` does with every point.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage

from s3geo.errors import LayerError, UsageError

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["PointAssigner", "assign_points"]

Predicate = Literal["intersects", "within"]

CELL_M = 256.0
"""Side of a cell, metres; doubled until the grid has at most `_MOST_CELLS` cells."""
PARTS = 8
"""A cell with a border is parted into this many cells each way."""
CHUNK = 500_000
"""Points looked at together: it bounds the memory."""

_MOST_CELLS = 20_000_000
_MARGIN_M = 1e-3
_BORDER = -1


@dataclass(frozen=True, eq=False)
class PointAssigner:
    """Regions that can be asked which points they hold. It can be pickled and sent to other processes.

    A point belongs to every region that it intersects: on a shared edge or corner to all that meet there, in an
    overlap to all that overlap. With ``predicate="within"`` a point on an edge belongs to none of them.

    Attributes
    ----------
    codes : ndarray of str, shape (regions,)
        Codes in the order of the layer.
    polygons : ndarray of shapely geometries, shape (regions,)
    """

    codes: NDArray[np.object_]
    polygons: NDArray[np.object_]
    _corner: tuple[float, float]
    _cell: float
    _grid: NDArray[np.int32]  # (rows, columns): position in _sets, or below 0 the block of small cells
    _blocks: NDArray[np.int32]  # (blocks, PARTS * PARTS): position in _sets, or _BORDER
    _sets: tuple[NDArray[np.int32], ...]  # sets of regions; the first is empty

    @classmethod
    def of(cls, layer: gpd.GeoDataFrame) -> PointAssigner:
        """Build the grid of a layer; some tenths of a second for the 296 districts.

        Parameters
        ----------
        layer : GeoDataFrame
            Index = code, polygons with coordinates in metres (EPSG:27700); regions may overlap.

        Raises
        ------
        LayerError
            If the layer has no polygon, or one that is missing, empty or not valid.

        Examples
        --------
        >>> import geopandas as gpd
        >>> squares = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 9, 9), shapely.box(9, 0, 18, 9)], index=["a", "b"])
        >>> PointAssigner.of(squares).assign([4, 9, 30], [4, 4, 4]).values.tolist()
        [[0, 'a'], [1, 'a'], [1, 'b']]
        """
        polygons = layer.geometry.to_numpy()
        if not len(polygons) or shapely.is_missing(polygons).any() or shapely.is_empty(polygons).any():
            raise LayerError("Points cannot be assigned to a layer without polygons. Use another layer.")
        if not shapely.is_valid(polygons).all():
            raise LayerError("Points cannot be assigned to polygons that are not valid. Repair the layer first.")
        left, bottom, right, top = shapely.total_bounds(polygons)
        size = max(right - left, top - bottom)
        cell = min(CELL_M, max(size / 64, 1e-6))  # a small layer gets small cells
        while ((right - left) / cell + 3) * ((top - bottom) / cell + 3) > _MOST_CELLS:
            cell *= 2
        corner = (left - cell, bottom - cell)
        shape = (int((top - bottom) / cell) + 3, int((right - left) / cell) + 3)
        pieces = _pieces(polygons, cell / PARTS / 2)
        margin = max(_MARGIN_M, 1e-9 * float(np.abs([left, bottom, right, top]).max()))
        margin = min(margin, cell / PARTS / 8)

        touched = _touched(pieces, corner, cell / PARTS, margin)
        border = np.zeros(shape, dtype=bool)
        for rows, columns in touched:
            border[rows // PARTS, columns // PARTS] = True
        known = _Sets(polygons)
        grid = _filled(~border, np.ones((3, 3)) - _DIAGONAL, corner, cell, known)

        blocks_at = np.argwhere(border)
        number = np.full(shape, -1, dtype=np.int32)
        number[border] = np.arange(len(blocks_at), dtype=np.int32)
        small = np.zeros((len(blocks_at), PARTS, PARTS), dtype=bool)
        for rows, columns in touched:
            block = number[rows // PARTS, columns // PARTS]
            small[block, rows % PARTS, columns % PARTS] = True
        blocks = _filled_blocks(~small, blocks_at, corner, cell, known)
        grid[border] = -1 - np.arange(len(blocks_at), dtype=np.int32)
        codes = layer.index.to_numpy(dtype=object)
        return cls(codes, polygons, corner, cell, grid, blocks.reshape(len(blocks), -1), tuple(known.sets))

    def assign(self, x: ArrayLike, y: ArrayLike, *, predicate: Predicate = "intersects") -> pd.DataFrame:
        """Return the pairs of point and region.

        Parameters
        ----------
        x, y : array_like of float, shape (n,)
            Easting and northing, metres, in the system of the layer. A point without a place (NaN) lies nowhere.
        predicate : {"intersects", "within"}
            What `geopandas.sjoin` calls so.

        Returns
        -------
        DataFrame
            ``point`` (position in `x`, ascending) and ``region`` (categorical, ascending in the order of the layer),
            one row a pair; a point that lies in no region has no row.
        """
        if predicate not in ("intersects", "within"):
            raise UsageError(f"predicate is intersects or within, not {predicate!r}.")
        eastings, northings = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
        if eastings.ndim != 1 or eastings.shape != northings.shape:
            raise UsageError(f"x and y are two columns of one length, not {eastings.shape} and {northings.shape}.")
        points, regions = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int32)]
        for start in range(0, len(eastings), CHUNK):
            stop = start + CHUNK
            point, region = self._pairs(eastings[start:stop], northings[start:stop], predicate)
            points.append(point + start)
            regions.append(region)
        named = pd.Categorical.from_codes(np.concatenate(regions), categories=pd.Index(self.codes))
        return pd.DataFrame({"point": np.concatenate(points), "region": named})

    def partitions(
        self, x: str = "easting", y: str = "northing", region: str = "district", *, predicate: Predicate = "intersects"
    ) -> Callable[[Iterable[pd.DataFrame]], Iterator[pd.DataFrame]]:
        """Return a function from frames to frames, for ``mapInPandas`` of Spark or a loop over batches of a file.

        Every frame comes back with a column `region` (text): one row for each region a point lies in, one with None
        where it lies in none. No row is lost.

        Examples
        --------
        >>> import geopandas as gpd
        >>> squares = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 9, 9), shapely.box(9, 0, 18, 9)], index=["a", "b"])
        >>> points = pd.DataFrame({"easting": [4, 9, 30], "northing": [4, 4, 4]})
        >>> [frame["district"].tolist() for frame in PointAssigner.of(squares).partitions()([points[:2], points[2:]])]
        [['a', 'a', 'b'], [None]]
        """

        def each(frames: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
            for frame in frames:
                pairs = self.assign(frame[x].to_numpy(), frame[y].to_numpy(), predicate=predicate)
                found = pairs["point"].to_numpy()
                none = np.setdiff1d(np.arange(len(frame)), found)
                rows = np.concatenate([found, none])
                names = np.concatenate([pairs["region"].to_numpy(dtype=object), np.full(len(none), None)])
                order = np.argsort(rows, kind="stable")
                made = frame.iloc[rows[order]].reset_index(drop=True)
                yield made.assign(**{region: pd.Series(names[order], dtype=object)})

        return each

    @cached_property
    def _tree(self) -> shapely.STRtree:
        shapely.prepare(self.polygons)
        return shapely.STRtree(self.polygons)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_tree"}

    def _pairs(
        self, x: NDArray[np.float64], y: NDArray[np.float64], predicate: Predicate
    ) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """Return the pairs of one chunk, sorted by point, then region."""
        set_of = self._sets_at(x, y)
        decided = np.flatnonzero(set_of > 0)
        sizes = np.array([len(one) for one in self._sets])
        only = np.array([one[0] if len(one) else 0 for one in self._sets], dtype=np.int32)
        points, regions = [], []
        held = set_of[decided]
        single = sizes[held] == 1
        points.append(decided[single])
        regions.append(only[held[single]])
        for one in np.unique(held[~single]):
            inside = decided[held == one]
            points.append(np.repeat(inside, sizes[one]))
            regions.append(np.tile(self._sets[one], len(inside)))
        unsure = np.flatnonzero(set_of == _BORDER)
        if len(unsure):
            at, found = self._tree.query(shapely.points(x[unsure], y[unsure]), predicate=predicate)
            points.append(unsure[at])
            regions.append(found.astype(np.int32))
        point, region = np.concatenate(points), np.concatenate(regions)
        order = np.argsort(point * len(self.codes) + region)
        return point[order].astype(np.int64), region[order]

    def _sets_at(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.int32]:
        """Return the set each point lies in, 0 where none, _BORDER where the polygons must be asked."""
        across, up = (x - self._corner[0]) / self._cell, (y - self._corner[1]) / self._cell
        rows, columns = self._grid.shape
        on_grid = (across >= 0) & (across < columns) & (up >= 0) & (up < rows)  # NaN is not
        if not on_grid.all():
            result = np.zeros(len(x), dtype=np.int32)
            if on_grid.any():
                result[on_grid] = self._sets_at(x[on_grid], y[on_grid])
            return result
        column, row = across.astype(np.int32), up.astype(np.int32)
        found: NDArray[np.int32] = self._grid[row, column]
        divided = np.flatnonzero(found < 0)
        part_x = ((across[divided] - column[divided]) * PARTS).astype(np.int32)
        part_y = ((up[divided] - row[divided]) * PARTS).astype(np.int32)
        found[divided] = self._blocks[-1 - found[divided], part_y * PARTS + part_x]
        return found


def assign_points(
    x: ArrayLike, y: ArrayLike, layer: gpd.GeoDataFrame, *, predicate: Predicate = "intersects"
) -> pd.DataFrame:
    """Return which regions of a layer each point lies in.

    Parameters
    ----------
    x, y : array_like of float, shape (n,)
        Easting and northing, metres (EPSG:27700).
    layer : GeoDataFrame
        Index = code, polygons in EPSG:27700; regions may overlap.
    predicate : {"intersects", "within"}
        A point on an edge belongs to every region that meets there, or to none of them.

    Returns
    -------
    DataFrame
        ``point`` (position in `x`) and ``region`` (code, categorical), one row a pair, sorted: the pairs of
        ``geopandas.sjoin(points, layer, predicate=predicate)``.

    Raises
    ------
    LayerError
        If a polygon is missing, empty or not valid.
    UsageError
        If `x` and `y` are not of one length.

    Notes
    -----
    Keep a `PointAssigner` where more points come later: the grid is then built once.

    Examples
    --------
    >>> from s3geo import open_workspace
    >>> assign_points([292_000, 0], [92_500, 0], open_workspace().layer("lad"))
       point     region
    0      0  E07000041
    """
    return PointAssigner.of(layer).assign(x, y, predicate=predicate)


# --- the grid

_DIAGONAL = np.array([[1, 0, 1], [0, 0, 0], [1, 0, 1]])


class _Sets:
    """Sets of regions, numbered as they are met; which set a point lies in is asked of the polygons."""

    def __init__(self, polygons: NDArray[np.object_]) -> None:
        self._tree = shapely.STRtree(polygons)
        shapely.prepare(polygons)
        self._numbers: dict[bytes, int] = {b"": 0}
        self.sets: list[NDArray[np.int32]] = [np.zeros(0, dtype=np.int32)]

    def at(self, x: NDArray[Any], y: NDArray[Any]) -> NDArray[np.int32]:
        point, region = self._tree.query(shapely.points(x, y), predicate="intersects")
        order = np.lexsort((region, point))
        point, region = point[order], region[order].astype(np.int32)
        ends = np.searchsorted(point, np.arange(len(x) + 1))
        single = np.diff(ends) == 1
        result = np.zeros(len(x), dtype=np.int32)
        numbers = np.array([self._number(one) for one in np.arange(region.max(initial=-1) + 1)[:, None]])
        result[single] = numbers[region[ends[:-1][single]]] if single.any() else 0
        for at in np.flatnonzero(np.diff(ends) > 1):
            result[at] = self._number(region[ends[at] : ends[at + 1]])
        return result

    def _number(self, regions: NDArray[Any]) -> int:
        regions = regions.astype(np.int32)
        key = regions.tobytes()
        if key not in self._numbers:
            self._numbers[key] = len(self.sets)
            self.sets.append(regions)
        return self._numbers[key]


def _pieces(polygons: NDArray[np.object_], longest: float) -> NDArray[np.float64]:
    """Cut all borders into pieces no longer than `longest`: array of x0, y0, x1, y1, shared borders once."""
    rings = shapely.get_rings(shapely.get_parts(polygons))
    places, ring = shapely.get_coordinates(rings, return_index=True)
    same = ring[1:] == ring[:-1]
    ends = np.hstack([places[:-1][same], places[1:][same]])
    swapped = (ends[:, 0] > ends[:, 2]) | ((ends[:, 0] == ends[:, 2]) & (ends[:, 1] > ends[:, 3]))
    ends[swapped] = ends[swapped][:, [2, 3, 0, 1]]
    ends = np.unique(ends, axis=0)
    times = np.maximum(1, np.ceil(np.hypot(*(ends[:, 2:] - ends[:, :2]).T) / longest)).astype(np.int64)
    of = np.repeat(np.arange(len(ends)), times)
    step = np.arange(len(of)) - np.repeat(np.cumsum(times) - times, times)
    start, whole = ends[of, :2], ends[of, 2:] - ends[of, :2]
    share = (step / times[of])[:, None], ((step + 1) / times[of])[:, None]
    return np.hstack([start + whole * share[0], start + whole * share[1]])


def _touched(
    pieces: NDArray[np.float64], corner: tuple[float, float], cell: float, margin: float
) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Return rows and columns of the cells that the bounding boxes of the pieces touch.

    A piece is at most half a cell long, so its box, with the margin, reaches at most two cells each way: those at its
    four corners are all.
    """
    low = np.minimum(pieces[:, :2], pieces[:, 2:]) - margin
    high = np.maximum(pieces[:, :2], pieces[:, 2:]) + margin
    first, last = ((low - corner) / cell).astype(np.int64), ((high - corner) / cell).astype(np.int64)
    return [(y, x) for x in (first[:, 0], last[:, 0]) for y in (first[:, 1], last[:, 1])]


def _filled(
    free: NDArray[np.bool_], structure: NDArray[Any], corner: tuple[float, float], cell: float, known: _Sets
) -> NDArray[np.int32]:
    """Return the set of every free cell: free cells that hang together lie in the same regions, so one is asked."""
    labels, n = ndimage.label(free, structure=structure)
    first = _first_of(labels, n)
    row, column = np.unravel_index(first, labels.shape)
    sets = known.at(corner[0] + (column + 0.5) * cell, corner[1] + (row + 0.5) * cell)
    grid: NDArray[np.int32] = np.concatenate([[_BORDER], sets]).astype(np.int32)[labels]
    return grid


def _filled_blocks(
    free: NDArray[np.bool_], blocks_at: NDArray[np.int64], corner: tuple[float, float], cell: float, known: _Sets
) -> NDArray[np.int32]:
    """Do the same for small cells, which hang together within their block only."""
    within = np.zeros((3, 3, 3))
    within[1] = np.ones((3, 3)) - _DIAGONAL
    labels, n = ndimage.label(free, structure=within)
    block, row, column = np.unravel_index(_first_of(labels, n), labels.shape)
    x = corner[0] + cell * (blocks_at[block, 1] + (column + 0.5) / PARTS)
    y = corner[1] + cell * (blocks_at[block, 0] + (row + 0.5) / PARTS)
    blocks: NDArray[np.int32] = np.concatenate([[_BORDER], known.at(x, y)]).astype(np.int32)[labels]
    return blocks


def _first_of(labels: NDArray[Any], n: int) -> NDArray[np.int64]:
    """Return the position of one cell of each label, 1 to n."""
    first = np.zeros(n + 1, dtype=np.int64)
    flat = labels.ravel()
    first[flat] = np.arange(flat.size)
    return first[1:]
