"""Starts the agent on a machine where nothing of ours lies: its modules come over stdin and live in memory only.

The text of this file is executed by ``python3 -c`` there, after which a zip file follows on stdin: its length in
bytes as a line, then the bytes; then the request, as always. Nothing is written on that machine.
"""

from __future__ import print_function

import sys

OLDEST = (3, 8)
PACKAGE = "gpuproof_agent"


class MemoryModules(object):
    """Finds and loads modules of a zip file in memory. It stands last, so that nothing of the target is shadowed."""

    def __init__(self, archive):
        self._sources = {name: archive.read(name).decode("utf-8") for name in archive.namelist()}

    def find_spec(self, name, path=None, target=None):
        """Find a module of the archive: ``a/b.py`` or ``a/b/__init__.py``."""
        from importlib.machinery import ModuleSpec

        file, is_package = self._file_of(name)
        if file is None:
            return None
        return ModuleSpec(name, self, origin="gpuproof-memory:" + file, is_package=is_package)

    def create_module(self, spec):
        """Leave the creation to the import system."""

    def exec_module(self, module):
        """Run the module's source."""
        source = self.get_source(module.__name__)
        exec(compile(source, module.__spec__.origin, "exec", dont_inherit=True), module.__dict__)

    def get_source(self, name):
        """Return the source, which tracebacks and compilers like to show."""
        return self._sources[self._file_of(name)[0]]

    def _file_of(self, name):
        base = name.replace(".", "/")
        if base + "/__init__.py" in self._sources:
            return base + "/__init__.py", True
        return (base + ".py", False) if base + ".py" in self._sources else (None, False)


def start(stream):
    """Read the archive from the stream and run the agent in it."""
    if sys.version_info < OLDEST:
        sys.stderr.write("gpuproof-agent: Python %d.%d is too old, 3.8 or newer is needed\n" % sys.version_info[:2])
        return 75
    import importlib
    import io
    import zipfile

    size = int(stream.readline())
    sys.path[:] = [entry for entry in sys.path if entry not in ("", ".")]  # `-c` puts the current folder first
    sys.dont_write_bytecode = True
    sys.meta_path.append(MemoryModules(zipfile.ZipFile(io.BytesIO(stream.read(size)))))
    return importlib.import_module(PACKAGE + ".main").main()


if __name__ == "__main__":
    sys.exit(start(getattr(sys.stdin, "buffer", sys.stdin)))
