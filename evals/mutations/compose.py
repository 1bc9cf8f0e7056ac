"""Faults of composing: what is quoted, how much of it, in which order, with what beside it."""

from dataclasses import replace
from typing import Any

from assistant.compose import compose, exercises, statements
from assistant.compose.material import Composed, Limits, Material
from assistant.reply import Block
from corpus.records import Exercise, Passage
from evals.mutations.mutation import Function, breaks

MANY = 15  # statements


@breaks(compose, "compose")
def nothing_composed(_: Function) -> Function:
    """No answer ever has a statement."""
    return lambda material: Composed()


@breaks(statements, "_chosen")
def answers_padded(_: Function) -> Function:
    """Everything that was found and may be shown is quoted, however far from the question."""
    return lambda material, most: [
        [passage]
        for hit in material.hits[:MANY]
        for passage in [material.corpus.passages[hit.passage_id]]
        if statements.may_show(material, passage)
    ]


@breaks(statements, "_chosen")
def only_one_statement(chosen: Function) -> Function:
    """An answer is one statement long, whatever was asked."""
    return lambda material, most: chosen(material, 1)


@breaks(statements, "_chosen")
def best_statement_last(chosen: Function) -> Function:
    """The statement that fits best comes last."""
    return lambda material, most: chosen(material, most)[::-1]


@breaks(statements, "_chosen")
def best_statement_dropped(chosen: Function) -> Function:
    """The statement that fits best is left out."""
    return lambda material, most: chosen(material, most)[1:]


@breaks(statements, "statements")
def statements_said_twice(said: Function) -> Function:
    """Each statement is there twice."""
    return lambda *all_, **more: [block for block in said(*all_, **more) for _ in range(2)]


@breaks(statements, "fits_region")
def parts_of_the_body_mixed_up(_: Function) -> Function:
    """A question about the neck is answered with the lower back."""
    return lambda material, passage: True


@breaks(statements, "may_show")
def cautions_left_out(may_show: Function) -> Function:
    """What somebody should be careful about is never quoted."""
    return lambda material, passage: passage.role != "caution" and may_show(material, passage)


@breaks(statements, "may_show")
def sides_quoted_alone(_: Function) -> Function:
    """Passages that make no sense or mislead by themselves are quoted by themselves."""
    return lambda material, passage: True


@breaks(statements, "_whole")
def lists_torn_apart(_: Function) -> Function:
    """One item of a list is quoted without the others."""
    return lambda material, passage: [passage]


@breaks(compose, "_disagreement")
def one_side_of_a_disagreement(disagreement: Function) -> Function:
    """Where the articles disagree, the first side is shown and the others are not."""

    def one_sided(*all_: Any) -> Composed:
        composed: Composed = disagreement(*all_)
        sides = [block for block in composed.blocks if block.kind == "position"]
        return replace(composed, blocks=tuple(one for one in composed.blocks if one not in sides[1:]))

    return one_sided


@breaks(compose, "touched")
def disagreements_not_noticed(_: Function) -> Function:
    """A question on which the articles disagree is answered like any other."""
    return lambda material: None


@breaks(compose, "_side")
def sides_under_the_wrong_title(side: Function) -> Function:
    """What one article says stands under the title of another one."""

    def misnamed(material: Material, passage: Passage, before: Any) -> Block:
        others = [one for one in material.corpus.articles if one.source.id != passage.source_id]
        block: Block = side(material, passage, before)
        return replace(block, heading=others[0].source.title) if block.heading else block

    return misnamed


@breaks(exercises, "explained")
def steps_out_of_order(explained: Function) -> Function:
    """The steps of an exercise come in the wrong order."""
    return lambda material, exercise: explained(material, replace(exercise, passages=exercise.passages[::-1]))


@breaks(exercises, "explained")
def steps_cut_off(explained: Function) -> Function:
    """An exercise ends after its second step."""
    return lambda material, exercise: explained(material, replace(exercise, passages=exercise.passages[:2]))


@breaks(exercises, "explained")
def another_exercise_explained(explained: Function) -> Function:
    """The exercise after the one that was asked for is explained."""

    def next_one(material: Material, exercise: Exercise) -> Composed:
        served = [one for one in material.corpus.exercises.values() if one.passages]
        place = next((at for at, one in enumerate(served) if one.id == exercise.id), -1)
        composed: Composed = explained(material, served[(place + 1) % len(served)])
        return composed

    return next_one


@breaks(exercises, "_volumes")
def numbers_of_exercises_left_out(_: Function) -> Function:
    """Exercises are listed without their sets and repetitions."""
    return lambda material, exercise: []


@breaks(exercises, "numbers")
def amounts_not_given(_: Function) -> Function:
    """Whoever asks how many repetitions is told nothing."""
    return lambda material, exercise: Composed()


@breaks(exercises, "_kept_back")
def withheld_exercises_served(_: Function) -> Function:
    """An exercise that the editor withheld, or that the gate holds back, is explained."""
    return lambda material, exercise: None


@breaks(Limits, "allow")
def strengthening_not_held_back(_: Function) -> Function:
    """Somebody with a sign in the leg is shown strengthening exercises for the back."""
    return lambda self, exercise: True
