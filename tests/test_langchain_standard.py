"""Spotter's faces for LangChain pass LangChain's own tests.

What those tests skip by themselves: tools, structured output, pictures, sound, PDF and counts of tokens, which Spotter
has none of; and models chosen by name, since there is one.
"""

import pytest
from fixtures_assistant import QUESTION, ready
from langchain_tests.integration_tests import (
    ChatModelIntegrationTests,
    EmbeddingsIntegrationTests,
    RetrieversIntegrationTests,
)
from langchain_tests.unit_tests import ChatModelUnitTests, EmbeddingsUnitTests

from assistant.langchain.chat import ChatSpotter
from assistant.langchain.embeddings import SpotterEmbeddings
from assistant.langchain.retriever import SpotterRetriever


class OverTheIndex:
    """The real assistant for a class of tests; theirs are made from properties, which see no fixtures."""

    @pytest.fixture(autouse=True)
    def _ready(self, real_index_config, real_encoder):
        self.assistant, self.encoder = ready(real_index_config), real_encoder


class TestRetriever(OverTheIndex, RetrieversIntegrationTests):
    @property
    def retriever_constructor(self):
        return SpotterRetriever

    @property
    def retriever_constructor_params(self):
        return {"assistant": self.assistant}

    @property
    def retriever_query_example(self):
        return QUESTION


class Encodes:
    @property
    def embeddings_class(self):
        return SpotterEmbeddings

    @property
    def embedding_model_params(self):
        return {"encoder": self.encoder}


class TestEmbeddings(OverTheIndex, Encodes, EmbeddingsIntegrationTests):
    pass


class TestEmbeddingsAlone(OverTheIndex, Encodes, EmbeddingsUnitTests):
    pass


class Chats:
    @property
    def chat_model_class(self):
        return ChatSpotter

    @property
    def chat_model_params(self):
        return {"assistant": self.assistant}

    @property
    def returns_usage_metadata(self):
        return False


class TestChat(OverTheIndex, Chats, ChatModelIntegrationTests):
    @property
    def standard_chat_model_params(self):
        return {}

    @pytest.mark.xfail(reason="times the replay of a recorded call over a network, and there is none to record")
    def test_stream_time(self):
        pytest.fail("there is nothing to replay")


class TestChatAlone(OverTheIndex, Chats, ChatModelUnitTests):
    @property
    def standard_chat_model_params(self):
        return {}
