import importlib.util
import shutil
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from emulator import resources

Place = Callable[[Path], ModuleType]


@pytest.fixture
def placed() -> Place:
    """The module as it is when its package stands in another folder."""

    def load(package: Path) -> ModuleType:
        package.mkdir()
        shutil.copy(resources.__file__, package / "resources.py")
        spec = importlib.util.spec_from_file_location("resources_elsewhere", package / "resources.py")
        assert spec
        assert spec.loader
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load


def test_checkout_keeps_its_folders_beside_the_package() -> None:
    assert (resources.folder("schemas") / "openapi.yaml").is_file()


def test_installed_package_keeps_its_folders_inside(placed: Place, tmp_path: Path) -> None:
    module = placed(tmp_path / "emulator")
    inside = tmp_path / "emulator" / "_resources" / "scenarios"
    inside.mkdir(parents=True)
    assert module.folder("scenarios") == inside


def test_folder_of_a_stranger_beside_an_installed_package_is_not_taken(placed: Place, tmp_path: Path) -> None:
    (tmp_path / "schemas").mkdir()
    module = placed(tmp_path / "emulator")
    with pytest.raises(FileNotFoundError, match="the folder 'schemas' is missing"):
        module.folder("schemas")
