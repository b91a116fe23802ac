"""The shape of the code: layers, thin doors, public names, module length."""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import subprocess
import sys
from pathlib import Path

import pytest

import s3geo

SRC = Path(s3geo.__file__).parent
MODULES = sorted(SRC.rglob("*.py"))
TREES = {path.relative_to(SRC).as_posix(): ast.parse(path.read_text("utf-8")) for path in MODULES}
MOST_LINES = 400

# what architecture.md section 3 promises of `s3geo`, with the parameters it names
PROMISED = {
    "open_workspace": ["path"],
    "join": ["layer", "table", "on"],
    "choropleth": ["ws", "indicator"],
    "region_profile": ["ws", "code"],
    "partners": ["ws", "code", "weights", "within_km", "n"],
    "organisations": ["ws", "near", "within_km", "kind", "n"],
    "organisation_partners": ["ws", "id", "n"],
    "locate": ["postcode"],
    "export": ["what", "path"],
}
BESIDE_THE_PROMISE = {"__version__", "bivariate_choropleth", "innovation_index", "nearest_regions"}


def test_imports_go_downward_only(root: Path) -> None:
    run = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command; lint_imports_command()",
            "--no-cache",
        ],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr


# --- the doors hold no arithmetic

ARITHMETIC = {
    *(
        "agg",
        "aggregate",
        "apply",
        "corr",
        "cumsum",
        "cut",
        "describe",
        "diff",
        "max",
        "mean",
        "median",
        "merge",
        "min",
    ),
    *("pct_change", "pivot", "pivot_table", "prod", "qcut", "quantile", "rank", "rolling", "std", "sum", "var"),
}
FRAME_LIBRARIES = {"numpy", "scipy", "geopandas", "shapely", "pyproj"}


def arithmetic(tree: ast.AST) -> list[str]:
    """Return what in a module reckons with frames.

    Counting what is present (`x.notna().sum()`) and walking groups (`for key, rows in frame.groupby(...)`) are
    showing, not reckoning.
    """
    walked = {id(node.iter) for node in ast.walk(tree) if isinstance(node, ast.For | ast.comprehension)}
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else [node.module or ""]
            found += [f"line {node.lineno}: {name}" for name in names if name.split(".")[0] in FRAME_LIBRARIES]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            name, on = node.func.attr, node.func.value
            counts = (
                isinstance(on, ast.Call) and isinstance(on.func, ast.Attribute) and on.func.attr in {"notna", "isna"}
            )
            if (name in ARITHMETIC and not (name == "sum" and counts)) or (
                name == "groupby" and id(node) not in walked
            ):
                found.append(f"line {node.lineno}: {name}()")
    return found


@pytest.mark.parametrize("path", [path for path in TREES if path.startswith(("app/", "cli/"))])
def test_the_doors_hold_no_arithmetic(path: str) -> None:
    assert arithmetic(TREES[path]) == []


@pytest.mark.parametrize(
    ("text", "n"),
    [
        ("import numpy as np", 1),
        ("from shapely.geometry import Point", 1),
        ("x = frame.groupby('a').mean()", 2),
        ("x = frame['v'].sum()", 1),
        ("x = a.merge(b)", 1),
        ("for key, rows in frame.groupby('a'): print(rows)", 0),
        ("n = frame['v'].notna().sum()", 0),
        ("x = ', '.join(words)", 0),
    ],
)
def test_the_rule_of_the_doors_sees(text: str, n: int) -> None:
    assert len(arithmetic(ast.parse(text))) == n


# --- public names


def public(tree: ast.Module) -> set[str]:
    """Return the public functions and classes of a module.

    Commands of the CLI and recipes of indicators are not called by their names, but from a table of them.
    """

    def is_command(node: ast.AST) -> bool:
        calls = [d.func for d in getattr(node, "decorator_list", []) if isinstance(d, ast.Call)]
        return any(isinstance(f, ast.Attribute) and f.attr in {"command", "callback"} for f in calls)

    tables = [n for n in tree.body if isinstance(n, ast.Assign) and ast.unparse(n.targets[0]) == "RECIPES"]
    tabled = {n.id for table in tables for n in ast.walk(table.value) if isinstance(n, ast.Name)}
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    functions = {n.name for n in tree.body if isinstance(n, kinds) and not n.name.startswith("_") and not is_command(n)}
    return functions - tabled


def exported(tree: ast.Module) -> list[str] | None:
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "__all__" for t in node.targets):
            return list(ast.literal_eval(node.value))
    return None


def as_sorted(name: str) -> tuple[int, str]:
    """Order constants before classes before the rest, as ruff does."""
    return (0 if name.isupper() else 1 if name[:1].isupper() else 2, name)


@pytest.mark.parametrize("path", [path for path in TREES if not path.startswith("app/screens/")])
def test_all_is_sorted_and_complete(path: str) -> None:
    names, defined = exported(TREES[path]), public(TREES[path])
    if names is None:
        assert not defined, f"no __all__ although there is {sorted(defined)}"
        return
    assert names == sorted(names, key=as_sorted)
    assert len(names) == len(set(names))
    assert defined <= set(names), f"not in __all__: {sorted(defined - set(names))}"


def test_every_public_name_can_be_had() -> None:
    for path, tree in TREES.items():
        names = exported(tree)
        if names:
            dotted = ".".join(["s3geo", *Path(path).with_suffix("").parts]).removesuffix(".__init__")
            module = importlib.import_module(dotted)
            assert [name for name in names if not hasattr(module, name)] == [], dotted


def test_the_public_names_are_those_promised() -> None:
    implemented = {
        name
        for path, tree in TREES.items()
        if not path.startswith(("app/", "cli/", "statistics/", "refresh/", "sources/"))
        for name in PROMISED.keys() & public(tree)
    }
    assert set(s3geo.__all__) == implemented | BESIDE_THE_PROMISE


@pytest.mark.parametrize("name", sorted(PROMISED.keys() & set(s3geo.__all__)))
def test_a_promised_name_takes_what_was_promised(name: str) -> None:
    found = getattr(s3geo, name)
    parameters = inspect.signature(found).parameters
    assert [p for p in parameters if p in PROMISED[name]] == PROMISED[name]
    extra = [p for p in parameters.values() if p.name not in PROMISED[name]]
    assert all(p.default is not inspect.Parameter.empty for p in extra)
    assert found.__doc__


def test_importing_s3geo_costs_nothing(root: Path) -> None:
    code = "import json, sys, s3geo; print(json.dumps([m for m in sys.modules if '.' not in m]))"
    run = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    heavy = {"pandas", "numpy", "geopandas", "folium", "streamlit", "matplotlib", "mapclassify", "pydantic"}
    assert heavy & set(json.loads(run.stdout)) == set()


# --- length


@pytest.mark.parametrize("path", list(TREES))
def test_no_module_is_too_long(path: str) -> None:
    n = len((SRC / path).read_text("utf-8").splitlines())
    assert n <= MOST_LINES, f"{n} lines"
