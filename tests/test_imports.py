"""What a command loads: nothing heavy for help and for an escalation, no torch on the way of a question."""

import pytest
from fixtures_assistant import QUESTION, RED_FLAG, watched

HEAVY = {"torch", "transformers", "sentence_transformers", "chromadb", "onnxruntime", "gradio", "langchain"}
OFFLINE = {"torch", "transformers", "sentence_transformers", "gradio", "langchain", "langchain_core", "onnx"}


@pytest.fixture
def loaded(real_index_config, tmp_path):
    """The top-level modules that a command loaded."""

    def loading(*arguments, data=real_index_config.data):
        run, report = watched(*arguments, data=data, home=tmp_path / "home")
        assert run.returncode == 0, run.stderr
        return {name.partition(".")[0] for name in report["modules"]}

    return loading


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["ask", "--help"], ["batch", "--help"]])
def test_help_loads_nothing_heavy(loaded, arguments):
    assert loaded(*arguments) & HEAVY == set()


def test_an_escalation_loads_nothing_heavy_and_needs_no_index(loaded, tmp_path):
    modules = loaded("ask", RED_FLAG, data=tmp_path / "nothing")
    assert modules & (HEAVY | {"bm25s", "tokenizers", "numpy", "jsonschema"}) == set()
    assert not (tmp_path / "nothing").exists()


@pytest.mark.parametrize("message", ["hello", "can I take ibuprofen", "who wrote this?"])
def test_what_needs_no_search_loads_no_index(loaded, tmp_path, message):
    assert loaded("ask", message, data=tmp_path / "nothing") & HEAVY == set()


def test_a_question_loads_no_torch_and_no_page(loaded):
    modules = loaded("ask", QUESTION)
    assert modules & OFFLINE == set()
    assert "onnxruntime" in modules
    assert "chromadb" not in modules  # the vectors are few enough to be compared
