"""The command's own streams and exit code pass through, and its log is read."""

import io
import os
import signal
import subprocess
import sys

import pytest

from gpuproof.core.problems import UserProblem
from gpuproof.core.watch import command as watched
from gpuproof.core.watch.command import Command, LogTap


class Stream(io.BytesIO):
    """Bytes that are no terminal."""

    def isatty(self):
        return False


def run(code, **more):
    out, err = Stream(), Stream()
    command = Command([sys.executable, "-c", code], out, err)
    return command, command.wait(), out.getvalue(), err.getvalue()


def test_streams_and_exit_code_pass_through():
    command, code, out, err = run("import sys; print('Using device: cuda:0'); print('x', file=sys.stderr); sys.exit(7)")
    assert (code, out, err) == (7, b"Using device: cuda:0\n", b"x\n")
    assert command.tap.verdict().verdict == "gpu_used"


def test_bytes_that_are_no_text_pass_through_unchanged():
    assert run("import sys; sys.stdout.buffer.write(bytes(range(256)))")[2] == bytes(range(256))


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_death_by_signal_is_128_and_its_number():
    assert run("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")[1] == 137


def test_a_reader_that_is_gone_does_not_stop_the_command():
    class Gone(Stream):
        def write(self, part):
            raise BrokenPipeError

    command = Command([sys.executable, "-c", "print('Using device: cpu\\n' * 20000)"], Gone(), Stream())
    assert command.wait() == 0
    assert command.tap.verdict().verdict == "cpu_fallback"


def test_a_command_that_does_not_exist_is_the_persons_to_mend():
    with pytest.raises(UserProblem, match="There is no program /no/such/program"):
        Command(["/no/such/program"], Stream(), Stream())
    with pytest.raises(UserProblem, match="may not be run"):
        Command([__file__], Stream(), Stream())


def test_lines_that_come_in_halves_from_two_streams_are_read_whole():
    tap = LogTap()
    tap.take("out", b"Using dev")
    tap.take("err", b"frame 1\n")
    tap.take("out", b"ice: cpu\n")
    assert tap.verdict().verdict == "cpu_fallback"


@pytest.mark.skipif(sys.platform == "win32", reason="no pty")
def test_a_terminal_stays_a_terminal_for_the_command():
    ours, theirs = os.openpty()
    with os.fdopen(theirs, "wb", buffering=0) as terminal:
        command = Command(
            [sys.executable, "-c", "import sys; sys.exit(0 if sys.stdout.isatty() else 9)"], terminal, Stream()
        )
        assert command.wait() == 0
    os.close(ours)


def interrupted(then):
    """Run a shell that sends us, and us alone, a Ctrl-C once its exit code is waited for; return the code."""
    script = f"read line; kill -INT {os.getpid()}; {then}"
    process = subprocess.Popen(["sh", "-c", script], stdin=subprocess.PIPE)
    with watched._handed_on(process):
        process.communicate(b"now\n")
    return process.returncode


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("at_a_terminal", [True, False])
def test_a_ctrl_c_while_the_command_ends_does_not_lose_its_exit_code(monkeypatch, at_a_terminal):
    monkeypatch.setattr(watched, "_is_in_the_foreground", lambda: at_a_terminal)
    assert {interrupted("exit 7") for _ in range(10)} == {7}
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_ctrl_c_that_a_program_sent_to_us_alone_reaches_the_command(monkeypatch):
    monkeypatch.setattr(watched, "_is_in_the_foreground", lambda: False)
    monkeypatch.setattr(watched, "_OWN_INTERRUPT_S", 0.01)
    assert interrupted("exec sleep 60") == -signal.SIGINT
