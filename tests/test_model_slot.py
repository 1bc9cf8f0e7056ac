"""The slot for a language model: which one is named, what its packages need, what it is told, and what is masked."""

import re
from itertools import pairwise

import pytest
from fixtures_model import chat, says, serving
from hypothesis import given
from hypothesis import strategies as st

from assistant.introduction import read_introduction
from assistant.model import slot as slots
from assistant.model.mask import masked
from assistant.model.prompts import PromptError, read_prompt
from assistant.model.second_opinion import opinion_prompt
from assistant.model.slot import ModelError, NoUse, Slot, open_slot
from assistant.model.writer import Written, answer_prompt
from assistant.settings import Model, SettingsError, read_settings

KEYS = {"OPENAI_API_KEY": "one", "ANTHROPIC_API_KEY": "two", "GOOGLE_API_KEY": "three"}


def model(**environment):
    return read_settings({f"SPOTTER_MODEL{name}": value for name, value in environment.items()}).model


def test_there_is_no_model_unless_one_is_named():
    assert read_settings({}).model is None
    assert read_settings({"SPOTTER_MODEL_URL": "http://127.0.0.1:1/v1"}).model is None


@pytest.mark.parametrize(
    ("name", "address", "remote"),
    [
        ("ollama:llama3.2", "", False),
        ("ollama:llama3.2:1b", "http://10.0.0.7:11434", True),
        ("openai:gpt", "", True),
        ("openai:mine", "http://127.0.0.1:8000/v1", False),
        ("openai:mine", "http://[::1]:8000/v1", False),
        ("openai:mine", "http://localhost:8000/v1", False),
        ("openai:mine", "https://llm.example.org/v1", True),
        ("openai:mine", "http://127.0.0.1.example.org/v1", True),
        ("anthropic:claude", "", True),
    ],
)
def test_a_model_is_elsewhere_unless_its_address_is_of_this_machine(name, address, remote):
    assert read_settings({"SPOTTER_MODEL": name, "SPOTTER_MODEL_URL": address}).model.remote is remote


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"SPOTTER_MODEL": "llama"}, "SPOTTER_MODEL is 'llama'"),
        ({"SPOTTER_MODEL": ":llama"}, "SPOTTER_MODEL is"),
        ({"SPOTTER_MODEL": "openai:"}, "SPOTTER_MODEL is"),
        ({"SPOTTER_MODEL": "anthropic:x", "SPOTTER_MODEL_URL": "http://127.0.0.1/v1"}, "SPOTTER_MODEL_URL goes with"),
        ({"SPOTTER_MODEL": "openai:x", "SPOTTER_MODEL_URL": "127.0.0.1"}, "SPOTTER_MODEL_URL holds"),
        ({"SPOTTER_MODEL": "openai:x", "SPOTTER_MODEL_SECONDS": "0"}, "SPOTTER_MODEL_SECONDS is"),
    ],
)
def test_what_cannot_be_a_model_is_named(environment, told):
    with pytest.raises(SettingsError, match=re.escape(told)):
        read_settings(environment)


def test_no_key_of_a_provider_goes_to_a_server_that_is_somebody_elses():
    assert model(**{"": "openai:x", "_URL": "http://127.0.0.1:1/v1"}).key == "none"
    assert model(**{"": "openai:x", "_URL": "http://127.0.0.1:1/v1", "_KEY": "mine"}).key == "mine"
    assert model(**{"": "openai:x"}).key == ""
    assert "mine" not in repr(model(**{"": "openai:x", "_KEY": "mine"}))


@pytest.mark.parametrize("name", ["openai:gpt", "anthropic:claude", "google_genai:gemini", "ollama:llama3.2"])
def test_the_model_of_each_provider_is_set_up_and_sends_nothing(name, monkeypatch):
    for variable, key in KEYS.items():
        monkeypatch.setenv(variable, key)
    opened = open_slot(read_settings({"SPOTTER_MODEL": name}).model)
    assert (opened.name, opened.seconds) == (name, 30.0)
    assert slots._shaped(name, Written) or name.startswith("anthropic")


def test_a_missing_package_is_named_with_the_command_that_brings_it(monkeypatch):
    monkeypatch.setitem(slots.PACKAGES, "google_genai", "no_such_package")
    with pytest.raises(ModelError, match=re.escape("pip install -e '.[google]'")):
        open_slot(Model("google_genai:x", "", "", 1.0))


