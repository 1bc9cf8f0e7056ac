"""The chat page in a real browser: what somebody sees, hears from a screen reader, and can do."""

import json
import re
import time
from contextlib import contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe
from fixtures_assistant import EXERCISE, QUESTION, RED_FLAG, SOFT_SIGN, open_page, strangers
from fixtures_browser import PATIENCE, Visit, browser
from playwright.sync_api import expect

CARD = "This needs an emergency department now"


@pytest.fixture(scope="module")
def opened():
    with browser() as one:
        yield one


@pytest.fixture(scope="module")
def feedback(tmp_path_factory):
    return tmp_path_factory.mktemp("feedback") / "feedback.jsonl"


@pytest.fixture(scope="module")
def page(real_index_config, tmp_path_factory, feedback):
    more = {"SPOTTER_FEEDBACK": str(feedback), "SPOTTER_FEEDBACK_TEXTS": "yes", "SPOTTER_RATE": "10000/minute"}
    with open_page(real_index_config.data, tmp_path_factory.mktemp("home"), **more) as served:
        yield served


@pytest.fixture
def visits(opened, page):
    """A function: somebody opens the page, with settings of their browser."""
    made = []

    def visit(**context):
        made.append(Visit(opened, page.address, **context))
        return made[-1]

    yield visit
    for one in made:
        one.close()
        assert one.complaints == []
        assert strangers({host.partition(":")[0] for host in one.hosts}) == []


@pytest.fixture
def visit(visits):
    return visits()


def labels(locator):
    return [one for one in locator.get_by_role("button").all_inner_texts() if one]


# The first screen


def test_the_first_screen_says_what_this_is_and_whom_to_call(visit):
    text = visit.page.locator("#what").inner_text()
    assert "not a person, and not a clinician" in text
    assert "5 articles" in text
    assert "Nothing you type is stored" in text
    assert "112, 911, 999 or 000" in text
    expect(visit.page.get_by_role("heading", level=1)).to_have_text("Spotter")
    assert visit.page.title() == "Spotter"


def test_an_example_is_asked_by_its_button_and_the_examples_leave(visit):
    examples = labels(visit.page.locator("#examples"))
    assert len(examples) == 4
    assert "[1]" in visit.choose(examples[0])
    expect(visit.page.locator("#examples")).to_be_hidden()


# An answer


def test_every_mark_leads_to_its_quote_in_the_panel(visit):
    visit.ask(QUESTION)
    marks = visit.replies.last.get_by_role("link")
    assert marks.count() >= 2
    for place in range(marks.count()):
        mark = marks.nth(place)
        number = mark.inner_text().strip("[]")
        assert mark.get_attribute("href") == f"#src-0-{number}"
        mark.click()
        expect(visit.page.locator(f"#src-0-{number}")).to_be_in_viewport()
        expect(visit.page.locator(f"#src-0-{number} mark, mark#src-0-{number}").first).to_be_visible()


def test_the_panel_says_who_wrote_each_source_and_what_we_think_of_it(visit):
    visit.ask(QUESTION)
    told = visit.sources.inner_text()
    assert "How to Deal With Back Pain After Deadlift" in told
    assert "physiotherapist" in told
    assert "Interest:" in told
    assert "Our note:" in told


def test_a_quote_is_opened_in_its_stored_article_with_its_words_marked(visit):
    visit.ask(QUESTION)
    cited = visit.sources.locator("mark").first.inner_text()
    with visit.context.expect_page() as found:
        visit.sources.get_by_role("link", name=re.compile("open the article")).first.click()
    article = found.value
    article.wait_for_load_state()
    expect(article.locator("mark#quote")).to_be_in_viewport()
    shown = " ".join(article.locator("mark").all_inner_texts())
    assert " ".join(cited.split())[:40] in " ".join(shown.split())
    assert article.url.endswith("#quote")


def test_the_marks_of_an_earlier_answer_lead_somewhere_too(visit):
    visit.ask(QUESTION)
    visit.ask(EXERCISE)
    visit.replies.first.get_by_role("link").first.click()
    expect(visit.page.locator("#src-0-1")).to_be_in_viewport()


