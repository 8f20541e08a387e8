from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from dataclasses import replace
from itertools import pairwise
from typing import Final

import pytest
from support.drawing import BUSY, NAMES, edge_labels, edges, library, made

from emulator.domain.lifecycle import TERMINAL, TRANSITIONS, Status
from emulator.scenarios.drawing import lifecycle_mermaid, mermaid
from emulator.scenarios.drawing.course import played

STATUSES: Final = "|".join(Status)
LINES: Final = re.compile(
    rf"stateDiagram-v2|    direction LR|    \[\*\] --> validating|    ({STATUSES}) --> \[\*\]"
    rf"|    ({STATUSES}) --> ({STATUSES})(: [^:;<>\"]+)?|    class(Def)? ({STATUSES})\S* \S+"
    rf"|    note (left|right) of ({STATUSES})|        [^:\"<>{{}}]+|    end note"
)
"""What a line of a diagram may be."""

FOLDER: Final = os.environ.get("MERMAID_FOLDER", "")
"""A folder in which `npm install mermaid jsdom` was run: with it, Mermaid's own parser has its say."""
PARSE: Final = """
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
const find = createRequire(process.argv[1] + '/');
const load = async name => import(pathToFileURL(find.resolve(name)));
const { JSDOM } = (await load('jsdom')).default ?? await load('jsdom');
globalThis.window = new JSDOM('').window;
globalThis.document = window.document;
const mermaid = (await import(pathToFileURL(process.argv[1] + '/node_modules/mermaid/dist/mermaid.core.mjs'))).default;
let text = '';
for await (const chunk of process.stdin) text += chunk;
const wrong = {};
for (const [name, diagram] of Object.entries(JSON.parse(text)))
  await mermaid.parse(diagram).catch(error => { wrong[name] = String(error); });
console.log(JSON.stringify(wrong));
"""

NASTY: Final = (
    "a: b; #quot; %% %%{init}%% <b>\"'`{[(|)]} end note\nnote right of x\n    end note\n---\nclassDef x --> [*]"
)


def body(diagram: str) -> list[str]:
    """Return the lines of a diagram below its title."""
    lines = diagram.splitlines()
    return lines[3:] if lines[0] == "---" else lines


@pytest.mark.parametrize("name", NAMES)
def test_every_line_of_a_diagram_is_one_that_mermaid_has(name: str) -> None:
    assert [line for line in body(mermaid(library().scenario(name))) if not LINES.fullmatch(line)] == []


@pytest.mark.parametrize("name", NAMES)
def test_diagram_has_no_transition_that_the_lifecycle_lacks(name: str) -> None:
    found = edges(mermaid(library().scenario(name))) - {("[*]", "validating")}
    table = {(start, end) for start, ends in TRANSITIONS.items() for end in ends or {"[*]"}}
    assert found <= {(str(start), str(end)) for start, end in table}


@pytest.mark.parametrize("name", NAMES)
def test_diagram_has_every_transition_of_the_batch(name: str) -> None:
    scenario = library().scenario(name)
    stays = played(scenario).stays
    walked = {(str(before.status), str(after.status)) for before, after in pairwise(stays)}
    assert walked <= edges(mermaid(scenario))


def test_lifecycle_diagram_is_the_table() -> None:
    drawn = edges(lifecycle_mermaid()) - {("[*]", "validating")}
    assert drawn == {(str(start), str(end)) for start, ends in TRANSITIONS.items() for end in ends} | {
        (str(status), "[*]") for status in TERMINAL
    }


def test_every_line_of_the_lifecycle_is_one_that_mermaid_has() -> None:
    assert all(LINES.fullmatch(line) for line in lifecycle_mermaid().splitlines())


def test_transitions_are_labelled_with_their_times() -> None:
    assert edge_labels(mermaid(made())) == {
        ("[*]", "validating"): None,
        ("validating", "in_progress"): "at 1 min",
        ("in_progress", "finalizing"): "at 1 h 1 min",
        ("finalizing", "completed"): "at 1 h 2 min",
        ("validating", "cancelling"): "cancel",
        ("in_progress", "cancelling"): "cancel",
        ("finalizing", "cancelling"): "cancel",
        ("cancelling", "cancelled"): "after 10 min",
        ("completed", "[*]"): None,
        ("cancelled", "[*]"): None,
    }


def test_end_that_comes_only_with_the_window_is_shown() -> None:
    forever = made(on_cancel=[{"to": "cancelling"}, {"to": "cancelled", "at": "24h"}], lifecycle=["expires"])
    assert edge_labels(mermaid(forever))["validating", "expired"] == "at 24 h"
    slow = made(on_cancel=[{"to": "cancelling"}, {"to": "cancelled", "after": "24h"}])
    assert edge_labels(mermaid(slow))["cancelling", "expired"] == "at 24 h, as the window closes"


def test_batch_that_nothing_ends_ends_with_its_window() -> None:
    endless = replace(made(), steps=())
    assert edge_labels(mermaid(endless))["validating", "expired"] == "at 24 h, as the window closes"


def test_notes_say_what_no_transition_shows() -> None:
    lines = mermaid(made(**BUSY)).splitlines()
    assert "        30 % done at 25 min 30 s" in lines
    assert "        getBatch #35;2\N{EN DASH}3 → 502 text/html" in lines
    assert "        row-7#42; → error processing_error" in lines
    assert "        failed lines stand in both files" in lines


def test_notes_of_a_scenario_with_countless_rules_end() -> None:
    rules = [{"on": {"operation": "getBatch", "nth": at}, "reply": {"status": 500}} for at in range(1, 200)]
    assert "        … and 183 more" in mermaid(made(rules=rules)).splitlines()


def nasty() -> str:
    when = {"when": {"custom_id": NASTY}, "error": {"code": NASTY, "message": NASTY}}
    return mermaid(made(title=NASTY, lines=[when], results={"edits": [{"append": NASTY}]}))


def test_text_of_a_scenario_means_nothing_to_mermaid() -> None:
    plain = mermaid(made(title="t", lines=[{"when": {"custom_id": "c"}, "error": {"code": "c", "message": "m"}}]))
    assert edges(nasty()) == edges(plain)
    assert [line for line in body(nasty()) if not LINES.fullmatch(line)] == []


@pytest.mark.skipif(
    not FOLDER or shutil.which("node") is None,
    reason="Mermaid's own parser: run 'npm install mermaid@11 jsdom@26' in a folder, and set MERMAID_FOLDER to it",
)
def test_mermaid_itself_reads_every_diagram() -> None:
    diagrams = {name: mermaid(library().scenario(name)) for name in NAMES}
    diagrams |= {
        "lifecycle!": lifecycle_mermaid(),
        "busy!": mermaid(made(**BUSY)),
        "nasty!": nasty(),
        "wrong!": "stateDiagram-v2\n a -->",
    }
    done = subprocess.run(
        ["node", "--input-type=module", "-e", PARSE, FOLDER],
        input=json.dumps(diagrams),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert set(json.loads(done.stdout)) == {"wrong!"}
