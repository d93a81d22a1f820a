"""How hot functions are compiled: once, without the global lock, cached under a name that follows the source.

Numba's own cache only notices a change in the file of the function itself, not in a file it calls. The cache folder
therefore carries a digest of every compiled module's source: new code never meets old machine code.
"""

import hashlib
import os
from pathlib import Path

import numba
import platformdirs
from numba.core import cgutils, types
from numba.extending import intrinsic

SOURCE = Path(__file__).parent
MARKS = (b"@compiled", b"@spliced")  # what stands before a function that is compiled
DECLARATIONS = ("people.py", "ties.py", "measures.py")  # their constants and layouts are compiled in


def source_digest() -> str:
    """A short digest of the sources that compiled code is made of: the same wherever the same code is."""
    digest = hashlib.sha256()
    for path in sorted(SOURCE.glob("*.py")):
        text = path.read_bytes()
        if any(mark in text for mark in MARKS) or path.name in DECLARATIONS:
            digest.update(path.name.encode())
            digest.update(text)
    return digest.hexdigest()[:16]


def cache_folder() -> Path:
    """Where compiled code is kept: ``NUMBA_CACHE_DIR`` if set, else the user's cache folder."""
    root = os.environ.get("NUMBA_CACHE_DIR") or platformdirs.user_cache_dir("help-seeking-norms")
    return Path(root) / source_digest()


numba.config.CACHE_DIR = str(cache_folder())


def compiled(function):
    """Compile ``function`` on first use: no Python objects, callable from several threads at once, cached on disk."""
    return numba.njit(nogil=True, cache=True, error_model="numpy")(function)


def spliced(function):
    """Compile ``function`` so that its machine code is spliced into loops, which can then take several rows at once."""
    return numba.njit(nogil=True, cache=True, forceinline=True, error_model="numpy")(function)


def is_warm() -> bool:
    """Whether compiled code for this very source is already on disk."""
    return any(cache_folder().glob("**/engine.*.nbc"))


@intrinsic
def borrowed(typing_context, array):
    """The same array without a share in its ownership, for use inside one compiled call.

    Compiled code counts owners with atomic instructions each time a tuple of arrays is handed on, which costs more than
    the work on one person. The Python caller owns the arrays for as long as the call lasts, so nothing needs counting.
    """

    def generate(context, builder, signature, arguments):
        view = context.make_array(array)(context, builder, value=arguments[0])
        view.meminfo = cgutils.get_null_value(view.meminfo.type)
        return view._getvalue()

    return array(array), generate if isinstance(array, types.Array) else None
