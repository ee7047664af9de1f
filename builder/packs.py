"""Installing packs: read whole, judged whole, then written, so that a refused pack leaves nothing behind.

Installing again is harmless: what is the same stays, what changed in the pack becomes a new published version, and
what was edited here is never overwritten. Each document is kept as the pack brought it (`PackOrigin`), which is what
a later upgrade compares with.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from builder import definitions, pack_folders
from builder.models import Definition, DefinitionVersion, Pack, PackOrigin
from builder.pack_folders import FileProblem, Folder
from builder.sources import Source, Sources, digest
from core import audit, clock
from core.config import CHECKOUT
from core.db import Document, db
from core.errors import Invalid, NotFound, Problem
from core.i18n import text

SHIPPED = CHECKOUT / "seeds"


@dataclass
class Installed:
    """What an installation did, by key."""

    pack: Pack
    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)  # edited here, unchanged in the pack

    def as_json(self) -> Document:
        lists = {"new": self.new, "changed": self.changed, "same": self.same, "kept": self.kept}
        return {"pack": self.pack.key, "version": self.pack.version, **lists}


def installed(company_id: int) -> list[Pack]:
    """The company's packs with their origins, by key; two statements."""
    asked = select(Pack).options(selectinload(Pack.origins)).where(Pack.company_id == company_id).order_by(Pack.key)
    return list(db.session.scalars(asked))


def policy_of(company_id: int, kind: str, key: str) -> Document:
    """What the pack that brought a definition lets people do; empty for a definition of one's own."""
    asked = select(Pack.policy).join(Pack.origins).where(Pack.company_id == company_id)
    return db.session.scalar(asked.where(PackOrigin.kind == kind, PackOrigin.key == key).limit(1)) or {}


def shipped() -> list[Folder]:
    """The packs that come with the product."""
    return [pack_folders.read(file.parent) for file in sorted(SHIPPED.glob(f"*/{pack_folders.PACK_FILE}"))]


def shipped_folder(key: str) -> Path:
    if key not in {file.parent.name for file in SHIPPED.glob(f"*/{pack_folders.PACK_FILE}")}:
        raise NotFound(_("There is no pack of this name."), f"no pack {key!r} among the seeds")
    return SHIPPED / key


def install(path: Path, company_id: int, *, by_id: int | None) -> list[Installed]:
    """The pack and what it requires, dependencies first. Raises Invalid with every problem of every file before
    anything is written. Flushes."""
    folders = with_requirements(path, {pack.key for pack in installed(company_id)})
    known = _all_sources(folders, definitions.sources(company_id))
    problems = [problem for folder in folders for problem in folder.problems]
    problems = problems or [problem for folder in folders for problem in _judge(folder, company_id, known)]
    if problems:
        raise Invalid([problem.as_problem() for problem in problems])
    return [_write(folder, company_id, by_id) for folder in folders]


def check(path: Path, known: Sources) -> list[FileProblem]:
    """Everything wrong with a pack's folder, with a folder of definitions, or with one file. A file that lies in a
    pack may name what the pack has; `known` is what anything may name beside that."""
    if (path / pack_folders.PACK_FILE).is_file():
        return _check_folders(with_requirements(path, set()), known)
    if path.is_dir():
        return _check_folders([pack_folders.read_loose(path)], known)
    around = path.resolve().parents[2] if len(path.resolve().parents) > 2 else path.parent
    if path.parent.parent.name == "definitions" and (around / pack_folders.PACK_FILE).is_file():
        known = _all_sources(with_requirements(around, set()), known)
    return _check_folders([pack_folders.read_loose(path)], known)


def _check_folders(folders: list[Folder], known: Sources) -> list[FileProblem]:
    known = _all_sources(folders, known)
    shapes = [problem for folder in folders for problem in folder.problems]
    return shapes or [problem for folder in folders for problem in pack_folders.meaning(folder, known)]


def _all_sources(folders: list[Folder], known: Sources) -> dict[tuple[str, str], Source]:
    found = dict(known)
    for folder in folders:
        found |= folder.sources()
    return found


def with_requirements(path: Path, present: set[str]) -> list[Folder]:
    """The folder behind those that it requires and that lie beside it. What is missing is a problem of the folder."""
    done: dict[str, Folder] = {}
    _gather(path.resolve(), present, done, ())
    return list(done.values())


def _gather(path: Path, present: set[str], done: dict[str, Folder], trail: tuple[str, ...]) -> None:
    folder = pack_folders.read(path)
    for key in folder.requires if pack_folders.PACK_FILE in folder.documents else ():
        beside = path.parent / key
        if key in (*trail, path.name):
            loop = " → ".join([*trail, path.name, key])
            folder.problems.append(_pack_problem("cycle", _("Packs require each other: %(loop)s.", loop=loop)))
        elif (beside / pack_folders.PACK_FILE).is_file() and str(beside) not in done:
            _gather(beside, present, done, (*trail, path.name))
        elif str(beside) not in done and key not in present:
            sentence = _("It requires the pack “%(key)s”. Put its folder beside this one or install it first.", key=key)
            folder.problems.append(_pack_problem("requires", sentence))
    done[str(path)] = folder


