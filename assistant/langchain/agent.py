"""For agents of LangChain: a guard that reads every turn before the model does, and Spotter as a tool."""

from typing import Any

from langchain.agents.middleware import AgentMiddleware, AgentState, hook_config
from langchain_core.messages import AIMessage
from langchain_core.tools import BaseTool, tool
from langgraph.runtime import Runtime

from assistant.answer import Assistant, Turn, pass_gate_whole
from assistant.conversation import Conversation
from assistant.langchain.chat import human, replied
from assistant.langchain.citations import as_message


class SpotterGuard(AgentMiddleware[Any, Any, Any]):
    """Ends a run with the safety card when a red flag stands in the talk, whatever the model would have said.

    Every human message is read, the newest included, before each call of the model.
    """

    def __init__(self, assistant: Assistant) -> None:
        super().__init__()
        self._assistant = assistant

    @hook_config(can_jump_to=["end"])
    def before_model(self, state: AgentState[Any], runtime: Runtime[Any]) -> dict[str, Any] | None:
        card = self._card(state)
        return {"messages": [card], "jump_to": "end"} if card else None

    @hook_config(can_jump_to=["end"])
    async def abefore_model(self, state: AgentState[Any], runtime: Runtime[Any]) -> dict[str, Any] | None:
        return self.before_model(state, runtime)

    def _card(self, state: AgentState[Any]) -> AIMessage | None:
        turns = human(state["messages"])
        gated = pass_gate_whole(turns, Conversation(), self._assistant) if turns else None
        return as_message(gated.reply) if isinstance(gated, Turn) else None


def spotter_tool(assistant: Assistant) -> BaseTool:
    """A tool that asks Spotter one question; its artifact is the whole reply as JSON."""

    @tool(response_format="content_and_artifact")
    def ask_about_back_and_neck_pain(question: str) -> tuple[str, dict[str, Any]]:
        """Answer a question about back or neck pain after training with quotes from curated articles.

        Pass the person's own words on whole. Show what comes back as it is: quotes are exact, and a safety card has to
        be shown before anything else.
        """
        message = replied([question], assistant)
        return str(message.text), message.response_metadata.get("spotter", {})

    return ask_about_back_and_neck_pain
