"""Put the chat page into the app of the service, with every door of its library closed that the page does not use."""

import gradio as gr
from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.api.problems import problem, respond
from assistant.feedback import Feedback
from assistant.talks import Talks
from assistant.web.page import STYLE, page

WAITING = 200  # events of all visitors that wait
AT_ONCE = 16  # events in work; how many are answered at once is the door's


# Ways to run the page's events, or to leave files, that the page itself does not use.
CLOSED = tuple(f"/gradio_api/{one}" for one in ("run/", "api/", "call/", "upload", "component_server"))


class ClosedDoors:
    """Nothing is there, for paths that the library opens and the page does not use."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(CLOSED):
            await respond(problem(404, "Not found", "There is nothing here."))(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def mount(app: FastAPI, talks: Talks, feedback: Feedback, hours: int) -> FastAPI:
    """The app with the page at its root; `hours` is how long a talk is remembered."""
    app.add_middleware(ClosedDoors)
    blocks = page(talks, feedback, hours)
    blocks.queue(max_size=WAITING, default_concurrency_limit=AT_ONCE, api_open=False)
    gr.mount_gradio_app(
        app,
        blocks,
        path="/",
        allowed_paths=[],
        show_error=False,
        max_file_size=1,
        ssr_mode=False,
        enable_monitoring=False,
        run_history=False,
        footer_links=[],
        css_paths=STYLE,
    )
    return app
