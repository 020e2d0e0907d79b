"""Mirrors and proxies for restricted networks. Nothing here touches the network except ``reach``, when asked."""

from __future__ import annotations

import base64
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass

from gpuproof.core.problems import UserProblem
from gpuproof.core.words import Text, text

_SECRET = re.compile(r"(?<=://)[^/@\s]+(?=@)")
_MOST_BYTES = 64 << 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """How to reach wheels. ``index_base`` stands for https://download.pytorch.org/whl, the variant is appended;
    ``index_url`` is a whole index, taken as it is.
    """

    index_base: str | None = None
    index_url: str | None = None
    proxy: str | None = None

    def __post_init__(self) -> None:
        for url in (self.index_base, self.index_url, self.proxy):
            if url is not None and urllib.parse.urlsplit(url).scheme not in ("http", "https", "file", "socks5"):
                raise UserProblem(
                    text("{url} is not a URL that can be used.", url=masked(url)),
                    text("Give a full one, for example https://mirror.example.org/pytorch/whl."),
                )

    def index_for(self, variant: str, recommended: str) -> str:
        """Return the index of a variant: the given one, the mirror's, else the recommended one."""
        if self.index_url:
            return self.index_url
        return f"{self.index_base.rstrip('/')}/{variant}" if self.index_base else recommended

    @property
    def environment(self) -> dict[str, str]:
        """Return the variables that make pip and uv use the proxy; as variables they stand in no shown command."""
        if not self.proxy:
            return {}
        names = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "PIP_PROXY")
        return dict.fromkeys(names, self.proxy)


def _request(url: str) -> urllib.request.Request:
    """Return a request; a name and password in the URL go into a header, as urllib takes them for a host name."""
    parts = urllib.parse.urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    request = urllib.request.Request(urllib.parse.urlunsplit(parts._replace(netloc=host)))
    request.add_header("User-Agent", "gpuproof")
    if at:
        token = base64.b64encode(urllib.parse.unquote(user).encode()).decode("ascii")
        request.add_header("Authorization", f"Basic {token}")
    return request


def masked(words: str) -> str:
    """Hide user names and passwords in URLs."""
    return _SECRET.sub("****", words)


def reach(url: str, proxy: str | None = None, *, timeout_s: float = 8.0) -> Text:
    """Ask one index once and say what came back."""
    handler = urllib.request.ProxyHandler({"http": proxy, "https": proxy} if proxy else None)
    request = _request(url.rstrip("/") + "/torch/")
    began = time.monotonic()
    try:
        with urllib.request.build_opener(handler).open(request, timeout=timeout_s) as answer:
            answer.read(_MOST_BYTES)
    except urllib.error.HTTPError as problem:
        return text("{url} answered with HTTP status {status}.", url=masked(url), status=problem.code)
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "reason", None) or problem
        return text("{url} cannot be reached: {reason}", url=masked(url), reason=str(reason))
    took_s = f"{time.monotonic() - began:.1f}"
    return text("{url} can be reached ({took_s} s).", url=masked(url), took_s=took_s)
