#!/bin/sh
# Makes .venv: the interpreter that .python-version names, the packages of requirements.lock
# checked against their hashes, and this project in editable form. Needs uv, or any Python 3.9
# or later to get uv with. `make` runs this when .venv is missing or out of date.
set -eu
cd "$(dirname "$0")/.."
# Trust what the system trusts: schools and ministries often stand behind a certificate of their own.
export UV_SYSTEM_CERTS="${UV_SYSTEM_CERTS:-true}" UV_NATIVE_TLS="${UV_NATIVE_TLS:-true}"

say() { echo "bootstrap: $*" >&2; }
works() { "$@" >/dev/null 2>&1; }

# A python3 on PATH may be a shim of pyenv's for a version that is not installed, so try several.
old_enough_python() {
    for python in python3 /usr/bin/python3 /usr/local/bin/python3 /opt/homebrew/bin/python3 \
        python3.12 python3.13 python3.14 python3.11 python3.10 python3.9; do
        if works "$python" -c 'import sys; sys.exit(sys.version_info < (3, 9))'; then
            echo "$python"
            return
        fi
    done
    return 1
}

install_uv() {
    python=$(old_enough_python) || {
        say "found neither uv nor Python 3.9 or later; install either one and try again"
        exit 1
    }
    say "getting uv into .tools/ with $python"
    rm -rf .tools
    if works "$python" -m venv .tools && .tools/bin/python -m pip install --quiet "uv>=0.9,<1"; then
        return
    fi
    # Debian's python3 comes without venv unless python3-venv is installed.
    rm -rf .tools
    "$python" -m pip install --quiet --target .tools "uv>=0.9,<1" || {
        say "could not install uv with $python -m pip; install uv by hand and try again"
        exit 1
    }
}

if works uv --version; then
    uv=uv
else
    uv=.tools/bin/uv
    works "$uv" --version || install_uv
fi

if ! works .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 12))'; then
    say "making .venv with Python $(cat .python-version)"
    rm -rf .venv
    "$uv" venv --quiet .venv || {
        say "no Python $(cat .python-version) could be had; trying any later one"
        "$uv" venv --quiet --python '>=3.12' .venv
    }
fi

say "installing the locked packages into .venv"
"$uv" pip sync --quiet --python .venv/bin/python --require-hashes requirements.lock
"$uv" pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation --editable .
touch .venv/.complete
