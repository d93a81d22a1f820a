"""What stands on the command line, turned into scenarios; and what goes wrong, turned into a line and an exit code."""

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperCommand, TyperGroup

from sim.errors import InputError, listed, nearest, shown

if TYPE_CHECKING:
    from sim.schema import Scenario

FAILED, BAD_INPUT, STOPPED = 1, 2, 130  # exit codes


@dataclass(frozen=True)
class Brought:
    """A kind of file that a part of the package brings along, beside settings and plans.

    Its module has ``listing()``, ``starter()``, ``json_schema()``, and ``TRY``, a command with ``{file}`` in it.
    """

    plural: str
    module: str


BROUGHT: dict[str, Brought] = {}  # by kind; each part adds its own when its commands are declared
# Modules with ``verified(path, threads, progress)``, which makes a stored result of its own kind again and gives None
# for others; each part adds its own.
VERIFIERS: list[str] = []


def several(*options: str) -> type[TyperCommand]:
    """A kind of command in which each of these options takes all words up to the next option."""

    class Several(TyperCommand):
        def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
            """Write an option before each of its words, which is what the parser knows."""
            for option in options:
                args = spread(args, option)
            return super().parse_args(ctx, args)

    return Several


class Guarded(TyperGroup):
    """All commands, each ending in a line and an exit code whatever goes wrong; only a bug shows a traceback."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except InputError as error:
            raise ended(str(error), BAD_INPUT) from None
        except KeyboardInterrupt:
            raise ended("stopped; nothing was written", STOPPED) from None
        except MemoryError:
            raise ended("there is not enough memory; fewer people, seeds or weeks need less", FAILED) from None
        except BrokenPipeError:
            sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  whoever was reading has gone
            raise typer.Exit(FAILED) from None
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            raise ended(f"{where}{(error.strerror or str(error)).lower()}", FAILED) from None


PLAIN = {"“": '"', "”": '"', "’": "'", "−": "-", "–": "-", "±": "+/-", "×": "x", "…": "...", "→": "->", "←": "<-"}


def plain(error: UnicodeError) -> tuple[str, int]:
    """What stands for signs that a terminal cannot show, as Python's codecs ask for it."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(PLAIN.get(sign, "?") for sign in error.object[error.start : error.end]), error.end


def ended(text: str, code: int) -> typer.Exit:
    """Say what went wrong; raise what this returns."""
    typer.echo(f"helpseek: {text}", err=True)
    return typer.Exit(code)


def spread(words: Sequence[str], option: str) -> list[str]:
    """``--plans a b`` as ``--plans a --plans b``."""
    made: list[str] = []
    taking, fresh = False, False
    for word in words:
        if word == option:
            taking, fresh = True, True
            continue
        if word.startswith("-"):
            made += [option] if fresh else []
            taking, fresh = False, False
        made += [option, word] if taking else [word]
        fresh = False
    return [*made, option] if fresh else made


@dataclass(frozen=True)
class Asked:
    """What the options of a command ask of every scenario."""

    weeks: int | None = None
    size: int | None = None
    people: str | None = None
    ties: str | None = None
    changes: list[str] = field(default_factory=list)

    @property
    def network(self) -> tuple[str | None, str] | None:
        """One's own network, if there is one."""
        if self.ties is None and self.people is not None:
            raise InputError("a file of people needs a file of ties", key="--people", allowed="--people with --ties")
        return None if self.ties is None else (self.people, self.ties)

    def options(self) -> list[str]:
        """The same again as words of a command."""
        options = (("--weeks", self.weeks), ("--size", self.size), ("--people", self.people), ("--ties", self.ties))
        made = [part for name, value in options if value is not None for part in (name, str(value))]
        return made + [part for change in self.changes for part in ("--set", change)]

    def words(self, seeds: Sequence[int]) -> list[str]:
        """The same again, with seeds, as words of a command."""
        return [*self.options(), "--seed", str(seeds[0]), "--seeds", str(len(seeds))]


