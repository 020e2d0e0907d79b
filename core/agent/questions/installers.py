"""Where pip, uv and conda are told to fetch packages from: the usual reason for which a CPU build came.

Of an address only a well-known host is told; any other host, every user name and every password stay where they are.
"""

from __future__ import annotations

import os
import re
import sys
from typing import Any, Iterator

from ..place import Place
from .kinds import ALL, Absent, Call

# hosts that everybody may know; another one is told as OTHER_HOST
PUBLIC_HOSTS = (
    "pypi.org", "files.pythonhosted.org", "test.pypi.org", "download.pytorch.org", "download-r2.pytorch.org",
    "pypi.nvidia.com", "pypi.ngc.nvidia.com", "developer.download.nvidia.com", "repo.radeon.com", "github.com",
    "wheels.vllm.ai", "conda.anaconda.org", "repo.anaconda.com", "pypi.anaconda.org", "pypi.tuna.tsinghua.edu.cn",
    "mirrors.tuna.tsinghua.edu.cn", "mirrors.aliyun.com", "mirrors.cloud.aliyuncs.com", "mirrors.ustc.edu.cn",
    "pypi.mirrors.ustc.edu.cn", "pypi.doubanio.com", "pypi.douban.com", "mirrors.cloud.tencent.com",
    "mirror.baidu.com", "repo.huaweicloud.com", "mirrors.huaweicloud.com", "mirrors.bfsu.edu.cn",
    "mirror.sjtu.edu.cn", "mirrors.sjtug.sjtu.edu.cn", "mirror.nju.edu.cn", "mirrors.163.com", "hf-mirror.com",
    "mirrors.zju.edu.cn", "mirrors.sustech.edu.cn",
)  # fmt: skip
OTHER_HOST = "another-host"
SETTINGS = (
    "index-url", "extra-index-url", "find-links", "no-index", "trusted-host", "index", "indexes", "default-index",
    "url", "torch-backend", "index-strategy", "channels", "default_channels", "channel_alias", "channel_priority",
    "user", "prefer-binary", "only-binary", "no-binary", "constraint", "no-cache-dir", "no-build-isolation", "target",
    "prefix", "require-virtualenv", "break-system-packages", "offline", "pip_interop_enabled", "solver",
    "custom_channels", "proxy", "name", "explicit",
)  # fmt: skip
_ADDRESS = re.compile(r"(https?|ftp|file|git\+https?|ssh)://(?:[^/\s@]*@)?([^/\s:\"',\]]*)([^\s\"',\]]*)")
_LINE = re.compile(r"^\s*(?:-\s+)?([A-Za-z][\w-]{0,40})\s*[=:]\s*(.*)$")


def files(place: Place) -> "Iterator[tuple[str, str]]":
    """Yield (tool, path) of every file that may hold settings, the strongest last."""
    home = place.environ.get("HOME") or place.environ.get("USERPROFILE") or "/nonexistent"
    config = place.environ.get("XDG_CONFIG_HOME") or home + "/.config"
    if sys.platform == "win32":
        roots = [place.environ.get("ProgramData"), place.environ.get("APPDATA")]
        pip = ["%s\\pip\\pip.ini" % root for root in [*roots, home] if root] + [os.path.join(sys.prefix, "pip.ini")]
        uv = ["%s\\uv\\uv.toml" % root for root in roots if root]
    else:
        folders = ("/etc/xdg/pip", "/etc", "/Library/Application Support/pip", home + "/.pip", config + "/pip",
                   home + "/Library/Application Support/pip", sys.prefix)  # fmt: skip
        pip = [folder + "/pip.conf" for folder in folders]
        uv = ["/etc/uv/uv.toml", config + "/uv/uv.toml"]
    own = place.environ.get("PIP_CONFIG_FILE")
    conda = [
        "/etc/conda/.condarc",
        os.path.join(sys.prefix, ".condarc"),
        home + "/.condarc",
        config + "/conda/.condarc",
    ]
    for tool, paths in (("pip", [*pip, own] if own else pip), ("uv", uv), ("conda", conda)):
        yield from ((tool, path) for path in paths)


def settings(place: Place) -> "list[dict[str, Any]]":
    """Return the settings that decide where a package comes from, file by file."""
    found = []  # type: list[dict[str, Any]]
    for tool, path in files(place):
        try:
            text = place.text_of(path)
        except OSError as problem:
            if isinstance(problem, PermissionError):
                found.append({"tool": tool, "file": path, "problem": problem.strerror})
            continue
        found.append({"tool": tool, "file": path, "settings": kept_lines(text)})
    if not found:
        raise Absent("no settings of pip, uv or conda")
    return found


def kept_lines(text: str) -> "list[str]":
    """Keep the known settings and the list entries below them, addresses shortened."""
    kept, is_below = [], False
    for line in text.splitlines()[:400]:
        if not line.strip() or line.lstrip().startswith(("#", ";", "[")):
            continue
        match = _LINE.match(line)
        continues = line[:1] in " \t-" and (match is None or "://" in match.group(1) + ":" + match.group(2))
        if match is not None and not continues:
            is_below = match.group(1).lower() in SETTINGS
        if is_below:
            kept.append(shortened(line.strip())[:300])
    return kept[:60]


def shortened(line: str) -> str:
    """Cut every address down to what everybody may know."""
    line = _ADDRESS.sub(known_address, line)
    if "trusted-host" in line or "proxy" in line:
        name, sign, rest = line.partition("=")
        line = name + sign + " " + " ".join(word if word in PUBLIC_HOSTS else OTHER_HOST for word in rest.split())
    return line


def known_address(match: "re.Match[str]") -> str:
    """Keep a public host with its path, which names the CUDA version; of others keep the form alone."""
    host = match.group(2).lower()
    if host in PUBLIC_HOSTS:
        return match.group(1) + "://" + host + match.group(3).split("?")[0]
    return match.group(1) + "://" + OTHER_HOST


QUESTIONS = (Call("python.installer_settings", settings, "pip.conf, uv.toml, .condarc", ALL, privacy="path"),)
