"""The shape of the project: names are ours, imports point one way, files stay small, nothing heavy is loaded early."""

import ast
import importlib
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from pytest_socket import SocketConnectBlockedError

from corpus.errors import KnownError

ROOT = Path(__file__).parent.parent
MAY_IMPORT = {
    "corpus": set(),
    "index": {"corpus"},
    "assistant": {"corpus", "index"},
    "evals": {"corpus", "index", "assistant"},
}
# The command line loads every command by name when it is called; evals is the one it may not import.
LOADS_BY_NAME = {"assistant/cli.py"}
HEAVY = ["torch", "transformers", "sentence_transformers", "chromadb", "onnxruntime", "tokenizers", "bm25s", "Stemmer"]
HEAVY += ["langchain", "langchain_core", "gradio", "uvicorn", "fastapi", "slack_bolt"]
LONGEST_MODULE, LONGEST_FUNCTION = 300, 50

MODULES = sorted(path for package in MAY_IMPORT for path in (ROOT / package).rglob("*.py"))
NAMES = [path.relative_to(ROOT).as_posix() for path in MODULES]


def tree(name):
    return ast.parse((ROOT / name).read_text(encoding="utf-8"))


def imported(name):
    """The modules that a file imports anywhere in it."""
    found = set()
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{name} imports relatively"
            found.add(node.module)
    return found


def named_in_text(name):
    """Modules of ours that a file names in a string, as something loaded by name would be."""
    texts = [node.value for node in ast.walk(tree(name)) if isinstance(node, ast.Constant)]
    words = [text for text in texts if isinstance(text, str) and text.replace(".", "").replace("_", "").isalpha()]
    return {word.partition(".")[0] for word in words if "." in word}


def isolated(code):
    """Run without the working directory on the path, as a console script does."""
    return subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, cwd="/", check=False)


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_no_other_distribution_shadows_our_package(package):
    run = isolated(f"import {package}; print({package}.__file__)")
    assert run.returncode == 0, f"Install the project first (make install): {run.stderr}"
    assert Path(run.stdout.strip()) == ROOT / package / "__init__.py"


@pytest.mark.parametrize("name", NAMES)
def test_imports_point_one_way(name):
    package = name.partition("/")[0]
    reached = {module.partition(".")[0] for module in imported(name)} & (MAY_IMPORT.keys() - {package})
    assert reached <= MAY_IMPORT[package]


@pytest.mark.parametrize("name", NAMES)
def test_only_the_command_line_loads_a_package_above_by_name(name):
    package = name.partition("/")[0]
    above = MAY_IMPORT.keys() - {package} - MAY_IMPORT[package]
    assert name in LOADS_BY_NAME or not named_in_text(name) & above


def test_nothing_imports_the_tests():
    stems = {path.stem for path in Path(__file__).parent.glob("*.py")} | {"tests"}
    assert not any(imported(name) & stems for name in NAMES)


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith("__init__.py")])
def test_an_init_file_holds_one_docstring_and_nothing_else(name):
    module = tree(name)
    assert len(module.body) == 1
    assert ast.get_docstring(module)


@pytest.mark.parametrize("name", NAMES)
def test_a_module_says_what_it_is_for_and_stays_small(name):
    assert ast.get_docstring(tree(name))
    assert len((ROOT / name).read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE


@pytest.mark.parametrize("name", NAMES)
def test_functions_stay_short(name):
    functions = [node for node in ast.walk(tree(name)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    long = [
        f"{node.name} ({node.end_lineno - node.lineno + 1})"
        for node in functions
        if node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert not long


@pytest.mark.parametrize("package", ["corpus", "index"])
def test_importing_any_module_of_corpus_and_index_loads_nothing_heavy(package):
    modules = [name.removesuffix(".py").replace("/", ".").removesuffix(".__init__") for name in NAMES]
    wanted = [module for module in modules if module.partition(".")[0] == package]
    run = isolated(
        f"import importlib, sys\nfor name in {wanted}: importlib.import_module(name)\n"
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    assert run.stdout.strip() == "[]", run.stdout + run.stderr


def test_importing_a_module_of_corpus_or_index_does_nothing_else(tmp_path):
    """No folder is made, no environment set, no handler added, nothing said."""
    modules = [name.removesuffix(".py").replace("/", ".") for name in NAMES if name.startswith(("corpus/", "index/"))]
    run = subprocess.run(
        [
            sys.executable,
            "-I",
            "-c",
            "import importlib, logging, os, sys, warnings\n"
            "before = dict(os.environ)\n"
            f"for name in {modules}: importlib.import_module(name)\n"
            "print(dict(os.environ) == before, logging.getLogger().handlers)",
        ],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=True,
    )
    assert (run.stdout.strip(), run.stderr) == ("True []", "")
    assert list(tmp_path.iterdir()) == []


def test_every_error_of_corpus_and_index_can_be_shown_to_a_user():
    for name in NAMES:
        if name.startswith(("corpus/", "index/")):
            module = importlib.import_module(name.removesuffix(".py").replace("/", "."))
            for one in vars(module).values():
                if isinstance(one, type) and issubclass(one, Exception) and one.__module__ == module.__name__:
                    assert issubclass(one, KnownError)
                    assert one.__doc__


def test_tests_are_flat_and_no_package():
    folder = Path(__file__).parent
    assert not list(folder.rglob("__init__.py"))
    assert not list(folder.glob("*/**/test_*.py"))


@pytest.mark.parametrize("package", ["corpus", "index"])
def test_every_module_of_corpus_and_index_has_a_test_file(package):
    stems = {path.stem for path in (ROOT / package).glob("*.py")} - {"__init__", "errors"}
    assert {stem for stem in stems if not (ROOT / "tests" / f"test_{package}_{stem}.py").exists()} == set()


@pytest.mark.parametrize("address", ["192.0.2.1", "2001:db8::1"])
def test_no_test_reaches_beyond_this_machine(address):
    with pytest.raises((SocketConnectBlockedError, UserWarning), match="A test tried to use"):
        socket.create_connection((address, 80), timeout=2)


def test_a_test_may_talk_to_itself():
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=5).close()
