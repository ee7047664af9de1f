"""What the engine refuses. The state is then as it was.

WorkflowError ─ Stale       the run or the item is not what the person saw: reload (409)
              ─ Forbidden   this person may not, or the step does not allow it (403)
              ─ Incomplete  something must be given, or is wrong as given (422)
              ─ Nobody      the run cannot start, because nobody would be found (422)
"""

from collections.abc import Mapping, Sequence

from workflows.document import Step
from workflows.words import REFUSALS, Value, in_words


class WorkflowError(Exception):
    """`code` names the wording, `step` is the id of the step that it is about, if any; `people` are the ids of those
    whom the sentence names.

    `text("zh")` and `text("en")` are for the person, `str()` is for the log.
    """

    def __init__(self, code: str, step: Step | None = None, /, people: Sequence[str] = (), **values: Value) -> None:
        super().__init__(code, values)
        self.code = code
        self.step = step.id if step else None
        self.people = tuple(people)
        self._values = dict(values)
        if step is not None:
            self._values["step"] = (step.title("zh"), step.title("en"))

    def text(self, language: str = "zh", names: Mapping[str, str] | None = None) -> str:
        """Message and remedy as one sentence in `zh` or `en`; `names` are those of the `people`, by id."""
        who = [(names or {}).get(person, person) for person in self.people]
        return in_words(REFUSALS[self.code], {**self._values, "who": ("、".join(who), ", ".join(who))}, language)

    def __str__(self) -> str:
        return f"{self.code} at {self.step or 'the run'}: {self.text('en')}"


class Stale(WorkflowError):
    """The run or the item has gone on since the person looked."""


class Forbidden(WorkflowError):
    """This person may not, or the document does not allow it."""


class Incomplete(WorkflowError):
    """Something is missing or wrong in what was given."""


class Nobody(WorkflowError):
    """Nobody would be found for a step that refuses the start of such runs."""
