"""The log of a service holds our own sentences, and no word of what others say."""

import logging
import sys
import threading
import traceback

import pytest

from assistant.logs import tame

CANARY = "zanzibar"


@pytest.fixture
def log(capsys):
    """A function: the lines that stand in the log so far."""
    root = logging.getLogger()
    before = root.handlers, root.level, logging.raiseExceptions
    printing = traceback.print_exc, threading.excepthook
    loggers = [logging.getLogger(name) for name in root.manager.loggerDict]
    others = [(one, one.handlers, one.propagate) for one in loggers]
    yield lambda: capsys.readouterr().err.splitlines()
    root.handlers, root.level, logging.raiseExceptions = before
    traceback.print_exc, threading.excepthook = printing
    for one, handlers, propagate in others:
        one.handlers, one.propagate = handlers, propagate


def failed(logger):
    try:
        raise ValueError(CANARY)
    except ValueError:
        logger.error("it failed on %s", CANARY, exc_info=sys.exc_info(), stack_info=True)


def test_a_sentence_of_ours_is_written_as_it_is(log):
    tame()
    logging.getLogger("assistant.talks").error("A message could not be answered: %s", "ValueError")
    (line,) = log()
    assert line.endswith("ERROR A message could not be answered: ValueError")


def test_of_others_only_the_name_and_the_kind_is_written(log):
    tame()
    failed(logging.getLogger("uvicorn.error"))
    logging.getLogger("gradio").warning(f"somebody typed {CANARY}")
    first, second = log()
    assert first.endswith("ERROR uvicorn.error reports ValueError")
    assert second.endswith("WARNING gradio reports something")


def test_the_text_of_an_error_is_left_out_of_our_own_too(log):
    tame()
    logger = logging.getLogger("assistant")
    try:
        raise ValueError(CANARY)
    except ValueError:
        logger.exception("A page could not be made")
    (line,) = log()
    assert line.endswith("ERROR A page could not be made (ValueError)")


def test_a_library_with_a_handler_of_its_own_goes_through_ours(log):
    theirs = logging.getLogger("theirs.own")
    theirs.addHandler(logging.StreamHandler(sys.stdout))
    theirs.propagate = False
    tame()
    failed(theirs)
    (line,) = log()
    assert line.endswith("ERROR theirs.own reports ValueError")


def test_what_is_said_in_passing_is_not_written(log):
    tame()
    logging.getLogger("assistant").info("a detail")
    logging.getLogger("httpx").debug(CANARY)
    chatty = logging.getLogger("chatty")
    chatty.setLevel(logging.DEBUG)
    chatty.debug(CANARY)
    assert log() == []


def test_a_log_that_cannot_be_written_repeats_nothing(log):
    tame()
    (handler,) = logging.getLogger().handlers
    handler.stream = ClosedStream()
    failed(logging.getLogger("assistant"))
    assert log() == []


class ClosedStream:
    def write(self, text):
        raise ValueError(text)

    def flush(self):
        """Nothing was written."""


def test_an_error_that_a_library_prints_is_told_by_its_kind(log):
    tame()
    try:
        raise ValueError(CANARY)
    except ValueError:
        traceback.print_exc()
    (line,) = log()
    assert line.endswith("An error was printed: ValueError")


def test_a_thread_that_fails_is_told_by_its_kind(log):
    def fail():
        raise ValueError(CANARY)

    tame()
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    (line,) = log()
    assert line.endswith("A thread ended: ValueError")
