from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.wheels import write_gated, write_wheel

from emulator.clients.environments import cache_folder, environment, read_requirement
from emulator.clients.installing import InstallFault, Trouble

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
ASK = """
import json, sys
from pathlib import Path
from emulator.clients.environments import environment

python = environment(sys.argv[1], folder=Path(sys.argv[2]))
print(json.dumps({"python": str(python), "made": (python.parents[1] / "pyvenv.cfg").stat().st_ino}))
"""


def asking(folder: Path, requirement: str, *, python: str | Path = sys.executable) -> subprocess.Popen[str]:
    """Ask for an environment in a process of its own."""
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [python, "-c", ASK, requirement, folder], env=environ, stdout=subprocess.PIPE, encoding="utf-8"
    )


def answer(process: subprocess.Popen[str]) -> Any:
    stdout, _ = process.communicate(timeout=120)
    return json.loads(stdout)


def said_by(python: Path, code: str) -> str:
    return subprocess.run([python, "-I", "-c", code], check=True, capture_output=True, text=True).stdout.strip()


def site(python: Path) -> Path:
    return Path(said_by(python, "import small_sdk; print(small_sdk.__file__)")).parents[1]


@pytest.mark.usefixtures("index")
def test_environment_has_the_release_that_was_asked_for(tmp_path: Path) -> None:
    pythons = [environment(f"small-sdk=={version}", folder=tmp_path) for version in ("0.9", "0.10")]
    assert [said_by(each, "import small_sdk; print(small_sdk.version)") for each in pythons] == ["0.9", "0.10"]


@pytest.mark.usefixtures("index")
def test_environment_has_what_the_release_needs(tmp_path: Path) -> None:
    assert (
        said_by(environment("small-sdk==0.9", folder=tmp_path), "import small_part; print(small_part.version)") == "1.0"
    )


def test_environment_is_kept(index: Path, tmp_path: Path) -> None:
    python = environment("small-sdk==0.9", folder=tmp_path)
    shutil.rmtree(index)
    assert environment("small-sdk==0.9", folder=tmp_path) == python


def _lose_a_file(python: Path) -> None:
    (site(python) / "small_part" / "__init__.py").unlink()


def _cut_a_file(python: Path) -> None:
    file = site(python) / "small_part" / "__init__.py"
    file.unlink()
    file.write_text("")


def _lose_a_package(python: Path) -> None:
    for folder in site(python).glob("small_sdk*"):
        shutil.rmtree(folder)


def _lose_the_interpreter(python: Path) -> None:
    python.unlink()
    python.symlink_to("/nowhere/python")


def _spoil_the_interpreter(python: Path) -> None:
    python.unlink()
    python.write_text("no program")


def _stop_before_the_end(python: Path) -> None:
    (python.parents[1] / "made").unlink()
    for folder in site(python).glob("small_part*"):
        shutil.rmtree(folder)


