"""Cases kept with a form: values that somebody may send, and what must become of them. All are tried before publishing.

{"id": "q1", "title": {"zh": "空清单不能提交"}, "given": {"relevance": 3}, "expects": {"problems": ["/resources"]}}
"""

from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _

from builder.forms.document import Form
from builder.forms.effective import effective
from builder.forms.judging import judge
from builder.forms.world import Who, World
from builder.sources import Sources
from core.db import Document
from core.errors import Invalid, Problem
from core.i18n import text


def tried(form: Form, known: Sources) -> list[Problem]:
    """Where a case does not come out as it says, with what came out."""
    cases = enumerate(form.body.get("cases", ()))
    return [
        problem for position, case in cases for problem in _differences(form, case, known, f"/body/cases/{position}")
    ]


def outcome(form: Form, given: Document, roles: frozenset[str], known: Sources) -> Document:
    """What becomes of these values, as `expects` says it: for recording a case by filling the form."""
    world = World(who=Who(roles=roles), known=known)
    try:
        state = effective(form, given, world)
    except Invalid as invalid:
        return {"problems": [problem.path for problem in invalid.problems]}
    judged = judge(state)
    return {
        "problems": sorted({problem.path for problem in judged.problems}),
        "warnings": sorted({problem.path for problem in judged.warnings}),
        "values": dict(state.values),
        "hidden": sorted(state.hidden),
    }


def _differences(form: Form, case: Document, known: Sources, path: str) -> Iterator[Problem]:
    found = outcome(form, case["given"], frozenset(case.get("roles", ())), known)
    for part, wanted in case["expects"].items():
        if not _fits(part, wanted, found.get(part)):
            got = found.get(part) if part != "values" else {name: found.get(part, {}).get(name) for name in wanted}
            sentence = _(
                "The case “%(title)s” comes out otherwise: %(got)s. Mend the form, or what the case expects.",
                title=text(case["title"]),
                got=_shown(got),
            )
            yield Problem(f"{path}/expects/{part}", "case", sentence)


def _fits(part: str, wanted: Any, got: Any) -> bool:
    if part == "values":
        return all(name in (got or {}) and got[name] == value for name, value in wanted.items())
    if part == "hidden":
        return set(wanted) <= set(got or ())
    return sorted(wanted) == list(got or ())


def _shown(got: Any) -> str:
    if isinstance(got, dict):
        return ", ".join(f"{name} = {value}" for name, value in got.items())
    return ", ".join(got or ()) or _("nothing")
