"""A formula definition as a form: what the page of a formula sends, read into the document of its draft.

Nothing is refused here but what is no number: a draft may hold problems, and the page names them.
"""

import copy
import re
from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _

from builder import formula_uses, remedies
from core.db import Document
from core.errors import Invalid, Problem
from core.i18n import text

Posted = Mapping[str, str]
FULL_WIDTH = str.maketrans("０１２３４５６７８９．－％，", "0123456789.-%,")
NUMBER = re.compile(r"[-+]?\d+(\.\d+)?%?")
MOST_DECIMALS = 10
FRESH: dict[str, Callable[[str], Document]] = {
    "inputs": lambda name: {"as": _("Input") + name, "type": "number"},
    "parameters": lambda name: {"as": _("Parameter") + name, "default": 0},
    "samples": lambda _name: {"inputs": {}, "gives": None},
}


def read(document: Document, posted: Posted) -> Document:
    """The document with what was posted. What the form does not show stays. Raises Invalid for what is no number,
    at the name of its field."""
    new, problems = copy.deepcopy(document), list[Problem]()
    body = new["body"]
    _words(new, "title", posted, "title")
    _words(new, "description", posted, "description")
    renamed = _names(body, posted) | formula_uses.read(body, posted)
    for parameter in body.get("parameters", ()):
        _parameter(parameter, posted, problems)
    _result(body, posted, problems)
    for sample in body.get("samples", ()):
        _sample(sample, body, posted, problems)
    if "expression" in posted:
        body["expression"] = posted["expression"].replace("\r\n", "\n")
    _rename(body, renamed)
    if posted.get("on_missing") in ("hold", "zero"):
        body["on_missing"] = posted["on_missing"]
    if problems:
        raise Invalid(problems)
    return new


def add(document: Document, part: str) -> str:
    """A new input, parameter or sample at the end; its id. Nothing where there is no such part."""
    if part not in FRESH:
        return ""
    entries = document["body"].setdefault(part, [])
    taken = {entry["id"] for name in FRESH for entry in document["body"].get(name, ())}
    number = next(n for n in range(1, 1000) if f"{part[0]}{n}" not in taken)
    entries.append({"id": f"{part[0]}{number}", **FRESH[part](str(number))})
    return f"{part[0]}{number}"


def remove(document: Document, identity: str) -> None:
    """The input, parameter or sample with the id, or the use at use-<position>."""
    formula_uses.remove(document["body"], identity)
    for part in FRESH:
        entries = document["body"].get(part, ())
        document["body"] |= {part: [entry for entry in entries if entry["id"] != identity]} if entries else {}


# ── the parts ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _words(owner: Document, key: str, posted: Posted, name: str) -> None:
    """A text in both languages. An empty one goes, the Chinese of a title stays."""
    words = dict(owner.get(key, {}))
    for tongue in ("zh", "en"):
        typed = posted.get(f"{name}-{tongue}")
        if typed is not None and (typed.strip() or tongue == "en" or key != "title"):
            words[tongue] = typed.strip()
    words = {tongue: value for tongue, value in words.items() if value}
    if "zh" not in words and "en" in words:
        words = {"zh": words["en"], **words}
    if words:
        owner[key] = words
    else:
        owner.pop(key, None)


def _names(body: Document, posted: Posted) -> dict[str, str]:
    """New names of inputs and parameters; old to new."""
    changed = {}
    for entry in (*body["inputs"], *body.get("parameters", ())):
        typed = posted.get(f"{entry['id']}-as", "").strip()
        if typed and typed != entry["as"]:
            changed[entry["as"]] = typed
            entry["as"] = typed
        if posted.get(f"{entry['id']}-type") in ("number", "text", "bool", "date"):
            entry["type"] = posted[f"{entry['id']}-type"]
    return changed


