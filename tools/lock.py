"""Rewrite requirements.lock and the constraints in pyproject.toml that repeat its versions.

Run by `make lock`, which keeps the versions that still fit; `make lock UPGRADE=1` takes the newest.
The lock names no host, so it works with whatever package index the machine is set up to use.
"""

import argparse
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
PYPROJECT = ROOT / "pyproject.toml"
CONSTRAINTS = re.compile(r"(?<=^constraint-dependencies = \[\n)(?:    .*\n)*(?=\]$)", re.MULTILINE)
PIN = re.compile(r"^[a-z0-9][^\\\n]*==[^\\\n]*(?= \\$)", re.MULTILINE)


def with_constraints(pins: list[str]) -> str:
    """The text of pyproject.toml with these constraints in place of those it has."""
    lines = "".join(f'    "{pin}",\n' for pin in pins)
    text, count = CONSTRAINTS.subn(lambda _: lines, PYPROJECT.read_text(encoding="utf-8"))
    if count != 1:
        raise SystemExit("pyproject.toml: expected one constraint-dependencies list")
    return text


def compile_lock(uv: str, upgrade: bool) -> str:
    """Resolve in an empty folder, so that the old constraints have no say."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, PYPROJECT.name).write_text(with_constraints([]), encoding="utf-8")
        if LOCK.exists() and not upgrade:
            shutil.copy(LOCK, folder)
        version = (ROOT / ".python-version").read_text(encoding="utf-8").strip()
        options = ["--universal", f"--python-version={version}", "--all-extras", "--generate-hashes"]
        options += ["--no-header", "--no-emit-index-url", "--no-emit-find-links"]
        subprocess.run(
            [uv, "pip", "compile", "--quiet", *options, PYPROJECT.name, f"--output-file={LOCK.name}"],
            cwd=folder,
            check=True,
        )
        return Path(folder, LOCK.name).read_text(encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions that fit")
    upgrade = parser.parse_args().upgrade
    private = ROOT / ".tools" / "bin" / "uv"
    uv = shutil.which("uv") or (str(private) if private.exists() else None)
    if uv is None:
        raise SystemExit("uv is on neither the PATH nor in .tools/bin; run tools/bootstrap.sh first")
    lock = compile_lock(uv, upgrade)
    if "http" in lock:
        raise SystemExit("the new lock names a host; nothing was written")
    header = "# Exact versions with hashes, for every platform. Written by `make lock`; do not edit.\n"
    LOCK.write_text(header + lock.removeprefix(header), encoding="utf-8")
    PYPROJECT.write_text(with_constraints(PIN.findall(lock)), encoding="utf-8")


if __name__ == "__main__":
    main()
