"""What all tests may use: the pretend world, a home with short paths, a hub in it, authorities; and their order."""

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from bus.certificates import find
from ledger.migrate import migrate
from sandbox.control.client import Sandbox, start
from tests.made_once import made_once
from tests.pretend_authorities import LAYOUTS, make_certificates, root_of
from tests.running import Child, running
from tests.shared_statements import share

# How long an example takes says how busy the machine is, and nothing of what is tested.
any_machine = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
settings.register_profile("sample", any_machine, max_examples=20)
settings.register_profile("thorough", any_machine, max_examples=500)
settings.load_profile("sample")  # `make test-properties` takes the other one

share()

collect_ignore = ["clients"]  # they have an environment of their own: make test-clients


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let it be chosen in which database the ledger's tests run."""
    parser.addoption(
        "--database",
        choices=("sqlite", "postgresql"),
        default="sqlite",
        help="in which database the ledger's tests run: in postgresql only those that do not need a file",
    )


@pytest.hookimpl(tryfirst=True)  # before pytest leaves out what is not asked for
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with whole systems, with and without a browser: they take longest, and mostly wait.

    Of a test with the mark `sampled(n)` all cases but the first n are thorough.
    """
    cases: Counter[str] = Counter()
    for item in items:
        sampled = item.get_closest_marker("sampled")
        if sampled is not None:
            name = item.nodeid.partition("[")[0]
            cases[name] += 1
            if cases[name] > sampled.args[0]:
                item.add_marker("thorough")
    items.sort(key=lambda item: item.path.parent.name not in {"system", "page", "sentinel"})


@pytest.fixture(scope="session")
def running_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """Run the pretend outside world until the worker ends."""
    with start(tmp_path_factory.mktemp("sandbox"), timeout_s=20) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running_sandbox: Sandbox) -> Sandbox:
    """Give the pretend outside world at its seed, without faults."""
    running_sandbox.reset()
    return running_sandbox


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give the folder that processes run in, as the current one; a socket's path has 107 bytes at most."""
    folder = Path(tempfile.mkdtemp(prefix="pb-", dir="/tmp"))
    (folder / "run").mkdir(mode=0o700)
    monkeypatch.chdir(folder)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def hub(home: Path) -> Iterator[Child]:
    """Run a hub in the home folder."""
    with running(home, "-m", "bus.hub") as child:
        child.wait_for("forwarding")
        yield child


@pytest.fixture(scope="session")
def empty_ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a ledger at the newest schema, to be copied."""
    return made_once(tmp_path_factory, "ledger.db", lambda path: migrate(f"sqlite:///{path}"))


@pytest.fixture(scope="session")
def empty_inbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give an inbox at the newest schema, to be copied."""
    return made_once(tmp_path_factory, "inbox.db", lambda path: migrate(f"sqlite:///{path}", part="inbox"))


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the pretend authorities' certificates in a folder."""
    folder = tmp_path_factory.mktemp("certificates")
    make_certificates(folder)
    return folder


@pytest.fixture(params=LAYOUTS)
def trusting_machine(request: pytest.FixtureRequest, certificates: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let programs trust the pretend authority alone, wherever such a machine keeps it."""
    found = find({}, root=root_of(certificates, request.param))
    assert found is not None
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
    for name, path in found.variables().items():  # as the launcher tells every program
        monkeypatch.setenv(name, path)
