"""The rules between lines: what outranks what."""

import pytest

from gpuproof.core.logs.scan import scan


def verdict(*lines):
    return scan(lines).verdict


def test_applied_beats_requested():
    assert verdict("execution_providers=['CUDAExecutionProvider']", "Applied providers: ['CPUExecutionProvider']") == (
        "cpu_fallback"
    )


def test_a_decisive_error_beats_the_plan():
    assert verdict("Using device: cuda", "RuntimeError: CUDA error: unknown error") == "gpu_error"


def test_work_on_the_gpu_after_an_error_beats_it():
    assert verdict("RuntimeError: No CUDA GPUs are available", "Using device: cuda:0", "100%|##| 9/9") == "gpu_used"


def test_a_caught_error_with_work_after_it_is_a_fallback():
    assert verdict("AssertionError: Torch not compiled with CUDA enabled", "100%|####| 20/20") == "cpu_fallback"


def test_an_error_without_work_after_it_stays_an_error():
    assert verdict("100%|####| 20/20", "AssertionError: Torch not compiled with CUDA enabled") == "gpu_error"


def test_out_of_memory_is_not_a_cpu_verdict():
    assert verdict("Using device: cuda", "CUDA out of memory. Tried to allocate 2 GiB") == "oom"


def test_out_of_memory_with_a_fallback_after_it_is_one():
    assert verdict("CUDA out of memory. Tried to allocate 2 GiB", "Falling back to CPU") == "cpu_fallback"


def test_out_of_memory_that_was_overcome_is_gpu():
    assert verdict("CUDA out of memory. Tried to allocate 2 GiB", "Device: cuda:0 NVIDIA L4 : native") == "gpu_used"


def test_memory_of_the_machine_is_not_the_gpus():
    judged = scan(["MemoryError: Unable to allocate 3.1 GiB", "Killed"])
    assert judged.verdict == "inconclusive"
    assert "machine's own memory" in str(judged.why)


def test_a_log_without_a_word_about_devices_says_what_would_decide():
    judged = scan(["step 1", "step 2"])
    assert judged.verdict == "inconclusive"
    assert "gpuproof watch" in str(judged.next_step)


def test_torch_on_the_gpu_with_a_detector_on_the_cpu_is_gpu_and_says_so():
    judged = scan(["Using device: cuda", "Applied providers: ['CPUExecutionProvider']"])
    assert judged.verdict == "gpu_used"
    assert {part.name: part.verdict for part in judged.components} == {"model": "gpu_used", "onnx": "cpu_fallback"}
    assert judged.notes


def test_ffmpeg_alone_does_not_judge_the_model():
    judged = scan(["Using device: cpu", "[h264_nvenc @ 0x1] Cannot load libcuda.so.1"])
    assert judged.verdict == "cpu_fallback"
    assert {part.name for part in judged.components} == {"model", "video_codec"}


def test_the_last_run_in_a_log_decides():
    assert verdict("Using device: cpu", "Using device: cuda:0") == "gpu_used"
    assert verdict("Using device: cuda:0", "Using device: cpu") == "cpu_fallback"


def test_a_driver_error_speaks_when_the_model_says_nothing():
    assert verdict("Failed to initialize NVML: Driver/library version mismatch") == "gpu_error"


def test_evidence_is_in_the_order_of_the_log_and_names_the_remedy():
    judged = scan(["Using cuda for inference.", "x", "RuntimeError: CUDA error: out of memory"])
    assert [event.line for event in judged.events] == [1, 3]
    assert judged.remedies


def test_of_two_signals_on_a_line_the_one_that_says_why_is_shown():
    judged = scan(["WARNING: No visible GPU is found, setting device to CPU."])
    assert [event.signal.id for event in judged.events] == ["no-gpu"]
    assert "driver" in str(judged.remedies[0])


@pytest.mark.parametrize(
    ("line", "device"),
    [
        ("Applied providers: ['CPUExecutionProvider'], with options: {}", "CPU"),
        ("Applied providers: ['CUDAExecutionProvider', 'CPUExecutionProvider']", "GPU"),
        ("Using device: cpu", "CPU"),
        ("Using device: cuda:0", "GPU"),
    ],
)
def test_the_meaning_of_a_line_names_the_device_that_it_chose(line: str, device: str) -> None:
    (event,) = scan([line]).events
    assert event.says == f"The program chose the {device} and says so after choosing."


def test_one_line_alone_is_not_called_several() -> None:
    missing = "Could not load dynamic library 'libcudart.so.11.0'; dlerror: cannot open shared object file"
    line = f"{missing}; Ignore above cudart dlerror if you do not have a GPU set up"
    judged = scan([line])
    assert judged.verdict == "cpu_fallback"
    assert "Several" not in str(judged.why)
    apart = scan(line.replace("; Ignore", "\nIgnore").split("\n"))
    assert apart.verdict == "cpu_fallback"
    assert "Several" in str(apart.why)


@pytest.mark.parametrize("line", ["All videos finished", "合成完成"])
def test_finished_work_is_no_word_about_a_device(line: str) -> None:
    judged = scan([line])
    assert judged.verdict == "inconclusive"
    assert "no word about a device" in str(judged.why)


def test_no_remedy_is_half_a_command() -> None:
    (remedy,) = scan(["AssertionError: Torch not compiled with CUDA enabled"]).remedies
    assert "pip install" not in str(remedy)
    assert "gpuproof recommend" in str(remedy)


def test_memory_seen_before_finished_work_is_named_as_the_reason() -> None:
    judged = scan(["VRAM usage: 5.4 GB / 24 GB", "100%|####| 20/20 [00:03<00:00, 6.1it/s]"])
    assert "memory of the GPU" in str(judged.why)
