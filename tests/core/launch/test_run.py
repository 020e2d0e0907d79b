"""Every way in which a run can end, with children that misbehave."""

import os
import queue
import sys
import threading
import time

import psutil
import pytest
from helpers.fake_agent import fake_agent

from gpuproof.core.launch import run as run_module
from gpuproof.core.launch.model import Cancelled, Crashed, Finished, Target, TimedOut, WorkerError
from gpuproof.core.launch.run import run_agent
from gpuproof.core.problems import UserProblem

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are scripts with a shebang line")


def run(target, *, deadline_s=20.0, **more):
    return run_agent(target, "inspect", {"import_torch": False}, deadline_s=deadline_s, **more)


def is_running(pid):
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def test_a_result_finishes_the_run(tmp_path):
    target = fake_agent(tmp_path, "hello(); send(type='answer', question='q'); send(type='result', ok=True)")
    outcome = run(target)
    assert isinstance(outcome, Finished)
    assert outcome.result == {"type": "result", "ok": True}
    assert [message["type"] for message in outcome.record.messages] == ["hello", "answer", "result"]
    assert outcome.record.exit_status == 0


def test_messages_are_passed_on_while_it_runs(tmp_path):
    seen = []
    run(fake_agent(tmp_path, "hello(); send(type='sample', n=1); send(type='result')"), on_message=seen.append)
    assert [message["type"] for message in seen] == ["hello", "sample", "result"]


def test_the_request_carries_protocol_job_and_params(tmp_path):
    outcome = run(fake_agent(tmp_path, "hello(); send(type='result', request=request)"))
    assert isinstance(outcome, Finished)
    request = outcome.result["request"]
    assert (request["protocol"], request["job"]) == (1, "inspect")
    assert request["params"]["import_torch"] is False
    assert request["params"]["pynvml_path"].endswith("pynvml.py")


def test_known_trouble_is_a_worker_error(tmp_path):
    outcome = run(fake_agent(tmp_path, "hello(); send(type='error', kind='no-torch', detail='none here')"))
    assert isinstance(outcome, WorkerError)
    assert (outcome.kind, outcome.detail) == ("no-torch", "none here")


def test_what_comes_after_the_result_does_not_count(tmp_path):
    outcome = run(fake_agent(tmp_path, "hello(); send(type='result', n=1); send(type='result', n=2)"))
    assert isinstance(outcome, Finished)
    assert outcome.result["n"] == 1


def test_an_end_without_result_is_a_crash_and_keeps_what_was_said(tmp_path):
    target = fake_agent(
        tmp_path, "hello(); send(type='sample', n=1); sys.stderr.write('no memory left\\n'); os._exit(9)"
    )
    outcome = run(target)
    assert isinstance(outcome, Crashed)
    assert outcome.record.exit_status == 9
    assert outcome.record.stderr_tail == ("no memory left",)
    assert "exit status 9" in outcome.detail
    assert outcome.record.messages[-1] == {"type": "sample", "n": 1}


def test_a_crash_by_signal_is_named(tmp_path):
    outcome = run(fake_agent(tmp_path, "hello(); os.kill(os.getpid(), signal.SIGSEGV)"))
    assert isinstance(outcome, Crashed)
    assert "SIGSEGV" in outcome.detail


def test_the_deadline_ends_a_silent_child(tmp_path):
    began = time.monotonic()
    outcome = run(fake_agent(tmp_path, "hello(); time.sleep(60)"), deadline_s=2.0)
    assert isinstance(outcome, TimedOut)
    assert time.monotonic() - began < 30.0
    assert not is_running(outcome.record.messages[0]["pid"])


def cancel_at(event, message_type):
    return lambda message: event.set() if message["type"] == message_type else None


def test_a_cancel_is_asked_for_first(tmp_path):
    target = fake_agent(
        tmp_path,
        "hello(); line = sys.stdin.readline(); send(type='result', heard=line.strip())",
    )
    cancel = threading.Event()
    outcome = run(target, cancel=cancel, on_message=cancel_at(cancel, "hello"))
    assert isinstance(outcome, Cancelled)
    assert outcome.record.messages[-1] == {"type": "result", "heard": '{"type": "cancel"}'}


