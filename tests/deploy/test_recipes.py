"""What can be known of ``deploy/`` without Docker and systemd: it names what there is, and documents say the same."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from s3geo.settings import Settings


def copied(root: Path) -> set[str]:
    """Return what the first stage of the Dockerfile copies from the checkout."""
    text = (root / "deploy" / "Dockerfile").read_text("utf-8")
    lines = re.findall(r"^COPY (?!--from)(.*) \S+$", text, re.MULTILINE)
    return {name for line in lines for name in line.split()}


def test_the_image_is_built_from_all_that_the_wheel_needs(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = {*wheel["force-include"], *wheel["packages"], project["project"]["readme"]}
    needed |= {"pyproject.toml", *project["project"]["license-files"]}
    given = copied(root)
    assert all((root / name).exists() for name in given)
    assert [name for name in needed if not any(name == one or name.startswith(f"{one}/") for one in given)] == []
    let_in = re.findall(r"^!(.*)$", (root / "deploy" / "Dockerfile.dockerignore").read_text("utf-8"), re.MULTILINE)
    assert set(let_in) == given


def test_the_image_runs_as_an_ordinary_user_and_checks_what_matters(root: Path) -> None:
    text = (root / "deploy" / "Dockerfile").read_text("utf-8")
    last = text[text.rindex("\nFROM ") :]
    assert re.search(r"^USER (\d+):\d+$", last, re.MULTILINE)[1] != "0"
    assert "--constraint constraints.txt" in text
    assert "/s3geo/ready" in last
    assert "--read-only" in text


def test_the_unit_is_hardened(root: Path) -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str
    unit.read(root / "deploy" / "s3geo.service", "utf-8")
    service = dict(unit["Service"])
    for name in ("DynamicUser", "NoNewPrivileges", "PrivateTmp", "PrivateDevices", "RestrictNamespaces"):
        assert service[name] == "yes", name
    assert (service["ProtectSystem"], service["CapabilityBoundingSet"]) == ("strict", "")
    assert service["ExecStart"].split()[1:3] == ["app", "--host"]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="NOT RUN: systemd-analyze is not installed")
def test_systemd_understands_the_unit(root: Path, tmp_path: Path) -> None:
    text = (root / "deploy" / "s3geo.service").read_text("utf-8").replace("/opt/s3geo/bin/s3geo", "/bin/true")
    (tmp_path / "s3geo.service").write_text(text, "utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", str(tmp_path / "s3geo.service")], capture_output=True, text=True, check=False
    )
    assert "s3geo.service" not in done.stderr, done.stderr


def test_every_setting_is_documented_and_no_other(root: Path) -> None:
    text = (root / "docs" / "operating.md").read_text("utf-8")
    assert set(re.findall(r"S3GEO_[A-Z_]+", text)) == {f"S3GEO_{name.upper()}" for name in Settings.model_fields}


def test_documents_name_tests_and_files_that_exist(root: Path) -> None:
    for name in ("security.md", "operating.md", "reliability.md"):
        text = (root / "docs" / name).read_text("utf-8")
        for path in re.findall(r"`((?:tests|deploy|data|docs)/[\w./-]+\.\w+)", text):
            assert (root / path).exists(), f"{name}: {path}"
        source = "".join(path.read_text("utf-8") for path in (root / "tests").rglob("*.py"))
        for cell in re.findall(r"`([a-z_]+(?:_[a-z0-9]+){2,})`", text):
            assert cell in source, f"{name}: {cell}"
        for start in re.findall(r"::(test_\w+?)_?(?:\.\.\.|\*|`)", text):
            assert start in source, f"{name}: {start}"
