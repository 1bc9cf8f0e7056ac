"""What a service writes to its log: our own sentences, and of all others only who complained and of what kind."""

import logging
import sys
import threading
import traceback
from typing import Any

OURS = ("assistant", "corpus", "index")  # loggers whose messages hold nothing that was typed

logger = logging.getLogger(__name__)


def tame() -> None:
    """Send every record to standard error, without a word of a message that somebody else made."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    handler.setLevel(logging.WARNING)  # a library may have set a level of its own
    handler.addFilter(_without_words)
    root = logging.getLogger()
    for name in list(root.manager.loggerDict):  # a library that brought a handler of its own along goes through ours
        logging.getLogger(name).handlers, logging.getLogger(name).propagate = [], True
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.raiseExceptions = False  # of a record that cannot be written the library would print every word
    traceback.print_exc = _print_kind  # as the page's library does with what was sent to it, past every log
    threading.excepthook = _log_kind


def _print_kind(*_: Any, **__: Any) -> None:
    """In place of a printed traceback: the kind of the error alone."""
    kind = sys.exc_info()[0]
    logger.error("An error was printed: %s", kind.__name__ if kind else "none")


def _log_kind(failed: threading.ExceptHookArgs) -> None:
    """In place of the traceback of a thread that ended."""
    logger.error("A thread ended: %s", failed.exc_type.__name__)


def _without_words(record: logging.LogRecord) -> bool:
    """An error's text, its traceback and the arguments of a message may hold what was typed: they are left out."""
    kind = record.exc_info[0] if record.exc_info else None
    if record.name.partition(".")[0] not in OURS:
        record.msg, record.args = f"{record.name} reports {kind.__name__ if kind else 'something'}", ()
    elif kind:
        record.msg, record.args = f"{record.getMessage()} ({kind.__name__})", ()
    record.exc_info = record.exc_text = record.stack_info = None
    return True
