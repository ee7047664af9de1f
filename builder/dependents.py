"""What a draft would break in the definitions that name it, and what puts them right.

References go by key and id, so that a new title breaks nothing. What others name by its words are the options of a
choice (`层级="大区"`): where one is renamed, the same change is offered for everybody who names it, in one step.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from builder import definitions, references, remedies, steps
from builder.models import Definition, DefinitionVersion
from builder.sources import Source, Sources, of_documents
from core.db import Document
from core.errors import Problem

Renamed = Mapping[str, Mapping[str, str]]  # by column key: old option to new


@dataclass(frozen=True)
class Broken:
    """A definition that names the draft's, what would be wrong with it, and what it would have to say: texts before
    and after. `mended` is None where renaming alone does not put it right."""

    source: Source
    problems: list[Problem]
    mended: Document | None
    changes: list[tuple[str, str]]


@dataclass(frozen=True)
class Other:
    """One of those that would break. `draft` is somebody's draft of it; `follows` when it says already what it must."""

    broken: Broken
    definition: Definition
    draft: DefinitionVersion | None

    @property
    def follows(self) -> bool:
        return self.draft is not None and self.broken.mended == self.draft.document


def others(draft: DefinitionVersion) -> list[Other]:
    """Those that the draft would break, with their drafts."""
    found = broken_by(draft.document, definitions.sources(draft.definition.company_id))
    named = [(one, definitions.find(draft.definition.company_id, one.source.kind, one.source.key)) for one in found]
    return [Other(one, definition, definitions.draft_of(definition)) for one, definition in named if definition]


def broken_by(document: Document, known: Sources) -> list[Broken]:
    """Those in force that the document would break when it came into force, in the order of kinds and keys."""
    before = known.get((document["kind"], document["key"]))
    if before is None:
        return []
    after = {**known, **of_documents([document])}
    renamed = renamed_options(before.document, document)
    users = (known[identity] for identity in _users(before, known))
    return [found for user in users if (found := _broken(user, before, after, known, renamed))]


def renamed_options(before: Document, after: Document) -> Renamed:
    """Options of a table's choices that stand where another stood: the only sign of a new name."""
    if before["kind"] != "table":
        return {}
    old = {column["id"]: column.get("options", []) for column in _columns(before)}
    found = {_key(column): _pairs(old.get(column["id"], []), column.get("options", [])) for column in _columns(after)}
    return {key: pairs for key, pairs in found.items() if pairs}


def mend(broken: list[Broken], company_id: int, *, by_id: int | None) -> list[DefinitionVersion]:
    """The change in a draft of each that can be put right by it; a step of each draft that can be undone. Flushes."""
    changed = []
    for found in broken:
        definition = definitions.find(company_id, found.source.kind, found.source.key)
        if found.mended is None or definition is None:
            continue
        draft = definitions.open_draft(definition, by_id=by_id)
        steps.save(draft, found.mended, seen=draft.version_id, by_id=by_id)
        changed.append(draft)
    return changed


# ── looking ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _users(source: Source, known: Sources) -> list[tuple[str, str]]:
    """Everybody who names it, directly or through others."""
    documents = {identity: other.document for identity, other in known.items()}
    found: list[tuple[str, str]] = []
    waiting = [(source.kind, source.key)]
    while waiting:
        fresh = [one for one in references.users(*waiting.pop(), documents) if one not in found]
        found += fresh
        waiting += fresh
    return sorted(found)


def _broken(user: Source, before: Source, after: Sources, known: Sources, renamed: Renamed) -> Broken | None:
    already = {problem.path for problem in definitions.check(user.document, known)}
    problems = [found for found in definitions.check(user.document, after) if found.path not in already]
    if not problems:
        return None
    causes = [found for found in problems if found.code != "E_NAME"]  # a name whose table is asked wrongly is missing
    changes: list[tuple[str, str]] = []
    mended = _mended(user.document, before.key, renamed, changes)
    holds = bool(changes) and not [found for found in definitions.check(mended, after) if found.path not in already]
    return Broken(user, causes or problems, mended if holds else None, changes if holds else [])


# ── putting right ─────────────────────────────────────────────────────────────────────────────────────────────────


def _mended(part: Any, table: str, renamed: Renamed, changes: list[tuple[str, str]]) -> Any:
    """The same with new options in what the table is handed, and in texts that name a result of it."""
    if isinstance(part, list):
        return [_mended(entry, table, renamed, changes) for entry in part]
    if not isinstance(part, dict):
        return part
    named = {use["as"]: renamed[use["output"]] for use in part.get("uses", ()) if _gives(use, table, renamed)}
    changed = {key: _mended(value, table, renamed, changes) for key, value in part.items() if key != "uses"}
    for name, options in named.items():
        changed = _in_texts(changed, name, options, changes)
    if "uses" in part:
        changed["uses"] = [_handed(use, table, renamed, named, changes) for use in part["uses"]]
    return {key: changed[key] for key in part}


def _gives(use: Document, table: str, renamed: Renamed) -> bool:
    return use.get("table") == table and use.get("output") in renamed


def _handed(use: Document, table: str, renamed: Renamed, named: Renamed, changes: list[tuple[str, str]]) -> Document:
    given = dict(use.get("inputs", {}))
    for key, text in given.items():
        options = dict(renamed.get(key, {})) if use.get("table") == table else {}
        for name in remedies.names_in(text):
            options |= named.get(name, {})
        given[key] = _respelled(text, options, changes)
    return {**use, "inputs": given} if given else use


def _in_texts(part: Any, name: str, options: Mapping[str, str], changes: list[tuple[str, str]]) -> Any:
    if isinstance(part, dict):
        return {key: _in_texts(value, name, options, changes) for key, value in part.items()}
    if isinstance(part, list):
        return [_in_texts(entry, name, options, changes) for entry in part]
    return _respelled(part, options, changes) if isinstance(part, str) and name in remedies.names_in(part) else part


def _respelled(text: str, options: Mapping[str, str], changes: list[tuple[str, str]]) -> str:
    changed = remedies.respelled(text, options)
    if changed != text and (text, changed) not in changes:
        changes.append((text, changed))
    return changed


def _columns(table: Document) -> Iterator[Document]:
    yield from (*table["body"]["inputs"], *table["body"]["outputs"])


def _key(column: Document) -> str:
    return str(column.get("key") or column["id"])


def _pairs(old: list[str], new: list[str]) -> dict[str, str]:
    there = zip(old, new, strict=False)
    return {before: after for before, after in there if before not in new and after not in old}