@pytest.mark.usefixtures("index")
@pytest.mark.parametrize(
    "spoil",
    [_lose_a_file, _cut_a_file, _lose_a_package, _lose_the_interpreter, _spoil_the_interpreter, _stop_before_the_end],
)
def test_environment_that_is_not_whole_is_made_anew(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    python = environment("small-sdk==0.9", folder=tmp_path)
    spoil(python)
    assert environment("small-sdk==0.9", folder=tmp_path) == python
    assert said_by(python, "import small_sdk, small_part; print(small_part.version)") == "1.0"


@pytest.mark.usefixtures("index")
def test_runs_at_once_share_one_making(tmp_path: Path) -> None:
    processes = [asking(tmp_path, "small-sdk==0.9") for _ in range(3)]
    first, *others = map(answer, processes)
    assert others == [first, first]


def test_installer_that_outlives_its_run_keeps_others_out(index: Path, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    write_gated(index, "slow-sdk", "1.0", gate=gate)
    process = asking(tmp_path, "slow-sdk==1.0")
    with gate.open("w"):  # opens as soon as the build reads it
        process.kill()
        process.communicate(timeout=120)
        (lock,) = (tmp_path / "environments").glob("*.lock")
        with lock.open() as file, pytest.raises(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    (index / "slow_sdk-1.0.tar.gz").unlink()
    write_wheel(index, "slow-sdk", "1.0")
    python = environment("slow-sdk==1.0", folder=tmp_path)
    assert said_by(python, "import slow_sdk; print(slow_sdk.version)") == "1.0"


@pytest.mark.usefixtures("index")
@pytest.mark.parametrize(
    ("requirement", "trouble", "sentence"),
    [
        (
            "small-sdk==3.0",
            Trouble.NO_SUCH_RELEASE,
            "expected a release of small-sdk that the package index has, got 3.0",
        ),
        ("no-sdk==1.0", Trouble.NO_SUCH_PACKAGE, "expected a package that the package index has, got 'no-sdk'"),
        ("small-sdk==1.0", Trouble.OTHER_PYTHON, f"small-sdk 1.0 wants another Python than {sys.version.split()[0]}: "),
    ],
)
def test_release_that_cannot_be_had_is_said_plainly(
    tmp_path: Path, requirement: str, trouble: Trouble, sentence: str
) -> None:
    with pytest.raises(InstallFault) as fault:
        environment(requirement, folder=tmp_path)
    assert fault.value.trouble is trouble
    assert str(fault.value).startswith(sentence)
    assert [path.suffix for path in (tmp_path / "environments").iterdir()] == [".lock"]


def test_failed_build_tells_its_last_words(index: Path, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    gate.write_text("there is no compiler")
    write_gated(index, "slow-sdk", "1.0", gate=gate)
    with pytest.raises(InstallFault, match=r"^slow-sdk 1\.0 cannot be installed: .") as fault:
        environment("slow-sdk==1.0", folder=tmp_path)
    assert fault.value.trouble is Trouble.FAILED
    assert "\n" not in str(fault.value)


def test_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(
        InstallFault, match=r"small-sdk 0\.9 cannot be installed in .*file/environments: .*Not a directory"
    ):
        environment("small-sdk==0.9", folder=file)


@pytest.mark.usefixtures("index")
@pytest.mark.thorough
@pytest.mark.parametrize("options", [(), ("--without-pip",)])
def test_python_without_uv_makes_environments_with_pip(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    subprocess.run([sys.executable, "-m", "venv", *options, tmp_path / "bare"], check=True)
    monkeypatch.setenv("PATH", str(tmp_path))
    made = answer(asking(tmp_path, "small-sdk==0.9", python=tmp_path / "bare" / "bin" / "python"))
    installer = "import importlib.metadata as m; print(m.distribution('small-sdk').read_text('INSTALLER'))"
    assert said_by(made["python"], installer) == "pip"


@pytest.mark.parametrize(
    "text", ["", "two words", "sdk==", "sdk>=1.0", "sdk==1.0,==2.0", "-e", "./folder", "sdk==1 --no-index"]
)
def test_requirement_is_one_release_of_one_package(text: str) -> None:
    with pytest.raises(
        ValueError, match=r"^expected a package and its release, such as meetkai-mka1==0\.12\.90, got '"
    ):
        read_requirement(text)


@pytest.mark.parametrize(
    ("named", "user_cache", "expected"),
    [
        ("/chosen", "/cache", "/chosen"),
        (None, "/cache", "/cache/mka1-emulator"),
        ("", "/cache", "/cache/mka1-emulator"),
        (None, "not/absolute", "/home/me/.cache/mka1-emulator"),
        (None, None, "/home/me/.cache/mka1-emulator"),
    ],
)
@pytest.mark.skipif(sys.platform == "darwin", reason="macOS has a place of its own for caches")
def test_cache_lies_where_the_user_has_caches(
    monkeypatch: pytest.MonkeyPatch, named: str | None, user_cache: str | None, expected: str
) -> None:
    for name, value in {"MKA1_EMULATOR_CACHE": named, "XDG_CACHE_HOME": user_cache, "HOME": "/home/me"}.items():
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    assert cache_folder() == Path(expected)
