"""Broken assistants: each is broken, run, judged by a healthy judge, and mended again."""

import json
import random
import sys
from dataclasses import replace

import pytest
from click.testing import CliRunner
from fixtures_assistant import ready
from fixtures_evals import case

from assistant import answer
from assistant.compose.material import Material
from assistant.conversation import Conversation
from assistant.triage import gate
from corpus.errors import KnownError
from evals import commands_mutants, mutants, run
from evals.cases import read_cases
from evals.figures import Definition, read_definitions
from evals.gates import Gate, read_gates
from evals.mutants import HEALTHY, MODEL_MUTATIONS, MUTATIONS, REAL, Bench, Fall, KillTable, Tried, chosen, falls
from evals.mutants_report import as_json, markdown
from evals.mutations.mutation import Mutation, Patch, mutations_in
from evals.score import Scored

pytestmark = pytest.mark.long  # the harness is proved on broken assistants, which takes minutes


SMALL = {
    "answerable": 16, "conflict": 8, "followup": 4, "ordinary": 4, "policy": 4, "unanswerable": 4, "off_topic": 2,
    "injection": 16, "red_flag": 40, "crisis": 4, "no_flag": 10, "conversation": 10, "poisoned": 0,
}  # fmt: skip


@pytest.fixture(scope="module")
def bench(real_index_config):
    """A slice of a tenth of the size, over the real corpus."""
    return Bench(chosen(read_cases(), SMALL), {REAL: ready(real_index_config)}, read_definitions(), read_gates())


def named(id_):
    return next(one for one in MUTATIONS if one.id == id_)


# The mutants


def test_there_are_enough_mutants_and_each_has_a_name_a_step_and_a_sentence():
    every = (*MUTATIONS, *MODEL_MUTATIONS)
    ids = [one.id for one in every]
    assert len(MUTATIONS) >= 48
    assert len(set(ids)) == len(ids)
    for one in every:
        assert one.broken.endswith(".")
        assert "\n" not in one.broken
        assert (bool(one.patches), one.step) != (False, "none")


def test_no_mutant_is_caught_by_an_error_of_its_own(bench):
    """As some were that broke a function whose signature had changed: they crashed on every case and proved nothing."""
    for one in MUTATIONS:
        with one.applied(bench.assistants) as broken:
            for message in ("what helps a sore back?", "do I need an MRI?"):
                try:
                    answer.answer(message, Conversation(), broken[REAL])
                except Exception as error:
                    pytest.fail(f"{one.id}: {error!r}")


def test_each_step_of_the_line_has_mutants():
    assert {one.step for one in MUTATIONS} == {
        "gate", "conversation", "policy", "search", "compose", "verify", "cite", "reply",
    }  # fmt: skip
    assert all(mutations_in(step) for step in mutants.STEPS)


def everything_of_ours():
    """Every function and class of our modules, and what stands in the classes, by where it is."""
    found = {}
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in ("assistant", "corpus", "index", "evals"):
            for key, value in vars(module).items():
                found[name, key] = value
                if isinstance(value, type) and value.__module__ == name:
                    found |= {(name, key, inner): one for inner, one in vars(value).items()}
    return found


@pytest.mark.parametrize("mutation", [*MUTATIONS, *MODEL_MUTATIONS], ids=lambda one: one.id)
def test_a_mutant_is_broken_while_it_is_applied_and_mended_afterwards(mutation, real_index_config):
    assistant = ready(real_index_config)
    before = everything_of_ours()
    with mutation.applied({REAL: assistant}) as broken:
        during = everything_of_ours()
        parts = [key for key, value in vars(broken[REAL]).items() if value is not vars(assistant)[key]]
        other = [key for key, value in during.items() if before.get(key) is not value]
        assert other or set(parts) - {"known"}
    after = everything_of_ours()
    assert after.keys() == before.keys()
    assert all(after[key] is value for key, value in before.items())


def test_a_fault_is_found_by_everybody_who_imported_the_function():
    broken = Patch(gate, "assess", lambda assess: len)
    with broken.applied():
        assert gate.assess is answer.assess is run.assess is len
    assert gate.assess is answer.assess is run.assess is not len


def test_a_method_is_broken_in_its_class():
    with Patch(Material, "quote", lambda quote: None).applied():
        assert Material.quote is None
    assert callable(Material.quote)


def test_a_mutant_is_mended_when_the_run_breaks_off():
    original = gate.assess

    def break_off():
        with named("latch_forgotten").applied({}):
            raise RuntimeError("out of memory")

    with pytest.raises(RuntimeError, match="out of memory"):
        break_off()
    assert gate.assess is answer.assess is original


def test_a_name_that_is_no_longer_there_is_an_error():
    with pytest.raises(KeyError, match="gone"), Patch(gate, "gone", lambda gone: gone).applied():
        pass


def test_what_an_assistant_knew_of_headings_is_not_handed_to_a_mutant(real_index_config):
    assistant = replace(ready(real_index_config), known={"Why?": True})
    with HEALTHY.applied({REAL: assistant}) as broken:
        assert broken[REAL].known == {}


