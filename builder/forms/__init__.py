"""Forms: from a document to what a person sees, may send and is told. Pure: no database, no request.

    form = forms.of(version.document["body"], version.digest)       read once, kept
    values, unread = forms.read(form, request.form, world)          a post as plain JSON
    state = forms.effective(form, values, world)                    hidden, required, computed … for these values
    judged = forms.judge(state, unread)                             problems, warnings; none: state.values is stored

What stands where:

    document    fields, parts, names            rules       when … then, and checks
    widgets     the kinds of fields             effective   the form as it stands
    world       who fills it, what is known     schemas     its JSON Schema; validity: who decides
    names       what formulas see               judging     what is wrong, in sentences
    computing   computed fields, sums           options     what may be chosen
    values      texts to values                 beginning   defaults and prefill
    showing     values to texts                 limits      who, how often; rights: which fields and records
    posts       a page's post, pasted cells     creating    facts, touches, done tasks
    settings    serials, uploads, pickers       cases       kept examples; renaming: titles in formulas
"""

from builder.forms import cases, limits, rights, settings
from builder.forms.beginning import begin
from builder.forms.computing import circle, compute, sums
from builder.forms.creating import Made, made, named
from builder.forms.document import Field, Form, items, of
from builder.forms.effective import Effective, effective, offered_to_all
from builder.forms.judging import Judged, accepted, called, field_at, judge, refused_changes
from builder.forms.names import compiled, schema
from builder.forms.options import Option
from builder.forms.posts import Stood, pasted, read
from builder.forms.renaming import option_renamed, renamed
from builder.forms.schemas import described
from builder.forms.showing import shown, typed
from builder.forms.values import parse
from builder.forms.world import Who, World

__all__ = [
    "Effective",
    "Field",
    "Form",
    "Judged",
    "Made",
    "Option",
    "Stood",
    "Who",
    "World",
    "accepted",
    "begin",
    "called",
    "cases",
    "circle",
    "compiled",
    "compute",
    "described",
    "effective",
    "field_at",
    "items",
    "judge",
    "limits",
    "made",
    "named",
    "of",
    "offered_to_all",
    "option_renamed",
    "parse",
    "pasted",
    "read",
    "refused_changes",
    "renamed",
    "rights",
    "schema",
    "settings",
    "shown",
    "sums",
    "typed",
]
