"""What an operator may set in the environment."""

import os
import re
from pathlib import Path

import pytest
from fixtures_assistant import spotter

from assistant.settings import SettingsError, read_settings
from corpus.errors import KnownError
from corpus.sources import CORPUS
from index.config import BUILT_IN_MODEL


def test_nothing_has_to_be_set():
    settings = read_settings({})
    assert settings.corpus == CORPUS
    assert settings.index.model == BUILT_IN_MODEL
    assert settings.region == ""


def test_the_page_listens_on_this_machine_alone_unless_told_otherwise():
    settings = read_settings({})
    assert (settings.service.host, settings.service.port) == ("127.0.0.1", 7860)


def test_an_empty_variable_counts_as_not_set():
    names = ("CORPUS", "DATA", "EMBEDDING_MODEL", "REGION", "HOST", "PORT", "STATE", "STATE_HOURS")
    assert read_settings({f"SPOTTER_{name}": "" for name in names}) == read_settings({})


def test_every_variable_is_taken_over(tmp_path):
    settings = read_settings(
        {
            "SPOTTER_CORPUS": str(tmp_path / "corpus"),
            "SPOTTER_DATA": str(tmp_path / "data"),
            "SPOTTER_EMBEDDING_MODEL": "another-model",
            "SPOTTER_REGION": "gb",
            "SPOTTER_HOST": "0.0.0.0",
            "SPOTTER_PORT": "8080",
            "SPOTTER_STATE": "postgresql://me:secret@here/state",
            "SPOTTER_STATE_HOURS": "48",
        }
    )
    assert settings.corpus == tmp_path / "corpus"
    assert settings.index.data == tmp_path / "data"
    assert settings.index.model == "another-model"
    assert (settings.region, settings.service.host, settings.service.port) == ("GB", "0.0.0.0", 8080)
    assert (settings.service.state, settings.service.state_hours) == ("postgresql://me:secret@here/state", 48)


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1", "80 80", "7860.0", "٧٨٦٠", "²"])
def test_a_port_that_is_none_is_refused_by_the_name_of_its_variable(port):
    with pytest.raises(SettingsError, match="SPOTTER_PORT"):
        read_settings({"SPOTTER_PORT": port})


def test_conversations_are_kept_in_memory_for_a_day_unless_told_otherwise():
    settings = read_settings({})
    assert (settings.service.state, settings.service.state_hours) == ("memory", 24)


@pytest.mark.parametrize("hours", ["23", "0", "-24", "24.5", "a day", "1" * 400, "٢٤"])
def test_hours_that_would_forget_a_red_flag_too_soon_or_are_none_are_refused(hours):
    with pytest.raises(SettingsError, match="SPOTTER_STATE_HOURS"):
        read_settings({"SPOTTER_STATE_HOURS": hours})


def test_settings_that_are_printed_do_not_show_the_password_of_a_database():
    assert "secret" not in repr(read_settings({"SPOTTER_STATE": "postgresql://me:secret@here/state"}))


def test_every_variable_has_its_line_in_the_example():
    root = Path(__file__).parent.parent
    read = set(re.findall("SPOTTER_[A-Z_]+", (root / "assistant" / "settings.py").read_text(encoding="utf-8")))
    listed = set(re.findall("^# (SPOTTER_[A-Z_]+)=", (root / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))
    assert read - {"SPOTTER_"} == listed


def test_a_wrong_setting_is_an_error_of_ours():
    assert issubclass(SettingsError, KnownError)


def test_reading_the_settings_changes_nothing(tmp_path):
    before = dict(os.environ)
    read_settings({"SPOTTER_DATA": str(tmp_path / "data")})
    assert dict(os.environ) == before
    assert not (tmp_path / "data").exists()


def test_the_data_folder_stands_in_the_checkout_wherever_the_command_is_run():
    assert read_settings({}).index.data.is_absolute()
    assert read_settings({}).index.data.parent == Path(__file__).parent.parent


def test_a_wrong_setting_ends_the_command_with_one_sentence(tmp_path):
    run = spotter("ask", "hello", data=tmp_path, home=tmp_path, SPOTTER_PORT="http")
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr.count("\n") == 1
    assert "SPOTTER_PORT" in run.stderr