def test_a_fault_that_remembers_begins_anew_each_time():
    shared = named("replies_cached_by_their_words").patches[0]
    first, second = shared.broken(lambda *_: "one"), shared.broken(lambda *_: "two")
    assert (first("hello", None, None), second("hello", None, None)) == ("one", "two")


# The slice


def test_the_slice_is_the_same_whatever_the_order_of_the_cases():
    cases = list(read_cases())
    kept = chosen(cases, {"policy": 7})
    random.Random(1).shuffle(cases)
    assert chosen(cases, {"policy": 7}) == kept
    assert sum(one.set == "policy" for one in kept) == 7


def test_a_set_that_is_not_named_is_taken_whole():
    cases = [case(f"p-{n}", "policy") for n in range(3)] + [case(f"l-{n}", "line") for n in range(4)]
    assert sorted(one.id for one in chosen(cases, {"policy": 1}) if one.set == "line") == ["l-0", "l-1", "l-2", "l-3"]
    assert len(chosen(cases, {"policy": 1, "line": 0})) == 1


def test_the_slice_of_the_file_has_cases_of_every_set_and_both_splits():
    cases = read_cases()
    kept = chosen(cases, mutants.read_settings().slice)
    assert {(one.set, one.split) for one in kept} == {(one.set, one.split) for one in cases}


# The rule


EXACT = Definition("f.exact", "", frozenset({"policy"}), {}, ("m",), "mean", "exact", True, False)
LOW = replace(EXACT, id="f.low", higher_is_better=False)


def scored(values, error=""):
    return [Scored(case(f"p-{n}", "policy"), {"m": value}, error=error) for n, value in enumerate(values)]


def found(before, after, definition, floor):
    return falls(scored(before), scored(after), [definition], [Gate(definition.id, floor, "")])


def test_one_case_is_enough_to_fall_through_a_hard_gate():
    assert found([1.0] * 8, [1.0] * 7 + [0.0], EXACT, 1.0) == (Fall("f.exact", "hard gate", 1.0, 0.875),)


def test_a_ceiling_of_nought_is_a_hard_gate_too():
    assert found([0.0] * 4, [0.0] * 3 + [1.0], LOW, 0.0) == (Fall("f.low", "hard gate", 0.0, 0.25),)


def test_a_hard_gate_that_the_healthy_assistant_does_not_hold_catches_nothing():
    assert found([0.0] + [1.0] * 7, [0.0, 0.0] + [1.0] * 6, EXACT, 1.0) == ()


def test_what_five_cases_say_is_not_decided_and_six_are_enough():
    """McNemar: 2 / 2^5 is above 0.05, 2 / 2^6 below."""
    assert found([1.0] * 20, [0.0] * 5 + [1.0] * 15, EXACT, 0.5) == ()
    assert found([1.0] * 20, [0.0] * 6 + [1.0] * 14, EXACT, 0.5) == (Fall("f.exact", "worse", 1.0, 0.7),)


def test_what_got_better_is_no_fall():
    assert found([0.0] * 20, [1.0] * 20, EXACT, 0.5) == ()


def test_a_figure_without_a_gate_catches_nothing():
    assert falls(scored([1.0] * 20), scored([0.0] * 20), [EXACT], []) == ()


def test_a_crash_catches():
    crashed = scored([1.0] * 7) + scored([1.0], error="RuntimeError: x")
    assert falls(scored([1.0] * 8), crashed, [], []) == (Fall("crashed cases", "crashed", 0, 1),)


# The bench


def test_nothing_is_found_in_the_healthy_assistant(bench):
    again = bench.tried(HEALTHY)
    assert (again.changed, again.falls) == (0, ())


@pytest.mark.parametrize(
    ("id_", "figure"),
    [
        ("latch_forgotten", "line.latched"),
        ("gate_after_retrieval", "line.gate_first"),
        ("hard_shown_as_soft", "line.right"),
        ("tier_lowered_by_one", "gate.emergency_tier"),
        ("apostrophes_crash", "crashed cases"),
        ("everything_refused", "answers.answered"),
        ("ranking_reversed", "answers.ndcg@10"),
        ("nothing_composed", "answers.answered"),
        ("numbers_swapped", "answers.numbers_agree"),
        ("negations_dropped", "answers.citation_recall"),
        ("statements_cut_at_a_comma", "replies.verified"),
        ("withheld_words_served", "replies.verified"),
        ("marks_dropped", "answers.citation_recall"),
        ("two_marks_swapped", "answers.citation_precision"),
        ("quotes_one_character_short", "answers.quotes_exact"),
        ("marks_not_printed", "replies.verified"),
        ("brackets_tidied_away", "answers.citation_recall"),
    ],
)
def test_a_mutant_is_caught_by_the_figure_that_speaks_of_it(bench, id_, figure):
    tried = bench.tried(named(id_))
    assert tried.changed
    assert figure in {fall.figure for fall in tried.falls}


