"""Write docs/slack.md's transcript anew: what Slack receives while somebody talks to the bot."""

import re
import sys
import textwrap
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from fixtures_slack import elements, mention, message, press, readable, running, stamp

DOCUMENT = Path(__file__).parent.parent / "docs" / "slack.md"
PLACE = re.compile(r"(<!-- transcript: make transcript -->\n```\n).*?(```\n<!-- end -->)", re.DOTALL)
CHANNEL = "C024BE91L"
WIDE = 110
LINK = re.compile(r"\[\\\[(\d+)\\\]\]\(https://spotter\.example\.org(/\S*)\)")
SAID = "How do I do a wall angel?"
THEN = "and how many sets?"
ASKED = "is heat or ice better for a sore back?"
FLAG = "my groin has gone numb since deadlifts and I can't pee"


def transcript(assistant):
    """The whole of it as text."""
    with running(assistant, environment={"SPOTTER_PUBLIC_URL": "https://spotter.example.org"}) as slack:
        lines, thread = [], stamp()
        steps = [
            (f"Ann writes to the bot: {SAID}", "events_api", message(SAID, "U0ANN", ts=thread)),
            (f"Ann writes in that thread: {THEN}", "events_api", message(THEN, "U0ANN", thread=thread)),
            (f"Ben mentions the bot in a channel: {ASKED}", "events_api", mention(ASKED, "U0BEN", channel=CHANNEL)),
            (f"Ben mentions the bot again: {FLAG}", "events_api", mention(FLAG, "U0BEN", channel=CHANNEL)),
        ]
        for told, kind, payload in steps:
            lines += [f"# {told}", "", *happened(slack, kind, payload)]
        answer = slack.said("DU0ANN")[0]
        value = elements(answer.blocks)["evidence"]["value"]
        lines += ["# Ann presses “Show evidence” under the first answer", ""]
        lines += happened(slack, "interactive", press({"action_id": "evidence", "value": value}, answer, "U0ANN"))
    return "\n".join(lines).rstrip() + "\n"


def happened(slack, kind, payload):
    """What the bot called upon one thing that somebody did."""
    before = len(slack.calls)
    slack.deliver(kind, payload)
    slack.until(lambda: len(slack.calls) > before and slack.idle(), "the bot did nothing")
    calls = [call for call in slack.calls[before:] if call.method != "auth.test"]
    for call in calls:
        if call.method not in ("chat.appendStream", "chat.stopStream"):
            streamed = slack.messages[call.answer["ts"]] if call.method == "chat.startStream" else None
            yield from written(call, streamed)


def written(call, streamed):
    args = call.args
    where = args.get("channel") or args.get("channel_id") or args.get("users") or ""
    thread = ", in a thread" if args.get("thread_ts") else ""
    to = f" for {args['user']} alone" if call.method == "chat.postEphemeral" else ""
    name = "chat.startStream ... chat.stopStream" if streamed else call.method
    yield f"{name}  {where}{thread}{to}".rstrip()
    if streamed:
        yield from quoted(readable(streamed))
        yield from under(streamed.blocks)
    elif "view" in args:
        yield from under(args["view"]["blocks"])
    elif "status" in args:
        yield f"    | {args['status']}"
    else:
        blocks = args.get("blocks") or []
        markdown = "".join(row["text"] for row in blocks if row["type"] == "markdown")
        yield from quoted(markdown or args.get("text") or "")
        yield from under(blocks)
    yield ""


def quoted(text):
    for line in LINK.sub(r"[\1] <…\2>", text).rstrip().split("\n") if text else ():
        for part in textwrap.wrap(line, WIDE, break_long_words=False, break_on_hyphens=False) or [""]:
            yield f"    | {part}".rstrip()


def under(blocks):
    """What stands under the words, each block on a line."""
    for row in blocks:
        if row["type"] == "container":
            yield f"    [folded in: {row['title']['text']}]"
        elif row["type"] == "rich_text":
            for one in row["elements"]:
                yield from quoted("".join(part["text"] for part in one["elements"]))
        elif row["type"] == "section":
            yield from quoted(row["text"]["text"])
        elif row["type"] == "actions":
            yield "    " + " ".join(f"[{one['text']['text']}]" for one in row["elements"])
        elif row["type"] == "context_actions":
            yield "    [👍] [👎]"


def write(assistant):
    text = DOCUMENT.read_text(encoding="utf-8")
    shown = transcript(assistant)
    DOCUMENT.write_text(PLACE.sub(lambda found: f"{found[1]}{shown}{found[2]}", text), encoding="utf-8")


if __name__ == "__main__":
    from assistant.settings import read_settings
    from assistant.start import start

    write(start(read_settings()))
