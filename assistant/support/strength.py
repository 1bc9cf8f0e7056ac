"""Compares how sure and how general two texts are: a sentence may say no more than its quote."""

from assistant.support.align import aligned
from assistant.support.claims import Text, overlap
from assistant.support.words import Word

_REACH = 4
_SENSED = frozenset({"do", "feel", "see", "notice", "tell"})


def modality_problem(sentence: Text, quote: Text) -> str:
    """Return "modality" or "": whether the sentence promises, demands or hurries more than the quote does."""
    for role in ("superlative", "urgent"):
        if _adds(sentence, quote, role):
            return "modality"
    if _must(sentence, quote) or _universal(sentence, quote) or _sure(sentence, quote) or _frequency(sentence, quote):
        return "modality"
    return "modality" if _unhedged(sentence, quote) or _weakened(sentence, quote) else ""


def _adds(sentence: Text, quote: Text, role: str) -> bool:
    """Whether the sentence has a word of the list that the quote has neither itself nor in other words."""
    own = [word for word in sentence.words if word.isa(role) and word.place not in sentence.named]
    return any(not (word.text in quote.texts or quote.has(role) or quote.carries(word)) for word in own)


def _must(sentence: Text, quote: Text) -> bool:
    """Whether the sentence demands what the quote does not, or only allows."""
    own = [one for one in sentence.words if one.isa("must") and one.text != "has to" and not _denied(sentence, one)]
    own = [word for word in own if quote.has("must") or not quote.carries(word)]
    if not own:
        return False
    return not _demanded(sentence, quote) or _optional_there(own[0], sentence, quote)


def _demanded(sentence: Text, quote: Text) -> bool:
    """Whether a word of duty of the quote stands with something that the sentence demands."""
    demanded = frozenset(sense for word in sentence.words if word.isa("must") for sense in sentence.around(word.place))
    duties = [quote.sentence_at(word.place) for word in quote.words if word.isa("must")]
    return any(overlap([one for one in duty if not one.isa("plain", "hedge", "must")], demanded) for duty in duties)


def _optional_there(word: Word, sentence: Text, quote: Text) -> bool:
    """Whether what the sentence demands is only possible in the quote: "must step" for "may need to step"."""
    return word.text not in quote.texts and quote.has("optional") and not sentence.has("optional")


def _denied(text: Text, word: Word) -> bool:
    for other in reversed(text.words[max(0, word.place - 4) : word.place]):
        if other.isa("until", "unless", "sign"):
            return False
        if other.isa("negator", "lack"):
            return True
    return False


def _universal(sentence: Text, quote: Text) -> bool:
    own = [word for word in sentence.words if word.isa("universal") and not _denied(sentence, word)]
    own = [word for word in own if not _floating(word, sentence) and word.place not in sentence.named]
    if "never" in sentence.texts and not any(
        word.isa("universal", "negator") and not word.isa("seldom") for word in quote.words
    ):
        return True
    return any(not _as_general(word, sentence, quote) for word in own)


def _floating(word: Word, text: Text) -> bool:
    """Whether "all" only gathers what was listed: "walking, rest and heat can all help"."""
    before = text.words[max(0, word.place - 1) : word.place]
    return word.text == "all" and any(one.isa("modal", "finite") for one in before)


def _as_general(word: Word, sentence: Text, quote: Text) -> bool:
    """Whether the quote has such a word too, and of the same thing where it stands before a noun."""
    others = [one for one in quote.words if one.isa("universal") or one.text == "each"]
    noun = _noun(sentence, word)
    after = sentence.words[word.place + 1 : word.place + 2]
    if any(one.number is not None or one.unit not in ("", "type", "way") for one in after):
        return True
    if not word.isa("counting") or noun is None:
        return word.text in quote.texts or quote.carries(word)
    return any(not noun.senses.isdisjoint(other.senses) for one in others if (other := _noun(quote, one)) is not None)


def _noun(text: Text, word: Word) -> Word | None:
    return next((one for one in text.words[word.place + 1 : word.place + 5] if one.content), None)


def _sure(sentence: Text, quote: Text) -> bool:
    own = [word for word in sentence.words if word.isa("certain")]
    if not own or any(word.text in quote.texts for word in own):
        return False
    return quote.has("hedged") if all(word.isa("sure") for word in own) else not quote.has("certain")


def _frequency(sentence: Text, quote: Text) -> bool:
    """Whether "sometimes" of the quote became "often", or "some" became "most"."""
    own = [word for word in sentence.words if word.isa("frequent") and not _denied(sentence, word)]
    given = [word for word in quote.words if word.isa("frequent")]
    if not own or any(not _denied(quote, word) for word in given):
        return False
    return bool(given) or quote.has("weak")


def _unhedged(sentence: Text, quote: Text) -> bool:
    """Whether the sentence states flatly what the quote only calls possible or usual."""
    for word in quote.words:
        if not word.isa("hedged") or _denied(quote, word) or _cannot(quote, word) or _in_condition(quote, word):
            continue
        reached = quote_scope(quote, word.place)
        said = _said(reached[:1], sentence, quote) or _said(reached[:2], sentence, quote)
        if said and not any(_hedged_there(one, sentence) for one in said):
            return True
    return False


def _cannot(text: Text, word: Word) -> bool:
    """Whether "can" is denied right after it or only an ability ("all you can do"), which makes it no hedge."""
    after = text.words[word.place + 1 : word.place + 2]
    return word.text in ("can", "could") and any(one.isa("negator") or one.text in _SENSED for one in after)


def _in_condition(text: Text, word: Word) -> bool:
    """Whether a hedge stands in a clause that is no claim: "before it can be resumed", "more than you can handle"."""
    for other in reversed(text.words[max(0, word.place - 5) : word.place]):
        if other.isa("sign"):
            return False
        if other.isa("before", "until", "if", "unless") or other.text == "than":
            return True
    return False


def quote_scope(text: Text, place: int) -> list[Word]:
    """The first content words after a place that are no hedges themselves."""
    found: list[Word] = []
    for word in text.words[place + 1 :]:
        if (word.isa("stop") and not word.isa("function")) or len(found) == _REACH:
            break
        if word.content and word.text != "all" and not word.isa("hedged", "plain"):
            found.append(word)
    return found


def _said(words: list[Word], sentence: Text, quote: Text) -> list[Word]:
    """The words of the sentence that stand for one of the words, the same word before others."""
    stems, places = {word.stem for word in words}, {word.place for word in words}
    exact = [one for one in sentence.content if one.stem in stems]
    pairs = aligned(sentence, quote).pairs
    return exact or [one for one in sentence.content if one.place in pairs and pairs[one.place].place in places]


def _hedged_there(word: Word, sentence: Text) -> bool:
    """Whether a hedge of the sentence stands in the same part of it as the word."""
    for step, reach in ((-1, 12), (1, 14)):
        for other in sentence.words[word.place :: step][:reach]:
            if (other.isa("stop") and other.isa("sign")) or (other.isa("before") and other.place != word.place):
                break
            if step > 0 and other.text in ("that", "which", "who"):
                break
            if other.isa("modal", "hedged"):
                return True
    return False


def _weakened(sentence: Text, quote: Text) -> bool:
    """Whether a duty of the quote became a possibility."""
    duty = any(word.isa("must", "urgent") and not _denied(quote, word) for word in quote.words)
    if not duty or quote.has("optional"):
        return False
    return sentence.has("optional") and not sentence.has("must", "should", "urgent")
