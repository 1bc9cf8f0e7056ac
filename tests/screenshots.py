"""Take the pictures of the README: 'make screenshots' writes docs/screenshots/*.png."""

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from fixtures_assistant import QUESTION, RED_FLAG, ROOT, open_page
from fixtures_browser import Visit, browser

FOLDER = ROOT / "docs" / "screenshots"
WIDE, PHONE = {"width": 1100, "height": 900}, {"width": 390, "height": 844}

# name -> (settings of the browser, messages, what is looked at: "" is the top of the page)
PICTURES = {
    "first-screen": ({"viewport": WIDE}, [], ""),
    "answer": ({"viewport": WIDE}, [QUESTION], "#chat"),
    "sources": ({"viewport": WIDE}, [QUESTION], "#sources"),
    "escalation": ({"viewport": WIDE}, [QUESTION, RED_FLAG], ""),
    "phone": ({"viewport": PHONE}, ["How do I do a wall angel?"], "#chat"),
    "dark": ({"viewport": WIDE, "color_scheme": "dark"}, ["How do I do a wall angel?"], "#chat"),
}


def main():
    FOLDER.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as home,
        open_page(ROOT / ".spotter", Path(home) / "home") as page,
        browser() as opened,
    ):
        for name, (context, messages, place) in PICTURES.items():
            visit = Visit(opened, page.address, **context)
            for message in messages:
                visit.ask(message)
            visit.page.wait_for_timeout(600)  # until what moves has come to rest
            to = f"document.querySelector('{place}').scrollIntoView()" if place else "window.scrollTo(0, 0)"
            visit.page.evaluate(to)
            visit.page.wait_for_timeout(300)
            visit.page.screenshot(path=FOLDER / f"{name}.png")
            visit.close()


if __name__ == "__main__":
    main()
