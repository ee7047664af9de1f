"""What the designer of forms asks of those who run them: what somebody could pick in a draft, and what that is called.

The builder knows neither goals nor records, so these are registered with it (`form_people.register`).
"""

from collections.abc import Sequence

from builder.forms import Field, Form, World
from organization.models import Member
from runtime.submissions import pickers, worlds
from runtime.submissions.pickers import Names


def offered(member: Member, at: Field, words: str = "") -> Sequence[tuple[int, str]]:
    """What this person finds by the words: what he may not see is not offered to him here either."""
    return pickers.offered(member, at, words)


def world(company_id: int, member: Member | None, form: Form) -> World:
    """Nobody in particular has no name and no roles."""
    names = Names(company_id, member)
    return worlds.of(member, form, names) if member else worlds.of_stranger(names)
