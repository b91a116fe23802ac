"""The nginx configuration of ``deploy/``, run as it is: the app below a path, over TLS, under its security policy."""

from __future__ import annotations

import base64
import hashlib
import http.client
import re
import shutil
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import streamlit
from driving import GM, Visit, free_port, start, stop
from playwright.sync_api import Browser, Route, expect

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        shutil.which("nginx") is None or shutil.which("openssl") is None,
        reason="NOT RUN: deploy/nginx.conf is tried with the real nginx (apt install nginx-light openssl)",
    ),
]

AROUND = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
worker_rlimit_nofile 8192;
events {{ worker_connections 4096; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/s3geo.conf;
}}
"""
expect.set_options(timeout=30_000)
NAME = "www.example.org"
TRUST = ssl._create_unverified_context()


class Behind(NamedTuple):
    """The app behind nginx: its address by the name in the configuration, ports, and the log of nginx."""

    address: str
    app: int
    tls: int
    plain: int
    log: Path


@pytest.fixture(scope="module")
def behind(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Behind]:
    """Run the app and nginx."""
    folder = tmp_path_factory.mktemp("nginx")
    app, tls, plain = (free_port() for _ in range(3))
    make = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    files = ["-keyout", str(folder / "s3geo.key"), "-out", str(folder / "s3geo.pem")]
    subprocess.run([*make, *files, "-days", "2", "-subj", f"/CN={NAME}"], check=True, capture_output=True)
    text = (root / "deploy" / "nginx.conf").read_text("utf-8")
    for line in ("worker_rlimit_nofile 8192;", "events { worker_connections 4096; }"):
        assert f"#   {line}" in text  # what AROUND has
    for old, new, times in (
        ("listen 443 ssl;", f"listen 127.0.0.1:{tls} ssl;", 1),
        ("listen 80;", f"listen 127.0.0.1:{plain};", 1),
        ("/var/log/nginx/s3geo.log", f"{folder}/access.log", 2),
        ("server 127.0.0.1:8501;", f"server 127.0.0.1:{app};", 1),
        ("/etc/ssl/certs/s3geo.pem", f"{folder}/s3geo.pem", 1),
        ("/etc/ssl/private/s3geo.key", f"{folder}/s3geo.key", 1),
    ):
        assert text.count(old) == times, old
        text = text.replace(old, new)
    (folder / "s3geo.conf").write_text(text, "utf-8")
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder), "utf-8")
    checked = subprocess.run(
        ["nginx", "-t", "-c", str(folder / "nginx.conf")], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stderr
    env = {"STREAMLIT_SERVER_BASE_URL_PATH": "innovation", "S3GEO_ADDRESS": f"https://{NAME}/innovation"}
    args = [sys.executable, "-m", "s3geo", "app", "--no-browser", "--port", str(app)]
    server = start(args, folder / "app.log", folder, f"http://127.0.0.1:{app}/s3geo/ready", env)
    with (folder / "nginx.log").open("wb") as log:
        nginx = subprocess.Popen(["nginx", "-c", str(folder / "nginx.conf")], stdout=log, stderr=log)
    address = f"https://{NAME}:{tls}/innovation"
    until = time.monotonic() + 20
    while (status := asked(f"{address}/s3geo/health")[0]) != 200 and time.monotonic() < until:
        assert nginx.poll() is None, (folder / "nginx.log").read_text()
    assert status == 200
    yield Behind(address, app, tls, plain, folder / "access.log")
    stop(nginx)
    stop(server)


@pytest.fixture
def proxied(behind: Behind) -> str:
    """Address of the app behind nginx."""
    return behind.address


def asked(url: str) -> tuple[int, dict[str, str], bytes]:
    """Ask nginx by the address of this machine and the name of the configuration."""
    here = url.replace(f"https://{NAME}", "https://127.0.0.1", 1)
    try:
        with urllib.request.urlopen(
            urllib.request.Request(here, headers={"Host": NAME}), timeout=10, context=TRUST
        ) as answer:
            return answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, {k.lower(): v for k, v in error.headers.items()}, error.read()
    except OSError:
        return 0, {}, b""


def test_the_map_is_painted_below_the_path_and_the_policy_is_never_broken(proxied: str) -> None:
    from driving import chromium

    with chromium(f"--host-resolver-rules=MAP {NAME} 127.0.0.1") as browser:
        _painted(browser, proxied)
        _framed(browser, proxied)


def _painted(browser: Browser, proxied: str) -> None:
    context = browser.new_context(viewport={"width": 1366, "height": 768}, ignore_https_errors=True)
    page = context.new_page()
    broken: list[str] = []
    page.expose_function("broken", lambda said: broken.append(str(said)))
    page.add_init_script(
        "addEventListener('securitypolicyviolation', e => window.broken(`${e.violatedDirective} ${e.blockedURI}`))"
    )
    visit = Visit(page, proxied)
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(re.sub(r"^(\w+://[^/:]*).*", r"\1", request.url)))
    visit.go()
    visit.settled()
    visit.click(GM)
    expect(visit.heading()).to_have_text("Greater Manchester")
    expect(page.locator("table.grid td[data-cell]")).to_have_count(9)
    with page.expect_download() as taken:
        page.get_by_role("button", name="Figures as CSV").click()
    assert b"E37000015" in Path(taken.value.path()).read_bytes()
    page.get_by_role("link", name="Your data", exact=True).click()
    expect(visit.heading()).to_have_text("Your data")
    table = {"name": "a.csv", "mimeType": "text/csv", "buffer": b"code,2023\nE37000051,1\n"}
    page.locator('input[type="file"]').first.set_input_files(table)
    expect(page.get_by_test_id("stAlert").filter(visible=True)).to_contain_text("matched")
    for name in ("Index", "Compare"):
        page.get_by_role("link", name=name, exact=True).click()
        expect(page.locator(".s3").first).to_be_visible()
        visit.settled()
    assert broken == []
    assert [text for text in visit.errors if "Content Security Policy" in text] == []
    assert {host for host in hosts if not host.startswith(("blob:", "data:"))} == {f"https://{NAME}"}
    context.close()


def _framed(browser: Browser, proxied: str) -> None:
    """Only with ?embed=true, and only for those who are named, is it shown in a frame."""
    context = browser.new_context(ignore_https_errors=True)
    page = context.new_page()
    origin = re.match(r"https://[^/]+", proxied)[0]
    wanted = [""]

    def outside(route: Route) -> None:
        frame = f'<iframe src="{proxied}/{wanted[0]}" width="900" height="600"></iframe>'
        route.fulfill(body=frame, content_type="text/html")

    page.route(f"{origin}/outside", outside)
    regions = page.frame_locator("iframe").locator("path.leaflet-interactive[data-code]")
    with page.expect_console_message(lambda message: "frame-ancestors 'none'" in message.text):
        page.goto(f"{origin}/outside")
    expect(regions).to_have_count(0)
    wanted[0] = "?embed=true"
    page.goto(f"{origin}/outside")
    expect(regions).to_have_count(38)
    context.close()


def test_every_answer_carries_the_headers(proxied: str) -> None:
    asset = re.search(rb'src="\./(static/js/[^"]+)"', asked(f"{proxied}/")[2])[1].decode()
    for path in ("/", "/index", f"/{asset}", "/s3geo/health", "/s3geo/assets/nothing.js"):
        _, headers, _ = asked(f"{proxied}{path}")
        assert headers["strict-transport-security"] == "max-age=31536000", path
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["referrer-policy"] == "strict-origin-when-cross-origin", path
        policy = headers["content-security-policy"]
        assert policy.endswith("frame-ancestors 'none'"), path
        assert "'unsafe-eval'" not in policy
        assert "script-src 'self' blob: 'wasm-unsafe-eval' 'sha256-" in policy
        assert headers["server"] == "nginx"
    assert asked(f"{proxied}/?embed=true")[1]["content-security-policy"].endswith(
        f"frame-ancestors 'self' https://{NAME}"
    )
    assert asked(f"{proxied}/?embed=true;x")[1]["content-security-policy"].endswith("frame-ancestors 'none'")


def test_what_strangers_may_not_ask_for_is_not_there(proxied: str) -> None:
    for path in ("/_stcore/metrics", "/_stcore/agent/openapi.json", "/data/_stcore/agent/interact"):
        assert asked(f"{proxied}{path}")[0] == 404, path
    for path in (
        "/s3geo/assets/..%2f..%2fserver.py",
        "/s3geo/geometry/..%2f..%2f..%2fdata%2fcatalogue.toml",
        "/%2e%2e/etc",
    ):
        assert asked(f"{proxied}{path}")[0] in (400, 403, 404), path
    assert asked(f"{proxied}/s3geo/ready")[0] == 200  # from this machine
    assert asked(proxied)[0] == 200  # by way of the slash


def from_address(address: str, port: int, path: str) -> int:
    """Ask from another address of this machine; return the status."""
    line = http.client.HTTPSConnection("127.0.0.1", port, timeout=10, source_address=(address, 0), context=TRUST)
    line.request("GET", f"/innovation{path}", headers={"Host": NAME, "Referer": f"https://{NAME}/?referrer"})
    status = line.getresponse().status
    line.close()
    return status


def test_readiness_is_for_this_machine_alone_however_it_is_asked_for(behind: Behind) -> None:
    def from_elsewhere(path: str) -> int:
        """Ask from an address that the configuration does not name."""
        return from_address("127.0.0.2", behind.tls, path)

    assert from_elsewhere("/s3geo/health") == 200
    for path in ("/", "/x/", "/x%2F", "/%0A/", "/x/../", "//", "/innovation/"):
        assert from_elsewhere(f"{path}s3geo/ready") == 403, path
    assert from_elsewhere("/s3geo/%72eady") == 403
    assert from_elsewhere("/s3geo/ready/") == 403


def test_what_comes_in_the_clear_is_sent_to_tls(behind: Behind) -> None:
    line = http.client.HTTPConnection("127.0.0.1", behind.plain, timeout=10)
    line.request("GET", "/innovation/index?region=E37000016", headers={"Host": "evil.example"})
    answer = line.getresponse()
    assert (answer.status, answer.headers["location"]) == (301, f"https://{NAME}/innovation/index?region=E37000016")
    line.close()


def test_the_one_cookie_is_for_tls_alone(proxied: str) -> None:
    cookie = asked(f"{proxied}/_stcore/health")[1]["set-cookie"]
    assert cookie.startswith("_streamlit_xsrf=")
    assert {"Secure", "SameSite=Lax"} <= {part.strip() for part in cookie.split(";")}
    assert "Expires" not in cookie


def test_the_log_has_neither_what_is_looked_at_nor_how_to_fetch_it(behind: Behind) -> None:
    for path in ("/compare?region=E37000016", "/media/0123abcd.csv", "/s3geo/geometry/4567cdef.geojson"):
        from_address("127.0.0.4", behind.tls, path)
    until, lines = time.monotonic() + 10, []
    while len(lines) < 3 and time.monotonic() < until:  # a line is written after its answer
        lines = [line for line in behind.log.read_text("utf-8").splitlines() if line.startswith("127.0.0.4 ")]
    assert [line.split('"')[1] for line in lines] == [
        "GET /innovation/compare",
        "GET /innovation/media/...",
        "GET /innovation/s3geo/geometry/...",
    ]
    assert not any(word in line for line in lines for word in ("E37000016", "0123abcd", "4567cdef", "referrer"))


def test_uploads_have_a_limit_of_their_own(behind: Behind) -> None:
    def put(path: str, size: int) -> int:
        where = ("127.0.0.3", 0)  # an address of its own, so that nobody else is held up
        line = http.client.HTTPSConnection("127.0.0.1", behind.tls, timeout=10, source_address=where, context=TRUST)
        line.putrequest("PUT", f"/innovation{path}", skip_host=True)
        for name, value in (("Host", NAME), ("Content-Length", str(size))):
            line.putheader(name, value)
        line.endheaders()
        line.send(bytes(min(size, 1)))
        status = line.getresponse().status
        line.close()
        return status

    assert put("/compare", 2_000_000) == 413
    assert put("/_stcore/upload_file/a/b", 53_000_000) == 413
    answers = [put("/_stcore/upload_file/a/b", 1) for _ in range(70)]
    assert answers[:50] == [403] * 50  # of the app: there is no such visit
    assert 429 in answers
    assert set(answers) == {403, 429}


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="connections are counted as Linux tells them")
def test_a_connection_to_the_app_is_kept_for_the_next_request(behind: Behind) -> None:
    assert asked(f"{behind.address}/s3geo/health")[0] == 200
    lines = [line.split() for line in Path("/proc/net/tcp").read_text("ascii").splitlines()[1:]]
    held = [line for line in lines if line[2].endswith(f":{behind.app:04X}") and line[3] == "01"]
    assert held


def test_the_one_inline_script_is_the_one_that_is_allowed(root: Path) -> None:
    page = Path(streamlit.__file__).with_name("static") / "index.html"
    scripts = re.findall(rb"<script>(.*?)</script>", page.read_bytes(), re.DOTALL)
    hashes = [f"sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}" for script in scripts]
    assert re.findall(r"'(sha256-[^']+)'", (root / "deploy" / "nginx.conf").read_text("utf-8")) == hashes