@pytest.mark.parametrize("name", ["openai:gpt", "no-such-provider:x"])
def test_a_model_that_cannot_be_set_up_is_told_in_a_sentence(name, monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(ModelError, match=f"SPOTTER_MODEL={name} cannot be set up"):
        open_slot(Model(name, "", "", 1.0))


def test_what_is_heard_grows():
    with serving(answer=says('{"sentences": []}')) as server:
        opened = Slot("openai:scripted", chat(server), 5.0, remote=False)
        heard = list(opened.growing([("human", "hello")], Written))
        assert heard[-1] == '{"sentences": []}'
        assert all(later.startswith(sooner) for sooner, later in pairwise(heard))
        assert server.requests[0].body["response_format"]["json_schema"]["strict"] is True


def test_who_stops_listening_hangs_up_and_gives_the_place_free():
    with serving(answer=says("x" * 5000)) as server:
        opened = Slot("openai:scripted", chat(server), 5.0, remote=False)
        for _ in range(2 * slots.OPEN):
            stream = opened.growing([("human", "hello")], Written)
            next(stream)
            stream.close()
            with opened.places:  # waits for nobody
                pass


def test_a_place_too_many_is_refused_at_once():
    with serving(answer=says("{}")) as server:
        opened = Slot("openai:scripted", chat(server), 5.0, remote=False)
        for _ in range(slots.OPEN):
            opened.places.acquire()
        with pytest.raises(NoUse, match="busy"):
            opened.whole([("human", "hello")], Written)


# Prompts


def test_the_version_of_a_prompt_changes_with_any_letter(tmp_path):
    (tmp_path / "one.md").write_text("Say it.\n---\n$question\n", encoding="utf-8")
    before = read_prompt("one", frozenset({"question"}), tmp_path)
    (tmp_path / "one.md").write_text("Say it!\n---\n$question\n", encoding="utf-8")
    after = read_prompt("one", frozenset({"question"}), tmp_path)
    assert before.version != after.version
    assert re.fullmatch("one@[0-9a-f]{12}", after.version)
    assert after.filled(question="$5 ${x}?") == [("system", "Say it!"), ("human", "$5 ${x}?")]


@pytest.mark.parametrize("text", ["Say it. $question", "a\n---\n$other", "a\n---\nnothing", "a\n---\n$question $", ""])
def test_a_prompt_with_other_places_is_refused(tmp_path, text):
    (tmp_path / "one.md").write_text(text, encoding="utf-8")
    with pytest.raises(PromptError, match=re.escape("one.md must have a line '---' and below it the places $question")):
        read_prompt("one", frozenset({"question"}), tmp_path)


def test_a_prompt_that_is_missing_is_named(tmp_path):
    with pytest.raises(PromptError, match=r"none\.md cannot be read"):
        read_prompt("none", frozenset(), tmp_path)


def test_our_prompts_are_in_order():
    assert answer_prompt().version.startswith("answer@")
    assert opinion_prompt().version.startswith("second_opinion@")


# Masking


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("My name is anna, my back hurts", "anna"),
        ("I'm called Bob and my neck is stiff", "Bob"),
        ("my wife Maria Lopez lifts", "Maria Lopez"),
        ("Dr. Miller said to rest", "Miller"),
        ("Regards, Tom Baker", "Tom Baker"),
        ("write to tom.b@example.org", "tom.b"),
        ("call +44 20 7946 0958", "7946"),
        ("call (555) 123-4567 after 5", "4567"),
        ("patient 9434765919", "9434765919"),
        ("born 12/03/1984", "1984"),
        ("born on 3rd of March 1984", "March"),
        ("March 3, 1984 it began", "1984"),
        ("I live at 12 Baker Street", "Baker"),
        ("London NW1 6XE", "6XE"),
        ("I am @liftergirl on there", "liftergirl"),
        ("card 4111 1111 1111 1111", "4111"),
        ("my page is https://me.example.org/x", "me.example"),
        ("it is 192.168.0.17", "192.168"),
    ],
)
def test_personal_data_is_masked(text, gone):
    assert gone not in masked(text)
    assert "[" in masked(text)


@pytest.mark.parametrize(
    "text",
    [
        "3 sets of 10-12 reps with 30 seconds rest, 4x10, 2-3 times a week for 6 weeks",
        "my L5-S1 hurts since 2019 after 100 kg deadlifts",
        "I am sore. My doctor said rest. My coach told me to brace",
        "How do I do a Wall Angel?",
        "5 x 5 at 82.5 kg, then 1 h 30 min",
    ],
)
def test_what_a_question_needs_is_left(text):
    assert masked(text) == text


@given(st.text(max_size=500))
def test_anything_can_be_masked(text):
    assert isinstance(masked(text), str)


# What people are told


def told(name, remote):
    return read_introduction(5, 24, Slot(name, chat=None, seconds=1, remote=remote))


def test_the_first_screen_says_where_messages_go():
    assert "Nothing you type is stored" in read_introduction(5, 24, None).privacy
    assert "another machine (openai:gpt)" in told("openai:gpt", remote=True).privacy
    assert "on this machine (ollama:x)" in told("ollama:x", remote=False).privacy
    assert "language model" in told("ollama:x", remote=False).what
    assert "language model" not in read_introduction(5, 24, None).what
