"""Ready commands for one wheel. torch always comes by ``--index-url``: with ``--extra-index-url`` pip may take
PyPI's build of the same version, which is another one.
"""

from __future__ import annotations

from typing import Literal

from gpuproof.core.knowledge import TorchRelease, cuda_of_variant, index_url
from gpuproof.core.recommend.case import Case
from gpuproof.core.recommend.model import Commands
from gpuproof.core.recommend.search import Pick

Shell = Literal["sh", "cmd", "powershell"]
_NEED_QUOTES = set("<>=!~*[] ;&|^%$`'\"")


def commands_for(case: Case, pick: Pick) -> Commands:
    """Return the commands for the subject's own system; on Windows they work in cmd and in PowerShell."""
    shell: Shell = "cmd" if case.system == "windows" else "sh"
    url = index_url(pick.build.variant)
    packages = requirements(pick.release)
    return Commands(
        pip=_join(shell, "python", "-m", "pip", "install", *packages, "--index-url", url),
        uv=_join(shell, "uv", "pip", "install", *packages, "--index-url", url),
        conda=conda_command(shell, pick, url),
        poetry=poetry_command(shell, pick, packages, url),
        requirements="\n".join(
            ("# a file of its own: pip install -r requirements-torch.txt", f"--index-url {url}", *packages)
        ),
        docker=docker_command(case, pick),
        pyproject=pyproject_lines(pick, packages, url),
    )


def pyproject_lines(pick: Pick, packages: tuple[str, ...], url: str) -> str:
    """Return the lines that make uv take these packages, and no others, from the wheel index."""
    index = f"pytorch-{pick.build.variant.replace('.', '-')}"
    names = [package.split("==", 1)[0] for package in packages]
    listed = ", ".join(f'"{package}"' for package in packages)
    sources = "\n".join(f'{name} = [{{ index = "{index}" }}]' for name in names)
    return (
        f"[project]\ndependencies = [{listed}]\n\n[tool.uv.sources]\n{sources}\n\n"
        f'[[tool.uv.index]]\nname = "{index}"\nurl = "{url}"\nexplicit = true'
    )


def requirements(release: TorchRelease) -> tuple[str, ...]:
    """Return torch and the companions that belong to it, each with its exact version."""
    found = [f"torch=={release.version}"]
    if release.torchvision:
        found.append(f"torchvision=={release.torchvision}")
    if release.torchaudio:
        found.append(f"torchaudio=={release.torchaudio}")
    return tuple(found)


def conda_command(shell: Shell, pick: Pick, url: str) -> str:
    """Return the conda-forge form: its CUDA builds are chosen by ``cuda-version``; ROCm and XPU come by pip there."""
    version = pick.release.version
    cuda = cuda_of_variant(pick.build.variant)
    if cuda is None:
        if pick.build.variant == "cpu":
            return _join(shell, "conda", "install", "-c", "conda-forge", f"pytorch={version}=cpu*")
        return _join(shell, "conda", "run", "python", "-m", "pip", "install", f"torch=={version}", "--index-url", url)
    return _join(shell, "conda", "install", "-c", "conda-forge", f"pytorch-gpu={version}", f"cuda-version={cuda}")


def poetry_command(shell: Shell, pick: Pick, packages: tuple[str, ...], url: str) -> str:
    """Return the two poetry commands; an explicit source is asked for these packages alone."""
    source = f"pytorch-{pick.build.variant.replace('.', '-')}"
    add_source = _join(shell, "poetry", "source", "add", "--priority", "explicit", source, url)
    add = _join(shell, "poetry", "add", "--source", source, *packages)
    return f"{add_source}\n{add}" if shell == "cmd" else f"{add_source} && {add}"  # PowerShell 5 has no &&


def docker_command(case: Case, pick: Pick) -> str | None:
    """Return a line with the exact image tag; None where PyTorch publishes no image for the choice."""
    cuda, cudnn = pick.build.cuda, pick.build.cudnn
    if case.platform not in ("linux_x86_64", "windows_x86_64") or cuda is None or not cudnn:
        return None
    tag = f"{pick.release.version}-cuda{cuda}-cudnn{cudnn.split('.', 1)[0]}-runtime"
    check = 'python -c "import torch; print(torch.cuda.is_available())"'
    return f"docker run --rm --gpus all pytorch/pytorch:{tag} {check}"


def quoted(argument: str, shell: Shell) -> str:
    """Quote one argument so that the shell passes it on unchanged; sh and PowerShell take single quotes."""
    plain = not argument or not (_NEED_QUOTES & set(argument)) or _is_plain_pin(argument)
    if argument and plain:
        return argument
    if shell == "cmd":
        return '"' + argument.replace('"', '""') + '"'
    if shell == "powershell":
        return "'" + argument.replace("'", "''") + "'"
    import shlex

    return shlex.quote(argument)


def _is_plain_pin(argument: str) -> bool:
    """Say whether a pin such as torch==2.5.1 is safe bare: no shell treats a lone ``=`` in a word specially."""
    return not (_NEED_QUOTES - {"="}) & set(argument)


def _join(shell: Shell, *arguments: str) -> str:
    return " ".join(quoted(argument, shell) for argument in arguments)
