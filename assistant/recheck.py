"""Check a reply that somebody has, from its JSON alone: every quote, every mark, and the text that people read."""

import json
from typing import Any

from assistant.cite import context_problem, section_of, source_lines
from assistant.render import lay_out
from assistant.reply import QUOTING, Basis, Block, Citation, Quote, schema_problem
from assistant.triage.records import Card, CardSource, Number, Translation
from assistant.verify import quote_problem, text_problem
from corpus.library import Corpus


def reply_problems(row: Any, corpus: Corpus) -> list[str]:
    """Everything that does not hold in a reply read from JSON; empty when all of it does."""
    if problem := schema_problem(row):
        return [f"not a reply: {problem}"]
    citations = {one["n"]: _citation(one) for one in row["citations"]}
    problems = [problem for one in citations.values() if (problem := citation_problem(one, corpus))]
    cited = dict.fromkeys(n for block in row["blocks"] for n in block["citations"])
    if not list(cited) == list(range(1, len(row["citations"]) + 1)) == [one["n"] for one in row["citations"]]:
        problems.append("the citations are not those of the blocks, numbered 1, 2, 3, … in order of first use")
    if problems:
        return problems
    if row["sources"] != [one.as_json() for one in source_lines(citations.values(), corpus)]:
        return ["the sources are not those of the citations"]
    for number, block in enumerate(row["blocks"], start=1):
        if problem := _json_block_problem(block, citations, corpus):
            problems.append(f"block {number}: {problem}")
    return problems or _text_problems(row)


def citation_problem(citation: Citation, corpus: Corpus) -> str:
    """Why a citation does not hold: digest, offsets, words, or a withheld span; "" when it does."""
    article = corpus.by_source.get(citation.source_id)
    if article is None:
        return f"[{citation.n}] {citation.source_id} is not an article that may be cited"
    if article.source.sha256 != citation.source_sha256:
        return f"[{citation.n}] the digest is not that of {citation.source_id}"
    quote = Quote(citation.source_id, citation.start, citation.end)
    if problem := quote_problem(quote, corpus):
        return f"[{citation.n}] {problem}"
    if article.source.title != citation.title:
        return f"[{citation.n}] the title is not that of {citation.source_id}"
    if article.text[citation.start : citation.end] != citation.quote:
        return f"[{citation.n}] the quote is not {citation.source_id} {citation.start}:{citation.end}"
    if section_of(article, quote) != citation.section:
        return f"[{citation.n}] the section is not the one of the quote"
    context = context_problem(article, quote, citation.context_start, citation.context_end, citation.context)
    return f"[{citation.n}] {context}" if context else ""


def _json_block_problem(row: dict[str, Any], citations: dict[int, Citation], corpus: Corpus) -> str:
    if row["kind"] not in QUOTING and row["citations"]:
        return f"a {row['kind']} with a citation"
    if row["kind"] == "note":
        return _note_problem(row, corpus)
    if row["kind"] not in QUOTING:
        return ""
    if not row["citations"]:
        return "a claim without a citation"
    quotes = tuple(Quote(one.source_id, one.start, one.end) for one in (citations[n] for n in row["citations"]))
    return text_problem(row["kind"], row["text"], quotes, corpus)


def _note_problem(row: dict[str, Any], corpus: Corpus) -> str:
    """Whether the overlays or the conflicts have such a note, word for word."""
    if "basis" not in row:
        return "a note without a basis"
    notes = [one for article in corpus.articles for one in article.notes]
    notes += [one.note for one in corpus.conflicts if one.note]
    known = {(one.text, one.title, one.publisher, one.year, one.checked) for one in notes}
    basis = row["basis"]
    said = (row["text"], basis["title"], basis["publisher"], basis["year"], basis["checked"])
    return "" if said in known else "no note of the articles or of their disagreements"


def _text_problems(row: dict[str, Any]) -> list[str]:
    """Whether the text that people read is the card, the question and the blocks, laid out."""
    blocks = [_block(block, row["text"]) for block in row["blocks"]]
    question = row["question"]["text"] if row["question"] else ""
    text, placed = lay_out(_card(row["card"]) if row["card"] else None, question, blocks)
    if _lines(text) != _lines(row["text"]):
        return ["the text is not that of the blocks"]
    return [
        f"block {number}: it does not stand at {block.start}:{block.end} of the text"
        for number, (block, laid) in enumerate(zip(blocks, placed, strict=True), start=1)
        if block.end > len(row["text"]) or row["text"][block.start : block.end] != text[laid.start : laid.end]
    ]


def _lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]


def _block(row: dict[str, Any], text: str) -> Block:
    start, end = int(row.get("start", 0)), int(row.get("end", 0))
    basis = row.get("basis")
    return Block(
        kind=row["kind"],
        text=row["text"],
        heading=row.get("heading", ""),
        heading_by=row.get("heading_by", "article"),
        basis=Basis(basis["title"], basis["publisher"], basis["year"], basis["checked"]) if basis else None,
        item=text.startswith(f"- {row['text']}", start),
        citations=tuple(row["citations"]),
        start=start,
        end=end,
    )


def _card(row: dict[str, Any]) -> Card:
    return Card(
        id=row["id"],
        tier=row["tier"],
        title=row["title"],
        do=tuple(row["do"]),
        numbers=tuple(Number(one["label"], one["number"]) for one in row["numbers"]),
        why=row["why"],
        avoid=tuple(row["avoid"]),
        sources=tuple(CardSource(one["title"], one["publisher"], one["year"]) for one in row["sources"]),
        reviewed=row["reviewed"],
        clinical_review=row["clinical_review"],
        translation=_translation(row.get("translation")),
    )


def _translation(row: dict[str, Any] | None) -> Translation | None:
    return Translation(**row | {"do": tuple(row["do"])}) if row else None


def _citation(row: dict[str, Any]) -> Citation:
    context = row["context"]
    own = {key: value for key, value in row.items() if key != "context"}
    own |= {key: int(own[key]) for key in ("n", "start", "end")}  # the schema lets 7.0 through as a whole number
    return Citation(
        **own, context_start=int(context["start"]), context_end=int(context["end"]), context=context["text"]
    )


def records_in(text: str) -> list[tuple[str, Any]]:
    """The replies in a file: one reply, or the lines of a batch output; (where, reply or None for an error).

    Raises ValueError for text that is not JSON.
    """
    try:
        return _records("the reply", _parsed(text))
    except json.JSONDecodeError:
        rows = [(number, _parsed(line, number)) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
        return [record for number, row in rows for record in _records(f"line {number}", row)]


def _parsed(text: str, number: int = 0) -> Any:
    where = f"line {number}: " if number else ""
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError(f"{where}nested too deep") from None
    except json.JSONDecodeError as error:
        raise json.JSONDecodeError(f"{where}{error.msg}", error.doc, error.pos) from None


def _records(where: str, row: Any) -> list[tuple[str, Any]]:
    if not isinstance(row, dict):
        return [(where, row)]
    if isinstance(row.get("replies"), list):
        return [(f"{where}, reply {n}", reply) for n, reply in enumerate(row["replies"], start=1)]
    return [(where, None if "error" in row else row)]
