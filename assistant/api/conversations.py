"""Forget a conversation: what its user can always ask for."""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Response

from assistant.api.ask import CONVERSATION_ID
from assistant.api.problems import described
from assistant.talks import Talks


def routes(talks: Talks) -> APIRouter:
    """The path of this module over the conversations of a service."""
    router = APIRouter(tags=["ask"], responses=described(401, 404, 422, 503))

    @router.delete("/conversations/{conversation_id}", status_code=204, summary="Forget a conversation")
    def forget(conversation_id: Annotated[str, Path(pattern=CONVERSATION_ID)]) -> Response:
        """What was found in it is deleted, a red flag included; the next message with this id begins anew."""
        if not talks.forget(conversation_id):
            raise HTTPException(404, "There is no such conversation; it may have expired.")
        return Response(status_code=204)

    return router
