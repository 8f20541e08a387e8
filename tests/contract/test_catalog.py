import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from emulator.contract.catalog import Contract, ContractError, load

Change = Callable[[dict[str, Any]], object]


def rewrite(file: Path, change: Change) -> None:
    document = json.loads(file.read_text(encoding="utf-8"))
    change(document)
    file.write_text(json.dumps(document), encoding="utf-8")


def test_loading_reads_only_json_and_imports_no_reader_of_yaml_and_no_slow_validator() -> None:
    program = (
        "import sys; from emulator.contract.catalog import load; load('0.12.114'); "
        "print(sorted({'yaml', 'jsonschema', 'pydantic', 'starlette'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_component_of_the_document_has_its_schema(edition: Contract) -> None:
    assert edition.components.keys() == edition.document["components"]["schemas"].keys()
    for name, schema in edition.components.items():
        assert schema.name == name
        assert schema.document["title"] == name


def test_contract_cannot_be_changed(newest: Contract) -> None:
    with pytest.raises(TypeError):
        newest.components["File"] = newest.components["BatchId"]  # type: ignore[index]
    with pytest.raises(AttributeError):
        newest.edition = "0.5.25"  # type: ignore[misc]


def test_older_edition_is_looked_up_in_the_next_newer_one(copied_schemas: Path) -> None:
    def older(document: dict[str, Any]) -> None:
        document["components"]["schemas"]["File"]["description"] = "of 0.12.91"

    rewrite(copied_schemas / "editions/0.12.91/openapi.json", older)
    rewrite(copied_schemas / "editions/0.12.26/openapi.json", older)
    rewrite(copied_schemas / "editions/0.12.91/File.schema.json", lambda file: file.update(description="of 0.12.91"))
    rewrite(copied_schemas / "editions/0.12.91/FileList.schema.json", lambda file: file["$defs"])
    assert load("0.12.26", folder=copied_schemas).components["File"].document["description"] == "of 0.12.91"


def test_unknown_edition_is_answered_with_the_known_ones() -> None:
    with pytest.raises(ContractError, match=r"edition '1\.0': expected one of 0\.5\.25, 0\.12\.26, 0\.12\.91"):
        load("1.0")


@pytest.mark.parametrize("name", ["openapi.json", "BatchObject.schema.json"])
def test_missing_file_is_named_with_the_command_that_makes_it(copied_schemas: Path, name: str) -> None:
    (copied_schemas / name).unlink()
    with pytest.raises(ContractError, match=rf"{name}: cannot be read \(No such file.*run `mka1-emulator schemas der"):
        load("0.12.114", folder=copied_schemas)


def test_missing_file_of_an_older_edition_is_not_made_good_by_a_newer_one(copied_schemas: Path) -> None:
    (copied_schemas / "editions/0.12.91/File.schema.json").unlink()
    with pytest.raises(ContractError, match=r"File\.schema\.json: File: does not say what .* says"):
        load("0.12.91", folder=copied_schemas)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", r"openapi\.json: is not JSON \(.*line 1 column 2"),
        ("[]", r"openapi\.json: expected a JSON object, found list"),
        ("{}", r"openapi\.json: has a shape that cannot be read"),
        ('{"components": {"schemas": []}}', r"openapi\.json: has a shape that cannot be read"),
    ],
)
def test_document_that_is_no_contract_is_refused(copied_schemas: Path, text: str, sentence: str) -> None:
    (copied_schemas / "openapi.json").write_text(text, encoding="utf-8")
    with pytest.raises(ContractError, match=sentence):
        load("0.12.114", folder=copied_schemas)


def get_batch(document: dict[str, Any]) -> Any:
    return document["paths"]["/api/v1/llm/batches/{batch_id}"]["get"]


def list_batches(document: dict[str, Any]) -> Any:
    return document["paths"]["/api/v1/llm/batches"]["get"]


def set_limit(**changes: Any) -> Change:
    return lambda document: document["components"]["parameters"]["BatchLimit"].update(changes)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda document: get_batch(document).pop("operationId"), "GET /api/v1/llm/batches/{batch_id}: .* operationId"),
        (
            lambda document: get_batch(document)["responses"].pop("200"),
            "GET /api/v1/llm/batches/{batch_id}: .* a reply for the status 200",
        ),
        (
            lambda document: list_batches(document)["parameters"].append({"$ref": "#/components/parameters/Nowhere"}),
            "#/components/parameters/Nowhere: this reference leads nowhere",
        ),
        (
            lambda document: list_batches(document)["parameters"].append({"$ref": "other.json"}),
            r"other\.json: this reference leads nowhere",
        ),
        (
            set_limit(schema={"type": "array"}),
            "GET /api/v1/llm/batches, parameter limit: .* found array in query",
        ),
        (set_limit(**{"in": "cookie"}), "GET /api/v1/llm/batches, parameter limit: .* found integer in cookie"),
        (set_limit(schema={"type": "integer", "minimum": "one"}), "parameter limit: is no valid JSON Schema"),
        (
            set_limit(schema={"allOf": [{"$ref": "#/components/schemas/Timestamp"}]}),
            "parameter limit: a schema written in place must not refer to others",
        ),
        (
            lambda document: document["components"]["responses"]["NotFound"]["content"].update(
                {"application/json": {"schema": {"type": "object"}}}
            ),
            "the schema of a body must be a reference to a component",
        ),
        (
            lambda document: document["components"]["schemas"]["File"]["required"].pop(),
            r"File\.schema\.json: File: does not say what .*openapi\.json says",
        ),
        (lambda document: document.pop("x-batch-endpoints"), "has a shape that cannot be read"),
    ],
)
def test_broken_document_is_told_in_a_sentence(copied_schemas: Path, change: Change, sentence: str) -> None:
    rewrite(copied_schemas / "openapi.json", change)
    with pytest.raises(ContractError, match=sentence):
        load("0.12.114", folder=copied_schemas)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"$defs": {}}, r"BatchObject\.schema\.json: BatchObject: is no valid JSON Schema: .*\$defs"),
        ({"$defs": {"BatchId": {"type": "strin"}}}, "BatchObject: is no valid JSON Schema"),
        ({"type": "array"}, "BatchObject: does not say what .* says"),
    ],
)
def test_broken_schema_is_told_in_a_sentence(copied_schemas: Path, change: dict[str, Any], sentence: str) -> None:
    rewrite(copied_schemas / "BatchObject.schema.json", lambda document: document.update(change))
    with pytest.raises(ContractError, match=sentence):
        load("0.12.114", folder=copied_schemas)