def test_what_is_ours_looks_different_from_what_is_quoted(visit):
    visit.ask("how do I do the cat-cow?")
    reply = visit.replies.last
    plain = reply.evaluate("one => getComputedStyle(one.querySelector('li')).fontStyle")
    for ours in (".mend", ".ours"):
        assert reply.locator(ours).first.evaluate("one => getComputedStyle(one).fontStyle") == "italic" != plain
    assert reply.locator(".note").first.evaluate("one => getComputedStyle(one).borderLeftWidth") != "0px"


def test_what_to_ask_next_is_asked_by_its_button(visit):
    visit.ask(QUESTION)
    offered = labels(visit.page.locator("#next"))
    assert 1 <= len(offered) <= 3
    assert "[1]" in visit.choose(offered[0])


def test_a_second_question_goes_on_from_the_first(visit):
    visit.ask(EXERCISE)
    assert "Wall angel" in visit.ask("how many reps?")
    visit.press("New conversation")
    expect(visit.replies).to_have_count(0)
    assert "Wall angel" not in visit.ask("how many reps?")


def test_the_closed_question_of_a_card_is_answered_by_a_button(visit):
    visit.ask("is my leg numb?")
    options = labels(visit.page.locator("#options"))
    assert "Yes" in options
    visit.choose("Yes")
    expect(visit.banner.locator(".card")).to_be_visible()


def test_the_answer_is_copied_with_its_sources(visits):
    visit = visits(permissions=["clipboard-read", "clipboard-write"])
    visit.ask(QUESTION)
    visit.press("Copy with sources")
    visit.page.wait_for_timeout(300)
    copied = visit.page.evaluate("navigator.clipboard.readText()")
    assert "[1]" in copied
    assert "Quoted from" in copied
    assert "Sources" in copied


# A red flag


def alerts(visit):
    return visit.page.get_by_role("alert")


def test_a_red_flag_is_announced_once_outside_the_talk_and_stands_whole_in_it(visit):
    visit.ask(QUESTION)
    reply = visit.ask(RED_FLAG)
    expect(alerts(visit)).to_have_count(1)
    assert visit.page.locator("#chat [role=alert]").count() == 0
    told = alerts(visit).inner_text()
    assert CARD in told
    assert CARD in reply
    for line in (one for one in told.splitlines() if one.strip() and "Read by us" not in one):
        assert " ".join(line.split()) in " ".join(reply.split()), line


def test_the_numbers_to_call_are_links(visit):
    visit.ask(RED_FLAG)
    numbers = alerts(visit).get_by_role("link")
    assert [one.get_attribute("href") for one in numbers.all()] == ["tel:112", "tel:911", "tel:999", "tel:000"]


def test_a_red_flag_stays_in_sight_and_cannot_be_closed(visits):
    visit = visits(viewport={"width": 390, "height": 700})
    visit.ask(QUESTION)
    visit.ask(RED_FLAG)
    visit.page.mouse.wheel(0, 100_000)
    expect(alerts(visit).get_by_role("heading").first).to_be_in_viewport()
    assert alerts(visit).get_by_role("button").count() == 0


def test_nothing_invites_to_another_question_while_a_red_flag_stands(visit):
    visit.ask(QUESTION)
    expect(visit.page.locator("#next")).to_be_visible()
    visit.ask(RED_FLAG)
    expect(visit.page.locator("#next")).to_be_hidden()
    expect(visit.page.locator("#examples")).to_be_hidden()


def test_a_red_flag_stays_over_later_turns_and_a_page_that_is_loaded_again(visit):
    visit.ask(RED_FLAG)
    assert "[1]" not in visit.ask(QUESTION)
    expect(alerts(visit)).to_have_count(1)
    visit.again()
    expect(alerts(visit)).to_have_count(1)
    expect(visit.page.locator("#examples")).to_be_hidden()
    assert "[1]" not in visit.ask(QUESTION)


def test_a_new_conversation_clears_the_red_flag(visit):
    visit.ask(RED_FLAG)
    visit.press("New conversation")
    expect(alerts(visit)).to_have_count(0)
    expect(visit.page.locator("#examples")).to_be_visible()
    assert "[1]" in visit.ask(QUESTION)


