from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from emulator.clients.catalog import CLIENTS
from emulator.clients.installing import InstallFault, Trouble
from emulator.clients.releases import SDKS, Sdk, age, read_index, read_versions, releases, sdk, versions

ROOT = Path(__file__).parents[2]
SMALL = Sdk("small-sdk", "exec:small", ("0.9", "0.9.5"))
LIST = """
import sys
from pathlib import Path
from emulator.clients.releases import versions

print(*versions(sys.argv[1], folder=Path(sys.argv[2])))
"""


@pytest.mark.parametrize("client", [each.client for each in SDKS.values()])
def test_sdks_have_a_shipped_driver(client: str) -> None:
    assert client in CLIENTS


@pytest.mark.usefixtures("index")
def test_index_lists_the_newest_first() -> None:
    listed = versions("small-sdk")
    assert listed == tuple(sorted(listed, key=age, reverse=True))
    assert {"0.9", "0.10"} <= {*listed}


@pytest.mark.usefixtures("index")
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("all", ("0.9", "0.10", "1.0")),
        ("boundaries", ("0.9", "1.0")),
        ("newest", ("1.0",)),
        ("newest,0.10", ("0.10", "1.0")),
        ("0.10,0.9", ("0.9", "0.10")),
        (" 0.10 , 0.10", ("0.10",)),
        ("7.0,0.9rc1,0.9", ("0.9rc1", "0.9", "7.0")),
    ],
)
def test_words_choose_releases_from_the_oldest_to_the_newest(words: str, expected: tuple[str, ...]) -> None:
    assert releases(SMALL, read_versions(words)) == expected


def test_list_of_releases_needs_no_index(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "no address")
    assert releases(SMALL, ("2.0", "1.0")) == ("1.0", "2.0")


@pytest.mark.usefixtures("index")
def test_unknown_package_has_no_releases() -> None:
    with pytest.raises(InstallFault, match=r"^expected a package that the package index has, got 'no-sdk'$") as fault:
        versions("no-sdk")
    assert fault.value.trouble is Trouble.NO_SUCH_PACKAGE


def test_sdk_without_boundaries_says_so() -> None:
    with pytest.raises(ValueError, match=r"^expected a list of releases, or all or newest: .* boundaries of openai$"):
        releases(SDKS["openai"], ("boundaries",))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "expected releases such as 0.12.90, or boundaries, all or newest, got ''"),
        ("0.5.25,", "expected releases such as 0.12.90, or boundaries, all or newest, got ''"),
        (
            "boundries",
            "expected releases such as 0.12.90, or boundaries, all or newest, got 'boundries': did you mean 'boundaries'?",
        ),
        ("v0.5.25", "expected releases such as 0.12.90, or boundaries, all or newest, got 'v0.5.25'"),
        ("0.12.9O", "expected releases such as 0.12.90, or boundaries, all or newest, got '0.12.9O'"),
        ("all,0.5.25", "expected 'all' alone, or a list of releases, got 'all,0.5.25'"),
        ("0.5.25,boundaries", "expected 'boundaries' alone, or a list of releases, got '0.5.25,boundaries'"),
    ],
)
def test_words_that_name_no_release_are_refused(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(said)}$"):
        read_versions(text)


def test_unknown_sdk_is_refused_with_the_nearest() -> None:
    with pytest.raises(
        ValueError, match=r"^expected an SDK \(meetkai-mka1, openai\), got 'meetkai': did you mean 'meetkai-mka1'\?$"
    ):
        sdk("meetkai")


@pytest.mark.parametrize(
    "said",
    [
        "small-sdk (0.10)\nAvailable versions: 0.10, 0.9, what\n  INSTALLED: 0.9\n",
        json.dumps({"versions": ["0.10", "0.9", "what"]}),
    ],
)
def test_both_forms_of_a_list_are_read(said: str) -> None:
    assert read_index(said) == ("0.10", "0.9")


@pytest.mark.parametrize("said", ["", "[]", "{}", '{"versions": []}', '{"versions": 1}', "no list"])
def test_anything_else_is_no_list(said: str) -> None:
    with pytest.raises(ValueError, match=r"^expected a list of releases from pip, got '"):
        read_index(said)


def test_later_releases_sort_behind_earlier_ones() -> None:
    sorted_by_hand = ["0.9.1", "0.10.dev1", "0.10a2", "0.10b1", "0.10rc1", "0.10", "0.10.post1", "0.10.1", "1"]
    assert sorted({*sorted_by_hand}, key=age) == sorted_by_hand


def test_name_that_is_no_release_does_not_sort() -> None:
    with pytest.raises(ValueError, match=r"^expected a release such as 0\.12\.90, got 'what'$"):
        age("what")


@pytest.mark.usefixtures("index")
@pytest.mark.thorough
def test_python_without_pip_lists_releases_with_one_that_it_makes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "bare"], check=True)
    monkeypatch.setenv("PATH", str(tmp_path))
    python = tmp_path / "bare" / "bin" / "python"
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    ended = subprocess.run(
        [python, "-c", LIST, "small-sdk", tmp_path], check=True, env=environ, capture_output=True, text=True
    )
    assert ended.stdout.split()[-2:] == ["0.10", "0.9"]