def _rename(body: Document, names: dict[str, str]) -> None:
    """A name that changed changes in the expression too: nothing breaks by renaming."""
    if not names:
        return
    body["expression"] = remedies.renamed(body["expression"], names)
    for use in body.get("uses", ()):
        inputs = use.get("inputs", {})
        use["inputs"] = {key: remedies.renamed(given, names) for key, given in inputs.items()}


def _parameter(parameter: Document, posted: Posted, problems: list[Problem]) -> None:
    own = parameter["id"]
    _words(parameter, "label", posted, f"{own}-label")
    _words(parameter, "unit", posted, f"{own}-unit")
    for key in ("default", "min", "max", "step"):
        _number(parameter, key, f"{own}-{key}", posted, problems, keep=key == "default")


def _result(body: Document, posted: Posted, problems: list[Problem]) -> None:
    result = body["result"]
    if posted.get("result-type") in ("number", "text", "bool", "date"):
        result["type"] = posted["result-type"]
    _words(result, "unit", posted, "result-unit")
    _number(result, "decimals", "result-decimals", posted, problems)
    decimals = result.get("decimals")
    if decimals is not None and not (isinstance(decimals, int) and 0 <= decimals <= MOST_DECIMALS):
        problems.append(Problem("/result-decimals", "decimals", _("Write a whole number from 0 to 10.")))


def _sample(sample: Document, body: Document, posted: Posted, problems: list[Problem]) -> None:
    types = {entry["id"]: entry["type"] for entry in body["inputs"]}
    sample["inputs"] = {key: given for key, given in sample["inputs"].items() if key in types}
    for key, type_ in types.items():
        _value(sample["inputs"], key, type_, f"{sample['id']}-{key}", posted, problems)
    _value(sample, "gives", body["result"]["type"], f"{sample['id']}-gives", posted, problems)


def _value(owner: Document, key: str, type_: str, name: str, posted: Posted, problems: list[Problem]) -> None:
    typed = posted.get(name)
    if typed is None:
        return
    if type_ == "number":
        _number(owner, key, name, posted, problems, blank=True)
    elif type_ == "bool":
        owner[key] = {"true": True, "false": False}.get(typed)
    else:
        owner[key] = typed.strip() or None


def _number(
    owner: Document,
    key: str,
    name: str,
    posted: Posted,
    problems: list[Problem],
    *,
    keep: bool = False,
    blank: bool = False,
) -> None:
    """An empty box takes the number away, is a blank, or (`keep`) a problem."""
    if name not in posted:
        return
    typed = posted[name].strip()
    if not typed and not keep:
        owner.pop(key, None)
        if blank:
            owner[key] = None
        return
    value = number(typed)
    if value is None:
        sentence = _("“%(typed)s” is no number. Write it as 0.4, 40%% or 1200.", typed=typed[:20])
        problems.append(Problem(f"/{name}", "number", sentence))
    else:
        owner[key] = value


def number(typed: str) -> float | int | None:
    """0.4, 40%, 1,200, full-width digits; None when it is no number."""
    plain = re.sub(r"(?<=\d),(?=\d{3}(\D|$))", "", typed.translate(FULL_WIDTH).replace(" ", ""))
    if not NUMBER.fullmatch(plain) or len(plain) > 20:
        return None
    value = round(float(plain.rstrip("%")) / (100 if plain.endswith("%") else 1), 15)
    return int(value) if value.is_integer() else value


def written(value: Any) -> str:
    """A value as its box shows it: plain digits, nothing for a blank."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def sentence(document: Document) -> list[tuple[str, Document | None]]:
    """The formula's own sentence in parts; a part that names a parameter comes with it."""
    said = text(document.get("description"))
    named = {text(one.get("label")) or one["as"]: one for one in document["body"].get("parameters", ())}
    pattern = "|".join(map(re.escape, sorted(named, key=len, reverse=True)))
    parts = re.split(f"({pattern})", said) if named else [said]
    return [(part, named.get(part)) for part in parts if part]
