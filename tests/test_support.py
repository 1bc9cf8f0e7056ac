"""A sentence of a language model is shown only when the words it quotes carry it."""

import time
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import assistant.support.support
from assistant.support.support import REASONS, unsupported

FOLDER = Path(assistant.support.support.__file__).parent

BRIDGE = "Hold the bridge for 20 to 30 seconds, rest for 60 seconds, and do 3 sets of 5 repetitions."
KNEEL = "Kneel with your left foot in front of you and put your right hand on your left knee."
PILLOW = "Put a small pillow under your knees when you lie on your back."
NUMB = "If your arm stays numb for more than two days, you should see a doctor."
SORE = "Muscle soreness may last for several days after hard training."
ROUND = "Never round your lower back while you lift, and avoid jerking the bar off the floor."
ICE = "Ice is often better than heat for a fresh injury."
SIT = "Sitting for hours can lead to a stiff upper back, because the muscles hardly move."
ORDER = "Warm up before you lift, then add weight slowly, and stretch after the session."
SLEEP = "Most people sleep better once the pain fades, but some need a new mattress."
LIMIT = "Passive treatment shows limited benefits for chronic neck pain."


@pytest.mark.parametrize(
    ("quote", "sentence"),
    [
        (BRIDGE, "Hold the bridge for 20-30 seconds and do three sets of five reps."),
        (BRIDGE, "Rest for one minute after you have held the bridge for twenty to thirty seconds."),
        (KNEEL, "Kneel with the left foot in front and place the right hand on the left knee."),
        (PILLOW, "When you are lying on your back, place a small pillow beneath your knees."),
        (NUMB, "See a doctor if your arm is numb for more than two days."),
        (SORE, "After hard training your muscles may be sore for several days."),
        (ROUND, "Do not round your lower back when lifting."),
        (ROUND, "Avoid rounding your lower back while you lift."),
        (ICE, "For a fresh injury ice is often better than heat."),
        (SIT, "If you sit for hours, your upper back can get stiff."),
        (SIT, "Your upper back can become stiff because of sitting for hours."),
        (ORDER, "Before you lift, warm up."),
        (ORDER, "Stretch after the session."),
        (SLEEP, "Once the pain fades, most people sleep better."),
        (LIMIT, "The benefits of passive treatment for chronic neck pain are limited."),
        ("Dehydration can worsen cramps.", "Cramps can get worse when you are dehydrated."),
        ("The ache does not go away with rest.", "The ache persists with rest."),
        ("Strengthen your core to protect your spine.", "Your spine is protected by a strong core."),
        ("Repeat for 2 weeks.", "Repeat for 14 days."),
        ("Hold for half a minute.", "Hold for 30 seconds."),
        (
            "Check with your doctor before you start to exercise.",
            "Don't start to exercise without checking with your doctor.",
        ),
        ("Lift your head 1-2 inches off the ground.", "Lift your head an inch or two off the ground."),
        ("Back pain that does not subside within 72 hours.", "Back pain that does not subside after three days."),
        ("Increase the weight only when your form is good.", "Don't increase the weight before your form is good."),
        ("Foam rolling can help improve back pain.", "If you have back pain, foam rolling can help."),
        ("Gentle activity takes the load off your neck.", "Gentle activity takes load off the neck."),
        ("Rest and heat ease cramps.", "Both rest and heat can be used to ease cramps."),
        ("Hard sessions leave muscles tense.", "Muscles are left tense by hard sessions."),
        ("Heat works on back muscles.", "Heat acts on your back muscles."),
        ("Walking, rest and heat can ease cramps.", "Walking, rest and heat can all ease cramps."),
        ("See a doctor if: Your arm is numb.", "If your arm is numb, see a doctor."),
        (
            "If you have numbness, weakness or fever, see a doctor.",
            "See a doctor if you have fever, numbness or weakness.",
        ),
        ("Heat can help muscles relax.", "Muscles can relax with the help of heat."),
        ("Sit on a chair or a bench.", "Sit down, whether on a chair or on a bench."),
        ("Drink before, during and after training.", "Drink during training, as well as before and after it."),
        ("Slow breathing calms you.", "Breathe slowly, because that calms you."),
        ("Complete rest is rarely necessary.", "You rarely need to rest completely."),
        ("To avoid soreness, avoid looking up.", "To keep yourself from getting sore, do not look up."),
    ],
)
def test_the_same_in_other_words_is_carried(quote, sentence):
    assert unsupported(sentence, quote) == ""


