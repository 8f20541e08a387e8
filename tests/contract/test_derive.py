import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from emulator.contract import derive
from emulator.contract.catalog import ContractError, load
from emulator.contract.patching import merged, older
from emulator.contract.references import references


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_committed_files_are_current(schemas: Path) -> None:
    assert derive.stale(schemas) == []


def test_every_derived_schema_is_valid_self_contained_and_titled(schemas: Path) -> None:
    for path, text in derive.derived(schemas).items():
        if path.name != "openapi.json":
            schema = json.loads(text)
            Draft202012Validator.check_schema(schema)
            assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
            assert path.name == f"{schema['title']}.schema.json"
            assert set(references(schema)) == {f"#/$defs/{name}" for name in schema.get("$defs", {})}


def test_ids_of_derived_schemas_are_unique(schemas: Path) -> None:
    texts = derive.derived(schemas)
    ids = [json.loads(text)["$id"] for path, text in texts.items() if path.name != "openapi.json"]
    assert len(ids) == len(set(ids))


def test_older_edition_has_files_only_for_what_differs(schemas: Path) -> None:
    names = [str(path) for path in derive.derived(schemas) if path.parts[0] == "editions"]
    assert sorted(names) == [
        "editions/0.12.26/BatchObject.schema.json",
        "editions/0.12.26/CreateBatchRequest.schema.json",
        "editions/0.12.26/ListBatchesResponse.schema.json",
        "editions/0.12.26/openapi.json",
        "editions/0.12.91/File.schema.json",
        "editions/0.12.91/FileList.schema.json",
        "editions/0.12.91/openapi.json",
        "editions/0.5.25/BatchEndpoint.schema.json",
        "editions/0.5.25/BatchObject.schema.json",
        "editions/0.5.25/BatchRequestLine.schema.json",
        "editions/0.5.25/CreateBatchRequest.schema.json",
        "editions/0.5.25/ListBatchesResponse.schema.json",
        "editions/0.5.25/openapi.json",
    ]


def test_patches_stay_small(schemas: Path) -> None:
    for file in (schemas / "editions").glob("*.yaml"):
        assert len(file.read_text(encoding="utf-8").splitlines()) < 20, file


def test_stale_missing_and_orphaned_files_are_told_and_put_right(copied_schemas: Path) -> None:
    edit(copied_schemas / "File.schema.json", "sha256", "sha512")
    (copied_schemas / "editions/0.5.25/openapi.json").unlink()
    (copied_schemas / "Gone.schema.json").write_text("{}", encoding="utf-8")
    (copied_schemas / "scenario.schema.json").write_text("{}", encoding="utf-8")
    found = [
        (Path("File.schema.json"), "stale"),
        (Path("Gone.schema.json"), "orphan"),
        (Path("editions/0.5.25/openapi.json"), "missing"),
    ]
    assert derive.stale(copied_schemas) == found
    assert derive.write(copied_schemas) == found
    assert derive.stale(copied_schemas) == []
    assert (copied_schemas / "scenario.schema.json").is_file()


def test_everything_is_derived_from_the_hand_written_files_alone(schemas: Path, tmp_path: Path) -> None:
    (tmp_path / "editions").mkdir()
    for file in ["openapi.yaml", *(f"editions/{path.name}" for path in (schemas / "editions").glob("*.yaml"))]:
        (tmp_path / file).write_bytes((schemas / file).read_bytes())
    derive.write(tmp_path)
    assert derive.derived(tmp_path) == derive.derived(schemas)
    assert load("0.5.25", folder=tmp_path).document == load("0.5.25").document


def test_derived_document_says_what_the_hand_written_one_says(schemas: Path) -> None:
    written = yaml.safe_load((schemas / "openapi.yaml").read_text(encoding="utf-8"))
    assert json.loads((schemas / "openapi.json").read_text(encoding="utf-8")) == written


