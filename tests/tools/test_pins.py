"""What is pinned, and what becomes of a package that is known to be bad, with the real pip-audit."""

import http.server
import json
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools import pins

HASH = "sha256:" + "0123456789abcdef" * 4
KNOWN = {
    "vulns": [
        {
            "id": "PYSEC-0000-1",
            "aliases": [],
            "summary": "invented",
            "details": "invented",
            "affected": [
                {
                    "package": {"name": "alpha", "ecosystem": "PyPI"},
                    "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}],
                    "versions": ["1.0"],
                }
            ],
        }
    ]
}


class Advisories(http.server.BaseHTTPRequestHandler):
    """A vulnerability service in OSV's form that knows something against `alpha` alone."""

    def do_POST(self) -> None:
        """Answer a query."""
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        body = json.dumps(KNOWN if asked["package"]["name"] == "alpha" else {}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the library's
        """Say nothing."""


@pytest.fixture
def service() -> Iterator[str]:
    """Run the service and give its address."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Advisories) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def write(root: Path, *, pinned: str) -> Path:
    for name in pins.SETS:
        (root / f"{name}.in").write_text("alpha>=1\n")
        (root / f"{name}.txt").write_text(pinned)
    return root


def asking(address: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "pip_audit", "--vulnerability-service", "osv", "--osv-url", address)


def test_every_package_is_pinned_with_a_hash_and_everything_asked_for_is_pinned() -> None:
    assert pins.faults() == []
    assert len(pins.pinned((pins.ROOT / "requirements.txt").read_text())) > 20


def test_a_pin_without_a_hash_is_told(tmp_path: Path) -> None:
    write(tmp_path, pinned="alpha==1.0\n")

    assert "alpha has no hash in requirements.txt" in pins.faults(tmp_path)


def test_a_package_that_is_asked_for_and_not_pinned_is_told(tmp_path: Path) -> None:
    write(tmp_path, pinned=f"beta==1.0 --hash={HASH}\n")

    assert "alpha is not pinned in requirements.txt" in pins.faults(tmp_path)


@pytest.mark.parametrize("line", ["alpha>=1.0", "alpha", "git+https://example.org/alpha", "-e ."])
def test_a_line_that_pins_nothing_is_an_error(line: str) -> None:
    with pytest.raises(ValueError, match="is not pinned to one version"):
        pins.pinned(f"{line}\n")


def test_a_package_that_is_known_to_be_bad_fails_the_audit(
    tmp_path: Path, service: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, pinned=f"alpha==1.0 --hash={HASH}\n")

    assert pins.audit(asking(service), root=tmp_path) == 1
    assert "requirements.txt: KNOWN TO BE BAD: alpha PYSEC-0000-1" in capsys.readouterr().out


@pytest.mark.thorough
def test_packages_that_nothing_is_known_against_pass_the_audit(
    tmp_path: Path, service: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, pinned=f"beta==1.0 --hash={HASH}\n")

    assert pins.audit(asking(service), root=tmp_path) == 0
    assert "requirements.txt: nothing is known against 1 packages" in capsys.readouterr().out


@pytest.mark.thorough
def test_without_anybody_to_ask_one_line_says_so_and_nothing_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    write(tmp_path, pinned=f"alpha==1.0 --hash={HASH}\n")

    assert pins.audit(asking("http://127.0.0.1:9"), root=tmp_path) == 0
    assert "requirements.txt: not audited: the vulnerability service cannot be reached" in capsys.readouterr().out


def test_an_audit_that_fails_for_another_reason_is_not_taken_for_a_missing_network(tmp_path: Path) -> None:
    write(tmp_path, pinned="alpha\n")

    with pytest.raises(SystemExit, match="pip-audit failed"):
        pins.audit(root=tmp_path)
