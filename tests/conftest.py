"""Fixtures and settings that every test may use. Fixtures of one folder live in that folder's own conftest.py."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import URL

from tests.company import Company
from tests.postgres import PostgresServer, running_server, stop_left_over

# How long an example takes says nothing here: machines differ, and the first call of anything imports a lot.
settings.register_profile("dev", deadline=None)
# The same examples on every run, so that a red CI means the change is at fault. A slow machine is no failure.
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "dev"))

_POSTGRES_FOLDER = pytest.StashKey[Path]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that `make goldens` uses."""
    parser.addoption("--update-goldens", action="store_true", help="rewrite golden files instead of comparing them")


def pytest_configure(config: pytest.Config) -> None:
    """Choose PostgreSQL's data folder: in the process that pytest-xdist's workers share, or in the only one.

    Not below pytest's own temporary folder: its path is too long for a socket, and private to root. Where whoever started the tests
    ignores Ctrl-C (a shell does for what it starts in the background), what they start does not: tests of it would wait for ever.
    """
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    workerinput: dict[str, Any] | None = getattr(config, "workerinput", None)
    if workerinput is None:
        config.stash[_POSTGRES_FOLDER] = Path(tempfile.mkdtemp(prefix="orderledger-"))
    else:
        config.stash[_POSTGRES_FOLDER] = Path(workerinput["orderledger_folder"])


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a pytest-xdist worker which data folder all of them share."""
    node.workerinput["orderledger_folder"] = str(node.config.stash[_POSTGRES_FOLDER])


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove what is left of PostgreSQL once every worker has gone."""
    if not hasattr(config, "workerinput"):
        folder = config.stash[_POSTGRES_FOLDER]
        stop_left_over(folder / "data")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_server(pytestconfig: pytest.Config) -> Iterator[PostgresServer]:
    """Start PostgreSQL for the first test that asks; it serves the whole session."""
    folder = pytestconfig.stash[_POSTGRES_FOLDER] / "data"
    folder.mkdir(exist_ok=True)
    with running_server(folder) as server:
        yield server


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[URL]:
    """Lend each test an empty database of its own, once on each engine."""
    if request.param == "sqlite":
        yield URL.create("sqlite", database=str(tmp_path / "store.db"))
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    with server.new_database() as url:
        yield url


@pytest.fixture
def golden(pytestconfig: pytest.Config) -> Callable[[Path, str], None]:
    """Compare a text with its golden file, or write the file under `make goldens`."""
    update: bool = pytestconfig.getoption("--update-goldens")

    def check(path: Path, text: str) -> None:
        if update:
            path.write_text(text, encoding="utf-8", newline="")
        # newline="" keeps \r\n as it is: goldens are compared byte for byte.
        with path.open(encoding="utf-8", newline="") as file:
            assert text == file.read(), f"{path.name} differs; `make goldens` rewrites it"

    return check


@pytest.fixture
def company(tmp_path: Path, store_url: str) -> Iterator[Company]:
    """A company with empty books in CNY; whatever a test does, its books must hold at the end."""
    made = Company(tmp_path / "books", store_url)
    yield made
    assert made.problems() == []
    made.ledger.close()


@pytest.fixture
def average_company(tmp_path: Path, store_url: str) -> Iterator[Company]:
    """A company like `company` whose stock is costed at moving average."""
    made = Company(tmp_path / "books", store_url, costing="average")
    yield made
    assert made.problems() == []
    made.ledger.close()