def test_a_cancel_ends_a_child_that_does_not_listen(tmp_path):
    target = fake_agent(tmp_path, "signal.signal(signal.SIGTERM, signal.SIG_IGN); hello(); time.sleep(60)")
    cancel = threading.Event()
    outcome = run(target, cancel=cancel, on_message=cancel_at(cancel, "hello"))
    assert isinstance(outcome, Cancelled)
    assert outcome.record.took_s < 3.0
    assert not is_running(outcome.record.messages[0]["pid"])
    assert outcome.record.left_behind == ()


def test_a_cancel_before_the_start_is_a_cancel(tmp_path):
    cancel = threading.Event()
    cancel.set()
    assert isinstance(run(fake_agent(tmp_path, "hello(); time.sleep(60)"), cancel=cancel), Cancelled)


GRANDCHILDREN = """
child = subprocess.Popen([sys.executable, "-ISc", "import time; time.sleep(60)"], start_new_session=True)
orphan_maker = '''
import os, subprocess, sys
process = subprocess.Popen(
    [sys.executable, "-ISc", "import time; time.sleep(60)"], start_new_session=True, stdout=subprocess.DEVNULL
)
print(process.pid, flush=True)
os._exit(0)
'''
orphan = int(subprocess.run([sys.executable, "-ISc", orphan_maker], stdout=subprocess.PIPE).stdout)
hello()
send(type="sample", pids=[child.pid, orphan])
"""


@pytest.mark.parametrize("ending", ["cancel", "deadline", "crash"])
def test_no_grandchild_survives_not_even_one_with_a_session_of_its_own(tmp_path, ending):
    last = "os._exit(3)" if ending == "crash" else "time.sleep(60)"
    cancel, pids = threading.Event(), []

    def on_message(message):
        pids.extend(message.get("pids", ()))
        if pids and ending == "cancel":
            cancel.set()

    outcome = run(
        fake_agent(tmp_path, GRANDCHILDREN + last),
        cancel=cancel,
        deadline_s=1.5 if ending == "deadline" else 20.0,
        on_message=on_message,
    )
    assert type(outcome) is {"cancel": Cancelled, "deadline": TimedOut, "crash": Crashed}[ending]
    assert len(pids) == 2
    assert not any(is_running(pid) for pid in pids)
    assert outcome.record.left_behind == ()


def test_an_exception_in_the_listener_leaves_no_child_behind(tmp_path):
    pids = []

    def stumble(message):
        pids.append(message["pid"])
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(fake_agent(tmp_path, "hello(); time.sleep(60)"), on_message=stumble)
    assert not is_running(pids[0])


def test_garbage_between_messages_is_kept_bounded(tmp_path):
    target = fake_agent(
        tmp_path, "hello(); print('\\n'.join('noise %d' % n for n in range(5000))); send(type='result')"
    )
    outcome = run(target)
    assert isinstance(outcome, Finished)
    assert len(outcome.record.malformed) == 20


def test_a_flood_of_stderr_is_kept_bounded(tmp_path):
    target = fake_agent(tmp_path, "hello(); sys.stderr.write('w' * 3_000_000 + '\\nlast\\n'); send(type='result')")
    outcome = run(target)
    assert isinstance(outcome, Finished)
    assert outcome.record.stderr_tail[-1] == "last"
    assert max(map(len, outcome.record.stderr_tail)) <= 500


def test_messages_beyond_the_kept_total_are_still_passed_on(tmp_path, monkeypatch):
    monkeypatch.setattr(run_module, "_KEPT_BYTES", 10_000)
    seen = []
    body = "hello()\nfor n in range(300): send(type='sample', fill='x' * 100)\nsend(type='result')"
    outcome = run(fake_agent(tmp_path, body), on_message=seen.append)
    assert isinstance(outcome, Finished)
    assert len(seen) == 302
    assert len(outcome.record.messages) < 150


