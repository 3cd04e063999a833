"""Scenarios worked on stretch by stretch, in one thread or in several, and the arrays that the results are written to.

Each stretch writes into its own part of the results, so what comes out does not depend on how many threads there are.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

from attrs import define

from rulelang.sweeps.tape.arrays import Array
from rulelang.sweeps.tape.nodes import Node


@define
class Written:
    """The results of some nodes: an array for each, and the arrays in which they lie."""

    count: int
    arrays: Mapping[Node, Array]
    whole: tuple[Array, Array] | None


def in_threads(work: Callable[[int, int, int], None], count: int, step: int, threads: int) -> None:
    """Have some work done on all stretches: it is told which thread it is in, and from where to where.

    Whichever thread is ready takes the next stretch, so that one that is held up does not hold up the others.
    """
    starts = range(0, count, step)
    threads = max(min(threads, len(starts)), 1)
    waiting = iter(starts)

    def play(thread: int) -> None:
        for start in waiting:
            work(thread, start, min(start + step, count))

    if threads == 1:
        play(0)
        return
    with ThreadPoolExecutor(threads) as pool:
        for done in [pool.submit(play, thread) for thread in range(threads)]:
            done.result()
