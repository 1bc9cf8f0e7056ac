"""Turn a reply into the three parts of the chat page: the card, the text and the sources."""

from html import escape

from assistant.render import source_text
from assistant.reply import Citation, Reply, SourceLine
from assistant.triage.records import HARD_TIERS, Card, Translation


def card_html(card: Card | None) -> str:
    """The card as a block of its own; emergency and urgent ones are announced at once."""
    if card is None:
        return ""
    role = "alert" if card.tier in HARD_TIERS else "status"
    numbers = "".join(f"<li>{escape(one.label)}: <strong>{escape(one.number)}</strong></li>" for one in card.numbers)
    avoid = "".join(f"<li>{escape(one)}</li>" for one in card.avoid)
    sources = "; ".join(f"{one.title} ({one.publisher}, {one.year})" for one in card.sources)
    rests_on = f"{sources}. " if sources else ""
    return (
        f'<section class="card {escape(card.tier)}" role="{role}">{_translation(card.translation)}'
        f"<h2>{escape(card.title)}</h2>"
        f"<ul>{''.join(f'<li>{escape(step)}</li>' for step in card.do)}{numbers}</ul>"
        f"<p>{escape(card.why)}</p>"
        + (f"<p>What not to do:</p><ul>{avoid}</ul>" if avoid else "")
        + f"<p><small>{escape(rests_on)}Read by us {escape(card.reviewed)}; "
        f"clinical review: {escape(card.clinical_review)}.</small></p></section>"
    )


def _translation(told: Translation | None) -> str:
    if told is None:
        return ""
    steps = "".join(f"<li>{escape(step)}</li>" for step in (*told.do, told.numbers))
    return (
        f'<div lang="{escape(told.language)}"><h2>{escape(told.title)}</h2><ul>{steps}</ul>'
        f"<p><small>{escape(told.note)}</small></p></div><hr>"
    )


def sources_html(reply: Reply) -> str:
    """Each quote with its article, what is known of the author, and our note on quality."""
    by_id = {source.id: source for source in reply.sources}
    return "".join(_citation(citation, by_id[citation.source_id]) for citation in reply.citations)


def _citation(citation: Citation, source: SourceLine) -> str:
    section = f"<br><small>{escape(citation.section)}</small>" if citation.section else ""
    return (
        f"<details><summary>[{citation.n}] {escape(citation.title)}</summary>"
        f"<blockquote>{escape(citation.quote)}</blockquote>{section}"
        f"<p><small>{escape(source_text(source))}</small></p></details>"
    )
