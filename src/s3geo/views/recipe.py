"""The recipe of an index: what counts how much, and by which method; as part of an address and as a file."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from s3geo.errors import FileProblem, UsageError
from s3geo.model.catalogue import ACTORS, DIMENSIONS
from s3geo.statistics.normalise import NORMALISATIONS
from s3geo.statistics.steps import SCALES
from s3geo.workspace import GEOGRAPHIES

__all__ = [
    "DRAWS",
    "LARGEST_RECIPE",
    "MOST_WEIGHT",
    "WEIGHT_STEP",
    "Recipe",
    "read_recipe",
    "recipe_from_url",
    "recipe_toml",
]

MOST_WEIGHT, WEIGHT_STEP = 3.0, 0.5
"""Weights go from 0 (left out) to this, in steps of this."""

DRAWS = (100, 10_000)
"""Fewest and most draws."""

LARGEST_RECIPE = 100_000
"""Most bytes of a file."""

_LONGEST_NAME = 80
_METHODS: dict[str, Collection[str]] = {"normalise": NORMALISATIONS, "aggregate": SCALES}
_COUNTS = {"draws": DRAWS, "seed": (0, 2**31 - 1)}
_SCALARS: dict[str, type] = {"name": str, "geography": str, "data": str, **dict.fromkeys(_COUNTS, int)}
_PLAIN = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True)
class Recipe:
    """How an index is made.

    Attributes
    ----------
    name : str
    geography : str
    weights : tuple of (str, float)
        What differs from 1, by actor, dimension or indicator id, sorted; 0 leaves out. A cell weighs its actor's weight
        times its dimension's; indicators weigh within their cell.
    normalise : {"minmax", "zscore", "percent_rank"}
    aggregate : {"arithmetic", "geometric"}
    draws, seed : int
        Of the ranks' uncertainty.
    data : str
        Which figures it was made with (`s3geo.views.index.figures_version`), "" for any.

    Raises
    ------
    UsageError
        A weight, method, number or name that cannot be.

    Examples
    --------
    >>> recipe = Recipe().weighing("business", 2).weighing("gva_per_head", 0)
    >>> recipe.weight("business"), recipe.weight("research"), recipe.url
    (2.0, 1.0, 'business-2,gva_per_head-0')
    """

    name: str = "Index"
    geography: str = "lep"
    weights: tuple[tuple[str, float], ...] = ()
    normalise: str = "minmax"
    aggregate: str = "arithmetic"
    draws: int = 1_000
    seed: int = 0
    data: str = ""

    def __post_init__(self) -> None:
        if not self.name.strip() or len(self.name) > _LONGEST_NAME or not self.name.isprintable():
            raise UsageError(f"The name of an index has 1 to {_LONGEST_NAME} printable characters, not {self.name!r}.")
        if self.geography not in GEOGRAPHIES:
            raise UsageError(f"Unknown geography {self.geography!r}; choose one of {', '.join(GEOGRAPHIES)}.")
        for key, weight in self.weights:
            if not _is_weight(weight):
                raise UsageError(
                    f"The weight of {key} is {weight}; weights go from 0 to {MOST_WEIGHT:g} in steps of {WEIGHT_STEP}."
                )
        for name, known in _METHODS.items():
            if (asked := getattr(self, name)) not in known:
                raise UsageError(f"Unknown {name} {asked!r}; choose one of {', '.join(known)}.")
        if (self.normalise, self.aggregate) == ("zscore", "geometric"):
            raise UsageError("A geometric mean needs scores above 0: take minmax or percent_rank with it.")
        for name, (least, most) in _COUNTS.items():
            if not least <= getattr(self, name) <= most:
                raise UsageError(f"{name} goes from {least} to {most}, not {getattr(self, name)}.")
        kept = dict(sorted((key, float(weight)) for key, weight in self.weights if weight != 1))
        object.__setattr__(self, "weights", tuple(kept.items()))

    def weight(self, key: str) -> float:
        """Return the weight of an actor, a dimension or an indicator within its cell."""
        return dict(self.weights).get(key, 1.0)

    def weighing(self, key: str, weight: float) -> Recipe:
        """Return the recipe with another weight."""
        return replace(self, weights=tuple({**dict(self.weights), key: weight}.items()))

    @property
    def url(self) -> str:
        """What differs from the default, as one part of an address (geography, name and figures are not in it)."""
        default = Recipe()
        methods = [name for name in (*_METHODS, *_COUNTS) if getattr(self, name) != getattr(default, name)]
        return ",".join(
            [
                *(f"{key}-{weight:g}" for key, weight in self.weights),
                *(f"{name}-{getattr(self, name)}" for name in methods),
            ]
        )


def recipe_from_url(text: str, indicators: Collection[str], geography: str = "lep") -> tuple[Recipe, list[str]]:
    """Read what `Recipe.url` wrote.

    Parameters
    ----------
    text : str
    indicators : collection of str
        Ids that may take part.
    geography : str

    Returns
    -------
    recipe : Recipe
    left_out : list of str
        The parts that were not understood.

    Examples
    --------
    >>> recipe, left_out = recipe_from_url("business-2,gva-7,mean", {"gva"})
    >>> recipe.weights, left_out
    ((('business', 2.0),), ['gva-7', 'mean'])
    """
    recipe, left_out = Recipe(geography=geography), []
    for part in filter(None, text.split(",")):
        key, _, value = part.partition("-")
        try:
            if key in _METHODS:
                recipe = _with(recipe, {key: value})
            elif key in _COUNTS:
                recipe = _with(recipe, {key: _whole(value)})
            elif key in {*ACTORS, *DIMENSIONS, *indicators}:
                recipe = recipe.weighing(key, float(value))
            else:
                left_out.append(part)
        except (ValueError, UsageError):
            left_out.append(part)
    return recipe, left_out


def recipe_toml(recipe: Recipe, indicators: Collection[str]) -> str:
    """Write a recipe as a file, with every weight.

    Parameters
    ----------
    recipe : Recipe
    indicators : collection of str
        Ids that may take part, in the order they are to stand in.

    Returns
    -------
    str
        TOML; `read_recipe` reads it back.
    """
    head = {name: getattr(recipe, name) for name in _SCALARS}
    tables = {
        "method": {name: getattr(recipe, name) for name in _METHODS},
        "actors": {key: recipe.weight(key) for key in ACTORS},
        "dimensions": {key: recipe.weight(key) for key in DIMENSIONS},
        "indicators": {key: recipe.weight(key) for key in indicators},
    }
    lines = ["# An index of s3geo; `s3geo index THIS_FILE` computes it. Weights: 0 (left out) to 3, steps of 0.5."]
    lines += [f"{key} = {_written(value)}" for key, value in head.items()]
    for title, table in tables.items():
        lines += ["", f"[{title}]", *(f"{_key(key)} = {_written(value)}" for key, value in table.items())]
    return "\n".join(lines) + "\n"


def read_recipe(text: str | bytes, indicators: Collection[str]) -> Recipe:
    """Read a recipe from a file.

    Parameters
    ----------
    text : str or bytes
        TOML in UTF-8: name, geography, data, draws, seed, and the tables method, actors, dimensions, indicators; all
        may be missing. Where there is a table of indicators, those it does not name are left out.
    indicators : collection of str
        Ids that may take part.

    Returns
    -------
    Recipe

    Raises
    ------
    FileProblem
        No TOML, or what it holds is no recipe; ``.problems`` names each part.

    Examples
    --------
    >>> read_recipe("actors.business = 2", {"gva_per_head"}).weights
    (('business', 2.0),)
    """
    found = _parsed(text)
    problems = _misplaced(found)
    weights: dict[str, float] = {}
    for title, keys in _weighed(indicators).items():
        table = _table(found, title)
        problems += [_problem(f"{title}.{key}", weight, key in keys) for key, weight in table.items()]
        weights |= {key: float(weight) for key, weight in table.items() if _is_weight(weight)}
        if title == "indicators" and title in found:
            weights |= {key: 0.0 for key in keys if key not in table}
    problems = [p for p in problems if p]
    if not problems:
        values = {key: found[key] for key in _SCALARS if key in found} | dict(_table(found, "method"))
        try:
            return _with(Recipe(weights=tuple(weights.items())), values)
        except UsageError as error:
            problems = [{"problem": str(error), "next_step": "Correct it."}]
    what = "; ".join(f"{p.get('code', '')} {p['problem']}".strip() for p in problems[:3])
    raise FileProblem(f"The recipe cannot be used: {what}. Correct it, or save one on the Index page.", problems)


def _weighed(indicators: Collection[str]) -> dict[str, Collection[str]]:
    return {"actors": ACTORS, "dimensions": DIMENSIONS, "indicators": indicators}


def _misplaced(found: Mapping[str, Any]) -> list[dict[str, object]]:
    """Say what is wrong with the parts of a recipe other than weights."""
    problems: list[dict[str, object]] = []
    for key, value in found.items():
        if key in _SCALARS:
            if not isinstance(value, _SCALARS[key]) or isinstance(value, bool):
                words = "a whole number" if _SCALARS[key] is int else "a text in quotation marks"
                problems.append({"code": key, "problem": f"is {value!r}", "next_step": f"Write {words}."})
        elif key != "method" and key not in _weighed(()):
            problems.append({"code": key, "problem": "is not part of a recipe", "next_step": "Remove it."})
        elif not isinstance(value, Mapping):
            problems.append({"code": key, "problem": "is no table", "next_step": f"Write [{key}], its entries below."})
    for key, value in _table(found, "method").items():
        if key not in _METHODS or not isinstance(value, str):
            step = f"There are {', '.join(_METHODS)}, each a text."
            problems.append({"code": f"method.{key}", "problem": f"is {value!r}", "next_step": step})
    return problems


def _problem(where: str, weight: object, known: bool) -> dict[str, object]:
    """Say what is wrong with a weight (nothing: empty)."""
    if not known:
        step = "Remove it or correct the name; neutral indicators take no part."
        return {"code": where, "problem": "is not known", "next_step": step}
    if not _is_weight(weight):
        return {"code": where, "problem": f"is {_told(weight)}", "next_step": "Take 0 to 3 in steps of 0.5."}
    return {}


def _told(value: object) -> str:
    """Write a value so that it fits a message."""
    return "a very large number" if isinstance(value, int) and value.bit_length() > 64 else repr(value)[:40]


def _with(recipe: Recipe, values: Mapping[str, Any]) -> Recipe:
    return replace(recipe, **values)


def _parsed(text: str | bytes) -> dict[str, Any]:
    if len(text) > LARGEST_RECIPE:
        raise FileProblem(
            f"The recipe has {len(text):,} characters, more than {LARGEST_RECIPE:,}. Is it the right file?"
        )
    try:
        return tomllib.loads(text.decode("utf-8-sig") if isinstance(text, bytes) else text)
    except UnicodeDecodeError:
        raise FileProblem("The recipe is not text in UTF-8. Save it as UTF-8, or save one on the Index page.") from None
    except (ValueError, RecursionError) as error:  # a number can be too long to read
        raise FileProblem(f"The recipe is not TOML: {error}. Correct it, or save one on the Index page.") from None


def _table(found: Mapping[str, Any], title: str) -> Mapping[str, Any]:
    table = found.get(title, {})
    return table if isinstance(table, Mapping) else {}


def _is_weight(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return 0 <= value <= MOST_WEIGHT and value / WEIGHT_STEP == int(value / WEIGHT_STEP)


def _whole(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise ValueError(text)
    return int(text)


def _key(key: str) -> str:
    return key if _PLAIN.fullmatch(key) else _written(key)


def _written(value: str | float) -> str:
    """Write a value in TOML, whose basic strings are those of JSON; a recipe's texts are printable."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)
