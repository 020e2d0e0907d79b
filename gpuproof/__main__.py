"""``python -m gpuproof`` is the ``gpuproof`` command."""

from gpuproof.core.cli.main import entry

if __name__ == "__main__":
    entry()
