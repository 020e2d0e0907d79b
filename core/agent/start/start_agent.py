"""Starts the agent by its folder, alone in this directory: a script's own folder stands first on the path, so no
module of ours can shadow one of the target's, and nothing of the target's can shadow ours.
"""

from __future__ import print_function

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
OLDEST = (3, 8)


def start():
    """Load the agent package under a name of its own and run it; refuse a Python that is too old in one line."""
    if sys.version_info < OLDEST:
        sys.stderr.write("gpuproof-agent: Python %d.%d is too old, 3.8 or newer is needed\n" % sys.version_info[:2])
        return 75
    import importlib

    package = type(sys)("gpuproof_agent")  # its __init__ holds no more than its description
    package.__path__ = [os.path.dirname(HERE)]
    sys.modules["gpuproof_agent"] = package
    return importlib.import_module("gpuproof_agent.main").main()


if __name__ == "__main__":
    sys.exit(start())
