"""What the packaged program runs: the ``gpuproof`` command, which opens the app when it has no arguments."""

import multiprocessing

from gpuproof.core.cli.main import entry

if __name__ == "__main__":
    multiprocessing.freeze_support()
    entry()
