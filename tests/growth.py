"""How work grows with the firm: a ratio of one run, so that no test depends on how fast a machine is."""

import time
import timeit
from collections.abc import Callable


def growth(work: Callable[[int], object]) -> float:
    """How many times as long a firm of a thousand takes as one of 125, each at its best of three.

    Eight where the work grows with the firm, sixty-four where it grows with its square. In processor time of
    this process: the machine may be busy with other things.
    """

    def best(size: int) -> float:
        return min(timeit.repeat(lambda: work(size), timer=time.process_time, number=1, repeat=3))

    return best(1_000) / best(125)
