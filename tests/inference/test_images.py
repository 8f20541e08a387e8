from __future__ import annotations

import json
import struct
import zlib
from base64 import b64decode
from typing import TYPE_CHECKING, Any

import pytest
from meetkai_mka1.models import ImageGenerationResponse
from openai.types import ImagesResponse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Ask = Callable[..., Any]

BODY: dict[str, Any] = {"prompt": "A lighthouse at dusk"}
AS_BYTES = BODY | {"response_format": "b64_json"}


def chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield each chunk's name and data, as section 5 of the PNG specification lays them out."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    at = 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        name, data = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        assert struct.unpack(">I", png[at + 8 + length : at + 12 + length]) == (zlib.crc32(name + data),)
        yield name, data
        at += 12 + length


def pixels(told: dict[str, Any]) -> list[set[bytes]]:
    """Return the colours of each picture."""
    pictures = (dict(chunks(b64decode(item["b64_json"])))[b"IDAT"] for item in told["data"])
    rows = ([data[at + 1 : at + 25] for at in range(0, 8 * 25, 25)] for data in map(zlib.decompress, pictures))
    return [{row[at : at + 3] for row in picture for at in range(0, 24, 3)} for picture in rows]


def test_images_are_addresses_that_lead_nowhere(ask: Ask) -> None:
    told = ask("images", BODY | {"n": 2})
    assert told["created"] == 1704067200
    urls = [item["url"] for item in told["data"]]
    assert all(url.startswith("https://") and url.split("/")[2].endswith(".invalid") for url in urls)
    assert len(set(urls)) == 2
    assert all(item["revised_prompt"] == BODY["prompt"] and "b64_json" not in item for item in told["data"])


def test_asked_for_bytes_an_image_is_a_png(ask: Ask) -> None:
    (item,) = ask("images", AS_BYTES)["data"]
    assert "url" not in item
    found = dict(chunks(b64decode(item["b64_json"])))
    assert list(found) == [b"IHDR", b"IDAT", b"IEND"]
    assert struct.unpack(">IIBBBBB", found[b"IHDR"]) == (8, 8, 8, 2, 0, 0, 0)
    rows = zlib.decompress(found[b"IDAT"])
    assert len(rows) == 8 * (1 + 8 * 3)
    assert set(rows[:: 1 + 8 * 3]) == {0}


def test_the_colour_follows_from_the_prompt(ask: Ask) -> None:
    here, there = ask("images", AS_BYTES), ask("images", AS_BYTES, custom_id="row-2", seed=8)
    assert pixels(here) == pixels(there)
    assert here != there
    assert pixels(ask("images", AS_BYTES | {"prompt": "A fern"})) != pixels(here)


@pytest.mark.parametrize("more", [{}, {"n": 10}, {"response_format": "b64_json", "size": "256x256"}])
def test_the_official_clients_parse_it(ask: Ask, more: dict[str, Any]) -> None:
    text = json.dumps(ask("images", BODY | more))
    ImageGenerationResponse.model_validate_json(text)
    ImagesResponse.model_validate_json(text)


@pytest.mark.parametrize("n", [None, 0, 11, "3", True, 2.5])
def test_an_unusable_n_gives_one_image(ask: Ask, n: object) -> None:
    assert len(ask("images", BODY | {"n": n})["data"]) == 1


@pytest.mark.parametrize("form", [None, "jpeg", 5, ["b64_json"]])
def test_an_unusable_format_gives_an_address(ask: Ask, form: object) -> None:
    assert "url" in ask("images", BODY | {"response_format": form})["data"][0]
