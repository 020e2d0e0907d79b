"""Mirrors and proxies, and one question to an index when it is asked for."""

import http.server
import threading

import pytest

from gpuproof.core.problems import UserProblem
from gpuproof.core.setup.network import Network, masked, reach

OFFICIAL = "https://download.pytorch.org/whl/cu126"


@pytest.mark.parametrize(
    ("network", "index"),
    [
        (Network(), OFFICIAL),
        (Network(index_base="https://mirror.example.org/whl/"), "https://mirror.example.org/whl/cu126"),
        (Network(index_base="https://a/whl", index_url="https://b/simple"), "https://b/simple"),
    ],
)
def test_the_index_of_a_variant(network, index):
    assert network.index_for("cu126", OFFICIAL) == index


@pytest.mark.parametrize("url", ["mirror.example.org", "ftp://x/whl", "", "--extra-index-url https://x"])
def test_what_is_no_url_is_refused(url):
    with pytest.raises(UserProblem, match="is not a URL"):
        Network(index_base=url)


def test_a_proxy_is_passed_in_variables_and_never_in_a_command():
    assert Network().environment == {}
    proxy = Network(proxy="http://me:secret@proxy:8080").environment
    assert {"HTTPS_PROXY", "PIP_PROXY"} <= set(proxy)


def test_names_and_passwords_are_masked():
    assert masked("see https://me:secret@host/whl and http://x/y") == "see https://****@host/whl and http://x/y"


@pytest.fixture
def server():
    asked = []

    class Index(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append((self.path, self.headers.get("Authorization")))
            self.send_response(404 if "gone" in self.path else 200)
            self.end_headers()

        def log_message(self, *arguments):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Index) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield f"127.0.0.1:{running.server_address[1]}", asked
        running.shutdown()
        thread.join()


def test_an_index_that_answers_can_be_reached(server):
    host, asked = server
    assert "can be reached" in str(reach(f"http://{host}/whl/cpu"))
    assert asked == [("/whl/cpu/torch/", None)]


def test_a_password_is_sent_and_not_shown(server):
    host, asked = server
    assert "secret" not in str(reach(f"http://me:secret@{host}/whl"))
    assert asked[0][1] == "Basic bWU6c2VjcmV0"


def test_an_index_without_torch_says_its_status(server):
    assert "HTTP status 404" in str(reach(f"http://{server[0]}/gone"))


def test_nobody_there_is_said():
    assert "cannot be reached" in str(reach("http://127.0.0.1:9/whl", timeout_s=1.0))