def alone(words: Sequence[str], command: str) -> str | None:
    """The setting, where plans stand behind --plans; plans that stand beside it are refused, as they may be meant."""
    if len(words) > 1:
        hint = f"helpseek {command} {words[0]} --plans {' '.join(words[1:])}"
        raise InputError("plans stand behind --plans", found=" ".join(words), hint=hint)
    return words[0] if words else None


def apart(words: Sequence[str], asked: Asked) -> tuple[str | None, list[str]]:
    """A setting and plans, out of words; with a network of one's own the setting may be left out."""
    if asked.network is None:
        if not words:
            raise InputError("a setting is missing", allowed="helpseek list settings shows them")
        return words[0], list(words[1:])
    if words and is_setting(words[0]):
        return words[0], list(words[1:])
    return None, list(words)


def is_setting(word: str) -> bool:
    """Whether a word names a setting, shipped or in a file."""
    from sim import reading, shipped

    if word.lower().endswith((".yaml", ".yml")) and os.path.isfile(word):
        return reading.read(word).data.get("kind") == "setting"
    return word in shipped.names("setting")


def listed_plans(words: Sequence[str]) -> list[str]:
    """Plans out of the words of --plans, which commas may join too; each once."""
    return once([part for word in words for part in ([word] if os.path.exists(word) else word.split(",")) if part])


def once(plans: list[str]) -> list[str]:
    """The same plans; one that is named twice is refused."""
    for plan in plans:
        if plans.count(plan) > 1:
            raise InputError("a plan is named twice", found=plan)
    return plans


def scenarios(setting: str | None, plans: Sequence[str], asked: Asked) -> "list[Scenario]":
    """One scenario for each plan, ``a+b`` standing for both together, with all changes made."""
    from sim.scenario import override_each, resolve

    network = asked.network
    made = [resolve(setting, together(plan), weeks=asked.weeks, people=asked.size, network=network) for plan in plans]
    wanted = changes(asked.changes)
    twice = {"weeks": asked.weeks, "setting.weeks": asked.weeks, "setting.people": asked.size}
    for name in wanted:
        if twice.get(name) is not None:
            found = f"{'--size' if name == 'setting.people' else '--weeks'} {twice[name]} beside it"
            raise InputError("a number is given twice", key=f"--set {name}", found=found)
    return override_each(made, wanted)


def together(plan: str) -> list[str]:
    """The plans that are joined by +, each once."""
    return once([plan] if os.path.exists(plan) else plan.split("+"))


def changes(words: Sequence[str]) -> dict[str, Any]:
    """``name=value``, each name once."""
    made: dict[str, Any] = {}
    for name, value in map(change, words):
        if name in made:
            raise InputError("a name is set twice", key="--set", found=name)
        made[name] = value
    return made


def change(word: str) -> tuple[str, Any]:
    """``name=value`` taken apart; the value is a number, true, false, null or a list as in JSON, or else text."""
    name, equals, text = word.partition("=")
    if not equals or not name.strip():
        raise InputError("this is no change", key="--set", found=shown(word), allowed="name=value")
    text = text.strip()
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        try:
            value = float(text)
        except ValueError:
            value = text
    return name.strip(), value


def seeds(first: int, number: int) -> list[int]:
    """``number`` seeds from ``first`` on."""
    if not 1 <= number <= 1_000_000:
        raise InputError("this is no number of seeds", key="--seeds", found=f"{number}", allowed="1 to 1,000,000")
    return list(range(first, first + number))


def one_of(word: str | None, known: Sequence[str], what: str) -> str | None:
    """A word that must be one of a few."""
    if word is not None and word not in known:
        allowed, hint = listed(known), nearest(word, known)
        raise InputError(f"there is no such {what}", found=shown(word), allowed=allowed, hint=hint)
    return word