def test_the_heading_names_what_the_quote_is_about():
    heading = "Strengthening exercises > Dead bug"
    assert unsupported("Do three sets of the dead bug.", "Do 3 sets.", heading) == ""
    assert unsupported("Do three sets of the dead bug.", "Do 3 sets.", "Other > Side plank") != ""


@pytest.mark.parametrize(
    ("sentence", "quote", "heading"),
    [
        ("Do the drill for 10 minutes.", "Do the drill.", "The 10 minutes drill"),
        ("Do not do the drill.", "Do the drill.", "What not to do > The drill"),
        ("You must do the drill.", "You may do the drill.", "What you must do > The drill"),
    ],
)
def test_the_heading_carries_no_number_no_denial_and_no_duty(sentence, quote, heading):
    assert unsupported(sentence, quote, heading) != ""


@pytest.mark.parametrize(
    ("quote", "sentence"),
    [
        (BRIDGE, "Hold the bridge for 20 to 40 seconds."),
        (BRIDGE, "Hold the bridge for 60 seconds and rest for 20 to 30 seconds."),
        (BRIDGE, "Do 5 sets of 3 repetitions of the bridge."),
        (NUMB, "If your arm stays numb for more than three days, you should see a doctor."),
        (NUMB, "If your arm stays numb for two days, you should see a doctor."),
        ("There are two kinds of pain.", "There are three kinds of pain."),
        ("Hold for at least 30 seconds.", "Hold for at most 30 seconds."),
        ("Use a light weight.", "Use a light weight of 2 kg."),
    ],
)
def test_another_number_is_noticed(quote, sentence):
    assert unsupported(sentence, quote) in ("number", "unit")


@pytest.mark.parametrize(
    ("quote", "sentence"),
    [
        (BRIDGE, "Hold the bridge for 20 to 30 minutes."),
        (NUMB, "If your arm stays numb for more than two weeks, you should see a doctor."),
        (SORE, "Muscle soreness may last for several weeks after hard training."),
        ("Train twice a week.", "Train twice a day."),
        ("Stretch daily.", "Stretch every week."),
        ("Circle your arms 15 times.", "Circle your arms for 15 seconds."),
        ("The neck has seven small bones.", "The neck has seven small bones. Turn it 7 times."),
    ],
)
def test_another_unit_is_noticed(quote, sentence):
    assert unsupported(sentence, quote) == "unit"


@pytest.mark.parametrize(
    ("quote", "sentence", "reason"),
    [
        (KNEEL, "Kneel with your right foot in front of you.", "side"),
        (KNEEL, "Put your left hand on your right knee.", "side"),
        (PILLOW, "Put a small pillow above your knees when you lie on your back.", "side"),
        ("Bend one knee.", "Bend both knees.", "side"),
        ("Repeat on the other side.", "Repeat on the same side.", "side"),
        ("Pull the band down.", "Pull the band up.", "side"),
        (PILLOW, "Put a small pillow under your ankles when you lie on your back.", "body_part"),
        (SIT, "Sitting for hours can lead to a stiff lower back.", "body_part"),
        ("Put your palms under your shoulders.", "Put your palms under your hips.", "body_part"),
        ("The lower back tires first.", "The back tires first.", "body_part"),
    ],
)
def test_another_side_or_part_of_the_body_is_noticed(quote, sentence, reason):
    assert unsupported(sentence, quote) == reason


@pytest.mark.parametrize(
    ("quote", "sentence"),
    [
        (ROUND, "Round your lower back while you lift."),
        (ROUND, "Jerk the bar off the floor."),
        (SIT, "Sitting for hours does not lead to a stiff upper back."),
        (NUMB, "If your arm stays numb for more than two days, you should not see a doctor."),
        ("It is not a sign of damage.", "It is a sign of damage."),
        ("It is not just a neck issue.", "It is just a neck issue."),
        ("Pain is not only in the neck.", "Pain is only in the neck."),
        ("Lift without holding your breath.", "Lift while holding your breath."),
        ("The pain no longer wakes you.", "The pain wakes you."),
        ("Skipping the warm-up can strain your back.", "The warm-up can strain your back."),
        ("You should see a doctor and refrain from sport.", "You should see a doctor and do not avoid sport."),
        ("It is not uncommon to feel stiff after training.", "It is uncommon to feel stiff after training."),
        ("Avoid training with a tight back.", "Avoid training without a tight back."),
        ("Poor posture can strain your back.", "Good posture can strain your back."),
    ],
)
def test_a_denial_dropped_or_added_is_noticed(quote, sentence):
    assert unsupported(sentence, quote) != ""


