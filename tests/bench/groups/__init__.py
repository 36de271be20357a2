"""What is measured: a module each, whose measure(run) gives a Group."""

from groups import bodies, changes, fanout, growth, idle, memory, polling, storm

ALL = {"fanout": fanout, "changes": changes, "idle": idle, "memory": memory, "storm": storm, "json": bodies, "polling": polling,
       "growth": growth}