def test_clearing_the_talk_is_a_new_conversation(visit):
    visit.ask(RED_FLAG)
    visit.page.locator("#chat").get_by_label(re.compile("clear", re.IGNORECASE)).first.click()
    expect(alerts(visit)).to_have_count(0)
    assert "[1]" in visit.ask(QUESTION)


def test_a_softer_sign_is_told_quietly_with_its_answer(visit):
    reply = visit.ask(SOFT_SIGN)
    assert "[1]" in reply
    expect(alerts(visit)).to_have_count(0)
    expect(visit.banner.get_by_role("status")).to_be_visible()


def test_one_visitor_sees_nothing_of_another(visits):
    one, other = visits(), visits()
    one.ask(RED_FLAG)
    assert "[1]" in other.ask(QUESTION)
    expect(alerts(other)).to_have_count(0)
    expect(alerts(one)).to_have_count(1)


# What anybody may type


def test_what_a_visitor_types_is_shown_as_it_was_typed_and_is_no_markup(visit):
    markup = '<img src="http://127.0.0.1:9/x" onerror=alert(1)> <form><input></form>'
    typed = f"{markup} **why** [neck](http://127.0.0.1:9/y) $x$"
    visit.ask(typed)
    shown = visit.page.locator("#chat .user.message").last
    assert shown.inner_text().strip() == typed
    assert shown.locator("img, form, input, a, strong, script").count() == 0
    assert not any(host.endswith(":9") for host in visit.hosts)


@pytest.mark.parametrize("message", ["   ", "🤷", "a" * 4000, "‮back pain"])
def test_anything_may_be_typed(visit, message):
    assert visit.ask(message)


# Ratings


def rows(feedback, least):
    until = time.monotonic() + 20
    while time.monotonic() < until:
        found = (
            [json.loads(line) for line in feedback.read_text(encoding="utf-8").splitlines()]
            if feedback.exists()
            else []
        )
        if len(found) >= least:
            return found
        time.sleep(0.05)
    raise AssertionError("nothing was written")


def rate(visit, thumb):
    visit.page.locator("#chat").get_by_label(re.compile(f"^{thumb}", re.IGNORECASE)).last.click()
    expect(visit.page.locator("#rating")).to_be_visible()


def test_a_thumb_and_its_reason_are_kept_without_a_word_of_what_was_said(visit, feedback):
    feedback.unlink(missing_ok=True)
    visit.ask(QUESTION)
    rate(visit, "dislike")
    visit.page.get_by_label("Hard to read").check()
    visit.press("Send")
    expect(visit.page.locator("#rated")).to_have_text("Thank you.")
    first, second = rows(feedback, 2)
    assert (first["good"], first["reason"], second["reason"]) == (False, "", "Hard to read")
    assert (second["outcome"], second["id"]) == ("answered", first["id"])
    assert "deadlift" not in json.dumps([first | {"cited": []}, second | {"cited": []}])


def test_words_are_kept_when_the_operator_allows_it_and_the_visitor_agrees(visit, feedback):
    feedback.unlink(missing_ok=True)
    visit.ask(QUESTION)
    rate(visit, "like")
    visit.page.get_by_label(re.compile("Send my question")).check()
    visit.press("Send")
    _, second = rows(feedback, 2)
    assert second["question"] == QUESTION
    assert "[1]" in second["answer"]


# For everybody


def test_the_page_is_used_with_the_keyboard_alone(visit):
    visit.page.keyboard.press("Tab")
    for _ in range(40):
        if visit.page.evaluate("document.activeElement.closest('#examples') !== null"):
            break
        visit.page.keyboard.press("Tab")
    visit.page.keyboard.press("Enter")
    visit.answered(0)
    visit.page.keyboard.type(EXERCISE)
    visit.page.keyboard.press("Enter")
    visit.answered(1)
    outline = visit.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_check_for_accessibility_finds_nothing(visits, scheme):
    visit = visits(color_scheme=scheme)
    found = {}
    for message in (None, "how do I do the cat-cow?", SOFT_SIGN, RED_FLAG):
        if message:
            visit.ask(message)
        visit.page.wait_for_timeout(400)
        for one in Axe().run(visit.page).response["violations"]:
            found[one["id"]] = [node["html"][:200] for node in one["nodes"][:3]]
    assert found == {}


