"""What is installed is whole: the wheel alone, in an environment of its own, opens, serves and draws."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from driving import GM, Visit, chromium, free_port, start, stop
from playwright.sync_api import expect

ASK = """
import json, s3geo
from importlib.metadata import distribution
ws = s3geo.open_workspace()
found = s3geo.locate("EX4 4QJ")
print(json.dumps({
    "file": s3geo.__file__,
    "version": [s3geo.__version__, distribution("s3geo").version],
    "catalogue": len(ws.catalogue),
    "regions": len(ws.layer()),
    "values": len(ws.values(ws.catalogue.index[0])),
    "place": found.loc[found["geography"] == "lep", "name"].tolist(),
}))
"""

WARNINGS = "error,ignore:PySpark does not yet fully support pandas:FutureWarning"
"""pandera imports PySpark where the tests' environment has it."""


@pytest.fixture(scope="module")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from the checkout, with the build tools at hand."""
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(root)]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    return next(out.glob("s3geo-*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the commands of an environment that holds the wheel, and libraries but no checkout."""
    home = tmp_path_factory.mktemp("installed")
    venv.create(home, with_pip=False)
    commands = home / ("Scripts" if sys.platform == "win32" else "bin")
    python = commands / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "--quiet", "--no-deps", "--no-index", str(wheel)], check=True)
    # a folder named in a .pth file is searched, but .pth files inside it are not read: not the editable install
    own = Path(sysconfig.get_path("purelib", vars={"base": str(home), "platbase": str(home)}))
    (own / "libraries.pth").write_text(
        "\n".join({sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}), "utf-8"
    )
    return commands


def clean(home: Path) -> dict[str, str]:
    """Return an environment that knows nothing of the checkout."""
    return {"PATH": "/usr/bin:/bin", "HOME": str(home), "PYTHONWARNINGS": WARNINGS, "MPLCONFIGDIR": str(home)}


def test_the_wheel_holds_what_it_needs(wheel: Path, root: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    src = root / "src"
    expected = {p.relative_to(src).as_posix() for p in src.rglob("*") if p.is_file() and "__pycache__" not in p.parts}
    for folder in ("boundaries", "data"):
        expected |= {
            f"s3geo/_bundled/{p.relative_to(root).as_posix()}" for p in (root / folder).rglob("*") if p.is_file()
        }
    expected |= {f"s3geo/_bundled/docs/{name}.md" for name in ("accessibility", "corrections", "embedding", "methods")}
    expected |= {f"s3geo/_bundled/{name}" for name in ("streamlit.toml", "CHANGELOG.md", "LICENSE")}
    beside = {name for name in names if ".dist-info/" in name}
    assert names - beside == expected
    assert {name.split(".dist-info/")[1] for name in beside} >= {
        "METADATA",
        "entry_points.txt",
        "licenses/LICENSE",
        "licenses/src/s3geo/app/assets/leaflet/LICENSE",
    }


def test_the_wheel_opens_its_own_data_in_any_folder(installed: Path, root: Path, tmp_path: Path) -> None:
    run = subprocess.run(
        [str(installed / "python"), "-c", ASK],
        cwd=tmp_path,
        env=clean(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    answer = json.loads(run.stdout)
    assert Path(answer["file"]).is_relative_to(installed.parent)
    assert answer["version"][0] == answer["version"][1]
    catalogue = tomllib.loads((root / "data" / "catalogue.toml").read_text("utf-8"))
    assert answer["catalogue"] == len(catalogue["indicator"])
    assert (answer["regions"], answer["values"]) == (38, 38)
    assert answer["place"] == ["Heart of the South West"]


@pytest.mark.browser
def test_the_wheel_serves_and_draws_from_any_folder(installed: Path, tmp_path: Path) -> None:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    command = [str(installed / "s3geo"), "app", "--no-browser", "--port", str(port)]
    process = start(command, tmp_path / "log.txt", tmp_path, f"{address}/s3geo/health", clean(tmp_path), inherit=False)
    got: dict[str, int] = {}
    try:
        with chromium() as browser:
            visit = Visit(browser.new_page(viewport={"width": 1366, "height": 768}), address)
            visit.page.on("response", lambda answer: got.update({answer.url.removeprefix(address): answer.status}))
            visit.go()
            visit.settled()
            visit.click(GM)
            expect(visit.heading()).to_have_text("Greater Manchester")
            assert (visit.away, visit.errors) == ([], [])
    finally:
        stop(process)
    assert set(got.values()) <= {200, 304}
    for pattern in (r"/s3geo/assets/map\.\w+\.js", r"/s3geo/assets/leaflet\.\w+\.js", r"/s3geo/geometry/\w+\.geojson"):
        assert any(re.fullmatch(pattern, path) for path in got), pattern


# --- what an installer is told


def declared(root: Path) -> dict[str, list[str]]:
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    groups = {"": project["dependencies"], **project["optional-dependencies"]}
    return {name: [re.match(r"[\w.-]+", one)[0] for one in group] for name, group in groups.items()}  # type: ignore[index]


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_every_library_imported_is_declared(root: Path) -> None:
    where: dict[str, set[str]] = {}
    for path in (root / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            for name in names:
                where.setdefault(name.split(".")[0], set()).add(path.name)
    third_party = where.keys() - sys.stdlib_module_names - {"s3geo"}
    known = packages_distributions()
    assert third_party <= known.keys()
    groups = declared(root)
    needed = {normal(name) for name in groups[""]}
    extras = {"build": {"lookups.py"}, "scale": {"engines.py", "expression.py"}, "spark": {"engines.py"}}
    extra = {(normal(d), file) for name, files in extras.items() for d in groups[name] for file in files}
    undeclared = {
        name: sorted(where[name])
        for name in third_party
        if not needed & {normal(d) for d in known[name]}
        # an extra serves one command, which says so when it is missing
        and not all(any((normal(d), file) in extra for d in known[name]) for file in where[name])
    }
    assert undeclared == {}


def test_constraints_pin_everything_and_name_no_address(root: Path) -> None:
    lines = [line for line in (root / "constraints.txt").read_text("utf-8").splitlines() if not line.startswith("#")]
    assert [line for line in lines if not re.fullmatch(r"[\w.-]+==[\w.]+", line)] == []
    pinned = {normal(line.split("==")[0]) for line in lines}
    wanted = {normal(name) for group in declared(root).values() for name in group} - {"s3geo"}
    assert wanted <= pinned


def test_the_app_depends_on_nothing_unpinned(root: Path) -> None:
    """What an install of s3geo pulls in, step by step, is pinned too."""
    from importlib.metadata import requires

    from packaging.requirements import Requirement

    pinned = {normal(line.split("==")[0]) for line in (root / "constraints.txt").read_text("utf-8").splitlines()}
    waiting, seen = [normal(name) for name in declared(root)[""]], set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        for text in requires(name) or []:
            requirement = Requirement(text)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                waiting.append(normal(requirement.name))
    assert seen <= pinned
