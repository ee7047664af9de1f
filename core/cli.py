"""What every command of `guantong` has in common: one JSON document on one line, exit 0 ok, 1 problems, 2 usage."""

import logging
import sys
from collections.abc import Iterable
from typing import Any, NoReturn

import click
from flask.cli import FlaskGroup, ScriptInfo

from core import jobs
from core.db import db, dump_json
from core.errors import AppError, Problem

STAYING = ("start", "worker", "ticker")


class Guantong(FlaskGroup):
    """The console script. An error of ours ends in its sentence and exit 1, never in a traceback.

    A command runs what it has queued before it ends: nobody else may be there to do it.
    """

    def _load_plugin_commands(self) -> None:
        """None but ours: what the libraries offer for `flask` would cost a third of a second of every command."""

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        context.meta["as_json"] = "--json" in args
        return super().parse_args(context, args)

    def invoke(self, context: click.Context) -> Any:
        logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
        try:
            result = super().invoke(context)
            if context.invoked_subcommand not in STAYING and jobs.queued_here():
                db.session.remove()  # what it has looked at since its commit would keep the jobs from writing
                with context.ensure_object(ScriptInfo).load_app().app_context():
                    jobs.run_due()
        except AppError as error:
            problems = error.problems or [Problem("", error.code, error.message)]
            end_with_problems(problems, as_json=context.meta["as_json"])
        return result


def print_json(document: Any) -> None:
    click.echo(dump_json(document))


def end_with_problems(problems: Iterable[Problem], *, as_json: bool) -> NoReturn:
    """Problems are an answer (stdout, with --json) and a failure (exit 1)."""
    found = list(problems)
    if as_json:
        print_json({"problems": [problem.as_json() for problem in found]})
    for problem in found:
        click.echo(f"{problem.path}: {problem.message}" if problem.path else problem.message, err=True)
    raise SystemExit(1)
