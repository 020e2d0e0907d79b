"""Runs gpuproof from a clone: makes ``.venv``, installs the project there, then opens the app or runs a command.

    python run.py                 open the app
    python run.py check --yes     the same job in the terminal
    python run.py test [ARGS]     install the test extras and run all tests

Standard library only, and every line parses on old Pythons, so that they get words and not a SyntaxError.
"""

from __future__ import print_function

import hashlib
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(ROOT, ".venv")
BIN = os.path.join(VENV, "Scripts" if os.name == "nt" else "bin")
PYTHON = os.path.join(BIN, "python.exe" if os.name == "nt" else "python")
OLDEST = (3, 10)


def main(arguments):
    """Prepare the environment when it is not as pyproject.toml wants it, then hand over to it."""
    if sys.version_info < OLDEST:
        say("Found Python %d.%d; gpuproof needs Python 3.10 or newer." % sys.version_info[:2])
        say("Start it with a newer one, for instance: python3.11 run.py")
        return 2
    tests = arguments[:1] == ["test"]
    code = prepare("test" if tests else "app")
    if code:
        return code
    if tests:
        return hand_over(["-m", "pytest", "-n", "2", "--dist", "loadfile"] + arguments[1:])
    return hand_over(["-m", "gpuproof"] + arguments)


def prepare(extra):
    """Install what is missing. The stamp holds the hash of pyproject.toml, so a second start only reads two files."""
    wanted = fingerprint()
    stamp = os.path.join(VENV, "gpuproof-%s.stamp" % extra)
    if read(stamp) == wanted and os.path.exists(PYTHON):
        return 0
    say("Preparing %s (the first start downloads Qt, about 100 MB) ..." % VENV)
    if not os.path.exists(PYTHON):
        code = make_venv()
        if code:
            return code
    what = ROOT + ("[test]" if extra == "test" else "")
    command = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--editable", what]
    if subprocess.call(command, stdout=sys.stderr) != 0:
        say("The installation failed; pip's words stand above. This command does it again:")
        say(" ".join(command))
        return 3
    with open(stamp, "w") as file:
        file.write(wanted)
    return 0


def make_venv():
    """Make the environment; Debian ships Python without ensurepip, and the one package that mends it is named."""
    code = subprocess.call([sys.executable, "-m", "venv", VENV], stdout=sys.stderr)
    if code == 0:
        return 0
    say("Python could not make a virtual environment in %s." % VENV)
    if os.path.exists("/etc/debian_version"):
        say("Debian/Ubuntu: sudo apt-get install python3-venv")
    return 3


def hand_over(arguments):
    """Become the environment's Python; Windows has no exec that keeps the console, so it waits there."""
    if os.name == "nt":
        return subprocess.call([PYTHON] + arguments)
    os.execv(PYTHON, [PYTHON] + arguments)


def fingerprint():
    """Hash what decides about the installation: the project's settings and the place of the clone."""
    with open(os.path.join(ROOT, "pyproject.toml"), "rb") as file:
        return hashlib.sha256(file.read() + ROOT.encode("utf-8")).hexdigest()


def read(path):
    """Return a small file's text, or nothing when it is not there."""
    try:
        with open(path) as file:
            return file.read().strip()
    except (IOError, OSError):
        return ""


def say(words):
    """Progress and problems go to stderr: stdout belongs to the command."""
    sys.stderr.write(words + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