@pytest.mark.parametrize(
    ("file", "old", "new", "sentence"),
    [
        ("openapi.yaml", "openapi: 3.1.0", "openapi: [", r"openapi\.yaml: line \d+: is no YAML we take"),
        ("openapi.yaml", "openapi: 3.1.0", "- 1", r"openapi\.yaml: line \d+: is no YAML we take"),
        ("openapi.yaml", "servers:\n", "info: {}\nservers:\n", r"line \d+: .* the key 'info' stands twice"),
        ("openapi.yaml", '"200":', "200:", r"line \d+: .* the key 200 is no text"),
        ("openapi.yaml", "version: 0.12.114", "version: 0.12.115", "info.version: expected 0.12.114, found 0.12.115"),
        (
            "openapi.yaml",
            "parameters/After",
            "parameters/Afterwards",
            r"batches\"\]\.get\.parameters\[0\]: the reference #/components/parameters/Afterwards leads nowhere",
        ),
        (
            "openapi.yaml",
            "maxProperties: 16",
            "maxProperties: many",
            r"components\.schemas\.Metadata\.maxProperties: is no valid JSON Schema: 'many' is not",
        ),
        (
            "openapi.yaml",
            "minimum: 1, maximum: 100,",
            "minimum: one, maximum: 100,",
            r"components\.parameters\.BatchLimit\.schema\.minimum: is no valid JSON Schema",
        ),
        (
            "openapi.yaml",
            "required: [total, completed, failed]",
            "required: [total, complete, failed]",
            r"components\.schemas\.RequestCounts\.required: requires complete, which it does not describe",
        ),
        (
            "openapi.yaml",
            "completed: 95",
            "completed: many",
            r'the example\.request_counts\.completed: expected an integer, found "many"',
        ),
        (
            "openapi.yaml",
            "method: POST\n",
            "method: GET\n",
            r'components\.schemas\.BatchRequestLine\.examples\[0\]: .* the example\.method: expected "POST"',
        ),
        (
            "openapi.yaml",
            "      example: user-42",
            '      example: "*"',
            r"components\.parameters\.OnBehalfOf\.example: does not fit",
        ),
        ("openapi.yaml", "    Stop:\n", "    stop:\n", "the reference #/components/schemas/Stop leads nowhere"),
        (
            "editions/0.12.91.yaml",
            "sha256: null",
            "sha265: null",
            r"editions/0\.12\.91\.yaml: /components/schemas/File/properties/sha265: changes nothing",
        ),
        (
            "editions/0.5.25.yaml",
            "    ResponseItem: null\n",
            "    RequestCounts: {maxProperties: 1}\n",
            r"0\.5\.25\.yaml: edition 0\.5\.25, .* does not fit",
        ),
    ],
)
def test_fault_in_a_hand_written_file_is_told_with_its_place(
    copied_schemas: Path, file: str, *, old: str, new: str, sentence: str
) -> None:
    edit(copied_schemas / file, old, new)
    with pytest.raises(ContractError, match=sentence):
        derive.stale(copied_schemas)


def test_component_without_a_capital_is_refused(copied_schemas: Path) -> None:
    edit(copied_schemas / "openapi.yaml", "    BatchStatus:\n", "    oddOne: {}\n    BatchStatus:\n")
    with pytest.raises(ContractError, match=r"components\.schemas\.oddOne: the name of a component is a capital"):
        derive.derived(copied_schemas)


def test_missing_and_stray_editions_are_refused(copied_schemas: Path) -> None:
    (copied_schemas / "editions/0.12.91.yaml").rename(copied_schemas / "editions/0.12.92.yaml")
    with pytest.raises(ContractError, match=r"0\.12\.92\.yaml: is no older edition; expected one of 0\.5\.25"):
        derive.derived(copied_schemas)
    (copied_schemas / "editions/0.12.92.yaml").unlink()
    with pytest.raises(ContractError, match=r"0\.12\.91\.yaml: cannot be read \(No such file"):
        derive.derived(copied_schemas)


@pytest.mark.parametrize(
    ("target", "patch", "result"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"a": "b"}, ["c"], ["c"]),
        ({"a": "foo"}, None, None),
        ({"a": "foo"}, "bar", "bar"),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_merge_patch_does_what_the_examples_of_rfc_7396_say(target: Any, patch: Any, result: Any) -> None:
    assert merged(target, patch) == result


def test_what_depends_on_a_removed_thing_goes_with_it() -> None:
    document = {
        "parameters": [{"$ref": "#/components/parameters/New"}, {"$ref": "#/components/parameters/Old"}],
        "examples": {"new": {"$ref": "#/components/examples/New"}},
        "components": {
            "parameters": {"New": {}, "Old": {}},
            "examples": {"New": {}, "Page": {"value": {"data": [{"new": 1, "old": 2}]}}},
            "schemas": {"File": {"required": ["new", "old"], "properties": {"new": {}, "old": {}}}},
        },
    }
    removed = {
        "parameters": {"New": None},
        "examples": {"New": None},
        "schemas": {"File": {"properties": {"new": None}}},
    }
    assert older(document, {"components": removed}) == {
        "parameters": [{"$ref": "#/components/parameters/Old"}],
        "examples": {},
        "components": {
            "parameters": {"Old": {}},
            "examples": {"Page": {"value": {"data": [{"old": 2}]}}},
            "schemas": {"File": {"required": ["old"], "properties": {"old": {}}}},
        },
    }
