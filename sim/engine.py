"""The order in which a week happens, for one block of people, one world, or any number of worlds at once."""

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from sim import bonds, care, census, distress, groups, interventions, norms, replies, seeking, start, tallies
from sim.compiled import compiled
from sim.rows import SPAN, add_up, desk_for, look
from sim.state import Output, State, bare

if TYPE_CHECKING:
    from collections.abc import Callable

    from sim.population import Population

# The week, in order. `|` stands where every block of a world must be done before the next process begins.
ORDER = "interventions | distress seeking replies show | care | observe bonds | groups tallies"

BLOCK = 2048  # people summed up together: part of the definition of a result, so never a setting
LARGE = 100_000  # worlds of at least this many people are worked on by several threads at once
PIECES = 32  # pieces of work that a large world is shared out in, each week and process
CHUNK = 20_000  # people in the worlds that one thread takes at a time


@compiled
def stress(w, week, worlds):
    """Factor of stressful times on the onset hazard."""
    factor = 1.0
    for k in range(worlds.stress_start.shape[1]):
        since = week - worlds.stress_start[w, k]
        if worlds.stress_start[w, k] > 0 and 0 <= since < worlds.stress_length[w, k]:
            factor *= worlds.stress_factor[w, k]
    return factor


@compiled
def service(w, week, state):
    """The professional service of a world as it stands this week."""
    state = bare(state)
    p = state.parameters[w]
    worlds = state.worlds
    first, last = worlds.first_plan[w], worlds.first_plan[w + 1]
    size = worlds.first_person[w + 1] - worlds.first_person[w]
    added = interventions.service_level(interventions.BY_SLOTS, week, first, last, state.plans)
    remote = interventions.service_level(interventions.BY_REMOTE, week, first, last, state.plans)
    line = interventions.service_level(interventions.BY_LINE, week, first, last, state.plans)
    return care.Service(
        p.care_slots_per_1000 * size / 1000.0 * (1.0 + added),
        min(1.0, p.care_remote_share + remote),
        min(1.0, p.care_line + line),
        worlds.expected_wait[w],
        p.care_open >= 0.5,
    )


@compiled
def prepare(first, last, w, week, state):
    """Structural events and interventions for one block."""
    state = bare(state)
    worlds = state.worlds
    for event in range(worlds.dissolve_week.shape[1]):
        if worlds.dissolve_week[w, event] == week and week > 0:
            bonds.dissolve(first, last, event, state.next_group[event], state.people, state.ties, state.parameters[w])
    if week > 0 and worlds.first_plan[w] < worlds.first_plan[w + 1]:
        interventions.step(
            first,
            last,
            week,
            worlds.first_plan[w],
            worlds.first_plan[w + 1],
            state.plans,
            state.people,
            state.groups,
        )


@compiled
def decide(first, last, w, week, now, state):
    """Distress, recognition, choice, answers, and what is shown of it, for one block."""
    state = bare(state)
    people, ties, p = state.people, state.ties, state.parameters[w]
    origin, seed = state.worlds.first_person[w], state.worlds.seed[w]
    distress.step(first, last, origin, seed, week, stress(w, week, state.worlds), people, state.groups, p)
    seeking.step(first, last, origin, seed, week, people, state.groups, now, p)
    replies.step(first, last, origin, seed, week, people, ties, state.groups, p)
    norms.show(first, last, origin, seed, week, people, state.groups, p)


@compiled
def learn(first, last, w, week, state):
    """What people take in from others, and how ties move, for one block."""
    state = bare(state)
    people, ties, p = state.people, state.ties, state.parameters[w]
    origin, seed = state.worlds.first_person[w], state.worlds.seed[w]
    desk = desk_for(first, last, ties.start)
    for a in range(first, last, SPAN):
        b = min(a + SPAN, last)
        look(a, b, origin, people, ties, desk)
        norms.look_around(a, b, origin, seed, week, people, ties, desk, p)
        bonds.step(a, b, origin, seed, week, people, ties, state.groups, desk, p)
        add_up(a, b, ties.start, desk)
        norms.observe(a, b, origin, seed, week, people, desk, p)
        bonds.summarise(a, b, people, desk)


@compiled
def treat(w, week, now, state, row):
    """The service's week in one world; its figures go to ``row``."""
    state = bare(state)
    worlds = state.worlds
    first, last = worlds.first_person[w], worlds.first_person[w + 1]
    done = care.step(first, last, first, worlds.seed[w], week, now, state.people, state.parameters[w])
    worlds.expected_wait[w] = done.expected_wait
    row[0], row[1], row[2], row[3] = done.places, done.sessions, done.joined, done.offered
    row[4], row[5], row[6], row[7] = done.attended, done.attended_wait, done.waiting, done.in_care
    row[8] = done.expected_wait


