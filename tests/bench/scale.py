"""How much is measured."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Scale:
    name: str
    pairs: int  # runs of each figure; in each, what is compared takes turns
    json_pairs: int
    json_ms: int  # of each measurement of the JSON reader
    seconds: float  # of each load
    spread: float  # over so many seconds the first subscriptions are spread; 1 makes the polls even
    settle: float  # between the last subscription and the measurement
    clients: int
    many: int  # clients where idle ones matter
    streams: int  # each polled once a second
    many_streams: int
    client_curve: tuple
    item_curve: tuple
    held: bool  # also how delivery grows with what is held


FULL = Scale("full", pairs=5, json_pairs=7, json_ms=300, seconds=4, spread=1, settle=2, clients=1000, many=10_000, streams=50, many_streams=1000,
             client_curve=(10, 100, 1000, 10_000), item_curve=(100, 1000, 10_000, 100_000),
             held=True)
QUICK = Scale("quick", pairs=1, json_pairs=3, json_ms=40, seconds=0.6, spread=0.7, settle=0.3, clients=1000, many=2000, streams=50, many_streams=500,
              client_curve=(100, 1000), item_curve=(1000, 10_000), held=False)
# For the test that all this works at all.
TINY = Scale("tiny", pairs=1, json_pairs=1, json_ms=1, seconds=1.2, spread=0.2, settle=0.1, clients=5, many=20, streams=5, many_streams=10,
             client_curve=(2, 5), item_curve=(10, 20), held=False)
