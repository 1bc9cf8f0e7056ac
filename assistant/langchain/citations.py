"""A reply as a message of LangChain: its marks as standard citations, each with its place in the article."""

from langchain_core.messages import AIMessage
from langchain_core.messages.content import Annotation, create_citation, create_text_block

from assistant.render import marks
from assistant.reply import Reply

MODEL = "spotter"


def as_message(reply: Reply) -> AIMessage:
    """The text with a citation for each mark; the whole reply is in `response_metadata["spotter"]`."""
    block = create_text_block(text=reply.text, annotations=annotations(reply))
    metadata = {"model_name": MODEL, "model_provider": MODEL, "spotter": reply.as_json()}
    return AIMessage(content=[dict(block)], response_metadata=metadata)


def annotations(reply: Reply) -> list[Annotation]:
    """One for each mark; `start_index` and `end_index` are code points of the text; the article's are in `extras`."""
    cited = {one.n: one for one in reply.citations}
    addresses = {source.id: source.url for source in reply.sources}
    return [
        create_citation(
            url=addresses.get(cited[n].source_id) or None,
            title=cited[n].title,
            start_index=start,
            end_index=end,
            cited_text=cited[n].quote,
            source_id=cited[n].source_id,
            article_start=cited[n].start,
            article_end=cited[n].end,
            article_sha256=cited[n].source_sha256,
        )
        for n, start, end in marks(reply)
    ]
