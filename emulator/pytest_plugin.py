"""The pytest plugin: fixture `batch_emulator`, marker `batch_scenario`, and what a test that fails is told.

Only adapts `Emulator` to pytest. It is loaded in every session of an environment, so nothing but pytest is imported until a
test asks for the fixture.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple, NoReturn

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping

    from emulator.embedded import Emulator

MARKER: Final = "batch_scenario"
MOST_WORLDS: Final = 100_000
"""Worlds of other keys than the fixture's stay until the session's end."""
SIGNATURE: Final = f'{MARKER}(scenario="happy-path", *, clock="manual", seed=0, edition=...)'


class _Server(NamedTuple):
    """Where a session's worlds are made."""

    url: str
    admin_token: str | None


class _Watched(NamedTuple):
    """The emulator of a test, or, when that has been stopped, what there was to say of it."""

    emulator: Emulator
    told: list[tuple[str, str]]


_WATCHED: Final = pytest.StashKey[_Watched]()
_ENDED_EARLY: Final = pytest.StashKey[bool]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options."""
    group = parser.getgroup("mka1-emulator")
    address = "Use the emulator that is running at this address, such as http://127.0.0.1:8787."
    admin = "The admin token of that emulator."
    group.addoption("--batch-emulator-url", metavar="URL", help=address)
    group.addoption("--batch-emulator-admin-token", metavar="TOKEN", help=admin)
    parser.addini("batch_emulator_url", address)
    parser.addini("batch_emulator_admin_token", admin)
    parser.addini("batch_emulator_scenarios", "Folders of scenario files that join the library.", type="paths")


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker."""
    config.addinivalue_line("markers", f"{SIGNATURE}: the world that the fixture batch_emulator gives.")


@pytest.fixture(scope="session")
def _batch_emulator_server(request: pytest.FixtureRequest) -> Iterator[_Server]:
    from emulator.embedded import CannotStart  # noqa: PLC0415 - see the module
    from emulator.embedded.hosting import serving  # noqa: PLC0415

    if url := _chosen(request.config, "url"):
        yield _Server(url, _chosen(request.config, "admin_token"))
        return
    try:
        with serving(scenarios=request.config.getini("batch_emulator_scenarios"), max_worlds=MOST_WORLDS) as url:
            yield _Server(url, None)
    except CannotStart as error:
        _fail(error)


def _chosen(config: pytest.Config, name: str) -> str | None:
    """Return what the command line says, or else the configuration file."""
    return config.getoption(f"batch_emulator_{name}") or config.getini(f"batch_emulator_{name}") or None


@pytest.fixture
def batch_emulator(request: pytest.FixtureRequest, _batch_emulator_server: _Server) -> Iterator[Emulator]:
    """Give an Emulator with a fresh world, as the marker batch_scenario describes it.

    After the test, requests that broke the contract fail it, and so do required rules that never fired.
    """
    emulator = _started(request.node, _batch_emulator_server)
    watched = request.node.stash[_WATCHED] = _Watched(emulator, [])
    try:
        yield emulator
        if not request.node.stash.get(_ENDED_EARLY, False):
            _check(watched)
    finally:
        emulator.stop()


def _started(node: pytest.Item, server: _Server) -> Emulator:
    from emulator.embedded import CannotStart, Emulator  # noqa: PLC0415 - see the module

    options = _options(node)
    try:
        return Emulator(**options, url=server.url, admin_token=server.admin_token).start()
    except CannotStart as error:
        _fail(error)


def _fail(why: Exception | str) -> NoReturn:
    """Fail the test with a sentence alone."""
    raise pytest.fail.Exception(f"batch_emulator: {why}", pytrace=False) from None


def _options(node: pytest.Item) -> dict[str, Any]:
    """Return what the nearest marker says."""
    marker = node.get_closest_marker(MARKER)
    if marker is None:
        return {}
    try:
        return batch_scenario(*marker.args, **marker.kwargs)
    except TypeError as error:
        _fail(f"expected the marker {SIGNATURE}: {error}")


def batch_scenario(
    scenario: str | Mapping[str, Any] = "happy-path",
    *,
    clock: str = "manual",
    seed: int = 0,
    edition: str | None = None,
) -> dict[str, Any]:
    """Return what the marker of this name asks for, as options of an Emulator."""
    return {"scenario": scenario, "clock": clock, "seed": seed, "edition": edition}


def _check(watched: _Watched) -> None:
    from emulator.embedded import Unmet  # noqa: PLC0415 - see the module

    if not watched.emulator.is_running:
        return
    try:
        watched.emulator.check()
    except Unmet as error:
        watched.told.extend(_told(watched))
        _fail(error)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add to the report of a test that failed what its emulator has to say."""
    report = yield
    watched = item.stash.get(_WATCHED, None)
    if watched is None:
        return report
    if call.when == "call" and call.excinfo is not None:
        item.stash[_ENDED_EARLY] = True
    if report.failed:
        report.sections += _told(watched)
    return report


def _told(watched: _Watched) -> list[tuple[str, str]]:
    """Return what there is to say of an emulator; that its server has gone, if that is so."""
    if not watched.emulator.is_running:
        return watched.told
    try:
        return watched.emulator.told()
    except Exception as error:  # whatever it is, what must be seen is the failure of the test
        return [("batch_emulator", f"nothing can be told of it: {error}")]
