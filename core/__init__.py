"""What everything stands on: configuration, database, errors, jobs, clock, audit, languages, security, commands."""

import os

# Names are sorted by the reading of single characters. The dictionary of phrases would cost every start half a second;
# this package is imported before anything that imports pypinyin.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
