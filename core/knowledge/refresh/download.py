"""Fetches one page within limits: time (also against a dripping server), size, redirects, no step down to http."""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urljoin, urlsplit
from urllib.request import HTTPHandler, HTTPRedirectHandler, HTTPSHandler, OpenerDirector, Request, build_opener

from gpuproof.core.problems import CouldNotFinish, UserProblem
from gpuproof.core.words import text

_ACCEPT = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.6, text/html;q=0.5"
_CHUNK_BYTES = 64 * 1024
_REDIRECTS = (301, 302, 303, 307, 308)
_MOST_REDIRECTS = 4
_NOT_FOUND = 404


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much a server may take: the whole exchange, one silent wait, the body."""

    deadline_s: float = 60.0
    silence_s: float = 15.0
    body_bytes: int = 32 * 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What came back, and from where in the end."""

    body: bytes
    content_type: str
    url: str


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, req: Request, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> None:
        """Hand every redirect back as an answer: ``download`` follows them itself, under its own rules."""


class PageMissing(CouldNotFinish):
    """The server answered that there is no such page."""


def download(url: str, limits: Limits | None = None) -> Page:
    """Return the page behind an address; every failure is one line that says what to do (exit code 3)."""
    within = limits or Limits()
    if urlsplit(url).scheme not in ("http", "https"):
        raise UserProblem(
            text("“{url}” is no address of an index.", url=url), text("Give one that begins with https://.")
        )
    try:
        with _watchdog(within.deadline_s) as watched:
            opener = build_opener(_NoRedirects, _WatchedHttp(watched), _WatchedHttps(watched))
            return _followed(opener, url, within, watched)
    except CouldNotFinish:
        raise
    except HTTPError as problem:
        problem.close()
        kind = PageMissing if problem.code == _NOT_FOUND else CouldNotFinish
        raise kind(text("{url} answered {code} instead of a page.", url=url, code=problem.code), _stay()) from problem
    except (URLError, OSError, http.client.HTTPException, ValueError) as problem:
        raise _unreachable(url, problem, within) from problem


class _Watched:
    """The connections of one exchange, so that they can be shut when the time is up."""

    def __init__(self) -> None:
        self.is_late = False
        self._sockets: list[socket.socket] = []
        self._lock = threading.Lock()

    def add(self, opened: socket.socket) -> None:
        with self._lock:
            self._sockets.append(opened)

    def shut(self) -> None:
        self.is_late = True
        with self._lock:
            for opened in self._sockets:
                with contextlib.suppress(OSError):  # closed already
                    opened.shutdown(socket.SHUT_RDWR)


class _WatchedHttp(HTTPHandler):
    def __init__(self, watched: _Watched) -> None:
        super().__init__()
        self._watched = watched

    def do_open(self, http_class: Any, req: Request, **arguments: Any) -> Any:
        return super().do_open(_telling(http_class, self._watched), req, **arguments)


class _WatchedHttps(HTTPSHandler):
    def __init__(self, watched: _Watched) -> None:
        super().__init__()
        self._watched = watched

    def do_open(self, http_class: Any, req: Request, **arguments: Any) -> Any:
        return super().do_open(_telling(http_class, self._watched), req, **arguments)


def _telling(connection_class: Any, watched: _Watched) -> Any:
    """Return a maker of connections that tell the watchdog of their socket as soon as it is open."""

    def make(*positional: Any, **named: Any) -> Any:
        connection = connection_class(*positional, **named)
        connect = connection.connect

        def connect_and_tell() -> None:
            connect()
            watched.add(connection.sock)

        connection.connect = connect_and_tell
        return connection

    return make


@contextlib.contextmanager
def _watchdog(deadline_s: float) -> Iterator[_Watched]:
    """Shut the connection at the deadline: a server that drips header bytes resets every read's own timeout."""
    watched = _Watched()
    timer = threading.Timer(deadline_s, watched.shut)
    timer.daemon = True
    timer.start()
    try:
        yield watched
    finally:
        timer.cancel()
        timer.join()


def _followed(opener: OpenerDirector, url: str, limits: Limits, watched: _Watched) -> Page:
    """Follow a few redirects, within https only; an address that was http from the start may stay http."""
    at = url
    for _ in range(_MOST_REDIRECTS):
        try:
            return _read(opener, at, limits, watched)
        except HTTPError as answer:
            where = answer.headers.get("Location") if answer.code in _REDIRECTS else None
            if where is None:
                raise
            answer.close()
        target = urljoin(at, where)
        schemes = urlsplit(at).scheme, urlsplit(target).scheme
        if schemes[1] not in ("http", "https") or schemes == ("https", "http"):
            words = text("{url} sends on to {where}, which is not https.", url=at, where=target)
            raise CouldNotFinish(words, _stay())
        at = target
    raise CouldNotFinish(text("{url} sends on and on.", url=url), _stay())


def _read(opener: OpenerDirector, url: str, limits: Limits, watched: _Watched) -> Page:
    began = time.monotonic()
    request = Request(url, headers={"Accept": _ACCEPT, "Accept-Encoding": "identity", "User-Agent": "gpuproof"})
    try:
        with opener.open(request, timeout=min(limits.silence_s, limits.deadline_s)) as answer:
            body = bytearray()
            while chunk := answer.read1(_CHUNK_BYTES):
                body += chunk
                if len(body) > limits.body_bytes:
                    raise CouldNotFinish(
                        text(
                            "{url} sends more than {limit} MB: no index page is that large.",
                            url=url,
                            limit=limits.body_bytes // 2**20,
                        ),
                        _stay(),
                    )
                if watched.is_late or time.monotonic() - began > limits.deadline_s:
                    raise TimeoutError
            if watched.is_late:
                raise TimeoutError
            return Page(body=bytes(body), content_type=answer.headers.get_content_type(), url=answer.geturl())
    except (OSError, http.client.HTTPException) as problem:
        if watched.is_late and not isinstance(problem, HTTPError):
            raise TimeoutError from problem
        raise


def _stay() -> Any:
    return text("The tables stay as they are. gpuproof knowledge update --from FILE takes a page fetched elsewhere.")


def _unreachable(url: str, problem: Exception, limits: Limits) -> CouldNotFinish:
    reason = getattr(problem, "reason", problem)
    if isinstance(reason, ssl.SSLError):
        detail = getattr(reason, "verify_message", "") or str(reason)
        return CouldNotFinish(
            text("The certificate of {url} is not trusted: {detail}.", url=url, detail=detail), _stay()
        )
    if isinstance(reason, TimeoutError):
        words = text("{url} did not send a whole page within {limit} s.", url=url, limit=f"{limits.deadline_s:g}")
        return CouldNotFinish(words, _stay())
    return CouldNotFinish(text("{url} cannot be reached: {detail}.", url=url, detail=str(reason)), _stay())