@compiled
def gather(w, week, state):
    """The week's end for the groups of one world."""
    state = bare(state)
    worlds = state.worlds
    groups.step(
        worlds.first_person[w],
        worlds.first_person[w + 1],
        worlds.first_group[w],
        worlds.first_group[w + 1],
        worlds.seed[w],
        week,
        state.people,
        state.ties,
        state.groups,
        state.parameters[w],
    )


@compiled
def working(w, week, state):
    """One bit for each of a world's interventions that is at work this week."""
    mask = 0
    first = state.worlds.first_plan[w]
    for k in range(first, state.worlds.first_plan[w + 1]):
        if interventions.level(state.plans, k, week) > 0.0:
            mask |= 1 << (k - first)
    return mask


@compiled
def tally(first, last, w, week, state, table):
    """Sum up one block into ``table``."""
    state = bare(state)
    tallies.step(first, last, state.people, state.groups, working(w, week, state), table, state.parameters[w])


@compiled
def tally_blocks(first, last, w, week, state, tables):
    """Sum up the blocks from ``first`` to ``last`` (numbers within the world) into a table each."""
    state = bare(state)
    begin, end = state.worlds.first_person[w], state.worlds.first_person[w + 1]
    for block in range(first, last):
        row = begin + block * BLOCK
        tally(row, min(row + BLOCK, end), w, week, state, tables[block])


@compiled
def census_due(week, every, output):
    """Whether the network is counted this week: every so many weeks, and in the last one."""
    return every > 0 and (week % every == 0 or week == output.tallies.shape[1] - 1)


@compiled
def trusted_in(w, state):
    """Whom each person of one world trusts enough to ask."""
    state = bare(state)
    worlds = state.worlds
    return census.trusted_ties(worlds.first_person[w], worlds.first_person[w + 1], state.ties, state.parameters[w])


@compiled
def count_block(first, last, w, trusted, state, table):
    """Count the trusted network around one block of people into ``table``."""
    state = bare(state)
    census.count(first, last, state.worlds.first_person[w], trusted, state.people, table)


@compiled
def count_network(w, state, table):
    """Count the trusted network of one world into ``table``."""
    state = bare(state)
    worlds = state.worlds
    table[:] = 0.0
    census.step(
        worlds.first_person[w], worlds.first_person[w + 1], state.people, state.ties, table, state.parameters[w]
    )


@compiled
def write(w, week, every, state, output):
    """Write down one world's week."""
    begin, end = state.worlds.first_person[w], state.worlds.first_person[w + 1]
    table = np.zeros(output.tallies.shape[2:])
    for first in range(begin, end, BLOCK):
        table[:] = 0.0
        tally(first, min(first + BLOCK, end), w, week, state, table)
        output.tallies[w, week] += table
    if census_due(week, every, output):
        count_network(w, state, output.census[w, week])


@compiled
def begin_world(w, state):
    """Draw the start states of one world; its structure is already there."""
    state = bare(state)
    worlds, p = state.worlds, state.parameters[w]
    seed, first, last = worlds.seed[w], worlds.first_person[w], worlds.first_person[w + 1]
    first_group = worlds.first_group[w]
    start.start_groups(first_group, worlds.first_group[w + 1], seed, state.groups, p)
    start.start_people(first, last, first_group, seed, state.people, state.groups, p)
    start.start_ties(first, last, seed, state.people, state.ties, p)
    gather(w, worlds.week[w], state)


@compiled
def live(w, until, every, state, output):
    """Live one world from the week after its last up to ``until``, block by block on one thread."""
    worlds = state.worlds
    begin, end = worlds.first_person[w], worlds.first_person[w + 1]
    unwritten = np.zeros(output.service.shape[2])
    for week in range(worlds.week[w] + 1, until + 1):
        for first in range(begin, end, BLOCK):
            prepare(first, min(first + BLOCK, end), w, week, state)
        now = service(w, week, state)
        for first in range(begin, end, BLOCK):
            decide(first, min(first + BLOCK, end), w, week, now, state)
        treat(w, week, now, state, output.service[w, week] if week >= 0 else unwritten)
        for first in range(begin, end, BLOCK):
            learn(first, min(first + BLOCK, end), w, week, state)
        gather(w, week, state)
        worlds.week[w] = week
        if week > 0:
            write(w, week, every, state, output)


@compiled
def live_all(first_world, last_world, until, every, state, output):
    """Live a run of worlds one after the other."""
    state = bare(state)
    for w in range(first_world, last_world):
        live(w, until, every, state, output)


@compiled
def begin_worlds(first_world, last_world, origin, state):
    """Draw the start states of the worlds that are the first of their kind; the others copy them later."""
    state = bare(state)
    for w in range(first_world, last_world):
        if origin[w] == w:
            begin_world(w, state)