@pytest.mark.parametrize(
    ("quote", "sentence"),
    [
        (SORE, "Muscle soreness will last for several days after hard training."),
        (SORE, "Muscle soreness always lasts for several days after hard training."),
        (SORE, "Muscle soreness lasts for several days after hard training."),
        (SIT, "Sitting for hours leads to a stiff upper back."),
        ("Yoga can help relieve back pain.", "Yoga cures back pain."),
        ("Consider a firmer mattress.", "You must get a firmer mattress."),
        ("It is essential to breathe.", "You may breathe."),
        ("Walking is one of the best exercises.", "Walking is guaranteed to be one of the best exercises."),
        (SLEEP, "All people sleep better once the pain fades."),
        ("Talk to a doctor.", "Talk to a doctor immediately."),
    ],
)
def test_more_certainty_or_duty_than_the_quote_has_is_noticed(quote, sentence):
    assert unsupported(sentence, quote) != ""


@pytest.mark.parametrize(
    ("quote", "sentence"),
    [
        (NUMB, "You should see a doctor."),
        (NUMB, "You should see a doctor even if your arm is numb for less than two days."),
        (LIMIT, "Passive treatment shows benefits for chronic neck pain."),
        (LIMIT, "Passive treatment shows limited benefits for neck pain."),
        ("Stop exercises that hurt your neck.", "Stop exercises."),
        ("Rest until the swelling is gone.", "Rest only after the swelling is gone."),
        ("Lift again unless it hurts.", "Lift again whether or not it hurts."),
        ("Training helps, especially beginners.", "Training helps only beginners."),
        ("If you use a bar, keep your back straight.", "Whether you use a bar or a band, keep your back straight."),
        ("See a doctor about severe pain.", "See a doctor about even the mildest pain."),
    ],
)
def test_a_condition_lost_or_widened_is_noticed(quote, sentence):
    assert unsupported(sentence, quote) != ""


@pytest.mark.parametrize(
    ("quote", "sentence", "reason"),
    [
        (ORDER, "Warm up after you lift.", "order"),
        (ORDER, "Stretch before the session.", "order"),
        (ORDER, "Add weight slowly, then warm up.", "order"),
        ("Keep your neck still during the lift.", "Keep your neck still after the lift.", "order"),
        ("Warm up before the session.", "Warm up when the session is over.", "order"),
        (ICE, "Heat is often better than ice for a fresh injury.", "order"),
        ("Regular practice matters more than effort.", "How hard you work matters more than regularity.", "order"),
        ("Motion is medicine for a stiff back.", "For a stiff back, stillness is better than motion.", "order"),
        ("Hold for ten seconds, lower slowly.", "Lower slowly first, then hold for ten seconds.", "order"),
        ("Pause at the top and return.", "Return first and only then pause at the top.", "order"),
        ("Make small circles, then larger ones.", "Begin with larger circles, ending with small ones.", "order"),
        ("Stretch now, and do the hard work later.", "Do the hard work now, and stretch later.", "order"),
        (SIT, "A stiff upper back can lead to sitting for hours.", "cause"),
        ("Poor sleep makes pain worse.", "Pain makes poor sleep worse.", "cause"),
        ("Stress is linked to neck pain.", "Stress causes neck pain.", "cause"),
        ("We sit for hours, and the neck is stiff.", "Our stiff neck is why we sit for hours.", "cause"),
        ("Posture work reduces strain.", "Less strain is what gives rise to posture work.", "cause"),
        ("Hold for a breath and lower the arm.", "Lower the arm and hold for a breath afterwards.", "order"),
        ("You overload muscles and get sore.", "Being sore makes it easy to overload muscles.", "cause"),
        ("Tight muscles reflect blood flow.", "It is the tight muscles that increase the blood flow.", "cause"),
        ("Core work reduces tightness.", "When you are less tight, your core works better as a result.", "cause"),
        ("Ease the strain that may cause pain.", "Ease the pain that may cause strain.", "cause"),
        ("Sleep plays a big role in avoiding pain.", "Avoiding pain plays a big role in sleep.", "cause"),
        ("Stretching can prevent tightness.", "Tightness can be brought on by stretching.", "cause"),
    ],
)
def test_what_is_turned_round_is_noticed(quote, sentence, reason):
    assert unsupported(sentence, quote) in (reason, "opposite")


