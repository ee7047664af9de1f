"""Runs a lowered tree on asteval: three node handlers on, all others off, an empty table of names.

asteval never sees a text that a person wrote. An Interpreter is not safe to share between threads; each thread has
its own.
"""

import ast
import threading
from typing import Any

import numpy as np
from asteval import Interpreter
from asteval.asteval import ALL_NODES

HANDLED = frozenset({"call", "name", "constant"})
_NAME = "formula"
_local = threading.local()


def interpreter() -> Interpreter:
    """This thread's Interpreter."""
    found = getattr(_local, "interpreter", None)
    if found is None:
        config = {node: False for node in ALL_NODES if node not in HANDLED}
        found = Interpreter(symtable={}, use_numpy=False, minimal=True, config=config)
        found.symtable.pop("print", None)  # asteval adds it even to a table that is given
        _local.interpreter = found
    return found


def run(tree: ast.expr, names: dict[str, Any]) -> Any:
    """The value of a lowered tree, whose names are all in `names`."""
    machine = interpreter()
    machine.symtable = names
    machine.error = []
    machine.error_msg = None
    machine.expr = _NAME  # unset, asteval swallows every exception
    machine.retval = None
    machine._interrupt = None
    try:
        result = machine.run(tree)
    finally:
        machine.symtable = {}
        machine.code_text.clear()
    if machine.error or result is None:
        raise RuntimeError(f"a formula failed inside the evaluator: {machine.error_msg}")
    return result


def run_columns(tree: ast.expr, names: dict[str, Any]) -> Any:
    """`run` for columns, where an overflow is a value and not a warning."""
    with np.errstate(all="ignore"):
        return run(tree, names)
