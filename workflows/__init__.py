"""Approval flows: a tree of steps and what people decide, to where the run stands next. Pure: no web, no database.

    workflow = workflows.read(body, schema)                     once for each published version
    turn = workflows.start(workflow, "m7", facts)               Turn(state, event, effects, opened, closed)
    turn = workflows.decide(workflow, turn.state, "w1", "approve", "m3", facts)
    turn = workflows.perform(workflow, turn.state, {"do": "transfer", "item": "w2", "by": "m4", "to": "m9"}, facts)
    workflows.replay(workflow, events) == turn.state            the events are enough
    workflows.check(body, schema)                               what publishing refuses, each at its place
    workflows.hints(body, schema)                               conditions that overlap or leave something over
    workflows.simulate(workflow, "m7", facts)                   the route that is ahead

`facts` (workflows.facts.Facts) is written by the caller: who somebody's manager is, what stands in the record. The
engine asks, writes the answers into the event, and never looks anything up itself: the same events give the same state.

Where to find what
------------------
    document     the tree, read once: what follows what                 checks       what publishing refuses
    state        the shapes of a state, its regions and items           coverage     conditions that overlap
    facts        what is asked of the world                             hints        what is worth knowing
    walk         one operation at work on a copy of the state           simulate     the route ahead
    moves        entering steps, going on, ending                       runs         operations by name, replay
    people       who is asked, and the policies                         operations   what people and time do
    seats        many voices, one outcome; added signers                interventions  what an admin does
    joins        parallel branches coming together                      errors       what the engine refuses
    returns      going back, and where it resumes                       problems, words  sentences, in two languages

Steps
-----
    approve   who, mode, empty …          people say approve or reject. A rejection ends the branch and, if the join
                                          cannot be made without it, what is around it; in the trunk, the run
    decide    … outcomes, split           people choose an outcome, which has steps, a return or an end of its own;
                                          `split` is the outcome when several people cannot agree
    handle    …                           people do something, without a verdict
    notify    who                         somebody is told (抄送)
    choose    branches (when), else       the first branch whose condition holds, else the other
    together  branches, join              at the same time; join all, any or {"at_least": 2}
    each      over, steps, join           the same steps for each unit or row, at the same time
    wait      for                         until the caller says `wake`
    effect    then                        actions for the caller, in order
    call      workflow                    another run; it is awaited, and its rejection rejects

Steps that ask people also take: mode (any, all, in_turn, {"at_least": 2 | "60%"}), empty, same_as_submitter and
repeated (see `people`), can (return, transfer, delegate, add_before, add_with, add_after), return (to, resume),
require, due, then.

What always holds (tests/workflows/test_properties.py)
------------------------------------------------------
A run ends, or waits for somebody. No item outlives the region that it belongs to. A return cancels what it leaves.
A refused operation changes nothing.
"""

from workflows.checks import check
from workflows.document import SUBMIT, Step, Workflow, read
from workflows.errors import Forbidden, Incomplete, Nobody, Stale, WorkflowError
from workflows.facts import Facts
from workflows.hints import hints
from workflows.problems import Problem
from workflows.returns import targets
from workflows.runs import OPERATIONS, decide, perform, replay, start
from workflows.simulate import Route, Stop, simulate
from workflows.state import FINISHED, REJECTED, RUNNING, WITHDRAWN, Effect, Event, Item, State
from workflows.walk import Closed, Turn

__all__ = [
    "FINISHED",
    "OPERATIONS",
    "REJECTED",
    "RUNNING",
    "SUBMIT",
    "WITHDRAWN",
    "Closed",
    "Effect",
    "Event",
    "Facts",
    "Forbidden",
    "Incomplete",
    "Item",
    "Nobody",
    "Problem",
    "Route",
    "Stale",
    "State",
    "Step",
    "Stop",
    "Turn",
    "Workflow",
    "WorkflowError",
    "check",
    "decide",
    "hints",
    "perform",
    "read",
    "replay",
    "simulate",
    "start",
    "targets",
]