def test_a_mutant_that_changes_nothing_survives(bench):
    idle = Mutation("idle", "gate", "Nothing really.", (Patch(gate, "_kept", lambda kept: lambda *all_: kept(*all_)),))
    tried = bench.tried(idle)
    assert (tried.changed, tried.caught) == (0, False)


def test_after_the_mutants_the_healthy_assistant_says_what_it_said_before(bench):
    for id_ in ("latch_forgotten", "one_reason_for_all", "ids_off_by_one", "steps_cut_off", "digests_missing"):
        bench.tried(named(id_))
    assert bench.tried(HEALTHY).changed == 0


# The table


SOUND = Tried(HEALTHY, 0, (), 1.0)


def table(*tried, healthy=SOUND, at_least=0.95):
    return KillTable(tried, healthy, at_least, {"policy": 7}, "abc", 12.0)


KILLED = Tried(named("latch_forgotten"), 3, (Fall("line.latched", "hard gate", 1.0, 0.5),), 1.0)
ALIVE = Tried(named("policy_off"), 3, (), 1.0)
IDLE = Tried(named("policy_off"), 0, (), 1.0)


def test_the_table_holds_when_enough_are_caught_and_the_healthy_one_is_not():
    assert table(KILLED, KILLED).holds
    assert not table(KILLED, ALIVE).holds
    assert table(KILLED, ALIVE, at_least=0.5).holds
    assert not table(KILLED, healthy=replace(KILLED, mutation=HEALTHY)).holds
    assert not table(KILLED, healthy=Tried(HEALTHY, 1, (), 1.0)).holds


def test_the_share_has_its_exact_interval():
    share = table(KILLED, ALIVE).share
    assert (share.point, share.n) == (0.5, 2)
    assert share.low == pytest.approx(0.0126, abs=1e-4)


def test_the_page_says_what_caught_a_mutant_and_what_survived():
    page = markdown(as_json(table(KILLED, ALIVE, IDLE)))
    assert "1 of 3 caught: 0.333" in page
    assert "caught by nothing" in page
    rows = [line for line in page.splitlines() if line.startswith("| gate") or line.startswith("| policy")]
    assert rows[0].endswith("| 3 | line.latched 1.000 → 0.500 (hard gate) |")
    assert rows[1].endswith("| 3 | **survived** |")
    assert rows[2].endswith("| 0 | **survived: it changed nothing** |")


def test_a_false_alarm_makes_the_table_void():
    assert "void" in markdown(as_json(table(KILLED, healthy=replace(KILLED, mutation=HEALTHY))))


def test_the_json_of_a_table_has_a_row_a_mutant_and_each_figure_once():
    twice = replace(KILLED, falls=(*KILLED.falls, Fall("line.latched", "worse", 1.0, 0.5)))
    rows = json.loads(json.dumps(as_json(table(twice, ALIVE))))
    assert (rows["caught"], rows["mutants"], rows["holds"], rows["healthy"]["changed"]) == (1, 2, False, 0)
    assert [row["caught"] for row in rows["rows"]] == [True, False]
    assert rows["rows"][0]["falls"] == [{"figure": "line.latched", "why": "hard gate", "before": 1.0, "after": 0.5}]


# The command


@pytest.fixture
def command(monkeypatch, bench, tmp_path):
    """The command over the small slice, in this process."""
    monkeypatch.setattr(commands_mutants, "_opened", lambda progress, scripted: bench)
    monkeypatch.setattr(
        commands_mutants, "_run", lambda wanted, jobs, scripted: [bench.tried(one) for one in (*wanted, HEALTHY)]
    )
    monkeypatch.setattr(commands_mutants, "FILE", tmp_path / "mutants.json")

    def running(*arguments):
        result = CliRunner().invoke(commands_mutants.mutants_command, arguments)
        if isinstance(result.exception, KnownError):
            raise result.exception
        return result.exit_code, result.output

    return running


def test_one_mutant_can_be_run_and_leaves_no_file(command, tmp_path):
    status, output = command("--only", "marks_dropped")
    assert status == 0
    assert "1 of 1 caught" in output
    assert list(tmp_path.iterdir()) == []


def test_a_survivor_too_many_makes_the_command_fail(command, monkeypatch):
    idle = Mutation("idle", "gate", "Nothing really.")
    monkeypatch.setattr(commands_mutants, "MUTATIONS", (named("marks_dropped"), idle))
    status, output = command()
    assert status == 1
    assert "survived: it changed nothing" in output


def test_the_table_of_a_whole_run_is_kept(command, monkeypatch, tmp_path):
    monkeypatch.setattr(commands_mutants, "MUTATIONS", (named("marks_dropped"),))
    assert command()[0] == 0
    assert json.loads((tmp_path / "mutants.json").read_text(encoding="utf-8"))["caught"] == 1


def test_a_mutant_of_no_such_name_is_an_error_of_ours(command):
    with pytest.raises(KnownError, match="The steps are: gate, conversation"):
        command("--only", "nonsense")


def test_every_mutant_can_be_asked_for_by_name_in_another_process():
    assert set(commands_mutants.NAMED) == {one.id for one in (*MUTATIONS, *MODEL_MUTATIONS)} | {HEALTHY.id}
