import shutil
from pathlib import Path

import pytest

from emulator import resources
from emulator.contract.catalog import EDITIONS, Contract, load


@pytest.fixture(scope="session")
def schemas() -> Path:
    return resources.folder("schemas")


@pytest.fixture
def copied_schemas(schemas: Path, tmp_path: Path) -> Path:
    return shutil.copytree(schemas, tmp_path / "schemas")


@pytest.fixture(scope="session")
def newest() -> Contract:
    return load(EDITIONS[-1])


@pytest.fixture(scope="session", params=EDITIONS)
def edition(request: pytest.FixtureRequest) -> Contract:
    return load(request.param)
