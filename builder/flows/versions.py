"""The versions of a flow that can be drawn and walked: the draft, and what is in force."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from builder import definitions
from builder.flows.designer import is_readable
from builder.models import Definition, DefinitionVersion
from core.errors import NotFound


def readable(definition: Definition) -> list[tuple[DefinitionVersion, str]]:
    """Each with what it is called, the draft first."""
    draft = definitions.draft_of(definition)
    newest = next((one for one in definitions.history(definition) if one.state == "published"), None)
    found = [(draft, _("Draft"))] if draft is not None and is_readable(draft.document) else []
    return [*found, *([(newest, _("Version %(number)s", number=newest.number))] if newest is not None else [])]


def asked(definition: Definition, args: Mapping[str, Any]) -> DefinitionVersion:
    """The one that `version` names, or else the first. Raises NotFound where there is none."""
    found = [version for version, _called in readable(definition)]
    if not found:
        raise NotFound(
            _("There is no version of this flow that can be drawn."),
            f"definition {definition.id} has no readable version",
        )
    return next((version for version in found if str(version.id) == args.get("version")), found[0])
