"""`guantong flows …`: a flow as a file, and tried for everybody."""

import click
from flask.cli import with_appcontext
from flask_babel import force_locale
from flask_babel import gettext as _

from builder import definitions
from builder.commands import COMPANY, find_company
from builder.flows import export_views, trials, versions
from builder.models import DefinitionVersion
from core.cli import print_json
from core.errors import Conflict, NotFound
from core.i18n import LANGUAGES
from organization.models import Company

DRAFT = click.option("--draft", is_flag=True, help="The draft, and not what is in force.")
LANGUAGE = click.option("--language", type=click.Choice(list(LANGUAGES)), default="zh", show_default=True)


@click.group("flows", help="Approval flows.")
def flows_group() -> None:
    pass


@flows_group.command("export", help="Write the flow KEY to the standard output.")
@click.argument("key")
@click.option("--format", "form", type=click.Choice(list(export_views.FORMATS)), default="policy", show_default=True)
@DRAFT
@LANGUAGE
@COMPANY
@with_appcontext
def export(key: str, form: str, draft: bool, language: str, code: str | None) -> None:
    with force_locale(LANGUAGES[language]):
        write, _ending, _kind = export_views.FORMATS[form]
        written = write(export_views.paper_of(_version(find_company(code), key, draft=draft)))
    click.echo(written, nl=False)


@flows_group.command("dry-run", help="Walk everybody's request through the flow KEY; exit status 1 if one has no way.")
@click.argument("key")
@click.option("--everywhere", is_flag=True, help="Take every branch and every outcome once.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on one line.")
@DRAFT
@LANGUAGE
@COMPANY
@with_appcontext
def dry_run(key: str, everywhere: bool, as_json: bool, draft: bool, language: str, code: str | None) -> None:
    with force_locale(LANGUAGES[language]):
        trial = trials.of(_version(find_company(code), key, draft=draft), everywhere=everywhere)
        if trial.found is None:
            raise Conflict(
                "This flow cannot be walked yet. `guantong definitions check` says why.", f"{key} is not sound"
            )
        if as_json:
            print_json(trials.as_json(trial, trial.found))
        else:
            click.echo("\n".join(trials.told(trial, trial.found)))
    if trial.found.hit(trials.STUCK):
        raise SystemExit(1)


def _version(company: Company, key: str, *, draft: bool) -> DefinitionVersion:
    definition = definitions.find(company.id, "workflow", key)
    found = [version for version, _called in versions.readable(definition)] if definition else []
    if not found:
        raise NotFound(_("No %(kind)s “%(key)s” is in force.", kind="workflow", key=key), f"no workflow {key}")
    return found[0] if draft else found[-1]


ALL = (flows_group,)
