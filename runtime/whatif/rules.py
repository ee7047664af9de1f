"""The rules in force, and the same with a draft in the place of what it would replace."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from builder import definitions, graph
from builder.models import DefinitionVersion
from builder.sources import Sources
from organization.models import OrgUnit

Named = tuple[str, str]  # kind and key


@dataclass(frozen=True)
class Rules:
    versions: Mapping[Named, DefinitionVersion]

    @cached_property
    def sources(self) -> Sources:
        return {named: definitions.source(version) for named, version in self.versions.items()}

    def with_draft(self, draft: DefinitionVersion) -> "Rules":
        return Rules({**self.versions, name_of(draft): draft})

    def made_with(self, draft: DefinitionVersion) -> list[DefinitionVersion]:
        """The draft and what is computed from it, directly or through others, as it stands in these rules."""
        drawn = graph.of([version.document for version in self.versions.values()])
        start = graph.identity(*name_of(draft))
        reached = {start, *drawn.downstream(start)}
        return [version for named, version in self.versions.items() if graph.identity(*named) in reached]


def in_force(company_id: int, unit: OrgUnit | None = None) -> Rules:
    """What holds today at a unit (the whole company); one statement."""
    return Rules({name_of(version): version for version in definitions.published_all(company_id, unit=unit)})


def name_of(version: DefinitionVersion) -> Named:
    return version.definition.kind, version.definition.key
