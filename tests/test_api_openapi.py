"""The description of the interface: kept in docs/openapi.json, and true of what wild requests get."""

import json
import sys
from pathlib import Path

import schemathesis
from fixtures_assistant import ToldSearch, without_index
from fixtures_service import served, talks_over
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from assistant.api.app import service
from assistant.api.health import Counts
from assistant.settings import read_settings
from assistant.start import start
from index.found import Found

FILE = Path(__file__).parent.parent / "docs" / "openapi.json"


def app(**environment):
    """The service over an assistant whose search finds nothing."""
    empty = without_index(start(read_settings({})), ToldSearch(Found((), 0.0, 0.0, 0.0, 0)))
    counts = Counts()
    return service(talks_over(empty, counts), read_settings(environment).service, counts)


def description():
    return json.dumps(app(SPOTTER_TOKEN="secret").openapi(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def test_the_description_in_the_docs_is_the_one_that_is_served():
    assert FILE.read_text(encoding="utf-8") == description(), "run 'make openapi' and read the difference"


def test_wild_requests_get_what_the_description_says():
    with served(app()) as client:
        schema = schemathesis.openapi.from_url(f"{client.base_url}/api/openapi.json")
        operations = [found.ok() for found in schema.get_all_operations()]
        assert len(operations) >= 9
        for operation in operations:

            @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
            @given(operation.as_strategy())
            def check(case):
                # that one of the messages is a user's is more than a description can say
                talk = case.path.startswith("/v1/chat")
                case.call_and_validate(excluded_checks=[positive_data_acceptance] if talk else [])

            check()


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    FILE.write_text(description(), encoding="utf-8")
