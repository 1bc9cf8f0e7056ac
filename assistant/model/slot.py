"""The slot for a language model: which one the settings name, and how it is asked within bounds."""

from __future__ import annotations

import logging
import re
import threading
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from queue import Empty, SimpleQueue
from threading import Event
from typing import Any, Literal, TypeVar

from langchain.chat_models import init_chat_model
from langchain_core.language_models import BaseChatModel
from pydantic import BaseModel, ValidationError

from assistant.settings import Model as ModelSettings
from corpus.errors import KnownError

LONGEST = 20_000  # characters of an answer; nobody asked for a book, and some servers never end
OPEN = 16  # requests at once, those included that nobody waits for any more

Messages = list[tuple[str, str]]  # (role, text)
Shape = TypeVar("Shape", bound=BaseModel)

# Why a model gave nothing that can be used.
Reason = Literal["busy", "timed_out", "rate_limited", "failed", "too_long", "invalid", "empty"]

# Packages of the providers that have an extra of their own.
PACKAGES = {
    "openai": "langchain_openai",
    "anthropic": "langchain_anthropic",
    "google_genai": "langchain_google_genai",
    "ollama": "langchain_ollama",
}
EXTRAS = {"google_genai": "google"}
_LIMITED = 429  # HTTP status

logger = logging.getLogger(__name__)


class ModelError(KnownError):
    """The model that the settings name cannot be set up."""


class NoUse(Exception):
    """The model gave nothing that can be used. Its cause is never shown or logged: it may hold what was typed."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Slot:
    """A model that is heard for at most `seconds` and LONGEST characters; threads may share it."""

    name: str  # as in the settings, such as "ollama:llama3.2"
    chat: BaseChatModel
    seconds: float
    remote: bool  # whether what it is asked leaves this machine
    places: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(OPEN))

    def growing(self, messages: Messages, shape: type[BaseModel]) -> Iterator[str]:
        """All that it has said so far, each time more has come. Raises NoUse."""
        if not self.places.acquire(blocking=False):
            raise NoUse("busy")
        heard: SimpleQueue[str | NoUse | None] = SimpleQueue()
        enough = threading.Event()
        threading.Thread(target=self._listen, args=(messages, shape, heard, enough), daemon=True).start()
        until, text = time.monotonic() + self.seconds, ""
        try:
            while (piece := heard.get(timeout=max(0.0, until - time.monotonic()))) is not None:
                if isinstance(piece, NoUse):
                    raise piece
                text += piece
                if len(text) > LONGEST:
                    raise NoUse("too_long")
                yield text
        except Empty:
            raise NoUse("timed_out") from None
        finally:
            enough.set()

    def whole(self, messages: Messages, shape: type[Shape]) -> Shape:
        """What it says when it has ended. Raises NoUse."""
        return parsed("".join(deque(self.growing(messages, shape), maxlen=1)), shape)

    def _listen(self, messages: Messages, shape: type[BaseModel], heard: SimpleQueue[Any], enough: Event) -> None:
        """In a thread of its own: a server that keeps a line open and says nothing would hold up whoever reads it."""
        stream = self.chat.bind(**_shaped(self.name, shape)).stream(messages)
        try:
            for chunk in stream:
                if enough.is_set():
                    break
                heard.put(str(chunk.text))
            heard.put(None)
        except Exception as error:  # every provider has errors of its own; their text may hold what was typed
            logger.warning("The language model failed: %s", type(error).__name__)
            heard.put(NoUse(_reason(error)))
        finally:
            stream.close()  # type: ignore[attr-defined]
            self.places.release()


def parsed(text: str, shape: type[Shape]) -> Shape:
    """The JSON of an answer, which some models put between the marks of a block of code. Raises NoUse."""
    found = re.fullmatch(r"\s*```(?:json)?\s*(.*?)\s*```\s*", text, re.DOTALL)
    try:
        return shape.model_validate_json(found[1] if found else text)
    except ValidationError as error:
        raise NoUse("invalid") from error


def _shaped(name: str, shape: type[BaseModel]) -> dict[str, Any]:
    """How a provider is asked for JSON of a shape; the prompt asks for it too, which has to do for all others."""
    schema = shape.model_json_schema()
    strict = {"name": shape.__name__, "schema": _closed(schema), "strict": True}
    shaped: dict[str, dict[str, Any]] = {
        "openai": {"response_format": {"type": "json_schema", "json_schema": strict}},
        "ollama": {"format": schema},
        "google_genai": {"response_mime_type": "application/json", "response_schema": schema},
    }
    return shaped.get(name.partition(":")[0], {})


def _closed(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with no property but those it names, which OpenAI asks for."""
    definitions = {name: _closed(one) for name, one in schema.get("$defs", {}).items()}
    return {**schema, **({"$defs": definitions} if definitions else {}), "additionalProperties": False}


def _reason(error: Exception) -> Reason:
    if getattr(error, "status_code", None) == _LIMITED:
        return "rate_limited"
    return "timed_out" if isinstance(error, TimeoutError) or "Timeout" in type(error).__name__ else "failed"


def open_slot(settings: ModelSettings) -> Slot:
    """The model of the settings; nothing is sent before it is asked. Raises ModelError."""
    provider, _, model = settings.name.partition(":")
    _need(provider)
    options: dict[str, Any] = {"temperature": 0, "max_retries": 0, "timeout": settings.seconds}
    if provider == "ollama":
        options = {"temperature": 0, "client_kwargs": {"timeout": settings.seconds}}
    if settings.address:
        options["base_url"] = settings.address
    if settings.key:
        options["api_key"] = settings.key
    try:
        chat = init_chat_model(model, model_provider=provider, **options)
    except Exception as error:  # what a key is missing from, and whatever else a provider's package finds
        raise ModelError(
            f"SPOTTER_MODEL={settings.name} cannot be set up ({type(error).__name__}). Check the name, "
            "SPOTTER_MODEL_URL and SPOTTER_MODEL_KEY, or the key that its provider's package reads."
        ) from None
    return Slot(settings.name, chat, settings.seconds, settings.remote)


def _need(provider: str) -> None:
    """Raise ModelError where the package of a provider is missing."""
    package = PACKAGES.get(provider)
    if package and find_spec(package) is None:
        extra = EXTRAS.get(provider, provider)
        raise ModelError(f"SPOTTER_MODEL={provider}:... needs {package}. Run: pip install -e '.[{extra}]'")
