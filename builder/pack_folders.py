"""A pack as a folder in git: `pack.json` and one file a definition, `definitions/<kind>/<key>.json`."""

from dataclasses import dataclass, field
from pathlib import Path

from flask_babel import gettext as _

from builder import checks, json_text, shape
from builder.sources import Source, Sources, of_documents
from core.db import Document
from core.errors import Invalid, Problem

PACK_FILE = "pack.json"
MAX_FILES = 2000


@dataclass(frozen=True)
class FileProblem:
    """A problem and the file that it is in, relative to the folder."""

    file: str
    problem: Problem

    def as_problem(self) -> Problem:
        """As one of a list that covers many files: definitions/table/okr.light.json#/body/rows/0"""
        return Problem(f"{self.file}#{self.problem.path}", self.problem.code, f"{self.file}: {self.problem.message}")

    def as_json(self) -> dict[str, str]:
        return {"file": self.file, **self.problem.as_json()}


@dataclass
class Folder:
    """What stands in the files, as far as it can be read, and what cannot."""

    path: Path
    documents: dict[str, Document] = field(default_factory=dict)  # by file name within the folder
    problems: list[FileProblem] = field(default_factory=list)

    @property
    def pack(self) -> Document:
        return self.documents[PACK_FILE]

    @property
    def key(self) -> str:
        return str(self.pack["key"])

    @property
    def requires(self) -> list[str]:
        return list(self.pack["body"].get("requires", ()))

    def sources(self) -> dict[tuple[str, str], Source]:
        return of_documents(self.documents.values())


def read(path: Path) -> Folder:
    """The pack's files, each judged by shape, name and prefix. Never raises for what is in them."""
    folder = Folder(path)
    if not (path / PACK_FILE).is_file():
        folder.problems.append(_no_pack_file())
        return folder
    files = [path / PACK_FILE, *sorted((path / "definitions").rglob("*.json"))]
    if len(files) > MAX_FILES:
        sentence = _("A pack holds at most %(most)s definitions.", most=MAX_FILES)
        folder.problems.append(FileProblem(PACK_FILE, Problem("", "too_many", sentence)))
        return folder
    for file in files:
        _read_file(folder, file.relative_to(path).as_posix())
    if PACK_FILE in folder.documents:
        _check_names(folder)
    return folder


def read_loose(path: Path) -> Folder:
    """One file, or every definition below a folder that is no pack."""
    files = sorted(path.rglob("*.json")) if path.is_dir() else [path]
    folder = Folder(path if path.is_dir() else path.parent)
    for file in files:
        name = file.relative_to(folder.path).as_posix()
        document, problems = read_file(file, name)
        folder.problems += problems
        if document is not None:
            folder.documents[name] = document
    return folder


def read_file(file: Path, name: str) -> tuple[Document | None, list[FileProblem]]:
    """One definition and what is wrong with its shape; None when it is not even that."""
    try:
        _text, document = json_text.load(file)
    except Invalid as error:
        return None, [FileProblem(name, problem) for problem in error.problems]
    found = [FileProblem(name, problem) for problem in shape.problems(document)]
    return (None if found else document), found


def meaning(folder: Folder, known: Sources) -> list[FileProblem]:
    """What the documents mean together; `known` holds what they may refer to, their own included."""
    return [
        FileProblem(name, problem)
        for name, document in folder.documents.items()
        for problem in checks.problems(document, known)
    ]


def _no_pack_file() -> FileProblem:
    return FileProblem(PACK_FILE, Problem("", "missing", _("The folder has no pack.json, so it is not a pack.")))


def _read_file(folder: Folder, name: str) -> None:
    document, problems = read_file(folder.path / name, name)
    folder.problems += problems
    if document is None:
        return
    wanted = PACK_FILE if document["kind"] == "pack" else f"definitions/{document['kind']}/{document['key']}.json"
    if name == wanted:
        folder.documents[name] = document
    else:
        sentence = _("By its kind and key this file belongs at %(wanted)s. Move it there.", wanted=wanted)
        folder.problems.append(FileProblem(name, Problem("/key", "file_name", sentence)))


def _check_names(folder: Folder) -> None:
    prefix = folder.pack["body"]["prefix"]
    for name, document in folder.documents.items():
        if name != PACK_FILE and not document["key"].startswith(f"{prefix}."):
            sentence = _("Keys of this pack begin with “%(prefix)s.”.", prefix=prefix)
            folder.problems.append(FileProblem(name, Problem("/key", "prefix", sentence)))