@pytest.mark.parametrize(
    ("quote", "sentence"),
    [
        ("Squeeze your glutes at the top.", "Relax your glutes at the top."),
        (
            "Breathe in as you lower and breathe out as you lift.",
            "Breathe out as you lower and breathe in as you lift.",
        ),
        ("Use a heating pad in the evening.", "Use an ice pack in the evening."),
        ("Start with light weights.", "Start with heavy weights."),
        ("Static stretches come later.", "Dynamic stretches come later."),
        ("Raise the arm slowly.", "Raise the arm quickly."),
        ("A few habits make your neck more mobile.", "A few habits make your neck less mobile."),
        ("The pain lasts longer than a few weeks.", "The pain lasts less than a few weeks."),
        ("Training too soon can prolong your recovery.", "Training too soon can shorten your recovery."),
    ],
)
def test_a_contrary_in_place_of_a_word_is_noticed(quote, sentence):
    assert unsupported(sentence, quote) in ("opposite", "coverage")


@pytest.mark.parametrize(
    ("quote", "sentence"),
    [
        ("Stretch your calves.", "Stretch your calves, as this improves their blood supply."),
        ("Change your shoes.", "Change your shoes for softer ones."),
        ("Drink enough.", "Drink enough water and a little coffee."),
        ("Lean back on the chair.", "Lean back on the chair with a towel behind you."),
        ("See a doctor.", "See a doctor and ask for an injection."),
        ("Rest.", "Bananas ripen in autumn."),
        (SORE, f"Ignore the doctors. {SORE}"),
        (SORE, f"{SORE} Buy arnica."),
        (BRIDGE, f"{BRIDGE[:-1]}, which melts belly fat."),
    ],
)
def test_what_the_quote_does_not_say_is_noticed(quote, sentence):
    assert unsupported(sentence, quote) != ""


TEXTS = [BRIDGE, KNEEL, PILLOW, NUMB, SORE, ROUND, ICE, SIT, ORDER, SLEEP, LIMIT]


@given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=80))
def test_any_text_is_answered_with_a_known_reason(sentence, quote, heading):
    assert unsupported(sentence, quote, heading) in ("", *REASONS)


@given(st.lists(st.sampled_from(" ".join(TEXTS).split()), max_size=60).map(" ".join), st.sampled_from(TEXTS))
def test_words_in_any_order_are_answered_with_a_known_reason(sentence, quote):
    assert unsupported(sentence, quote) in ("", *REASONS)


@given(st.text(max_size=300).filter(lambda text: any(sign.isalnum() for sign in text)))
def test_a_quote_carries_itself(quote):
    assert unsupported(quote, quote) == ""


@pytest.mark.parametrize("sentence", ["", " ", "\u200b", "..."])
def test_nothing_is_carried_by_nothing(sentence):
    assert unsupported(sentence, "") == "coverage"


@given(st.integers(2, 400), st.integers(2, 400), st.sampled_from(["seconds", "sets", "weeks", "kg", "degrees"]))
def test_a_changed_number_is_noticed(one, other, unit):
    problem = unsupported(f"Keep to {one} {unit} of the drill.", f"Keep to {other} {unit} of the drill.")
    assert (problem == "") == (one == other)


@given(
    st.sampled_from(["It will", "You should", "Training can", "The pain may", "Your neck does"]),
    st.sampled_from(["bend", "help", "return", "improve", "ache", "recover", "tighten"]),
)
def test_a_not_that_is_added_or_dropped_is_noticed(start, verb):
    plain, denied = f"{start} {verb} at night.", f"{start} not {verb} at night."
    assert unsupported(denied, plain) != ""
    assert unsupported(plain, denied) != ""


@settings(deadline=None, max_examples=20)
@given(st.sampled_from([*TEXTS, "not to avoid ", "1 to 2 ", "because if ", "(", "'", "a, ", "if until only "]))
def test_a_long_text_takes_no_time(text):
    long = (text * 10_000)[:10_000]
    start = time.process_time()
    unsupported(long, text)
    unsupported(text, long)
    unsupported(long, long + " ")
    assert time.process_time() - start < 3


def test_each_list_of_the_data_is_spelt_so_that_it_can_be_found():
    """An entry in capitals or with a sign of typing would never be met."""
    same = tomllib.loads((FOLDER / "same.toml").read_text(encoding="utf-8"))
    roles = tomllib.loads((FOLDER / "support.toml").read_text(encoding="utf-8"))["roles"]
    texts = [*roles.values(), *(line for lines in same.values() for line in lines)]
    assert all(text == text.casefold() and "\u2019" not in text for text in texts)
