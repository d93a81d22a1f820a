"""How hot functions are compiled: once, without the global lock, cached under a name that follows the source.

Numba's own cache only notices a change in the file of the function itself, not in a file it calls. The cache folder
therefore carries a digest of every compiled module's source: new code never meets old machine code.
"""

import hashlib
import os
from pathlib import Path

import numba
import platformdirs

SOURCE = Path(__file__).parent


def source_digest() -> str:
    """A short digest of the package's source files, the same on every machine that holds the same code."""
    digest = hashlib.sha256()
    for path in sorted(SOURCE.glob("*.py")) + [SOURCE / "parameters.yaml"]:
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def cache_folder() -> Path:
    """Where compiled code is kept: ``NUMBA_CACHE_DIR`` if set, else the user's cache folder."""
    root = os.environ.get("NUMBA_CACHE_DIR") or platformdirs.user_cache_dir("help-seeking-norms")
    return Path(root) / source_digest()


numba.config.CACHE_DIR = str(cache_folder())


def compiled(function):
    """Compile ``function`` on first use: no Python objects, callable from several threads at once, cached on disk."""
    return numba.njit(nogil=True, cache=True)(function)


def is_warm() -> bool:
    """Whether compiled code for this very source is already on disk."""
    return any(cache_folder().glob("**/engine.*.nbc"))
