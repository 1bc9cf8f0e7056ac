"""docs/slack.md says what the bot does."""

import re

from fixtures_assistant import ROOT, ready
from slack_transcript import DOCUMENT, PLACE, transcript

from assistant.slack.manifest import SCOPES


def test_the_transcript_is_what_slack_receives(real_index_config):
    shown = PLACE.search(DOCUMENT.read_text(encoding="utf-8"))[0]
    assert transcript(ready(real_index_config)) in shown, "run 'make transcript' and read the difference"


def test_every_scope_is_justified():
    table = re.findall(r"^\| `([\w:]+)` \|", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
    assert table == list(SCOPES)


def test_every_setting_of_the_bot_is_listed():
    named = set(re.findall(r"\b(?:SLACK|SPOTTER)_[A-Z_]+[A-Z]\b", DOCUMENT.read_text(encoding="utf-8")))
    listed = set(re.findall(r"# ((?:SLACK|SPOTTER)_[A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8")))
    assert named <= listed
