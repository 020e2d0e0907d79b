"""A local wheel index for tests: real-form pages, and every way in which a server misbehaves."""

from __future__ import annotations

import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Handler = Callable[[BaseHTTPRequestHandler], None]

FILES = (
    ("torch-2.16.0+cpu-cp312-cp312-manylinux_2_28_x86_64.whl", ">=3.11"),
    ("torch-2.16.0+cpu-cp312-cp312-win_amd64.whl", ">=3.11"),
    ("torch-2.16.0+cu132-cp312-cp312-manylinux_2_28_x86_64.whl", ">=3.11"),
    ("torch-2.16.0+cu132-cp314-cp314t-manylinux_2_28_x86_64.whl", ">=3.11"),
    ("torch-2.16.0+cu132-cp312-cp312-win_amd64.whl", ">=3.11"),
    ("torch-2.16.0-cp312-none-macosx_14_0_arm64.whl", ">=3.11"),
    ("torch-2.15.1+cu132-cp313-cp313-manylinux_2_28_x86_64.whl", ">=3.11"),
    ("torch-2.15.0+cu132-cp313-cp313-manylinux_2_28_x86_64.whl", ">=3.11"),
    ("torch-1.13.1+cu117-cp310-cp310-linux_x86_64.whl", ">=3.7"),
    ("torch-2.16.0.dev20261101+cu132-cp312-cp312-manylinux_2_28_x86_64.whl", ""),
    ("torch-2.1.0+cu121.with.pypi.cudnn-cp310-cp310-linux_x86_64.whl", ""),
    ("torchvision-0.31.0+cu132-cp312-cp312-manylinux_2_28_x86_64.whl", ""),
)


def _link(name: str, bound: str) -> str:
    address = "/whl/" + name.replace("+", "%2B") + "#sha256=" + "0" * 64
    needed = bound.replace(">", "&gt;")
    return f'<a href="{address}" data-requires-python="{needed}">{name}</a>'


def html_page() -> bytes:
    """Return the page in the form of download.pytorch.org: encoded plus signs, hashes, a Python bound."""
    links = "\n".join(f"    {_link(name, bound)}<br/>" for name, bound in FILES)
    return (
        f"<!DOCTYPE html>\n<html><body><h1>Links for torch</h1>\n{links}\n</body></html>\n<!--TIMESTAMP 1-->".encode()
    )


def json_page() -> bytes:
    """Return the same page in the JSON form of the simple API, with upload times."""
    files = [
        {
            "filename": name,
            "url": f"/whl/{name}",
            "hashes": {},
            "requires-python": bound,
            "upload-time": "2026-12-22T10:11:12Z",
        }
        for name, bound in FILES
    ]
    return json.dumps({"meta": {"api-version": "1.1"}, "name": "torch", "files": files}).encode()


@contextmanager
def serving(handle: Handler, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """Serve every GET with a handler, over TLS when a context is given; yields the base address."""

    class Server(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            try:
                handle(self)
            except (BrokenPipeError, ConnectionResetError):  # the client hung up, as the limits ask it to
                self.close_connection = True

        def log_message(self, *args: object) -> None:
            """Say nothing: a stray line fails the test."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    server.daemon_threads = True
    server.handle_error = lambda request, client_address: None  # type: ignore[method-assign]  a refused handshake
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{server.server_address[1]}/whl"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def sending(body: bytes, content_type: str, status: int = 200) -> Handler:
    """Return a handler that sends one body."""

    def handle(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        request.send_header("Content-Type", content_type)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    return handle


def endless(request: BaseHTTPRequestHandler) -> None:
    """Send up to 200 MB without saying how much."""
    request.send_response(200)
    request.send_header("Content-Type", "text/html")
    request.end_headers()
    for _ in range(200):
        request.wfile.write(b" " * 2**20)


def dripping_body(request: BaseHTTPRequestHandler) -> None:
    """Send one byte at a time, each in time for the next read."""
    request.send_response(200)
    request.send_header("Content-Type", "text/html")
    request.end_headers()
    for _ in range(200):
        request.wfile.write(b" ")
        request.wfile.flush()
        time.sleep(0.02)


def dripping_headers(request: BaseHTTPRequestHandler) -> None:
    """Send a header that never ends, one byte at a time."""
    request.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    for _ in range(200):
        request.wfile.write(b"x")
        request.wfile.flush()
        time.sleep(0.02)


def silent(request: BaseHTTPRequestHandler) -> None:
    """Take the request and say nothing."""
    time.sleep(0.5)


def redirecting(where: str) -> Handler:
    """Return a handler that sends every request elsewhere."""

    def handle(request: BaseHTTPRequestHandler) -> None:
        request.send_response(302)
        request.send_header("Location", where)
        request.send_header("Content-Length", "0")
        request.end_headers()

    return handle