@pytest.mark.parametrize("width", [320, 390, 768, 1600])
def test_nothing_stands_out_of_the_window_at_any_width(visits, width):
    visit = visits(viewport={"width": width, "height": 800})
    for message in (QUESTION, "how do I do the cat-cow?", RED_FLAG):
        visit.ask(message)
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= width


def test_nothing_moves_for_who_asked_for_less_motion(visits):
    visit = visits(reduced_motion="reduce")
    visit.ask(QUESTION)
    moving = """[...document.querySelectorAll('*')].filter(one => {
        const style = getComputedStyle(one);
        return [style.animationDuration, style.transitionDuration].some(
            all => all.split(',').some(one => parseFloat(one) > 0)
        );
    }).length"""
    assert visit.page.evaluate(moving) == 0


# Nothing stays behind, nothing leaves


def test_the_browser_keeps_no_word_of_a_talk(visit):
    visit.ask("why does my back hurt after the zanzibar?")
    visit.ask(QUESTION)
    kept = visit.page.evaluate(
        """async () => {
            const bases = (await indexedDB.databases()).map(one => one.name);
            return JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie, bases]);
        }"""
    )
    for word in ("zanzibar", "deadlift", "hurt"):
        assert word not in kept


def test_the_page_listens_on_this_machine_and_ends_on_demand(real_index_config, tmp_path):
    with open_page(real_index_config.data, tmp_path / "home") as served:
        pass
    assert served.status == 0
    assert "Spotter stopped." in served.output
    assert "Traceback" not in served.output
    assert strangers(served.hosts) == []


# What fails


@contextmanager
def broken(real_index_config, opened, home, kind):
    """The page over an assistant whose search fails, or never ends."""
    with open_page(real_index_config.data, home, double=kind) as served:
        one = Visit(opened, served.address)
        try:
            yield one, served
        finally:
            one.close()


def test_an_error_behind_the_gate_is_told_and_nothing_of_it_is_shown_or_logged(real_index_config, opened, tmp_path):
    with broken(real_index_config, opened, tmp_path / "home", "failing") as (visit, served):
        told = visit.ask("why does my lower back hurt after the zanzibar?")
        assert "Something went wrong on my side" in told
        assert "112, 911, 999 or 000" in told
        expect(alerts(visit)).to_have_count(0)
        soft = visit.ask(f"{SOFT_SIGN} zanzibar")
        assert 0 <= soft.find("see a clinician") < soft.find("Something went wrong on my side")
        assert "zanzibar" not in told + soft + visit.banner.inner_text()
        for message in (RED_FLAG, QUESTION):
            assert CARD in visit.ask(message)
            expect(alerts(visit)).to_have_count(1)
            expect(alerts(visit)).to_contain_text(CARD)
        assert visit.complaints == []
    assert served.output.count("A message could not be answered: ValueError") == 2
    assert "zanzibar" not in served.output


@pytest.mark.long
def test_a_visitor_who_will_not_wait_stops_and_asks_again(real_index_config, opened, tmp_path):
    with broken(real_index_config, opened, tmp_path / "home", "slow") as (visit, _):
        visit.box.fill(QUESTION)
        visit.box.press("Enter")
        visit.page.wait_for_timeout(500)
        visit.press("Stop")
        assert CARD in visit.ask(RED_FLAG)
        visit.page.wait_for_timeout(9000)  # by now the search has come to its end
        expect(visit.replies).to_have_count(1)
        expect(visit.replies).to_contain_text(CARD)


@pytest.mark.long
def test_a_reply_that_comes_late_covers_no_red_flag(real_index_config, opened, tmp_path):
    with broken(real_index_config, opened, tmp_path / "home", "slow") as (visit, _):
        visit.box.fill(QUESTION)
        visit.box.press("Enter")
        visit.page.wait_for_timeout(500)
        assert CARD in visit.ask(RED_FLAG)
        expect(visit.replies).to_have_count(2, timeout=PATIENCE)
        expect(alerts(visit)).to_contain_text(CARD)
        assert sum(CARD in told for told in visit.replies.all_inner_texts()) == 1
