"""What the files of the library come to. Derived: `python -m emulator.scenarios.compiling` writes this file.

Each imports what it is made of when it is made, for that takes longer than all else here.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from emulator.scenarios.library import Compiled

if TYPE_CHECKING:
    from emulator.domain.scenario import Scenario


def _accepted_then_failed() -> Scenario:
    from emulator.domain.jsonl import InputFault

    return replace(
        _happy_path(),
        name='accepted-then-failed',
        title='Create says yes, and the bad file shows a minute later',
        seen_in='openai-python#1643',
        client="Do not take create's 200 for success. Poll to the end, and read errors when the status is failed.",
        errors=(InputFault(code='invalid_json_line', message='This line is not valid JSON.', line=1),),
    )


def _all_failed() -> Scenario:
    from emulator.domain.outcomes import LinePattern, LineRule, Outcome

    return replace(
        _happy_path(),
        name='all-failed',
        title='Completed, and not one line succeeded',
        seen_in='litellm#33987',
        client='Read request_counts and the error file. Completed says that the batch has ended, not that it went well.',
        lines=(
            LineRule(
                when=LinePattern(),
                outcome=Outcome(error={'code': 'processing_error', 'message': 'The model could not process this request.'}),
            ),
        ),
    )


def _cancel_500_but_done() -> Scenario:
    from emulator.domain.rules import Match, Rule, StubReply

    return replace(
        _happy_path(),
        name='cancel-500-but-done',
        title='Cancel answers 500, and took effect',
        tolerates=('lost-reply',),
        seen_in='llm-d-batch-gateway#330',
        client='Get the batch before you cancel again.',
        rules=(
            Rule(
                on=Match(operations=frozenset({'cancelBatch'}), nth=frozenset({1})),
                name='cancel-500-but-done#1',
                written={
                    'on': {'operation': ['cancelBatch'], 'nth': [1]},
                    'after': True,
                    'reply': {
                        'status': 500,
                        'json': {'error': {'message': 'Try again later.', 'type': 'server_error', 'code': 500, 'param': None}},
                    },
                },
                after=True,
                reply=StubReply(
                    status=500,
                    headers=(('Content-Type', 'application/json'),),
                    body=b'{"error": {"message": "Try again later.", "type": "server_error", "code": 500, "param": null}}',
                ),
            ),
        ),
    )


def _cancel_finished() -> Scenario:
    from emulator.domain.lifecycle import Status
    from emulator.domain.scenario import Scenario
    from emulator.domain.steps import Step, Wait

    return Scenario(
        name='cancel-finished',
        title='The batch has ended before it can be cancelled',
        kind='legal',
        steps=(
            Step(wait=Wait(us=1000000), to=Status.IN_PROGRESS),
            Step(wait=Wait(us=1000000), to=Status.FINALIZING),
            Step(wait=Wait(us=1000000), to=Status.COMPLETED),
        ),
        on_cancel=(Step(wait=Wait(us=0), to=Status.CANCELLING), Step(wait=Wait(us=600000000), to=Status.CANCELLED)),
        seen_in='reference behaviour',
        client='Take the 409 for "already done", and get the batch again.',
    )


def _cancel_in_progress() -> Scenario:
    from emulator.domain.lifecycle import Status
    from emulator.domain.scenario import Scenario
    from emulator.domain.steps import Amount, Step, Wait
    from fractions import Fraction

    return Scenario(
        name='cancel-in-progress',
        title='Cancelling takes ten minutes, and what was done is kept',
        kind='legal',
        steps=(
            Step(wait=Wait(us=60000000), to=Status.IN_PROGRESS),
            Step(wait=Wait(us=300000000), progress=Amount(value=Fraction(1, 2), unit='share')),
            Step(wait=Wait(us=43200000000), to=Status.FINALIZING),
            Step(wait=Wait(us=60000000), to=Status.COMPLETED),
        ),
        on_cancel=(Step(wait=Wait(us=0), to=Status.CANCELLING), Step(wait=Wait(us=600000000), to=Status.CANCELLED)),
        seen_in='reference page',
        client='Cancel, then poll on to the end. Lines that had finished are in the files, the others are in neither.',
    )


def _cancel_too_late() -> Scenario:
    from emulator.domain.lifecycle import Status
    from emulator.domain.steps import Step, Wait

    return replace(
        _happy_path(),
        name='cancel-too-late',
        title='The cancel is accepted, and the batch completes all the same',
        on_cancel=(Step(wait=Wait(us=0), to=Status.CANCELLING), Step(wait=Wait(us=300000000), to=Status.COMPLETED)),
        seen_in='llm-d-batch-gateway#162',
        client='Take completed for an answer to cancel, and read the results.',
    )


def _cancel_while_validating() -> Scenario:
    from emulator.domain.lifecycle import Status
    from emulator.domain.scenario import Scenario
    from emulator.domain.steps import Step, Wait

    return Scenario(
        name='cancel-while-validating',
        title='Cancelled before a line was run',
        kind='legal',
        steps=(
            Step(wait=Wait(us=7200000000), to=Status.IN_PROGRESS),
            Step(wait=Wait(us=3540000000), to=Status.FINALIZING),
            Step(wait=Wait(us=60000000), to=Status.COMPLETED),
        ),
        on_cancel=(Step(wait=Wait(us=0), to=Status.CANCELLING), Step(wait=Wait(us=60000000), to=Status.CANCELLED)),
        seen_in='reference behaviour',
        client='Expect no files, and counts of zero.',
    )


def _connection_closed() -> Scenario:
    from emulator.domain.rules import Cut, Match, Rule

    return replace(
        _happy_path(),
        name='connection-closed',
        title='The connection is closed before, within and after the reply',
        kind='hostile',
        breaks=('transport',),
        seen_in=None,
        client='A reply that ends early is an error, not a shorter reply. Make the call again on a new connection.',
        rules=(
            Rule(
                on=Match(operations=frozenset({'getBatch'}), nth=frozenset({2})),
                name='connection-closed#1',
                written={'on': {'operation': ['getBatch'], 'nth': [2]}, 'close': {'head': 0}},
                close=Cut(),
            ),
            Rule(
                on=Match(operations=frozenset({'getBatch'}), nth=frozenset({3})),
                name='connection-closed#2',
                written={'on': {'operation': ['getBatch'], 'nth': [3]}, 'after': True, 'close': {'head': 30}},
                after=True,
                close=Cut(bytes=30),
            ),
            Rule(
                on=Match(operations=frozenset({'getBatch'}), nth=frozenset({4})),
                name='connection-closed#3',
                written={'on': {'operation': ['getBatch'], 'nth': [4]}, 'after': True, 'close': {'body': 100}},
                after=True,
                close=Cut(part='body', bytes=100),
            ),
            Rule(
                on=Match(operations=frozenset({'getBatch'}), nth=frozenset({5})),
                name='connection-closed#4',
                written={'on': {'operation': ['getBatch'], 'nth': [5]}, 'after': True, 'close': {'body': 100000}},
                after=True,
                close=Cut(part='body', bytes=100000),
            ),
            Rule(
                on=Match(operations=frozenset({'getFileContent'}), nth=frozenset({1})),
                name='connection-closed#5',
                written={'on': {'operation': ['getFileContent'], 'nth': [1]}, 'after': True, 'close': {'body': 100}},
                after=True,
                close=Cut(part='body', bytes=100),
            ),
        ),
    )


def _connection_reset() -> Scenario:
    from emulator.domain.rules import Cut, Match, Rule

    return replace(
        _happy_path(),
        name='connection-reset',
        title='The connection is reset before, within and after the reply',
        kind='hostile',
        breaks=('transport',),
        seen_in=None,
        client='End in an error of your own, and make the call again on a new connection.',
        rules=(
            Rule(
                on=Match(operations=frozenset({'getBatch'}), nth=frozenset({2})),
                name='connection-reset#1',
                written={'on': {'operation': ['getBatch'], 'nth': [2]}, 'reset': {'head': 0}},
                reset=Cut(),
            ),
            Rule(
                on=Match(operations=frozenset({'getBatch'}), nth=frozenset({3})),
                name='connection-reset#2',
                written={'on': {'operation': ['getBatch'], 'nth': [3]}, 'after': True, 'reset': {'head': 30}},
                after=True,
                reset=Cut(bytes=30),
            ),
            Rule(
                on=Match(operations=frozenset({'getBatch'}), nth=frozenset({4})),
                name='connection-reset#3',
                written={'on': {'operation': ['getBatch'], 'nth': [4]}, 'after': True, 'reset': {'body': 100}},
                after=True,
                reset=Cut(part='body', bytes=100),
            ),
            Rule(
                on=Match(operations=frozenset({'getBatch'}), nth=frozenset({5})),
                name='connection-reset#4',
                written={'on': {'operation': ['getBatch'], 'nth': [5]}, 'after': True, 'reset': {'body': 100000}},
                after=True,
                reset=Cut(part='body', bytes=100000),
            ),
            Rule(
                on=Match(operations=frozenset({'getFileContent'}), nth=frozenset({1})),
                name='connection-reset#5',
                written={'on': {'operation': ['getFileContent'], 'nth': [1]}, 'after': True, 'reset': {'body': 100}},
                after=True,
                reset=Cut(part='body', bytes=100),
            ),
        ),
    )


def _counts_zero_then_jump() -> Scenario:
    from emulator.domain.paths import Changes
    from emulator.domain.rules import Match, Rule

    return replace(
        _happy_path(),
        name='counts-zero-then-jump',
        title='The counts stay at zero, then all of them appear at once',
        tolerates=('late-counts',),
        seen_in='tobert/kaibo#93',
        client='Do not divide by request_counts.total, and do not take 0 of 0 for done.',
        rules=(
            Rule(
                on=Match(operations=frozenset({'cancelBatch', 'getBatch'}), until_us=2700000000),
                name='counts-zero-then-jump#1',
                written={
                    'set': {'request_counts': {'total': 0, 'completed': 0, 'failed': 0}},
                    'on': {'operation': ['getBatch', 'cancelBatch'], 'until': '2700s'},
                },
                changes=Changes(set={'request_counts': {'total': 0, 'completed': 0, 'failed': 0}}),
            ),
        ),
    )


def _create_reply_lost() -> Scenario:
    from emulator.domain.rules import Cut, Match, Rule

    return replace(
        _happy_path(),
        name='create-reply-lost',
        title='The batch exists, and nobody told its creator',
        tolerates=('lost-reply',),
        seen_in='openclaw#120889',
        client='Tag each batch in its metadata. List before you create again, and cancel the twin that a retry has made.',
        rules=(
            Rule(
                on=Match(operations=frozenset({'createBatch'}), nth=frozenset({1})),
                name='create-reply-lost#1',
                written={'on': {'operation': ['createBatch'], 'nth': [1]}, 'after': True, 'reset': {'head': 0}},
                after=True,
                reset=Cut(),
            ),
        ),
    )


def _empty_file() -> Scenario:
    from emulator.domain.jsonl import InputFault

    return replace(
        _happy_path(),
        name='empty-file',
        title='The input file holds no lines',
        seen_in='azure batch guide',
        client='Look before you upload. No line of yours was run, so there is nothing to repeat.',
        errors=(InputFault(code='empty_file', message='The input file has no lines.'),),
    )


def _error_file_empty() -> Scenario:
    from emulator.domain.edits import ResultsPlan

    return replace(
        _happy_path(),
        name='error-file-empty',
        title='There is an error file, and nothing stands in it',
        tolerates=('empty-error-file',),
        seen_in='together-python#349',
        client='Take an empty file for none. Go by what stands in it, not by its being there.',
        results=ResultsPlan(present=frozenset({'error'})),
    )


def _error_without_line() -> Scenario:
    from emulator.domain.jsonl import InputFault

    return replace(
        _happy_path(),
        name='error-without-line',
        title='An error that belongs to no line',
        seen_in='openai-python#2084',
        client='Take line and param for what may be null, and show the message without them.',
        errors=(InputFault(code='invalid_request', message='The input file could not be read.'),),
    )


def _expired_nothing() -> Scenario:
    from emulator.domain.lifecycle import Status
    from emulator.domain.scenario import Scenario
    from emulator.domain.steps import Step, Wait

    return Scenario(
        name='expired-nothing',
        title='The window closes before any line is done',
        kind='legal',
        steps=(
            Step(wait=Wait(us=60000000), to=Status.IN_PROGRESS),
            Step(wait=Wait(us=86400000000, since='creation'), to=Status.EXPIRED),
        ),
        on_cancel=(Step(wait=Wait(us=0), to=Status.CANCELLING), Step(wait=Wait(us=600000000), to=Status.CANCELLED)),
        seen_in='warmbly#333',
        client='Do without an output file. Every line stands in the error file as batch_expired, submit them all again.',
    )


def _expired_partial() -> Scenario:
    from emulator.domain.lifecycle import Status
    from emulator.domain.scenario import Scenario
    from emulator.domain.steps import Amount, Step, Wait
    from fractions import Fraction

    return Scenario(
        name='expired-partial',
        title='The window closes with work left',
        kind='legal',
        steps=(
            Step(wait=Wait(us=60000000), to=Status.IN_PROGRESS),
            Step(wait=Wait(us=3600000000), progress=Amount(value=Fraction(2, 5), unit='share')),
            Step(wait=Wait(us=86400000000, since='creation'), to=Status.EXPIRED),
        ),
        on_cancel=(Step(wait=Wait(us=0), to=Status.CANCELLING), Step(wait=Wait(us=600000000), to=Status.CANCELLED)),
        seen_in='curator#226',
        client='Ingest the output file, resubmit the lines whose code is batch_expired.',
    )


def _failed_lines_in_both() -> Scenario:
    from emulator.domain.edits import ResultsPlan

    return replace(
        _mixed_results(),
        name='failed-lines-in-both',
        title='Failed lines stand in the output file and in the error file',
        tolerates=('duplicate-lines',),
        seen_in='reference page, read literally',
        client='Key results by custom_id, and let what came first stand.',
        results=ResultsPlan(failed_in='both'),
    )


def _file_404_then_ok() -> Scenario:
    from emulator.domain.rules import Match, Rule, StubReply

    return replace(
        _happy_path(),
        name='file-404-then-ok',
        title="The file's id is there before its bytes are",
        tolerates=('late-files',),
        seen_in='aibrix#2409',
        client='Repeat a 404 for a file that the batch has just named.',
        rules=(
            Rule(
                on=Match(
                    operations=frozenset({'getFile', 'getFileContent'}),
                    statuses=frozenset({'cancelled', 'completed', 'expired'}),
                    nth=frozenset({1, 2}),
                ),
                name='file-404-then-ok#1',
                written={
                    'on': {
                        'operation': ['getFile', 'getFileContent'],
                        'status': ['completed', 'expired', 'cancelled'],
                        'nth': [1, 2],
                    },
                    'reply': {
                        'status': 404,
                        'json': {
                            'error': {'message': 'No such file.', 'type': 'not_found_error', 'code': 404, 'param': 'file_id'},
                        },
                    },
                },
                reply=StubReply(
                    status=404,
                    headers=(('Content-Type', 'application/json'),),
                    body=b'{"error": {"message": "No such file.", "type": "not_found_error", "code": 404, "param": "file_id"}}',
                ),
            ),
        ),
    )


def _file_not_found_at_create() -> Scenario:
    from emulator.domain.rules import Match, Rule, StubReply

    return replace(
        _happy_path(),
        name='file-not-found-at-create',
        title='Create does not see the file that was uploaded a moment ago',
        tolerates=('http-errors',),
        seen_in='bespokelabsai/curator#116',
        client='Repeat a create whose 400 is about input_file_id, if the upload has just succeeded.',
        rules=(
            Rule(
                on=Match(operations=frozenset({'createBatch'}), nth=frozenset({1})),
                name='file-not-found-at-create#1',
                written={
                    'on': {'operation': ['createBatch'], 'nth': [1]},
                    'reply': {
                        'status': 400,
                        'json': {
                            'error': {
                                'message': 'No such file.',
                                'type': 'invalid_request_error',
                                'code': 400,
                                'param': 'input_file_id',
                            },
                        },
                    },
                },
                reply=StubReply(
                    status=400,
                    headers=(('Content-Type', 'application/json'),),
                    body=b'{"error": {"message": "No such file.", "type": "invalid_request_error", "code": 400, "param": "input_file_id"}}',
                ),
            ),
        ),
    )


def _files_late() -> Scenario:
    from emulator.domain.edits import ResultsPlan

    return replace(
        _mixed_results(),
        name='files-late',
        title="Completed, but the files' ids come later",
        tolerates=('late-file-ids',),
        seen_in='litellm#11286',
        client='If both ids are null although lines have finished, get the batch again before giving up.',
        results=ResultsPlan(ids_after_us=900000000),
    )


def _finalizing_unseen() -> Scenario:
    from emulator.domain.lifecycle import Status
    from emulator.domain.scenario import Scenario
    from emulator.domain.steps import Step, Wait

    return Scenario(
        name='finalizing-unseen',
        title='In progress at one look, completed at the next',
        kind='legal',
        steps=(
            Step(wait=Wait(us=60000000), to=Status.IN_PROGRESS),
            Step(wait=Wait(us=3540000000), to=Status.FINALIZING),
            Step(wait=Wait(us=0), to=Status.COMPLETED),
        ),
        on_cancel=(Step(wait=Wait(us=0), to=Status.CANCELLING), Step(wait=Wait(us=600000000), to=Status.CANCELLED)),
        seen_in='stdapi-ai#146',
        client='Wait for an end, never for finalizing.',
    )


def _grows_while_paging() -> Scenario:
    from emulator.domain.rules import Match, Rule

    return replace(
        _happy_path(),
        name='grows-while-paging',
        title='New batches arrive between one page and the next',
        tolerates=('growing-list',),
        seen_in='litellm#34436',
        client='Page by the last id that you have seen, and count each batch once. Newer ones are for the next walk.',
        rules=(
            Rule(
                on=Match(operations=frozenset({'listBatches'}), times=20),
                name='grows-while-paging#1',
                written={'on': {'operation': ['listBatches'], 'times': 20}, 'arrive': 2},
                arrive=2,
            ),
        ),
    )


def _happy_path() -> Scenario:
    from emulator.domain.lifecycle import Status
    from emulator.domain.scenario import Scenario
    from emulator.domain.steps import Step, Wait

    return Scenario(
        name='happy-path',
        title="The documented sample's timing",
        kind='legal',
        steps=(
            Step(wait=Wait(us=60000000), to=Status.IN_PROGRESS),
            Step(wait=Wait(us=3540000000), to=Status.FINALIZING),
            Step(wait=Wait(us=60000000), to=Status.COMPLETED),
        ),
        on_cancel=(Step(wait=Wait(us=0), to=Status.CANCELLING), Step(wait=Wait(us=600000000), to=Status.CANCELLED)),
        seen_in='reference page',
        client='Poll until completed, then read both files.',
    )


def _http_error_lines() -> Scenario:
    from emulator.domain.outcomes import LinePattern, LineRule, Outcome

    return replace(
        _happy_path(),
        name='http-error-lines',
        title='Lines that fail with a response, not with an error',
        seen_in='openai-openapi#302',
        client='A line has succeeded when response.status_code is 2xx. That error is null does not say so.',
        lines=(
            LineRule(
                when=LinePattern(every=4),
                outcome=Outcome(
                    status_code=400,
                    body={
                        'error': {'message': 'Unknown model.', 'type': 'invalid_request_error', 'code': 400, 'param': 'model'},
                    },
                ),
            ),
            LineRule(
                when=LinePattern(every=4, start=1),
                outcome=Outcome(status_code=429, body={'error': 'Rate limit exceeded'}),
            ),
            LineRule(
                when=LinePattern(every=4, start=2),
                outcome=Outcome(
                    status_code=500,
                    body={'error': {'message': 'Try again.', 'type': 'server_error', 'code': 500, 'param': None}},
                ),
            ),
        ),
    )


def _huge_integers() -> Scenario:
    from emulator.domain.paths import Changes
    from emulator.domain.rules import Match, Rule

    return replace(
        _happy_path(),
        name='huge-integers',
        title='Integers that no double holds',
        kind='hostile',
        breaks=('schema',),
        seen_in=None,
        client='Show the exact value or end in an error of your own. Never round silently.',
        rules=(
            Rule(
                on=Match(operations=frozenset({'getBatch'}), nth=frozenset({2})),
                name='huge-integers#1',
                written={'set': {'max_concurrency': 9007199254740993}, 'on': {'operation': ['getBatch'], 'nth': [2]}},
                changes=Changes(set={'max_concurrency': 9007199254740993}),
            ),
            Rule(
                on=Match(operations=frozenset({'getBatch'}), nth=frozenset({3})),
                name='huge-integers#2',
                written={
                    'set': {'max_concurrency': 123456789012345678901234567890123456789012345678901},
                    'on': {'operation': ['getBatch'], 'nth': [3]},
                },
                changes=Changes(set={'max_concurrency': 123456789012345678901234567890123456789012345678901}),
            ),
            Rule(
                on=Match(operations=frozenset({'getBatch'}), nth=frozenset({4})),
                name='huge-integers#3',
                written={'on': {'operation': ['getBatch'], 'nth': [4]}, 'raw': {'max_concurrency': [{'text': '1e400'}]}},
                raw={'max_concurrency': '1e400'},
            ),
        ),
    )


def _lone_surrogates() -> Scenario:
    from emulator.domain.rules import Match, Rule

    return replace(
        _happy_path(),
        name='lone-surrogates',
        title='Half a character',
        kind='hostile',
        breaks=('schema',),
        seen_in=None,
        client='Keep it as it is, or end in an error of your own. Writing it out again must not fail later.',
        rules=(
            Rule(
                on=Match(operations=frozenset({'getBatch'}), nth=frozenset({2})),
                name='lone-surrogates#1',
                written={
                    'on': {'operation': ['getBatch'], 'nth': [2]},
                    'raw': {'metadata': [{'text': '{"note": "half: \\ud83d"}'}]},
                },
                raw={'metadata': '{"note": "half: \\ud83d"}'},
            ),
            Rule(
                on=Match(operations=frozenset({'getBatch'}), nth=frozenset({3})),
                name='lone-surrogates#2',
                written={
                    'on': {'operation': ['getBatch'], 'nth': [3]},
                    'raw': {'metadata': [{'text': '{"half: \\ude00": "note"}'}]},
                },
                raw={'metadata': '{"half: \\ude00": "note"}'},
            ),
        ),
    )


def _malformed_json() -> Scenario:
    from emulator.domain.rules import Match, Rule, StubReply

    return replace(
        _happy_path(),
        name='malformed-json',
        title='Replies that are nearly JSON, and JSON that is no batch',
        kind='hostile',
        breaks=('json', 'schema'),
        seen_in=None,
        client='End in an error of your own that keeps the body, and poll again.',
        rules=(
            Rule(
                on=Match(operations=frozenset({'getBatch'}), nth=frozenset({2})),
                name='malformed-json#1',
                written={'on': {'operation': ['getBatch'], 'nth': [2]}, 'truncate': 100},
                truncate=100,
            ),
            Rule(
                on=Match(operations=frozenset({'getBatch'}), nth=frozenset({3})),
                name='malformed-json#2',
                written={
                    'on': {'operation': ['getBatch'], 'nth': [3]},
                    'reply': {
                        'content_type': 'application/json',
                        'body': [{'text': '{"object": "batch"}<!-- served by node 7 -->'}],
                    },
                },
                reply=StubReply(
                    headers=(('Content-Type', 'application/json'),),
                    body=b'{"object": "batch"}<!-- served by node 7 -->',
                ),
            ),
            Rule(
                on=Match(operations=frozenset({'getBatch'}), nth=frozenset({4})),
                name='malformed-json#3',
                written={'on': {'operation': ['getBatch'], 'nth': [4]}, 'reply': {'json': ['completed']}},
                reply=StubReply(headers=(('Content-Type', 'application/json'),), body=b'["completed"]'),
            ),
            Rule(
                on=Match(operations=frozenset({'getBatch'}), nth=frozenset({6})),
                name='malformed-json#4',
                written={'on': {'operation': ['getBatch'], 'nth': [6]}, 'reply': {'json': None}},
                reply=StubReply(headers=(('Content-Type', 'application/json'),), body=b'null'),
            ),
            Rule(
                on=Match(operations=frozenset({'getBatch'}), nth=frozenset({7})),
                name='malformed-json#5',
                written={'on': {'operation': ['getBatch'], 'nth': [7]}, 'reply': {'content_type': 'application/json'}},
                reply=StubReply(headers=(('Content-Type', 'application/json'),)),
            ),
        ),
    )


def _malformed_line() -> Scenario:
    from emulator.domain.edits import Edit, ResultsPlan
    from emulator.domain.outcomes import LinePattern
    from emulator.domain.paths import Changes

    return replace(
        _happy_path(),
        name='malformed-line',
        title='One result is not JSON, and one has no custom_id',
        kind='hostile',
        breaks=('malformed-lines', 'missing-lines'),
        seen_in='litellm#37457',
        client='Set aside the lines that you cannot read, and keep the others. What is missing then is to be submitted again.',
        results=ResultsPlan(
            edits=(
                Edit(
                    file='output',
                    action='replace',
                    when=LinePattern(indices=(0,)),
                    raw=b'{"id": "response_1", "custom_id": "row',
                ),
                Edit(
                    file='output',
                    action='change',
                    when=LinePattern(indices=(1,)),
                    changes=Changes(unset=('custom_id',)),
                ),
            ),
        ),
    )


def _many_errors() -> Scenario:
    from emulator.domain.jsonl import InputFault

    return replace(
        _happy_path(),
        name='many-errors',
        title='Several lines are bad, each for its own reason',
        seen_in='reference behaviour',
        client='Show all of errors.data, not its first entry alone.',
        errors=(
            InputFault(code='invalid_json_line', message='This line is not valid JSON.', line=1),
            InputFault(
                code='duplicate_custom_id',
                message='Another line has this custom_id.',
                param='custom_id',
                line=3,
            ),
            InputFault(code='invalid_url', message="Expected the batch's endpoint.", param='url', line=4),
            InputFault(code='invalid_request', message='Expected at least one message.', param='body.messages', line=7),
        ),
    )


def _missing_lines() -> Scenario:
    from emulator.domain.edits import Edit, ResultsPlan
    from emulator.domain.outcomes import LinePattern

    return replace(
        _happy_path(),
        name='missing-lines',
        title='Fewer results than lines',
        kind='hostile',
        breaks=('missing-lines',),
        seen_in='mistral client-python#159',
        client='Compute which custom_ids came back in neither file, and submit those again. Counts do not tell you.',
        results=ResultsPlan(edits=(Edit(file='output', action='drop', when=LinePattern(every=3, start=2)),)),
    )


def _mixed_results() -> Scenario:
    from emulator.domain.outcomes import LinePattern, LineRule, Outcome

    return replace(
        _happy_path(),
        name='mixed-results',
        title='Some lines succeed and some fail, so there are two files',
        seen_in='instructor#2657',
        client='Read both files.',
        lines=(
            LineRule(
                when=LinePattern(every=3, start=1),
                outcome=Outcome(error={'code': 'processing_error', 'message': 'The model could not process this request.'}),
            ),
        ),
    )


def _not_listed_yet() -> Scenario:
    from emulator.domain.rules import Hide, Match, Rule

    return replace(
        _happy_path(),
        name='not-listed-yet',
        title='A new batch is missing from the list for a while',
        tolerates=('late-listing',),
        seen_in='litellm#34436',
        client='Trust get. That the list does not show a batch does not say that it was not made.',
        rules=(
            Rule(
                on=Match(operations=frozenset({'listBatches'})),
                name='not-listed-yet#1',
                written={'on': {'operation': ['listBatches']}, 'hide': {'until': '300s'}},
                hide=Hide(until_us=300000000),
            ),
        ),
    )


def _octet_stream() -> Scenario:
    from emulator.domain.edits import ResultsPlan

    return replace(
        _mixed_results(),
        name='octet-stream',
        title='Result files are labelled as just bytes',
        kind='hostile',
        breaks=('content-type',),
        seen_in='this SDK',
        client='Take the bytes all the same. SDKs that know a fixed list of types refuse them, yet their error holds what came.',
        results=ResultsPlan(content_type={'output': 'application/octet-stream', 'error': 'application/octet-stream'}),
    )


def _old_server() -> Scenario:
    return replace(
        _happy_path(),
        name='old-server',
        title='A server from before max_concurrency',
        tolerates=('older-edition',),
        seen_in='SDK history',
        client='Do without what newer editions added. SDKs from 0.12.91 on refuse such a batch, yet their error holds its text.',
        edition='0.12.26',
    )


def _one_bad_line() -> Scenario:
    from emulator.domain.jsonl import InputFault

    return replace(
        _happy_path(),
        name='one-bad-line',
        title='One bad line fails the whole batch',
        client='Mend or leave out the lines that errors.data names, and submit the rest again. Nothing of the batch was run.',
        errors=(InputFault(code='missing_required_parameter', message='Expected a model.', param='body.model', line=1),),
    )


def _out_of_order() -> Scenario:
    from emulator.domain.edits import ResultsPlan

    return replace(
        _happy_path(),
        name='out-of-order',
        title='Results come in another order than the input',
        tolerates=('any-order',),
        seen_in='stdapi-ai#60',
        client='Join results to lines by custom_id, never by place.',
        results=ResultsPlan(order='shuffled'),
    )


def _output_deleted() -> Scenario:
    from emulator.domain.edits import ResultsPlan

    return replace(
        _mixed_results(),
        name='output-deleted',
        title='The output file is gone',
        tolerates=('lost-files',),
        seen_in='control-layer#1741',
        client='Say plainly which results are lost. Do not report success without them, and do not wait for ever.',
        results=ResultsPlan(deleted=frozenset({'output'})),
    )


def _poll_500_then_ok() -> Scenario:
    from emulator.domain.rules import Match, Rule, StubReply

    return replace(
        _happy_path(),
        name='poll-500-then-ok',
        title='Polls fail in every way that a gateway knows',
        tolerates=('http-errors',),
        seen_in='openclaw#88238',
        client='A failed poll is not a failed batch. Wait, and poll again.',
        rules=(
            Rule(
                on=Match(operations=frozenset({'getBatch'}), nth=frozenset({2})),
                name='poll-500-then-ok#1',
                written={
                    'on': {'operation': ['getBatch'], 'nth': [2]},
                    'reply': {
                        'status': 502,
                        'content_type': 'text/html',
                        'body': [{'text': '<html><h1>502 Bad Gateway</h1></html>'}],
                    },
                },
                reply=StubReply(
                    status=502,
                    headers=(('Content-Type', 'text/html'),),
                    body=b'<html><h1>502 Bad Gateway</h1></html>',
                ),
            ),
            Rule(
                on=Match(operations=frozenset({'getBatch'}), nth=frozenset({3})),
                name='poll-500-then-ok#2',
                written={
                    'on': {'operation': ['getBatch'], 'nth': [3]},
                    'reply': {'status': 503, 'content_type': 'text/plain', 'body': [{'text': 'no healthy upstream'}]},
                },
                reply=StubReply(status=503, headers=(('Content-Type', 'text/plain'),), body=b'no healthy upstream'),
            ),
            Rule(
                on=Match(operations=frozenset({'getBatch'}), nth=frozenset({5})),
                name='poll-500-then-ok#3',
                written={
                    'on': {'operation': ['getBatch'], 'nth': [5]},
                    'reply': {'status': 429, 'json': {'error': 'Rate limit exceeded'}},
                },
                reply=StubReply(
                    status=429,
                    headers=(('Content-Type', 'application/json'),),
                    body=b'{"error": "Rate limit exceeded"}',
                ),
            ),
        ),
    )


def _queue_limit() -> Scenario:
    from emulator.domain.jsonl import InputFault

    return replace(
        _happy_path(),
        name='queue-limit',
        title='Fails after create, for a quota and not for a line',
        seen_in='openai-python#2084',
        client='Tell this code from a fault of the input. Submit the same file again once other batches have ended.',
        errors=(
            InputFault(
                code='token_limit_exceeded',
                message='Too many tokens are enqueued for this model. Try again once some batches in progress have ended.',
            ),
        ),
    )


def _rate_limited() -> Scenario:
    from emulator.domain.rules import Match, Rule, StubReply

    return replace(
        _happy_path(),
        name='rate-limited',
        title='The gateway wants you to slow down',
        tolerates=('http-errors',),
        seen_in='rate-limiting page',
        client='Wait for as long as Retry-After says, be it seconds or a date. Without it back off by yourself, longer each time.',
        rules=(
            Rule(
                on=Match(operations=frozenset({'createBatch'}), nth=frozenset({1})),
                name='rate-limited#1',
                written={
                    'on': {'operation': ['createBatch'], 'nth': [1]},
                    'reply': {'status': 429, 'headers': {'Retry-After': ['1']}, 'json': {'error': 'Rate limit exceeded'}},
                },
                reply=StubReply(
                    status=429,
                    headers=(('Content-Type', 'application/json'), ('Retry-After', '1')),
                    body=b'{"error": "Rate limit exceeded"}',
                ),
            ),
            Rule(
                on=Match(operations=frozenset({'getBatch'}), nth=frozenset({1, 2})),
                name='rate-limited#2',
                written={
                    'on': {'operation': ['getBatch'], 'nth': [1, 2]},
                    'reply': {'status': 429, 'json': {'error': 'Rate limit exceeded'}},
                },
                reply=StubReply(
                    status=429,
                    headers=(('Content-Type', 'application/json'),),
                    body=b'{"error": "Rate limit exceeded"}',
                ),
            ),
            Rule(
                on=Match(operations=frozenset({'getFileContent'}), nth=frozenset({1})),
                name='rate-limited#3',
                written={
                    'on': {'operation': ['getFileContent'], 'nth': [1]},
                    'reply': {
                        'status': 429,
                        'headers': {'Retry-After': ['Mon, 01 Jan 2024 01:00:00 GMT']},
                        'json': {'error': 'Rate limit exceeded'},
                    },
                },
                reply=StubReply(
                    status=429,
                    headers=(('Content-Type', 'application/json'), ('Retry-After', 'Mon, 01 Jan 2024 01:00:00 GMT')),
                    body=b'{"error": "Rate limit exceeded"}',
                ),
            ),
        ),
    )


def _slow_drip() -> Scenario:
    from emulator.domain.rules import Drip, Match, Rule

    return replace(
        _happy_path(),
        name='slow-drip',
        title='The reply trickles in',
        kind='hostile',
        breaks=('transport',),
        seen_in=None,
        client='Bound the time for a whole call, for a time-out between two bytes never comes. Then make it again.',
        rules=(
            Rule(
                on=Match(operations=frozenset({'getBatch'}), nth=frozenset({2})),
                name='slow-drip#1',
                written={'on': {'operation': ['getBatch'], 'nth': [2]}, 'drip': {'bytes': 32, 'every': '0.005s'}},
                drip=Drip(bytes=32, every_us=5000),
            ),
            Rule(
                on=Match(operations=frozenset({'getBatch'}), nth=frozenset({3})),
                name='slow-drip#2',
                written={'on': {'operation': ['getBatch'], 'nth': [3]}, 'drip': {'bytes': 1, 'every': '2s'}},
                drip=Drip(bytes=1, every_us=2000000),
            ),
            Rule(
                on=Match(operations=frozenset({'getFileContent'}), nth=frozenset({1})),
                name='slow-drip#3',
                written={'on': {'operation': ['getFileContent'], 'nth': [1]}, 'drip': {'bytes': 1, 'every': '2s', 'first': 200}},
                drip=Drip(bytes=1, every_us=2000000, first=200),
            ),
        ),
    )


def _stalled() -> Scenario:
    from emulator.domain.rules import Delay, Drip, Match, Rule

    return replace(
        _happy_path(),
        name='stalled',
        title='The connection stands, and nothing comes',
        kind='hostile',
        breaks=('transport',),
        seen_in=None,
        client='Have a time-out for every call, end in an error of your own, and make it again.',
        rules=(
            Rule(
                on=Match(operations=frozenset({'getBatch'}), nth=frozenset({2})),
                name='stalled#1',
                written={'on': {'operation': ['getBatch'], 'nth': [2]}, 'delay': {'by': '3600s'}},
                delay=Delay(us=3600000000),
            ),
            Rule(
                on=Match(operations=frozenset({'getBatch'}), nth=frozenset({3})),
                name='stalled#2',
                written={'on': {'operation': ['getBatch'], 'nth': [3]}, 'drip': {'bytes': 1, 'every': '3600s', 'first': 0}},
                drip=Drip(bytes=1, every_us=3600000000),
            ),
            Rule(
                on=Match(operations=frozenset({'getBatch'}), nth=frozenset({4})),
                name='stalled#3',
                written={'on': {'operation': ['getBatch'], 'nth': [4]}, 'drip': {'bytes': 1, 'every': '3600s', 'first': 100}},
                drip=Drip(bytes=1, every_us=3600000000, first=100),
            ),
            Rule(
                on=Match(operations=frozenset({'getFileContent'}), nth=frozenset({1})),
                name='stalled#4',
                written={'on': {'operation': ['getFileContent'], 'nth': [1]}, 'after': True, 'delay': {'by': '3600s'}},
                after=True,
                delay=Delay(us=3600000000),
            ),
        ),
    )


def _straggler() -> Scenario:
    from emulator.domain.lifecycle import Status
    from emulator.domain.outcomes import LinePattern, LineRule, Outcome
    from emulator.domain.scenario import Scenario
    from emulator.domain.steps import Amount, Step, Wait
    from fractions import Fraction

    return Scenario(
        name='straggler',
        title='All lines but one are done for hours, then the window closes',
        kind='legal',
        steps=(
            Step(wait=Wait(us=60000000), to=Status.IN_PROGRESS),
            Step(wait=Wait(us=3600000000), progress=Amount(value=Fraction(1, 1), unit='share')),
            Step(wait=Wait(us=86400000000, since='creation'), to=Status.EXPIRED),
        ),
        on_cancel=(Step(wait=Wait(us=0), to=Status.CANCELLING), Step(wait=Wait(us=600000000), to=Status.CANCELLED)),
        seen_in='warmbly#333',
        client='Take the partial results when the batch expires, and submit the straggler again.',
        lines=(LineRule(when=LinePattern(indices=(-1,)), outcome=Outcome(unfinished=True)),),
    )


def _stuck_finalizing() -> Scenario:
    from emulator.domain.lifecycle import Status
    from emulator.domain.scenario import Scenario
    from emulator.domain.steps import Step, Wait

    return Scenario(
        name='stuck-finalizing',
        title='Hours in finalizing, then completed',
        kind='legal',
        steps=(
            Step(wait=Wait(us=60000000), to=Status.IN_PROGRESS),
            Step(wait=Wait(us=3540000000), to=Status.FINALIZING),
            Step(wait=Wait(us=21600000000), to=Status.COMPLETED),
        ),
        on_cancel=(Step(wait=Wait(us=0), to=Status.CANCELLING), Step(wait=Wait(us=600000000), to=Status.CANCELLED)),
        seen_in='user reports',
        client='Keep polling until your own deadline. All lines are done, only the files are not there yet.',
    )


def _stuck_validating() -> Scenario:
    from emulator.domain.lifecycle import Status
    from emulator.domain.scenario import Scenario
    from emulator.domain.steps import Step, Wait

    return Scenario(
        name='stuck-validating',
        title='Validating until the window closes',
        kind='legal',
        steps=(Step(wait=Wait(us=86400000000, since='creation'), to=Status.EXPIRED),),
        on_cancel=(Step(wait=Wait(us=0), to=Status.CANCELLING), Step(wait=Wait(us=600000000), to=Status.CANCELLED)),
        seen_in='openclaw#88238',
        client='Have a deadline of your own, and treat expired as an end.',
    )


def _truncated_generation() -> Scenario:
    from emulator.domain.outcomes import LinePattern, LineRule, Outcome
    from emulator.domain.paths import Changes

    return replace(
        _happy_path(),
        name='truncated-generation',
        title='A 200 that holds half an answer, or none',
        seen_in='SDK docs',
        client='Look beyond the status. finish_reason length means that the text was cut off, and a refusal is no answer.',
        lines=(
            LineRule(
                when=LinePattern(every=3),
                outcome=Outcome(
                    changes=Changes(
                        set={
                            'choices.0.finish_reason': 'length',
                            'choices.0.message.content': 'The answer is',
                            'output.0.status': 'incomplete',
                        },
                    ),
                ),
            ),
            LineRule(
                when=LinePattern(every=3, start=1),
                outcome=Outcome(
                    changes=Changes(
                        set={'choices.0.message.content': None, 'choices.0.message.refusal': 'I cannot help with that.'},
                    ),
                ),
            ),
        ),
    )


def _unknown_status() -> Scenario:
    from emulator.domain.paths import Changes
    from emulator.domain.rules import Match, Rule

    return replace(
        _happy_path(),
        name='unknown-status',
        title='A status that no documentation knows',
        kind='hostile',
        breaks=('schema',),
        seen_in='deltallm#153',
        client='Take an unknown status for not terminal, and poll on.',
        rules=(
            Rule(
                on=Match(operations=frozenset({'createBatch'})),
                name='unknown-status#1',
                written={'set': {'status': 'queued'}, 'on': {'operation': ['createBatch']}},
                changes=Changes(set={'status': 'queued'}),
            ),
            Rule(
                on=Match(operations=frozenset({'cancelBatch', 'getBatch'}), statuses=frozenset({'validating'})),
                name='unknown-status#2',
                written={
                    'set': {'status': 'queued'},
                    'on': {'operation': ['getBatch', 'cancelBatch'], 'status': ['validating']},
                },
                changes=Changes(set={'status': 'queued'}),
            ),
        ),
    )


def _wrong_content_type() -> Scenario:
    from emulator.domain.rules import Match, Rule, StubReply

    return replace(
        _happy_path(),
        name='wrong-content-type',
        title='JSON labelled as HTML, and HTML labelled as JSON',
        kind='hostile',
        breaks=('content-type', 'json'),
        seen_in='openclaw#88238',
        client='End in an error of your own that keeps the body, and poll again.',
        rules=(
            Rule(
                on=Match(operations=frozenset({'getBatch'}), nth=frozenset({2})),
                name='wrong-content-type#1',
                written={'on': {'operation': ['getBatch'], 'nth': [2]}, 'headers': {'Content-Type': ['text/html']}},
                headers={'Content-Type': ('text/html',)},
            ),
            Rule(
                on=Match(operations=frozenset({'getBatch'}), nth=frozenset({3})),
                name='wrong-content-type#2',
                written={'on': {'operation': ['getBatch'], 'nth': [3]}, 'headers': {'Content-Type': []}},
                headers={'Content-Type': ()},
            ),
            Rule(
                on=Match(operations=frozenset({'getBatch'}), nth=frozenset({4})),
                name='wrong-content-type#3',
                written={
                    'on': {'operation': ['getBatch'], 'nth': [4]},
                    'reply': {
                        'content_type': 'application/json',
                        'body': [{'text': '<html><h1>Sign in to continue</h1></html>'}],
                    },
                },
                reply=StubReply(
                    headers=(('Content-Type', 'application/json'),),
                    body=b'<html><h1>Sign in to continue</h1></html>',
                ),
            ),
        ),
    )


SCENARIOS: Final[dict[str, Compiled]] = {
    'accepted-then-failed': Compiled(
        ('accepted-then-failed', 'happy-path'),
        '50a1353ff421bd981952a54839179c9ce374c4f721fa050eaa99e9f6dca52e52',
        False,
        _accepted_then_failed,
    ),
    'all-failed': Compiled(
        ('all-failed', 'happy-path'),
        '05df971b86dcd90c471d99781b2e7a458e1bcba7d82a80b8c442fef7983c6fb7',
        False,
        _all_failed,
    ),
    'cancel-500-but-done': Compiled(
        ('cancel-500-but-done', 'happy-path'),
        '9ae0cecd68d77974ea3491ad06a22fc5a86e584ece348c8e6dc60ebbd021b258',
        True,
        _cancel_500_but_done,
    ),
    'cancel-finished': Compiled(
        ('cancel-finished',),
        '1f6014d419d33447d28310c2c7b86fc2636f5892fc62f370380080efb8eb15b1',
        False,
        _cancel_finished,
    ),
    'cancel-in-progress': Compiled(
        ('cancel-in-progress',),
        'e7a6b85f386bdc920f3782957dcebef75b1052594e0272d1db06c7a6d0bb9a0f',
        False,
        _cancel_in_progress,
    ),
    'cancel-too-late': Compiled(
        ('cancel-too-late', 'happy-path'),
        '2fc5cafc89cdb45e60a72c4df1268ac1e8d3e0ffd2f82d246eaa336601d1d8b6',
        False,
        _cancel_too_late,
    ),
    'cancel-while-validating': Compiled(
        ('cancel-while-validating',),
        '73de1fbf1b4767f8173d118717c42211c744a085774fd93451bc1cd1e9f5a63c',
        False,
        _cancel_while_validating,
    ),
    'connection-closed': Compiled(
        ('connection-closed', 'happy-path'),
        '7e25373289ff3a940f8b37714987e9067617e441080b77e421101585d6e7d1b6',
        True,
        _connection_closed,
    ),
    'connection-reset': Compiled(
        ('connection-reset', 'happy-path'),
        '70dfb5bdf2055e824dfbfeb01bcc71b1383723902c6a233dee848d1636ac54e3',
        True,
        _connection_reset,
    ),
    'counts-zero-then-jump': Compiled(
        ('counts-zero-then-jump', 'happy-path'),
        '72eaffd6eb0f26b2723cbe72dbf9efd1f42f1f19ac3c8622391935f8a14c7e44',
        True,
        _counts_zero_then_jump,
    ),
    'create-reply-lost': Compiled(
        ('create-reply-lost', 'happy-path'),
        'a705664291ffaa1aab31a483be69873ab4f6aef05ab0236214013df7958e2f75',
        True,
        _create_reply_lost,
    ),
    'empty-file': Compiled(
        ('empty-file', 'happy-path'),
        '491c44d3c7934e6ac95a5b27df9d7a8f8b734122ed0f1c63e7212c7a07826790',
        False,
        _empty_file,
    ),
    'error-file-empty': Compiled(
        ('error-file-empty', 'happy-path'),
        '672e25aa9eda18a415f1d32a8360dc688ff6e1015b0a402fcbeb8ac851a17e2e',
        False,
        _error_file_empty,
    ),
    'error-without-line': Compiled(
        ('error-without-line', 'happy-path'),
        'a7c53be4620da3b6f43782722c2fc5a018d3bd5b69838ff2fc21c28c4f1a11ec',
        False,
        _error_without_line,
    ),
    'expired-nothing': Compiled(
        ('expired-nothing',),
        '0c4730be7c4d2fdbeeb8c02e57eeb6dd6b7117ddb432c58c9247f9b55335a151',
        False,
        _expired_nothing,
    ),
    'expired-partial': Compiled(
        ('expired-partial',),
        'ac46155526fe6b955f35bd5d140284afbd6258659dbbdee41e596d69381b8348',
        False,
        _expired_partial,
    ),
    'failed-lines-in-both': Compiled(
        ('failed-lines-in-both', 'mixed-results', 'happy-path'),
        'a3a86994c12d40137ea56481b49509d1dc3fc354a0e35aaa2db2a11de9bcb391',
        False,
        _failed_lines_in_both,
    ),
    'file-404-then-ok': Compiled(
        ('file-404-then-ok', 'happy-path'),
        '16deebb8de8af6b1a9bab35dae812e25d879635079b0f65e3bbea28792556813',
        True,
        _file_404_then_ok,
    ),
    'file-not-found-at-create': Compiled(
        ('file-not-found-at-create', 'happy-path'),
        'b933ab065283742004e9014ad1751c949d4b9da0388bbe68454472b8ae62079e',
        True,
        _file_not_found_at_create,
    ),
    'files-late': Compiled(
        ('files-late', 'mixed-results', 'happy-path'),
        'f0c4df037baca93d8d8b18f3f9c630fc9f0e4792398d9f84a5272bc4fffce422',
        False,
        _files_late,
    ),
    'finalizing-unseen': Compiled(
        ('finalizing-unseen',),
        'c46779e555c9681bb7df02964b05685734e2a2d41d49b5e4f56a288617a8a113',
        False,
        _finalizing_unseen,
    ),
    'grows-while-paging': Compiled(
        ('grows-while-paging', 'happy-path'),
        '4b2afd7c474714fbb836ea294e2e233b5ff8024f8b31d890640f244934dc457c',
        True,
        _grows_while_paging,
    ),
    'happy-path': Compiled(('happy-path',), 'f8e95ab5106929be875644965202634a5e986e1ac36dca508820e0a43c453ab1', False, _happy_path),
    'http-error-lines': Compiled(
        ('http-error-lines', 'happy-path'),
        'ea805e88eec1d359a20873a3e7ed3201d154b65afc10175f0660aadb3ec0f07a',
        False,
        _http_error_lines,
    ),
    'huge-integers': Compiled(
        ('huge-integers', 'happy-path'),
        'a69fa7feb3a1fdbfb9fa4ed2b18db2ccaa91363f66c7e039f749ac027c9a662d',
        True,
        _huge_integers,
    ),
    'lone-surrogates': Compiled(
        ('lone-surrogates', 'happy-path'),
        '3297a6353563dad062d4455578324d87db7c79f855d164ca66ee1827b382e63c',
        True,
        _lone_surrogates,
    ),
    'malformed-json': Compiled(
        ('malformed-json', 'happy-path'),
        'e71a565e2b8fa8c8a36dc8e9b0675dc927d64e83fe0be56071258e18c6809a30',
        True,
        _malformed_json,
    ),
    'malformed-line': Compiled(
        ('malformed-line', 'happy-path'),
        '65a92e402e66f947d058dacc073dafc18f6165378eac649c2a4573468bfc7ffa',
        False,
        _malformed_line,
    ),
    'many-errors': Compiled(
        ('many-errors', 'happy-path'),
        '3a31b464b80246f8dafd1f8f6fff77da79e39d0af05d61ad1320615f0c073972',
        False,
        _many_errors,
    ),
    'missing-lines': Compiled(
        ('missing-lines', 'happy-path'),
        '040eea0982bf7e761ee567040242775a84bb89881a47f6e0acce85a309fe51eb',
        False,
        _missing_lines,
    ),
    'mixed-results': Compiled(
        ('mixed-results', 'happy-path'),
        'bcfdeb28b0c14e630a5d7e61bbf1f52b000ca55f5a34ac239883b43909635664',
        False,
        _mixed_results,
    ),
    'not-listed-yet': Compiled(
        ('not-listed-yet', 'happy-path'),
        'a333a55fd0eaba3cfabde5cfa8f12aacf1d16241ee31f08ae489bc3c3958a86e',
        True,
        _not_listed_yet,
    ),
    'octet-stream': Compiled(
        ('octet-stream', 'mixed-results', 'happy-path'),
        'e21dc61c7bc0fdf4b3d01d47686a3a265ad965f4cdf21df532fccf668cf5f95e',
        False,
        _octet_stream,
    ),
    'old-server': Compiled(
        ('old-server', 'happy-path'),
        'e788748b951863a23a2ae2b9ab084da05a1105f933693b62b387d0b26a4db67a',
        True,
        _old_server,
    ),
    'one-bad-line': Compiled(
        ('one-bad-line', 'happy-path'),
        '4796bf16550b45e028e3b17a9754acde6490201afb39650b3a62bcef5d4a0dc0',
        False,
        _one_bad_line,
    ),
    'out-of-order': Compiled(
        ('out-of-order', 'happy-path'),
        '3f69310b06da4e53cb6e17745b650099794a56b4f65ee85fb6d1e9639bb8bceb',
        False,
        _out_of_order,
    ),
    'output-deleted': Compiled(
        ('output-deleted', 'mixed-results', 'happy-path'),
        '7235a90a80ccc471e95150e00e1744a369031d9d9a86fb4e6c880a0ef10c20d1',
        False,
        _output_deleted,
    ),
    'poll-500-then-ok': Compiled(
        ('poll-500-then-ok', 'happy-path'),
        'd6f86e0a2e72e310f80ba0de2731a441514a0689706811ebd9b35eb869e47c58',
        True,
        _poll_500_then_ok,
    ),
    'queue-limit': Compiled(
        ('queue-limit', 'happy-path'),
        '1d73b38722e1c2dd2d9cc4c584cd5f62971b0a3de6c5085417ebe2a5fb4b521e',
        False,
        _queue_limit,
    ),
    'rate-limited': Compiled(
        ('rate-limited', 'happy-path'),
        '4e4e8f5bc764e1751fe9290aa84e3116c8590dba15caa2e3430f834774d74773',
        True,
        _rate_limited,
    ),
    'slow-drip': Compiled(
        ('slow-drip', 'happy-path'),
        '68ab30d84c607d58b4e29807e5e78f7622832a710162a3cb642d2b33120c2717',
        True,
        _slow_drip,
    ),
    'stalled': Compiled(
        ('stalled', 'happy-path'),
        'a4ca34ce479e5cf21887ce672da359d382233226579fde7089b2fdec10e57ce6',
        True,
        _stalled,
    ),
    'straggler': Compiled(('straggler',), 'd0c1f6b3a9283d1e4f7c5e4ab019a78a6cf5edd9253dcd7c7e71d9c7d4965cbe', False, _straggler),
    'stuck-finalizing': Compiled(
        ('stuck-finalizing',),
        'c60d219c0c912ef77da2b7abf130fcc69ec8abc5737b15c61749650d1f5adbcc',
        False,
        _stuck_finalizing,
    ),
    'stuck-validating': Compiled(
        ('stuck-validating',),
        '189e0282dab88ff1afa6709af47161e432f9a9ce802998247731b98a4bcf2047',
        False,
        _stuck_validating,
    ),
    'truncated-generation': Compiled(
        ('truncated-generation', 'happy-path'),
        '8313a6b03e37867f16ac12f2f9beafa5f705020b11386974f3eed3a8784db20d',
        False,
        _truncated_generation,
    ),
    'unknown-status': Compiled(
        ('unknown-status', 'happy-path'),
        '3a24a7771223dc5f0df72042317d9c98c8ec7d8a05d0e4a5717efa324628aae2',
        True,
        _unknown_status,
    ),
    'wrong-content-type': Compiled(
        ('wrong-content-type', 'happy-path'),
        '9d456a25cbabfa4e0feef88b06edb8bdda9bec316bb61ffe6c2f4a86f321dca6',
        True,
        _wrong_content_type,
    ),
}
