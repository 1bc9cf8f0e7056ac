"""The structure of an article: what is read from the page, and what the five articles look like when read."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from corpus.records import Span
from corpus.sections import Hints, NamedHeading, parse, slug

# Everything structure is read from: bullets, numbers, marks of headings and questions, breaks of every kind.
PIECES = [
    "• ",
    "- ",
    "* ",
    "1. ",
    "2) ",
    "10. ",
    "# ",
    "### ",
    "Q: ",
    "A: ",
    " ›",
    "\n",
    "\n\n",
    "\r\n",
    "\r",
    "\u2028",
]
PIECES += [
    "\x0c",
    "  ",
    "\t",
    " ...",
    "...",
    ". ",
    "?",
    ":",
    "neck",
    "rest",
    "Hold",
    "“",
    "”",
    "é",
    "\N{NO-BREAK SPACE}",
]
PAGES = st.lists(st.sampled_from(PIECES), max_size=25).map("".join) | st.text()


def shown(text, hints=None):
    """The sections as (heading, kinds of blocks)."""
    return [
        (section.path[-1].text if section.path else "", [block.kind for block in section.blocks])
        for section in parse(text, hints)
    ]


def texts(text, hints=None):
    return [text[block.start : block.end] for section in parse(text, hints) for block in section.blocks]


def test_a_line_that_stands_alone_and_ends_like_no_sentence_is_a_heading():
    assert shown("Rest and lift\n\nRest is good.\n") == [("Rest and lift", ["paragraph"])]


@pytest.mark.parametrize("line", ["Rest is good.", "Do this:", "Rest!", "so on…", "Rest. And lift", "“Rest”"])
def test_a_line_that_ends_or_reads_like_a_sentence_is_no_heading(line):
    assert shown(f"{line}\n\nThen lift.\n") == [("", ["paragraph", "paragraph"])]


def test_marks_of_headings_say_their_level():
    sections = parse("# Neck\n\nIt hurts.\n\n### Rest\n\nDo it.\n\n## Lift\n\nDo not.\n")
    assert [[(one.level, one.text) for one in section.path] for section in sections] == [
        [(1, "Neck")],
        [(1, "Neck"), (3, "Rest")],
        [(1, "Neck"), (2, "Lift")],
    ]


def test_bullets_are_items_without_their_marks():
    page = "Do this:\n\n  • Rest\n- lift less\n* walk\n‣ sleep\n"
    assert texts(page) == ["Do this:", "Rest", "lift less", "walk", "sleep"]
    assert shown(page) == [("", ["paragraph", "item", "item", "item", "item"])]


def test_a_hyphen_inside_a_line_and_one_glued_to_a_word_are_no_bullets():
    assert shown("-rest is good.\n\nRest - or lift.\n") == [("", ["paragraph", "paragraph"])]


def test_numbers_are_ordered_items():
    (section,) = parse("Do this:\n  1. Sit down.\n  2) Stand up.\n")
    assert [block.ordered for block in section.blocks] == [False, True, True]


@pytest.mark.parametrize("gap", ["\n", " \n", "\r\n"])
def test_a_number_without_indent_is_an_item_when_the_next_line_counts_on(gap):
    page = f"It helps.\n\n1. Sit down{gap}2. Stand up{gap}"
    assert texts(page) == ["It helps.", "Sit down", "Stand up"]


def test_a_number_that_stands_alone_opens_a_heading():
    assert shown("1. Rest your neck\n\nIt helps.\n") == [("1. Rest your neck", ["paragraph"])]


def test_items_of_one_list_share_a_run_and_the_next_list_has_another():
    (section,) = parse("First:\n• a\n• b\n\nSecond:\n1. c\n2. d\n")
    assert [block.run for block in section.blocks] == [0, 1, 1, 0, 2, 2]


def test_dots_that_end_a_copied_item_are_left_out():
    assert texts("Tips:\n- Rest your neck. ...\n- Lift ...\n") == ["Tips:", "Rest your neck.", "Lift"]


def test_an_item_of_nothing_but_dots_stays_whole():
    assert texts("Tips:\n- ...\n") == ["Tips:", "..."]


def test_a_question_and_its_answer_lose_their_letters():
    page = "Q: Should I rest?\n\nA: Yes, for a day.\n\nQ: Should I lift?\n\nA: Later.\n"
    assert shown(page) == [("Should I rest?", ["answer"]), ("Should I lift?", ["answer"])]
    assert texts(page) == ["Yes, for a day.", "Later."]
    assert all(section.question for section in parse(page))


def test_the_arrow_after_a_question_is_no_part_of_it():
    page = "Is rest good? ›\n\nIt is.\n"
    (section,) = parse(page)
    assert (section.path[-1].text, section.question) == ("Is rest good?", True)


def test_a_title_that_asks_is_not_answered_by_what_follows():
    (section,) = parse("# Back pain?\n\nIt is common.\n")
    assert not section.question


def test_a_label_of_the_overlay_opens_a_field():
    assert shown("Good for: the neck\n", Hints(fields=("Good for",))) == [("", ["field"])]


def test_a_table_is_read_as_rows_with_their_columns_parted():
    page = "Move What for\nNeck roll To loosen up\nRest\n\nThat is all.\n"
    hints = Hints(tables=((Span(0, page.index("\n\n")), ("Move", "Neck roll")),))
    (section,) = parse(page, hints)
    assert [block.cells for block in section.blocks[:3]] == [
        ("Move", "What for"),
        ("Neck roll", "To loosen up"),
        ("Rest",),
    ]
    assert section.blocks[3].kind == "paragraph"


def test_lines_of_a_hard_wrapped_paragraph_are_one():
    assert texts("Rest is good, and then\nso is lifting.\n\nThat is all.\n") == [
        "Rest is good, and then\nso is lifting.",
        "That is all.",
    ]


def test_a_heading_of_the_overlay_takes_the_place_of_the_line():
    page = "rest it\n\nIt helps.\n"
    (section,) = parse(page, Hints(headings=(NamedHeading(0, 7, "Rest", "editor", 3),)))
    heading = section.path[-1]
    assert (heading.text, heading.level, heading.by, page[heading.start : heading.end]) == (
        "Rest",
        3,
        "editor",
        "rest it",
    )


def test_a_heading_that_the_page_lost_opens_a_section_and_covers_nothing():
    page = "It hurts.\n\nSit down.\n"
    place = page.index("Sit")
    first, second = parse(page, Hints(headings=(NamedHeading(place, place, "Chair", "editor", 3),)))
    assert (first.path, second.path[-1].text, second.path[-1].start) == ((), "Chair", second.path[-1].end)
    assert texts(page) == ["It hurts.", "Sit down."]


def test_a_withheld_line_never_becomes_a_heading():
    page = "Buy our pillow\n\nRest helps.\n"
    assert shown(page, Hints(skip=(Span(0, 14),))) == [("", ["paragraph", "paragraph"])]


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r", "\u2028", "\x0c"])
def test_every_kind_of_line_break_parts_items(line_break):
    assert texts(f"- rest{line_break}- lift{line_break}") == ["rest", "lift"]


def test_sections_of_one_heading_get_ids_of_their_own():
    page = "Rest\n\nOne.\n\nRest\n\nTwo.\n\nRest 2\n\nThree.\n"
    ids = [section.id for section in parse(page)]
    assert ids[:2] == ["rest", "rest-2"]
    assert len(set(ids)) == 3


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("Child's pose", "childs-pose"),
        ("When It’s More Than Stiffness", "when-its-more-than-stiffness"),
        ("One two three four five six seven eight nine", "one-two-three-four-five-six-seven-eight"),
        ("›", "section"),
    ],
)
def test_a_heading_becomes_part_of_an_id(heading, expected):
    assert slug(heading) == expected


@given(PAGES)
@example("- a\u2028b c.")
@example("- ...")
def test_blocks_stand_in_order_and_never_share_a_character(page):
    blocks = [block for section in parse(page) for block in section.blocks]
    edges = [edge for block in blocks for edge in (block.start, block.end)]
    assert edges == sorted(edges)
    assert all(0 <= block.start < block.end <= len(page) for block in blocks)


@given(PAGES)
def test_a_block_begins_and_ends_with_something_visible(page):
    assert all(one == one.strip() for one in texts(page))


@given(PAGES)
@example("a\n\nx y.\n\na\n\nx y.\n\na 2\n\nx y.\n")
def test_every_section_has_blocks_and_an_id_of_its_own(page):
    sections = parse(page)
    assert all(section.blocks for section in sections)
    assert len({section.id for section in sections}) == len(sections)


@given(PAGES)
def test_a_heading_quotes_the_page_and_paths_go_down_level_by_level(page):
    for section in parse(page):
        levels = [heading.level for heading in section.path]
        assert levels == sorted(set(levels))
        assert all(page[heading.start : heading.end] == heading.text for heading in section.path)


LINES = st.tuples(
    st.sampled_from(["", "  ", "• ", "- ", "1. ", "  2) ", "A: ", "Good for: "]),
    st.lists(st.sampled_from(["neck", "Rest", "hold.", "(lift)", "a", "…", "...", "2."]), min_size=1).map(" ".join),
    st.sampled_from(["\n", "\n\n", "\r\n", "\u2028", " \n"]),
)


@given(st.lists(LINES))
def test_no_word_of_a_page_of_sentences_is_lost(lines):
    page = "".join(f"{mark}{words}.{line_break}" for mark, words, line_break in lines)
    kept = " ".join(texts(page, Hints(fields=("Good for",))))
    for word in ("neck", "Rest", "hold", "lift", "Good for"):
        assert kept.count(word) == page.count(word)


# The five articles, as one sees them when reading.


def section_of(corpus, source_id, heading):
    article = corpus.by_source[source_id]
    (found,) = [one for one in article.sections if one.path and one.path[-1].text == heading]
    return article.text, found


def test_the_warm_up_table_is_read_row_by_row(real_corpus):
    _, section = section_of(real_corpus, "back-pain-after-workout", "Warm-Up Tips")
    assert [block.cells for block in section.blocks if block.kind == "row"] == [
        ("Exercise", "Purpose"),
        ("Leg Swings", "Loosen hip and thigh muscles"),
        ("Arm Circles", "Warm up shoulder joints"),
        ("Torso Twists", "Enhance spinal flexibility"),
        ("High Knees", "Activate core and leg muscles"),
        ("Jumping Jacks", "Increase overall circulation"),
    ]


def test_the_table_of_long_term_strategies_is_read_row_by_row(real_corpus):
    _, section = section_of(real_corpus, "back-pain-after-workout", "Long-Term Solutions")
    assert [block.cells for block in section.blocks if block.kind == "row"] == [
        ("Strategy", "Benefit"),
        ("Regular Stretching", "Improves flexibility and circulation"),
        ("Core Strengthening", "Provides better spinal support"),
        ("Proper Hydration", "Prevents dehydration-related tightness"),
        ("Posture Correction", "Reduces strain on back muscles"),
        ("Professional Guidance", "Tailored exercises and stretches"),
    ]


PAIRS = [
    ("Why do I experience back tightness after a workout?", "Your back stiffness post-exercise is likely due to"),
    ("What are the common causes of lower back pain after a workout?", "Experiencing lower back pain after a workout"),
    ("How can I prevent lower back pain after exercising?", "To prevent lower back pain after exercising, it is"),
    ("What can help relieve back pain after a workout?", "Applying ice or heat to the affected area"),
    ("Why do I experience severe lower back pain after exercising?", "Severe low back pain after exercising could"),
    ("Are there exercises that can help improve back pain after a workout?", "Yes, exercises such as yoga, Pilates"),
    ("Is back tightness a sign of muscle pain and injury?", "Yes, back tightness can indicate muscle pain"),
    ("How Do I Get Rid of Tightness in My Back?", "Did you know 80% of people experience back pain?"),
    ("Is Tightness After a Workout Good?", "Tightness post-workout can be beneficial"),
    ("Should I Workout With a Tight Back?", "Don't push your luck by working out with a tight back."),
]


def test_the_ten_questions_of_the_workout_article_have_their_answers(real_corpus):
    article = real_corpus.by_source["back-pain-after-workout"]
    pairs = [
        (section.path[-1].text, article.text[section.blocks[0].start :])
        for section in article.sections
        if section.blocks[0].kind == "answer"
    ]
    assert [question for question, _ in pairs] == [question for question, _ in PAIRS]
    assert all(text.startswith(answer) for (_, text), (_, answer) in zip(pairs, PAIRS, strict=True))


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Is heat or cold better for back pain?", "Generally speaking, ice is better than heat"),
        ("Is walking good for lower back pain?", "The simple movement of walking is one of the best"),
        ("What position should I sleep in with lower back pain?", "The best position to avoid back pain is lying flat"),
        ("How long is too long for back pain?", "Acute (short-term) back pain lasts a few days"),
        ("How do you know if back pain is muscle or disc?", "Your spinal disc is at the bottom of your back"),
    ],
)
def test_questions_with_an_arrow_have_their_answers(real_corpus, question, answer):
    text, section = section_of(real_corpus, "back-pain-exercises", question)
    assert section.question
    assert text[section.blocks[0].start :].startswith(answer)


def test_the_questions_with_an_arrow_are_all_found(real_corpus):
    article = real_corpus.by_source["back-pain-exercises"]
    asked = {line.removesuffix("›").strip() for line in article.text.splitlines() if line.rstrip().endswith("›")}
    headings = {heading.text for section in article.sections for heading in section.path}
    assert len(asked) == 23
    assert asked <= headings


@pytest.mark.parametrize(
    ("exercise", "good_for", "steps"),
    [
        (
            "Child's pose",
            "Good for: shoulders; upper, middle, and lower back",
            [
                "Start on all fours on the ground.",
                "When your big toes touch, spread your knees as far apart as you can and feel your buttocks return to "
                "your feet.",
                "Sit up straight and stretch your arms above your head.",
                "On the next exhalation, bend at the waist and let the torso fall forward between the legs.",
                "Let your forehead touch the floor, widen your shoulders, and let your buttocks sink back.",
                "Hold for at least 15 seconds.",
            ],
        ),
        (
            "Chair rotation",
            "Good for: upper, middle and lower back",
            [
                "Sit sideways in a chair. Your right side should be against the back of the chair.",
                "Keeping your legs still, turn your torso to the right and grasp the back of the chair with your "
                "hands.",
                "detain yourotating torsostretching the arms further and further as the muscles relax.",
                "wait 10 seconds. Repeat 3 times on each side.",
            ],
        ),
    ],
)
def test_an_exercise_has_its_steps_in_order(real_corpus, exercise, good_for, steps):
    text, section = section_of(real_corpus, "back-pain-exercises", exercise)
    field, *items = section.blocks
    assert (field.kind, text[field.start : field.end]) == ("field", good_for)
    assert [text[item.start : item.end] for item in items] == steps
    assert all(item.ordered for item in items)
    assert len({item.run for item in items}) == 1


def test_the_steps_of_the_chin_tuck_lift_are_bullets_between_their_lines(real_corpus):
    article = real_corpus.by_source["neck-after-lifting"]
    (section,) = [one for one in article.sections if one.id.startswith("deep-cervical-flexor")]
    opened = [(block.kind, article.text[block.start : block.end].split(":")[0][:30]) for block in section.blocks]
    assert opened == [
        ("paragraph", "What it fixes"),
        ("paragraph", "How to do it"),
        ("item", "Lie on your back, knees bent"),
        ("item", "Tuck chin slightly, creating a"),
        ("item", "Lift head 1-2 inches off groun"),
        ("item", "Hold 5-10 seconds, lower slowl"),
        ("item", "Start"),
        ("paragraph", "Progression"),
        ("paragraph", "When to use"),
    ]


def test_the_five_names_that_the_second_article_lost_are_restored_before_their_steps(real_corpus):
    article = real_corpus.by_source["back-pain-exercises"]
    restored = {
        section.path[-1].text: article.text[section.blocks[-1].start : section.blocks[-1].end]
        for section in article.sections
        if section.path and section.path[-1].by == "editor" and section.path[-1].start == section.path[-1].end
    }
    assert restored == {
        "Neck roll": "Repeat this sequence 2-3 times.",
        "Cat-cow": "Repeat this sequence 5 times.",
        "Row with a band or dumbbell": "Perform 2-3 sets of 8-12 repetitions.",
        "Self-hug stretch for the upper back": "Repeat 3-5 more times.",
        "Levator scapulae stretch": "Repeat on the other side.",
    }


def test_a_mistranslated_name_is_replaced_and_says_so(real_corpus):
    article = real_corpus.by_source["back-pain-exercises"]
    headings = {heading.text: heading for section in article.sections for heading in section.path}
    for ours, theirs in [
        ("Superman", "big house"),
        ("Upper trapezius stretch", "Obere Trapezdehnung"),
        ("Scapular squeeze", "scapula opening"),
    ]:
        heading = headings[ours]
        assert (heading.by, article.text[heading.start : heading.end]) == ("editor", theirs)


def outline(corpus, source_id):
    seen = []
    for section in corpus.by_source[source_id].sections:
        seen += [(one.level, one.text) for one in section.path if (one.level, one.text) not in seen]
    return seen


def test_the_cervical_article_has_the_levels_one_reads(real_corpus):
    lines = outline(real_corpus, "cervical-stiffness")
    assert lines[0] == (1, "Cervical Spine Stiffness Can Worsen Back Strain Over Time")
    assert [text for level, text in lines if level == 2] == [
        "How Cervical Spine Stiffness Develops and Why It Matters",
        "The Chain Reaction: From Neck Stiffness to Back Strain",
        "Breaking the Cycle: How to Loosen the Cervical Spine Naturally",
        "When It’s More Than Just Stiffness",
        "Next Steps and Resources",
        "Real-Life Cervical Stiffness Cases and What We Can Learn",
        "Exercises That Truly Work (and What to Avoid)",
        "How Ergonomics and Habits Play a Bigger Role Than We Think",
        "When to Seek Help—and What Kind",
        "Supporting Cervical and Back Health Long-Term",
    ]
    under = [text for level, text in lines if level == 3]
    assert under[:4] == [
        "Why Is the Cervical Spine Prone to Stiffness?",
        "Key Signs That Your Neck Is Hurting Your Back",
        "Simple Daily Movements That Help",
        "Desk Hacks to Prevent Daily Stiffness",
    ]
    assert len(under) == 9


def test_the_three_places_of_back_pain_stand_under_their_question(real_corpus):
    text, parent = section_of(
        real_corpus, "back-pain-after-deadlift", "When and Where Do Muscles Suffer After Deadlifts?"
    )
    assert [text[block.start : block.end] for block in parent.blocks if block.kind == "item"] == [
        "Upper back",
        "Middle back",
        "Lower back",
    ]
    for place in ("Upper Back Pain", "Middle Back Pain", "Low Back Pain"):
        _, section = section_of(real_corpus, "back-pain-after-deadlift", place)
        assert [one.text for one in section.path][-2:] == [parent.path[-1].text, place]


@pytest.mark.parametrize(
    ("source_id", "heading", "items"),
    [
        ("neck-after-lifting", "Red Flags: Stop and Seek Help", 5),
        ("cervical-stiffness", "Movements to Be Careful With", 3),
        ("cervical-stiffness", "Best Movements for Cervical Stiffness Relief", 4),
        ("back-pain-after-deadlift", "Build a proper training plan", 5),
        ("back-pain-after-workout", "Key Takeaways", 5),
        ("back-pain-after-workout", "When to Seek Help", 3),
        ("back-pain-exercises", "How can I get immediate relief from lower back pain?", 4),
    ],
)
def test_a_list_has_as_many_items_as_on_the_page(real_corpus, source_id, heading, items):
    _, section = section_of(real_corpus, source_id, heading)
    assert sum(block.kind == "item" for block in section.blocks) == items
