"""What can be known of ``deploy/`` without Docker and systemd: it names what there is, and documents say the same."""

from __future__ import annotations

import asyncio
import configparser
import os
import re
import shutil
import subprocess
import tomllib
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from s3geo.app import server
from s3geo.errors import UsageError
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


def test_the_unit_starts_nothing_again_that_was_called_wrongly_and_has_a_folder_for_its_log(root: Path) -> None:
    text = (root / "deploy" / "s3geo.service").read_text("utf-8")
    assert re.search(rf"^RestartPreventExitStatus={UsageError.exit_code}$", text, re.MULTILINE)
    assert re.search(r"^LogsDirectory=s3geo$", text, re.MULTILINE)
    assert "Environment=S3GEO_LOG=/var/log/s3geo/" in text


@pytest.mark.skipif(shutil.which("curl") is None, reason="NOT RUN: curl is not installed")
def test_the_watch_restarts_what_does_not_answer(root: Path, tmp_path: Path) -> None:
    """The line of the unit is run as it is, but for the port, the pauses and what restarts."""
    line = re.search(
        r"^ExecStart=/bin/sh -c '(.*)'$", (root / "deploy" / "s3geo-watch.service").read_text("utf-8"), re.MULTILINE
    )[1]
    told = tmp_path / "told"
    (tmp_path / "systemctl").write_text(f'#!/bin/sh\necho "$@" > {told}\n', "utf-8")
    (tmp_path / "systemctl").chmod(0o755)
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    asked: list[str] = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as serving:
        short = line.replace("127.0.0.1:8501", f"127.0.0.1:{serving.server_port}").replace("-delay 15", "-delay 0")
        assert short != line
        Thread(target=serving.serve_forever, daemon=True).start()
        with ThreadPoolExecutor(1) as pool:  # Playwright, which other tests use, has a loop running in this thread
            body = pool.submit(asyncio.run, server._health(None)).result().body
        subprocess.run(["/bin/sh", "-c", short], env=environment, check=True, capture_output=True)
        assert (asked, told.exists()) == (["/s3geo/health"], False)
        body = b"<!doctype html>"  # as any address that does not exist is answered
        subprocess.run(["/bin/sh", "-c", short], env=environment, check=True, capture_output=True)
        assert told.read_text("utf-8").split() == ["try-restart", "s3geo.service"]
        told.unlink()
        serving.shutdown()
    subprocess.run(["/bin/sh", "-c", short], env=environment, check=True, capture_output=True)  # nobody answers
    assert told.exists()


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="NOT RUN: systemd-analyze is not installed")
def test_systemd_understands_the_unit(root: Path, tmp_path: Path) -> None:
    units = ("s3geo.service", "s3geo-watch.service", "s3geo-watch.timer")
    for name in units:
        text = (root / "deploy" / name).read_text("utf-8").replace("/opt/s3geo/bin/s3geo", "/bin/true")
        (tmp_path / name).write_text(text, "utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", *(str(tmp_path / name) for name in units)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "s3geo" not in done.stderr, done.stderr


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
