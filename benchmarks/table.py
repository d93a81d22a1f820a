"""The results as tables to read."""

from rich.console import Console
from rich.table import Table


def show(found: dict, console: Console) -> None:
    """Print what was found: speed, processes, peers and the rest, and targets."""
    for table in (speeds(found), processes(found), others(found), targets(found)):
        console.print(table)
    machine = found["machine"]
    console.print(
        f"{machine['processor']}, {machine['cores']} cores, {machine['system']}, Python {machine['python']}; "
        f"load {found['load']['before']} before, {found['load']['after']} after. "
        "Absolute times mean little on a shared machine: compare ratios within one run."
    )


def speeds(found: dict) -> Table:
    """Nanoseconds for each person-week by size and threads."""
    table = Table(title="Nanoseconds per person-week, whole model (best of several)")
    for name in ("people in a world", "worlds", "2 threads", "1 thread", "built in s", "others' cores"):
        table.add_column(name, justify="right")
    for size, row in found["speed"].items():
        if "skipped" in row:
            table.add_row(f"{int(size):,}", "", row["skipped"])
            continue
        ns = row["ns"]
        table.add_row(
            f"{int(size):,}", f"{row['worlds']:,}", number(ns["2"]), number(ns["1"]), number(row["build_seconds"]),
            number(row["cores_taken_by_others"]),
        )  # fmt: skip
    return table


def processes(found: dict) -> Table:
    """Nanoseconds of each process by size, and what must take most of them at the largest."""
    table = Table(title="Nanoseconds per person-week by process, 1 thread")
    sizes = list(found["processes"])
    table.add_column("process")
    for size in sizes:
        table.add_column(f"{int(size):,}", justify="right")
    table.add_column("what it must take at least")
    bounds = found["processes"][sizes[-1]]["bounds"]["processes"]
    for name in found["processes"][sizes[0]]["ns"]:
        cells = [number(found["processes"][size]["ns"][name]) for size in sizes]
        bound = bounds.get(name)
        table.add_row(name, *cells, f"{largest(bound)}, {bound['most']}" if bound else "")
    return table


def largest(bound: dict) -> str:
    """The largest of the parts of a bound."""
    return number(max(bound[f"{part}_ns"] for part in ("bandwidth", "lookups", "arithmetic")))


def others(found: dict) -> Table:
    """Peers, memory, starts and callers."""
    table = Table(title="Against plain Mesa, in memory, from cold, and several callers at once", show_header=False)
    mesa, batch, memory = found["mesa"], found["batch_run"], found["memory"]
    imports, callers = found["import_seconds"], found["callers"]
    table.add_row("times plain Mesa", number(found["times_mesa"]), mesa["words"])
    table.add_row("times mesa.batch_run", number(found["times_batch_run"]), batch["words"])
    table.add_row("bytes per person", number(found["bytes_per_person"]), f"with {memory['mean_ties']} ties")
    table.add_row("bytes per tie", number(memory.get("bytes_per_tie", memory["bytes_per_tie_counted"])), "")
    table.add_row("helpseek --help", number(imports["help"]), f"s, of which Python itself {number(imports['python'])}")
    table.add_row("import sim", number(imports["import"]), "s")
    table.add_row(f"{callers['callers']} callers at once", "same bits" if callers["same_bits"] else "OTHER BITS", "")
    return table


def targets(found: dict) -> Table:
    """What was asked for, and reached."""
    table = Table(title="Targets")
    for name in ("target", "asked for", "reached", ""):
        table.add_column(name)
    for row in found["targets"]:
        met = {True: "met", False: "missed", None: "not measured"}[row["met"]]
        table.add_row(row["target"], f"{row['sense']} {row['limit']:g}", number(row["reached"]), met)
    return table


def number(value: float | None) -> str:
    """A number to about three digits."""
    if value is None:
        return "–"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
