"""The list of sources and the articles behind it: what is read, and what is refused with which words."""

import datetime
import re

import pytest

from corpus.errors import KnownError
from corpus.sources import SourceError, check_schema, read_article, read_sources, read_toml

ARTICLES = {"neck": "Rest your neck.\n", "back": "Move your back.\n"}


def changed(folder, name, before, after):
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


def test_sources_keep_the_order_of_the_list(small_corpus_folder):
    assert [source.id for source in read_sources(small_corpus_folder(ARTICLES))] == ["neck", "back"]


def test_days_are_read_as_days(small_corpus_folder):
    folder = small_corpus_folder(ARTICLES, sources={"neck": {"reviewed": "2026-02-03"}})
    assert read_sources(folder)[0].reviewed == datetime.date(2026, 2, 3)


def test_a_draft_needs_no_day_of_review_and_is_not_citable(small_corpus_folder):
    fields = {"state": "draft", "reviewed": None, "next_review": None}
    source = read_sources(small_corpus_folder(ARTICLES, sources={"neck": fields}))[0]
    assert (source.reviewed, source.next_review, source.citable) == (None, None, False)


def test_a_withdrawn_source_is_not_citable(small_corpus_folder):
    assert not read_sources(small_corpus_folder(ARTICLES, sources={"neck": {"state": "withdrawn"}}))[0].citable


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"reviewed": None}, "'reviewed' is a required property"),
        ({"licence": None}, "'licence' is a required property"),
        ({"author": ""}, "source/0/author"),
        ({"state": "checked"}, "source/0/state"),
        ({"sha256": "abc"}, "source/0/sha256"),
        ({"file": "../neck.txt"}, "source/0/file"),
        ({"url": "javascript:alert"}, "source/0/url"),
        ({"stars": 5}, "'stars' was unexpected"),
        ({"reviewed": "2026-02-30"}, "2026-02-30"),
        ({"next_review": "soon"}, "source/0/next_review"),
    ],
)
def test_a_list_that_breaks_its_rules_is_refused_with_the_place(small_corpus_folder, fields, place):
    folder = small_corpus_folder(ARTICLES, sources={"neck": fields})
    with pytest.raises(SourceError, match=re.escape(place)) as error:
        read_sources(folder)
    assert "sources.toml" in str(error.value)
    assert "spotter corpus check" in str(error.value)


def test_an_id_that_is_used_twice_is_refused(small_corpus_folder):
    folder = small_corpus_folder(ARTICLES, sources={"back": {"id": "neck"}})
    with pytest.raises(SourceError, match="an id twice"):
        read_sources(folder)


def test_a_list_without_a_source_is_refused(small_corpus_folder):
    folder = small_corpus_folder(ARTICLES)
    (folder / "sources.toml").write_text("source = []\n", encoding="utf-8")
    with pytest.raises(SourceError, match=r"sources\.toml"):
        read_sources(folder)


@pytest.mark.parametrize("content", [b"this is = = no toml", b"a = '\xff'"])
def test_a_data_file_that_is_no_toml_is_refused_by_name(tmp_path, content):
    (tmp_path / "data.toml").write_bytes(content)
    with pytest.raises(SourceError, match=r"data\.toml cannot be read"):
        read_toml(tmp_path / "data.toml")


def test_a_data_file_that_is_missing_is_named(tmp_path):
    with pytest.raises(SourceError, match=r"data\.toml is missing"):
        read_toml(tmp_path / "data.toml")


def test_a_tampered_article_is_refused_with_a_sentence_that_names_the_file(small_corpus_folder):
    folder = small_corpus_folder(ARTICLES)
    changed(folder, "articles/back.txt", "Move", "Rest")
    source = read_sources(folder)[1]
    with pytest.raises(SourceError, match=r"back\.txt is not the one that was reviewed.*Restore the file"):
        read_article(source, folder)


def test_an_article_that_is_gone_is_refused_by_name(small_corpus_folder):
    folder = small_corpus_folder(ARTICLES)
    (folder / "articles" / "back.txt").unlink()
    with pytest.raises(SourceError, match=r"back\.txt cannot be read"):
        read_article(read_sources(folder)[1], folder)


def test_an_article_that_is_no_utf_8_is_refused_by_name(small_corpus_folder):
    folder = small_corpus_folder({"neck": b"Rest your n\xe9ck.\n"})
    with pytest.raises(SourceError, match=r"neck\.txt is not UTF-8"):
        read_article(read_sources(folder)[0], folder)


def test_an_article_keeps_every_code_point(small_corpus_folder):
    text = "\ufeffRest\r\nyour\N{NO-BREAK SPACE}neck\u2028now.\r"
    folder = small_corpus_folder({"neck": text})
    assert read_article(read_sources(folder)[0], folder) == text


def test_a_schema_is_checked_with_days_as_toml_writes_them(tmp_path):
    path = tmp_path / "sources.toml"
    path.write_text("a = 2026-01-01\n", encoding="utf-8")
    with pytest.raises(SourceError, match="'source' is a required property"):
        check_schema(read_toml(path), "sources", path)


def test_whatever_is_refused_is_an_error_that_a_surface_may_show():
    assert issubclass(SourceError, KnownError)


def test_the_real_articles_are_the_ones_that_were_reviewed(real_corpus):
    assert [source.state for source in real_corpus.sources] == ["reviewed"] * 5
    assert all(read_article(source) == real_corpus.by_source[source.id].text for source in real_corpus.sources)
