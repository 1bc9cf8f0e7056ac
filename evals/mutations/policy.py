"""Faults of the policy: which questions go on, which are left to others, and what is said then."""

from dataclasses import replace
from typing import Any

from assistant.answer import Assistant
from assistant.policy import judge, units
from assistant.policy.judge import Verdict
from assistant.policy.opinion import NO_OPINION, Opinion
from evals.mutations.mutation import Function, breaks, changes


@breaks(judge, "judge")
def policy_off(_: Function) -> Function:
    """Every message goes on to the search."""
    return lambda message, policy, *rest: Verdict("go", "ok", (), (message,), ())


@breaks(judge, "judge")
def everything_refused(judged: Function) -> Function:
    """Every question is refused."""
    return lambda message, policy, *rest: judged("do I need an MRI?", policy, *rest)


@changes
def diagnosis_not_refused(assistant: Assistant) -> Assistant:
    """Questions for a diagnosis go on to the search."""
    return _without(assistant, "diagnosis")


@changes
def medication_not_refused(assistant: Assistant) -> Assistant:
    """Questions about medicines and doses go on to the search."""
    return _without(assistant, "medication")


@changes
def imaging_and_surgery_not_refused(assistant: Assistant) -> Assistant:
    """Questions about scans, injections and surgery go on to the search."""
    return _without(assistant, "imaging_surgery")


@changes
def other_body_parts_not_refused(assistant: Assistant) -> Assistant:
    """Questions about knees and wrists go on to the search."""
    return _without(assistant, "other_body_part")


@changes
def products_not_refused(assistant: Assistant) -> Assistant:
    """Questions about what to buy go on to the search."""
    return _without(assistant, "product")


@changes
def instructions_obeyed(assistant: Assistant) -> Assistant:
    """A message that tells Spotter to change its role is looked up like a question."""
    policy = replace(assistant.policy(), markers=())
    return _without(replace(assistant, policy=lambda: policy), "instructions")


@breaks(judge, "judge")
def instructions_switch_the_policy_off(judged: Function) -> Function:
    """A message that says so switches the policy off."""

    def obeying(message: str, policy: Any, *rest: Any) -> Verdict:
        verdict: Verdict = judged(message, policy, *rest)
        obeyed = verdict.reason == "instructions"
        return Verdict("go", "ok", (), (message,), ()) if obeyed else verdict

    return obeying


@breaks(units, "_off_topic")
def off_topic_searched(_: Function) -> Function:
    """A question without a word of our field goes on to the search."""
    return lambda reading, policy: None


@breaks(judge, "judge")
def one_reason_for_all(judged: Function) -> Function:
    """Every refusal gives the same reason."""

    def off_topic(message: str, policy: Any, *rest: Any) -> Verdict:
        verdict: Verdict = judged(message, policy, *rest)
        return replace(verdict, reason="off_topic") if verdict.outcome == "refused" else verdict

    return off_topic


@breaks(judge, "judge")
def mixed_messages_only_refused(judged: Function) -> Function:
    """A question that may be answered is refused together with one that may not."""

    def all_or_nothing(message: str, policy: Any, *rest: Any) -> Verdict:
        verdict: Verdict = judged(message, policy, *rest)
        if verdict.outcome != "go" or not verdict.also_refused:
            return verdict
        first = verdict.also_refused[0]
        return Verdict("refused", first.reason, (first.line,), (), ())

    return all_or_nothing


@breaks(judge, "judge")
def refused_half_passed_over(judged: Function) -> Function:
    """The part of a message that is left to others is passed over in silence."""
    return lambda message, policy, *rest: replace(judged(message, policy, *rest), also_refused=())


@breaks(judge, "judge")
def only_the_first_sentence_judged(judged: Function) -> Function:
    """What follows the first full stop or question mark is not judged and not looked up."""

    def first(message: str, policy: Any, *rest: Any) -> Any:
        end = min((at for at in (message.find(". "), message.find("? ")) if at > 0), default=len(message))
        return judged(message[: end + 1], policy, *rest)

    return first


@breaks(judge, "judge")
def apostrophes_crash(judged: Function) -> Function:
    """A question with an apostrophe raises an error."""

    def brittle(message: str, policy: Any, *rest: Any) -> Any:
        if "'" in message or "\u2019" in message:
            raise ValueError(message)
        return judged(message, policy, *rest)

    return brittle


def _without(assistant: Assistant, reason: str) -> Assistant:
    """Neither the rules nor the second opinion know the reason."""
    rules = tuple(rule for rule in assistant.policy().rules if rule.reason != reason)
    policy = replace(assistant.policy(), rules=rules)

    def opinion(question: str) -> Opinion:
        said = assistant.opinion(question)
        return NO_OPINION if reason in (said.refuses, said.renames) else said

    return replace(assistant, policy=lambda: policy, opinion=opinion)
