"""The documents as other people's tools see them."""

from collections.abc import Iterator
from typing import Any, Final

import meetkai_mka1.models as sdk
import openapi_spec_validator
import pytest
from pydantic import BaseModel

from emulator.contract.catalog import Contract, load
from emulator.contract.references import followed

ERRORS = {"400", "401", "429", "500", "503"}
NAMED = {"getBatch", "cancelBatch", "getFile", "deleteFile", "getFileContent"}
WITH_BODY = {"createBatch", "uploadFile"}

# Which of the SDK's classes reads what we call a component.
MODELS: Final[dict[str, type[BaseModel]]] = {
    "BatchObject": sdk.BatchObject,
    "ChatCompletion": sdk.OpenAIChatCompletion,
    "ChatCompletionRequest": sdk.OpenAIChatCompletionRequestParams,
    "CreateBatchRequest": sdk.CreateBatchRequest,
    "CreateResponseRequest": sdk.ResponsesCreateRequest,
    "EmbeddingsRequest": sdk.EmbeddingsRequest,
    "EmbeddingsResponse": sdk.EmbeddingsResponse,
    "File": sdk.File,
    "FileDeletionStatus": sdk.FileDeletionStatus,
    "FileList": sdk.FileList,
    "ImageGenerationRequest": sdk.ImageGenerationRequest,
    "ImageGenerationResponse": sdk.ImageGenerationResponse,
    "ListBatchesResponse": sdk.ListBatchesResponse,
    "ResponseObject": sdk.ResponseObject,
}
ENVELOPES = {"BatchObject", "CreateBatchRequest", "File", "FileDeletionStatus"}


def examples(node: Any, document: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Every example with the name of the component it is one of."""
    for name, schema in document["components"]["schemas"].items():
        yield from ((name, example) for example in schema.get("examples", ()))
    yield from media_examples(node, document)


def media_examples(node: Any, document: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    if isinstance(node, dict) and "$ref" in node.get("schema", {}):
        name = node["schema"]["$ref"].rpartition("/")[2]
        yield from ((name, followed(document, example)["value"]) for example in node.get("examples", {}).values())
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from media_examples(child, document)


def cases() -> list[Any]:
    document = dict(load("0.12.114").document)
    pairs = list(examples(document, document))
    assert {name for name, _ in pairs} >= MODELS.keys()
    return [pytest.param(name, value, id=f"{name}-{i}") for i, (name, value) in enumerate(pairs) if name in MODELS]


def test_every_edition_is_valid_openapi(edition: Contract) -> None:
    openapi_spec_validator.validate(dict(edition.document))


def test_every_operation_documents_each_status_it_may_give(edition: Contract) -> None:
    for id_, operation in edition.operations.items():
        expected = {"200"} | ERRORS
        expected |= {"404"} if id_ in NAMED else set()
        expected |= {"409"} if id_ == "cancelBatch" else set()
        expected |= {"413", "415"} if id_ in WITH_BODY else set()
        assert set(operation.replies) == expected, id_


def test_every_operation_takes_an_end_user(edition: Contract) -> None:
    for operation in edition.operations.values():
        assert "X-On-Behalf-Of" in [parameter.name for parameter in operation.parameters], operation.id


def test_every_reply_names_the_exchange(edition: Contract) -> None:
    for path in edition.document["paths"].values():
        for method in path.keys() - {"parameters"}:
            for reply in path[method]["responses"].values():
                assert "X-Request-Id" in followed(edition.document, reply)["headers"]


def test_every_link_leads_to_an_operation_and_its_parameters(edition: Contract) -> None:
    links = edition.document["components"]["links"]
    for link in links.values():
        known = [parameter.name for parameter in edition.operations[link["operationId"]].parameters]
        assert set(link.get("parameters", ())) <= set(known)
    assert {link["operationId"] for link in links.values()} == edition.operations.keys() - {"uploadFile"}


def test_no_component_is_left_without_a_use(edition: Contract) -> None:
    used = set(targets(edition.document))
    for kind in ("examples", "headers", "links", "parameters", "responses"):
        for name in edition.document["components"][kind]:
            assert f"#/components/{kind}/{name}" in used, name


def targets(node: Any) -> Iterator[str]:
    if isinstance(node, dict) and isinstance(node.get("$ref"), str):
        yield node["$ref"]
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from targets(child)


def test_request_line_and_endpoint_table_speak_of_the_same_endpoints(edition: Contract) -> None:
    for endpoint in edition.endpoints:
        line = {"custom_id": "a", "method": "POST", "url": endpoint, "body": {}}
        assert edition.components["BatchRequestLine"].accepts(line)


@pytest.mark.parametrize(("name", "value"), cases())
def test_example_is_read_by_the_official_sdk(name: str, value: Any) -> None:
    read = MODELS[name].model_validate(value)
    if name in ENVELOPES:
        assert read.model_dump(mode="json", by_alias=True) == value
