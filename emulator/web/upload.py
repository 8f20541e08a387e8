"""Reading an upload: a multipart form whose parts come in any order, streamed into the file's content as it arrives."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser

from emulator.domain.errors import InvalidRequest
from emulator.domain.files import ContentWriter, Upload, check_filename
from emulator.web.body import check_media_type

if TYPE_CHECKING:
    from emulator.web.call import Call
    from emulator.web.request import Request

MULTIPART: Final = "multipart/form-data"
_MAX_HEADER: Final = 64 * 1024
_MAX_FIELD: Final = 64 * 1024
_PARAMETER: Final = re.compile(r""";\s*([^\s=;"]+)\s*=\s*("(?:\\.|[^"\\])*"(?=\s*(?:;|$))|".*"|[^;]*)""", re.DOTALL)
# What browsers and HTTP libraries write in a quoted name for characters that would break the header.
_ENCODED: Final = re.compile(r"%(22|[01][0-9A-F])")


async def read_upload(call: Call) -> Upload:
    """Return the file that the request uploads. Raises InvalidRequest, TooLarge, UnsupportedMediaType."""
    form = _Form()
    with call.reading():
        check_media_type(call.request, MULTIPART)
        await _parse(call.request, form)
    call.refuse(call.operation.body_faults(MULTIPART, form.fields()))
    with call.reading():
        return form.upload()


async def _parse(request: Request, form: _Form) -> None:
    try:
        parser = MultipartParser(_boundary(request), form.callbacks(), max_header_size=_MAX_HEADER)
        async for chunk in request.pieces():
            parser.write(chunk)
    except FormParserError as error:
        raise InvalidRequest(f"The body is not a multipart form: {error}.") from None
    if not form.is_whole:
        raise InvalidRequest("The multipart form is cut short: expected its closing boundary, found the body's end.")


def _boundary(request: Request) -> bytes:
    found = parameters(request.headers.get("content-type", "")).get("boundary", "")
    if not found:
        raise InvalidRequest("Content-Type: expected a multipart/form-data with a boundary, found none.")
    return found.encode("latin-1")


def parameters(header: str) -> dict[str, str]:
    """Return the parameters of a header such as `form-data; name="file"; filename="a.jsonl"`, quotes undone."""
    return {match[1].lower(): _unquoted(match[2].strip()) for match in _PARAMETER.finditer(header)}


def _unquoted(value: str) -> str:
    if len(value) < 2 or value[0] != '"' or value[-1] != '"':
        return value
    return re.sub(r'\\(["\\])', r"\1", value[1:-1])


def filename(quoted: str) -> str:
    """Return a filename as its owner gave it: clients write a quote as `%22` and control characters likewise."""
    return _ENCODED.sub(lambda match: chr(int(match[1], 16)), quoted)


class _Form:
    """Collects the parts of one form; what it does not know it passes over."""

    def __init__(self) -> None:
        self.is_whole = False
        self._texts: dict[str, bytearray] = {}
        self._filename: str | None = None
        self._content: ContentWriter | None = None
        self._new_part()

    def callbacks(self) -> Any:
        return {
            "on_part_begin": self._new_part,
            "on_header_begin": self._new_header,
            "on_header_field": self._header_name_part,
            "on_header_value": self._header_value_part,
            "on_header_end": self._header_done,
            "on_headers_finished": self._part_named,
            "on_part_data": self._part_data,
            "on_end": self._done,
        }

    def fields(self) -> dict[str, str]:
        """Return the form as the contract describes it; the file is shown by its name."""
        texts = {name: bytes(value).decode("utf-8", "replace") for name, value in self._texts.items()}
        return {"file": self._filename or "", **texts} if self._content else texts

    def upload(self) -> Upload:
        assert self._content is not None  # noqa: S101 - the contract requires it
        name = check_filename(self._filename)
        purpose = bytes(self._texts["purpose"]).decode("utf-8")
        return Upload(filename=name, purpose=purpose, content=self._content.close())

    def _new_part(self) -> None:
        self._disposition = ""
        self._target: bytearray | ContentWriter | None = None

    def _new_header(self) -> None:
        self._header_name, self._header_value = bytearray(), bytearray()

    def _header_name_part(self, data: bytes, start: int, end: int) -> None:
        self._header_name += data[start:end]

    def _header_value_part(self, data: bytes, start: int, end: int) -> None:
        self._header_value += data[start:end]

    def _header_done(self) -> None:
        if self._header_name.lower() == b"content-disposition":
            self._disposition = _utf8(bytes(self._header_value))

    def _part_named(self) -> None:
        options = parameters(self._disposition)
        name = options.get("name")
        if name is None:
            raise InvalidRequest("A part of the form has no name: expected one in its Content-Disposition.")
        self._target = self._open_file(options) if name == "file" else self._open_text(name)

    def _open_file(self, options: dict[str, str]) -> ContentWriter:
        if self._content is not None:
            raise InvalidRequest("file: expected one file, found several.", "file")
        self._filename = filename(options["filename"]) if "filename" in options else None
        self._content = ContentWriter()
        return self._content

    def _open_text(self, name: str) -> bytearray | None:
        if name != "purpose":
            return None
        if name in self._texts:
            raise InvalidRequest(f"{name}: expected one value, found several.", name)
        return self._texts.setdefault(name, bytearray())

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        if isinstance(self._target, ContentWriter):
            self._target.write(data[start:end])
        elif self._target is not None and len(self._target) < _MAX_FIELD:
            self._target += data[start:end]

    def _done(self) -> None:
        self.is_whole = True


def _utf8(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        raise InvalidRequest("file: expected a filename in UTF-8, found other bytes.", "file") from None