@compiled
def write_baselines(first_world, last_world, every, state, output):
    """Mark who is isolated and write down week 0 of worlds as they stand."""
    state = bare(state)
    for w in range(first_world, last_world):
        start.mark_isolated(state.worlds.first_person[w], state.worlds.first_person[w + 1], state.people)
        write(w, 0, every, state, output)


def live_large(w: int, until: int, every: int, state: State, output: Output, pool: ThreadPoolExecutor) -> None:
    """The same as ``live`` for one large world, its blocks shared out among the threads of ``pool``."""
    worlds = state.worlds
    begin, end = int(worlds.first_person[w]), int(worlds.first_person[w + 1])
    blocks = -(-(end - begin) // BLOCK)
    share = max(4, -(-blocks // PIECES))  # blocks in one piece of work: enough to be worth handing over
    pieces = [(first, min(first + share, blocks)) for first in range(0, blocks, share)]
    spans = [(begin + first * BLOCK, min(begin + last * BLOCK, end)) for first, last in pieces]
    unwritten = np.zeros(output.service.shape[2])

    def each(function: "Callable[..., object]", *arguments: object) -> None:
        list(pool.map(lambda span: function(span[0], span[1], *arguments), spans))

    for week in range(int(worlds.week[w]) + 1, until + 1):
        each(prepare, w, week, state)
        now = service(w, week, state)
        each(decide, w, week, now, state)
        treat(w, week, now, state, output.service[w, week] if week >= 0 else unwritten)
        each(learn, w, week, state)
        gather(w, week, state)
        worlds.week[w] = week
        if week > 0:
            write_large(w, week, every, state, output, pieces, spans, pool)


def write_large(
    w: int,
    week: int,
    every: int,
    state: State,
    output: Output,
    pieces: list[tuple[int, int]],
    spans: list[tuple[int, int]],
    pool: ThreadPoolExecutor,
) -> None:
    """The same as ``write``, block tables made by several threads and added in the order of the blocks."""
    tables = np.zeros((pieces[-1][1], *output.tallies.shape[2:]))
    list(pool.map(lambda piece: tally_blocks(piece[0], piece[1], w, week, state, tables), pieces))
    for table in tables:
        output.tallies[w, week] += table
    if census_due(week, every, output):
        trusted = trusted_in(w, state)

        def counted(span: tuple[int, int]) -> np.ndarray:
            table = np.zeros(output.census.shape[2:])
            count_block(span[0], span[1], w, trusted, state, table)
            return table

        output.census[w, week] = sum(pool.map(counted, spans))


def advance(
    population: "Population",
    until: int,
    threads: int = 1,
    done: "Callable[[int], object] | None" = None,
    worlds: "np.ndarray | None" = None,
) -> None:
    """Live the given worlds (all, if none are named) up to week ``until`` on ``threads`` threads.

    ``done`` is called with the number of person-weeks after each piece of work. The result does not depend on the
    number of threads.
    """
    state, output, every = population.state, population.output, population.census_every
    chosen = np.arange(population.count) if worlds is None else worlds
    people = np.diff(state.worlds.first_person)
    work = people * np.maximum(0, until - state.worlds.week)
    report = done or (lambda amount: None)
    if threads <= 1:
        for a, b in chunks(chosen, people):
            live_all(a, b, until, every, state, output)
            report(int(work[a:b].sum()))
        return
    with ThreadPoolExecutor(threads) as pool:
        for w in chosen[people[chosen] >= LARGE]:
            live_large(int(w), until, every, state, output, pool)
            report(int(work[w]))
        pieces = chunks(chosen[people[chosen] < LARGE], people)
        jobs = [(int(work[a:b].sum()), pool.submit(live_all, a, b, until, every, state, output)) for a, b in pieces]
        for amount, job in jobs:
            job.result()
            report(amount)


def for_all_worlds(
    function: "Callable[..., object]", population: "Population", threads: int, *arguments: object
) -> None:
    """Call a compiled function on runs of neighbouring worlds until it was called on all, on several threads."""
    pieces = chunks(np.arange(population.count), np.diff(population.state.worlds.first_person))
    if threads <= 1 or len(pieces) == 1:
        for first, last in pieces:
            function(first, last, *arguments)
        return
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda piece: function(*piece, *arguments), pieces))


def chunks(worlds: np.ndarray, people: np.ndarray) -> list[tuple[int, int]]:
    """Runs of neighbouring worlds, each of about ``CHUNK`` people."""
    pieces: list[tuple[int, int]] = []
    held = 0
    for w in worlds.tolist():
        if pieces and pieces[-1][1] == w and held + people[w] <= CHUNK:
            pieces[-1] = (pieces[-1][0], w + 1)
            held += int(people[w])
        else:
            pieces.append((w, w + 1))
            held = int(people[w])
    return pieces
