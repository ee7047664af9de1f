"""create_app(): the one place that knows every part. flask and gunicorn find it with no option; so does `guantong`."""

import sys

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from builder import (
    cascade_views,
    dependent_views,
    factor_views,
    form_designer_views,
    form_exchange_views,
    form_people,
    form_preview_views,
    formula_commands,
    formula_views,
    graph_views,
    impact,
    packs_views,
    review_views,
    table_views,
    what_if,
)
from builder import commands as definition_commands
from builder import score_views as score_editor_views
from builder import views as definition_views
from builder.flows import commands as flow_commands
from builder.flows import designer_views as flow_designer_views
from builder.flows import dry_run_views as flow_dry_run_views
from builder.flows import export_views as flow_export_views
from builder.flows import trials as flow_trials
from core import assets, clock, commands, config, db, errors, htmx, i18n, jobs_views, security, server
from core.cli import Guantong
from organization import (
    accounts,
    accounts_commands,
    accounts_views,
    audit_views,
    calendar_views,
    customers_views,
    grants_views,
    invitations_views,
    members_views,
    navigation,
    products_views,
    units_commands,
    units_views,
)
from organization.imports import views as import_views
from runtime import personal_data
from runtime.actions import deciding
from runtime.actions import samples as task_samples
from runtime.actions import views as task_views
from runtime.api import commands as token_commands
from runtime.api import views as api_views
from runtime.approvals import actions as run_actions
from runtime.approvals import admin_views as run_admin_views
from runtime.approvals import api_views as approval_api_views
from runtime.approvals import inbox_views, run_views
from runtime.approvals import models as approval_models
from runtime.boards import views as board_views
from runtime.cases import views as case_views
from runtime.facts import api_views as fact_api_views
from runtime.facts import commands as fact_commands
from runtime.facts import views as fact_views
from runtime.goals import adjusting, campaign_views, report_views, touched, tree_views, trial_views
from runtime.goals import commands as goal_commands
from runtime.goals import samples as goal_samples
from runtime.goals import views as goal_views
from runtime.handover import views as handover_views
from runtime.knowledge import views as knowledge_views
from runtime.points import models as point_models
from runtime.rhythm import models as rhythm_models
from runtime.scores import commands as score_commands
from runtime.scores import samples as score_samples
from runtime.scores import short_views
from runtime.scores import views as score_views
from runtime.submissions import api_views as submission_api_views
from runtime.submissions import decided, previews, record_views, route_views, waiting_views
from runtime.submissions import import_views as record_import_views
from runtime.submissions import public_views as public_form_views
from runtime.submissions import views as submission_views
from runtime.submissions.migrating import views as migrating_views
from runtime.whatif import drafts, marked
from runtime.whatif import views as what_if_views
from seeds import demo

FOUNDATIONS = (db, i18n, htmx, errors, assets, security)
SET_UP = (
    *(accounts_views, navigation, units_views, fact_views, goal_samples, task_samples, score_samples),
    *(decided, run_actions, deciding, adjusting),
)
PAGES = (
    *(jobs_views, accounts_views, audit_views, calendar_views, customers_views, grants_views, import_views),
    *(invitations_views, members_views, products_views, units_views),
    *(definition_views, packs_views, formula_views, table_views, cascade_views),
    *(form_designer_views, form_preview_views, form_exchange_views),
    *(flow_designer_views, flow_dry_run_views, flow_export_views),
    *(goal_views, campaign_views, trial_views, task_views, board_views, fact_views, fact_api_views),
    *(handover_views, score_views, what_if_views, submission_views, submission_api_views, public_form_views, api_views),
    *(approval_api_views, case_views, knowledge_views, inbox_views, run_views, run_admin_views),
)
# These add pages to a neighbour's blueprint, tables that only jobs use, or what erasing means: importing them counts.
NEIGHBOURS = (
    *(dependent_views, factor_views, graph_views, review_views, score_editor_views, tree_views, report_views),
    *(rhythm_models, approval_models, point_models, personal_data),
    *(record_views, route_views, record_import_views, migrating_views, waiting_views, short_views),
)
COMMANDS = (
    *(commands, accounts_commands, units_commands, definition_commands, formula_commands, flow_commands),
    *(goal_commands, fact_commands, score_commands, token_commands),
)


def create_app(settings: config.Settings | None = None, **overrides: object) -> Flask:
    """The whole product. `overrides` are Flask configuration values, for tests."""
    settings = settings or config.from_environment()
    clock.resume(settings.instance / "clock.json")
    app = Flask("wsgi", root_path=str(config.CHECKOUT), static_folder=None, instance_path=str(settings.instance))
    app.config.from_mapping(
        SETTINGS=settings,
        SECRET_KEY=config.secret_key(settings.instance),
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        **overrides,
    )
    for part in (*FOUNDATIONS, *SET_UP):
        part.init_app(app)
    for page in PAGES:
        app.register_blueprint(page.bp)
    for module in COMMANDS:
        for command in module.ALL:
            app.cli.add_command(command)
    app.cli.add_command(start)
    impact.register(touched.members, touched.prospects)
    impact.register(marked.judged)
    impact.register(marked.scored, marked.would_be_scored)
    what_if.register(drafts.summary)
    what_if.register(flow_trials.summary)
    form_people.register(previews.offered, previews.world)
    return app


@click.command("start", help="Set up what is missing, load the demo on first start, serve. What ./run calls.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--empty", is_flag=True, help="No demo: prints a link to set up your own company.")
@click.option("--setup-only", is_flag=True, help="Everything but starting. Doing it twice changes nothing.")
@click.option("--demo-public", is_flag=True, help="Let other machines reach the demo accounts.")
@with_appcontext
def start(host: str, port: int, empty: bool, setup_only: bool, demo_public: bool) -> None:
    app = current_app._get_current_object()
    lines = server.prepare(app, demo.fill_empty if empty else demo.fill)
    server.refuse_public_demo(host, demo=accounts.has_demo_accounts(), allowed=demo_public)
    if not setup_only:
        server.refuse_busy_port(host, port)
    server.announce(host, port, lines)
    if not setup_only:
        server.serve(app, host, port)


cli = Guantong(create_app=create_app, add_default_commands=False, name="guantong")


def main() -> None:
    cli.main(prog_name="guantong", args=sys.argv[1:])