def test_a_wrong_nonce_is_refused(tmp_path):
    outcome = run(fake_agent(tmp_path, "hello(nonce='another'); send(type='result'); time.sleep(60)"))
    assert isinstance(outcome, Crashed)
    assert "another request" in outcome.detail


def test_another_protocol_is_refused(tmp_path):
    outcome = run(fake_agent(tmp_path, "hello(protocol=2); time.sleep(60)"))
    assert isinstance(outcome, Crashed)
    assert "protocol 2" in outcome.detail


def test_a_result_before_hello_does_not_count(tmp_path):
    with pytest.raises(UserProblem):
        run(fake_agent(tmp_path, "send(type='result')"))


def test_what_is_put_into_the_inbox_reaches_the_child(tmp_path):
    inbox = queue.SimpleQueue()
    body = "hello(); send(type='result', heard=json.loads(sys.stdin.readline()))"
    target = fake_agent(tmp_path, body)
    outcome = run(target, inbox=inbox, on_message=lambda message: inbox.put({"type": "go", "phase": "cpu"}))
    assert isinstance(outcome, Finished)
    assert outcome.result["heard"] == {"type": "go", "phase": "cpu"}


def test_the_child_starts_in_an_empty_folder_of_its_own_that_is_removed(tmp_path):
    outcome = run(fake_agent(tmp_path, "hello(); send(type='result', folder=os.getcwd(), files=os.listdir('.'))"))
    assert isinstance(outcome, Finished)
    assert outcome.result["files"] == []
    assert not os.path.exists(outcome.result["folder"])


def test_a_full_disk_does_not_keep_an_agent_from_running(tmp_path, monkeypatch):
    target = fake_agent(tmp_path, "hello(); send(type='result', folder=os.getcwd())")

    def full(*given, **more):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "mkdir", full)
    outcome = run(target)
    assert isinstance(outcome, Finished)
    assert outcome.result["folder"] == os.path.abspath(os.sep)


def test_params_may_be_found_out_while_the_child_starts(tmp_path):
    target = fake_agent(tmp_path, "hello(); send(type='result', params=request['params'])")
    outcome = run_agent(target, "inspect", lambda: {"late": 1}, deadline_s=20)
    assert isinstance(outcome, Finished)
    assert outcome.result["params"]["late"] == 1


def test_params_that_cannot_be_found_out_leave_no_child_behind(tmp_path):
    target = fake_agent(tmp_path, "time.sleep(60)")
    before = set(psutil.Process().children())

    def fail():
        raise RuntimeError("on purpose")

    with pytest.raises(RuntimeError, match="on purpose"):
        run_agent(target, "inspect", fail, deadline_s=20)
    assert set(psutil.Process().children()) == before


def test_changes_of_the_environment_reach_the_child(tmp_path, monkeypatch):
    monkeypatch.setenv("GPUPROOF_GONE", "1")
    body = "hello(); send(type='result', env=[os.environ.get('GPUPROOF_NEW'), os.environ.get('GPUPROOF_GONE')])"
    outcome = run(fake_agent(tmp_path, body), environment={"GPUPROOF_NEW": "here", "GPUPROOF_GONE": None})
    assert isinstance(outcome, Finished)
    assert outcome.result["env"] == ["here", None]


def test_two_runs_at_once_do_not_disturb_each_other(tmp_path):
    target = fake_agent(tmp_path, "hello(); send(type='result', nonce=request['nonce'])")
    outcomes = []
    threads = [threading.Thread(target=lambda: outcomes.append(run(target))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({outcome.result["nonce"] for outcome in outcomes}) == 4


def test_the_real_agent_answers():
    outcome = run(Target("self"))
    assert isinstance(outcome, Finished)
    assert outcome.record.messages[0]["pid"] > 0
    assert outcome.record.malformed == ()


def test_no_thread_and_no_pipe_stays_behind(tmp_path):
    target = fake_agent(tmp_path, "hello(); send(type='result')")
    run(target)
    before = (threading.active_count(), psutil.Process().num_fds())
    for _ in range(3):
        run(target)
    assert (threading.active_count(), psutil.Process().num_fds()) == before
