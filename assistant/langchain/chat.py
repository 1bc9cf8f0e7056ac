"""Spotter as a chat model and as a runnable: what is said in the talk before is gone through again with each call."""

from collections.abc import Iterator, Sequence
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LangSmithParams
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable, RunnableLambda
from pydantic import Field

from assistant.answer import Assistant
from assistant.door import Rooms
from assistant.langchain.citations import MODEL, as_message
from assistant.render import unanswered
from assistant.reply import Reply
from assistant.state.ages import Ages
from assistant.state.memory import Memory
from assistant.talks import NotAnswered, Talks, Visitor

PERSON = ("user", "human")  # roles of a ChatMessage
UNLIMITED = "999999/second"  # whoever calls it from a program counts by themselves


class ChatSpotter(BaseChatModel):
    """Answers the newest human message; system, tool and assistant messages change nothing.

    Quotes and cards, no generated text. Stop sequences and sampling settings have nothing to act on.
    """

    assistant: Any = Field(exclude=True, repr=False, description="An Assistant, from assistant.start.")

    @property
    def _llm_type(self) -> str:
        return MODEL

    def _get_ls_params(self, stop: list[str] | None = None, **more: Any) -> LangSmithParams:
        return LangSmithParams(ls_provider=MODEL, ls_model_name=str(more.get("model", MODEL)), ls_model_type="chat")

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **more: Any,
    ) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=replied(said(messages), self.assistant))])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **more: Any,
    ) -> Iterator[ChatGenerationChunk]:
        """In one piece, since all of it has been verified by then."""
        whole = replied(said(messages), self.assistant)
        chunk = AIMessageChunk(content=whole.content, response_metadata=whole.response_metadata, chunk_position="last")
        yield ChatGenerationChunk(message=chunk)


def runnable(assistant: Assistant) -> Runnable[Any, dict[str, Any]]:
    """A message, or messages, to the whole reply as JSON (assistant/reply.schema.json).

    Raises NotAnswered where something behind the gate fails, with the card that the gate wants shown.
    """

    def reply(asked: str | Sequence[BaseMessage]) -> dict[str, Any]:
        turns = [asked] if isinstance(asked, str) else said(asked)
        return _reply(turns, assistant).as_json()

    return RunnableLambda(reply, name="Spotter")


def said(messages: Sequence[BaseMessage]) -> list[str]:
    """What a person said, turn by turn. Raises ValueError where nobody said anything."""
    turns = human(messages)
    if not turns:
        raise ValueError("There is no human message to answer.")
    return turns


def human(messages: Sequence[BaseMessage]) -> list[str]:
    """The turns of a person, under whichever of the library's two names for them."""
    return [str(one.text) for one in messages if isinstance(one, HumanMessage) or getattr(one, "role", "") in PERSON]


def replied(turns: Sequence[str], assistant: Assistant) -> AIMessage:
    """The reply to the last turn. Where something behind the gate fails, its card, or else the error is raised."""
    try:
        return as_message(_reply(turns, assistant))
    except NotAnswered as error:
        if error.card is None:
            raise
        told = unanswered(error.card, assistant.lines().say("failed.ours"))
        return AIMessage(content=told, response_metadata={"model_name": MODEL})


def _reply(turns: Sequence[str], assistant: Assistant) -> Reply:
    talks = Talks(assistant, Memory(Ages(24)), Rooms(UNLIMITED))
    return talks.replay(turns, Visitor("langchain"))
