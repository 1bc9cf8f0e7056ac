"""What a broken assistant is made of, and how it is made and mended again.

A fault is written as a function of what stands there to what stands there instead; its name is the id of the mutant,
its docstring says what is broken:

    @breaks(gate, "assess")
    def latch_forgotten(assess: Function) -> Function:
        ...

The same fault is then found wherever somebody imported the function, as if its source had been changed. What a fault
remembers (a cache, say) lives inside that function, so it begins anew each time.
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any
from unittest import mock

from assistant import line, parts
from assistant.answer import Assistant

Function = Callable[..., Any]
PACKAGES = ("assistant", "corpus", "index", "evals")
# Otherwise imported with the first question: one that was imported while a fault is applied would keep the fault.
LATE = (line, parts)
SEARCHING = ("index.", "assistant.guard")  # modules that decide what a search finds


@dataclass(frozen=True)
class Patch:
    """One name of a module or a class, and what takes the place of what it stands for."""

    owner: ModuleType | type
    name: str
    broken: Callable[[Any], Any]

    @contextmanager
    def applied(self) -> Iterator[None]:
        """While the block runs; mended afterwards, whatever happened. Raises KeyError for a name that is not there."""
        original = vars(self.owner)[self.name]
        instead = self.broken(original)
        with ExitStack() as stack:
            for owner in [self.owner, *_importers(self.owner, self.name, original)]:
                stack.enter_context(mock.patch.object(owner, self.name, instead))
            yield


def _importers(owner: ModuleType | type, name: str, original: object) -> list[ModuleType]:
    """The other modules of ours that hold the same function or class under the same name."""
    if isinstance(owner, type) or not callable(original):
        return []
    ours = [module for key, module in list(sys.modules.items()) if key.partition(".")[0] in PACKAGES]
    return [module for module in ours if module is not owner and vars(module).get(name) is original]


def unchanged(assistant: Assistant) -> Assistant:
    """The assistant as it is."""
    return assistant


@dataclass(frozen=True)
class Mutation:
    """One broken assistant: a fault that a developer could really make."""

    id: str
    step: str  # of the line: the name of the file that it stands in
    broken: str  # one sentence
    patches: tuple[Patch, ...] = ()
    change: Callable[[Assistant], Assistant] = unchanged

    @property
    def in_the_search(self) -> bool:
        """Whether the search itself finds something else: what is remembered of it may not be used."""
        owners = [getattr(patch.owner, "__module__", patch.owner.__name__) for patch in self.patches]
        return any(owner.startswith(SEARCHING) for owner in owners)

    @contextmanager
    def applied(self, assistants: Mapping[str, Assistant]) -> Iterator[dict[str, Assistant]]:
        """The same assistants, broken, while the block runs; each forgets what it knew of headings."""
        with ExitStack() as stack:
            for patch in self.patches:
                stack.enter_context(patch.applied())
            yield {name: self.change(replace(one, known={})) for name, one in assistants.items()}


def breaks(
    owner: ModuleType | type, name: str, *also: Patch, change: Callable[[Assistant], Assistant] = unchanged
) -> Callable[[Callable[[Any], Any]], Mutation]:
    """Make a mutation of a function that gives what stands in place of `owner.name`; the rest is broken with it."""
    return lambda broken: _mutation(broken, patches=(Patch(owner, name, broken), *also), change=change)


def changes(change: Callable[[Assistant], Assistant]) -> Mutation:
    """Make a mutation of a function that gives an assistant with other parts."""
    return _mutation(change, change=change)


def _mutation(fault: Callable[[Any], Any], **parts: Any) -> Mutation:
    return Mutation(fault.__name__, fault.__module__.rpartition(".")[2], str(fault.__doc__), **parts)


def mutations_in(module: ModuleType) -> tuple[Mutation, ...]:
    """The mutations of a file, in its order."""
    return tuple(one for one in vars(module).values() if isinstance(one, Mutation))
