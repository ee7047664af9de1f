"""What everything stands on: configuration, database, errors, jobs, clock, audit, languages, security, commands."""

import gc
import os

# What imports make lives as long as the process. Looking for garbage in it time and again would cost a sixth of every
# start; `create_app` switches the collector on again when all is there.
gc.disable()

# Names are sorted by the reading of single characters. The dictionary of phrases would cost every start half a second;
# this package is imported before anything that imports pypinyin.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