def _pack_problem(code: str, sentence: str) -> FileProblem:
    return FileProblem(pack_folders.PACK_FILE, Problem("/body/requires", code, sentence))


def _judge(folder: Folder, company_id: int, known: Sources) -> Iterator[FileProblem]:
    yield from pack_folders.meaning(folder, known)
    here = _definitions(company_id, folder)
    origins = _origins(company_id, folder.key)
    for name, document in folder.documents.items():
        identity = (document["kind"], document["key"])
        if identity in here and not _may_write(document, here[identity], origins.get(identity)):
            yield FileProblem(name, Problem("", "edited_here", _edited_here(document)))


def _edited_here(document: Document) -> str:
    return _("“%(title)s” was changed here and in the pack. Keep one of the two texts.", title=text(document["title"]))


def _may_write(document: Document, definition: Definition, origin: PackOrigin | None) -> bool:
    """Not when both the pack and somebody here changed it since the pack brought it."""
    newest = _newest(definition)
    pack_says, here_says = digest(document), newest.digest if newest else None
    if pack_says == here_says:
        return True
    return origin is not None and origin.digest in (pack_says, here_says)


def _write(folder: Folder, company_id: int, by_id: int | None) -> Installed:
    pack = _pack_row(folder, company_id, by_id)
    result = Installed(pack)
    here = _definitions(company_id, folder)
    origins = {(origin.kind, origin.key): origin for origin in pack.origins}
    for document in folder.documents.values():
        identity = (document["kind"], document["key"])
        definition, origin = here.get(identity), origins.get(identity)
        done = _what_becomes_of(document, definition, origin)
        getattr(result, done).append(document["key"])
        if done in ("new", "changed"):
            _publish(document, definition or definitions.add(company_id, document), pack, by_id)
        _keep_origin(pack, origin, document)
    audit.record("pack.install", f"pack:{pack.id}", by_id=by_id, after=result.as_json())
    return result


def _what_becomes_of(document: Document, definition: Definition | None, origin: PackOrigin | None) -> str:
    """new, changed, same, or kept: edited here while the pack says what it said."""
    newest = _newest(definition) if definition else None
    if newest is None:
        return "new"
    if newest.digest == digest(document):
        return "same"
    return "kept" if origin is not None and origin.digest == digest(document) else "changed"


def _publish(document: Document, definition: Definition, pack: Pack, by_id: int | None) -> None:
    """Beside a draft that somebody has open: his draft stays as it is. All was judged before."""
    note = _("Pack %(title)s %(version)s", title=text(pack.title), version=pack.version)
    version = definitions.add_version(definition, document, by_id=by_id)
    definitions.put_in_force(version, by_id=by_id, note=note)


def _keep_origin(pack: Pack, origin: PackOrigin | None, document: Document) -> None:
    if origin is None:
        origin = PackOrigin(kind=document["kind"], key=document["key"])
        pack.origins.append(origin)
    origin.document, origin.digest = document, digest(document)


def _pack_row(folder: Folder, company_id: int, by_id: int | None) -> Pack:
    pack = db.session.scalar(select(Pack).where(Pack.company_id == company_id, Pack.key == folder.key))
    if pack is None:
        pack = Pack(company_id=company_id, key=folder.key)
        db.session.add(pack)
    version = folder.pack["body"]["version"]
    if pack.version != version or pack.installed_at is None:
        pack.installed_at, pack.installed_by = clock.now(), by_id
    pack.version, pack.title = version, folder.pack["title"]
    pack.policy = folder.pack["body"].get("policy", {})
    db.session.flush()
    return pack


def _definitions(company_id: int, folder: Folder) -> dict[tuple[str, str], Definition]:
    keys = [document["key"] for document in folder.documents.values()]
    asked = (
        select(Definition)
        .options(selectinload(Definition.versions))
        .where(Definition.company_id == company_id, Definition.key.in_(keys))
    )
    return {(found.kind, found.key): found for found in db.session.scalars(asked)}


def _origins(company_id: int, key: str) -> dict[tuple[str, str], PackOrigin]:
    asked = select(PackOrigin).join(PackOrigin.pack).where(Pack.company_id == company_id, Pack.key == key)
    return {(origin.kind, origin.key): origin for origin in db.session.scalars(asked)}


def _newest(definition: Definition) -> DefinitionVersion | None:
    """The version with the highest number, whether in force already or from a day to come."""
    return next(iter(definitions.history(definition)), None)
