"""Broken files, settings of installers, tools, the Python's start, and what torch says of its build."""

from __future__ import annotations

from gpuproof.core.facts.answers import Answers
from gpuproof.core.facts.installation import FilesCheck, InstallerSettings, PythonRuntime, TorchConfiguration
from gpuproof.core.facts.reading import (
    MIB,
    dict_of,
    fields_of,
    flag,
    list_of,
    number,
    objects,
    objects_in,
    text_pairs,
    texts_in,
    whole,
    words,
)
from gpuproof.core.facts.unknown import Unknown


def read_files_check(answers: Answers) -> FilesCheck | Unknown:
    """Read which libraries are missing or have another size than when they were installed."""
    found = dict_of(answers, "python.broken_files")
    if isinstance(found, Unknown):
        return found
    sizes = found.get("bytes")
    return FilesCheck(
        checked=whole(found.get("checked")) or 0,
        missing=texts_in(found.get("missing")),
        wrong_size=tuple(
            f"{words(entry.get('path'))}: {whole(entry.get('found'))} of {whole(entry.get('expected'))} bytes"
            for entry in objects_in(found.get("wrong_size"))
        ),
        sizes_mib=tuple(
            (name, round(size / MIB, 1))
            for name, value in sorted(sizes.items() if isinstance(sizes, dict) else ())
            if (size := number(value)) is not None
        ),
    )


def read_installer_settings(answers: Answers) -> tuple[InstallerSettings, ...] | Unknown:
    """Read the settings files of pip, uv and conda; ABSENT: there is none."""
    found = list_of(answers, "python.installer_settings")
    if isinstance(found, Unknown):
        return found
    return tuple(
        InstallerSettings(
            tool=words(entry.get("tool")),
            file=words(entry.get("file")),
            lines=texts_in(entry.get("settings")),
            problem=words(entry.get("problem")),
        )
        for entry in objects(found)
    )


def read_python_runtime(answers: Answers) -> PythonRuntime | Unknown:
    """Read how the Python was started; flags at their usual value are left out."""
    found = dict_of(answers, "python.runtime")
    if isinstance(found, Unknown):
        return found
    flags = found.get("flags")
    usual = (0, False, None)
    # these two are set by whoever asks, and say nothing of the person's own start
    ours = ("dont_write_bytecode", "safe_path", "hash_randomization")
    return PythonRuntime(
        flags=tuple(
            (name, str(value))
            for name, value in sorted(flags.items() if isinstance(flags, dict) else ())
            if value not in usual and name not in ours
        ),
        file_system_encoding=words(found.get("file_system_encoding")),
        is_gil_enabled=flag(found.get("gil_enabled")),
        start_up_files=texts_in(found.get("start_up_files")),
        missing_path_entries=whole(found.get("missing_path_entries")),
    )


def read_build_tools(answers: Answers) -> tuple[tuple[str, str], ...] | Unknown:
    """Read which programs are at hand: (gcc, /usr/bin/x86_64-linux-gnu-gcc-12)."""
    found = dict_of(answers, "build.tools")
    if isinstance(found, Unknown):
        return found
    return text_pairs(found)


def read_torch_configuration(answers: Answers) -> TorchConfiguration | Unknown:
    """Read torch's own report of its build; not reached where the import failed."""
    found = dict_of(answers, "torch.configuration")
    if isinstance(found, Unknown):
        return found
    build = fields_of(answers, "torch.build")
    nccl = build.get("nccl_version")
    return TorchConfiguration(
        built_with=texts_in(found.get("built_with")),
        settings=_pairs(found.get("settings")),
        parallel=texts_in(found.get("parallel")),
        switches=_pairs(found.get("switches")),
        threads=whole(build.get("threads")),
        cudnn_enabled=flag(build.get("cudnn_enabled")),
        cudnn_benchmark=flag(build.get("cudnn_benchmark")),
        nccl_version=".".join(map(str, nccl)) if isinstance(nccl, list) else "",
    )


def _pairs(found: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(found, dict):
        return ()
    return tuple((str(name), str(value)) for name, value in sorted(found.items()) if value is not None)
