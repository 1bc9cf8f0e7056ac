"""Serve the page over an assistant whose search fails, is slow, or never ends: python doubled_page.py KIND PORT."""

import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))


def failing(query):
    raise ValueError(query)


def slow(query):
    threading.Event().wait(8)
    raise AssertionError("nobody waits so long")


def sluggish(query):
    from index.found import Found

    print("Searching", flush=True)  # noqa: T201
    time.sleep(2)
    return Found((), 0.0, 0.0, 0.0, 0)


def main(kind, port):
    from assistant.commands.web import assembled, listening, serve
    from assistant.settings import quieten, read_settings
    from assistant.start import start

    quieten()
    settings = read_settings()
    assistant = replace(start(settings), search={"failing": failing, "slow": slow, "sluggish": sluggish}[kind])
    with listening("127.0.0.1", port) as listener:
        app = assembled(settings, assistant)
        print("Spotter listens on the port", flush=True)  # noqa: T201
        serve(app, listener, settings.service.proxies)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
