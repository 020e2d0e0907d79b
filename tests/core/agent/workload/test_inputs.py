"""Audio and video are the specified ones, and the same on every run."""

import pytest

pytestmark = pytest.mark.torch


def test_the_mel_window_of_frame_0_has_the_specified_sum():
    from gpuproof.core.agent.workload.audio import make_speech, mel_spectrogram, mel_windows

    mel = mel_spectrogram(make_speech(4.0).samples)
    assert float(mel_windows(mel, 1).sum()) == pytest.approx(-520.31, abs=0.05)
    assert float(mel.min()) >= -4.0
    assert float(mel.max()) == pytest.approx(1.84, abs=0.01)


def test_speech_peaks_at_0_9_and_has_gaps():
    from gpuproof.core.agent.workload.audio import make_speech

    speech = make_speech(2.0)
    assert speech.samples.shape == (32000,)
    assert float(speech.samples.abs().max()) == pytest.approx(0.9, abs=1e-6)
    assert float(speech.envelope.min()) == 0.0
    assert 0.4 < float(speech.envelope.max()) <= 1.0


def test_the_last_windows_stay_inside_the_spectrogram():
    import torch

    from gpuproof.core.agent.workload.audio import mel_windows

    mel = torch.arange(20.0).repeat(80, 1)
    windows = mel_windows(mel, 4)
    assert windows.shape == (4, 1, 80, 16)
    assert [int(window[0, 0, 0]) for window in windows] == [0, 3, 4, 4]


def test_the_clip_runs_forth_and_back():
    from gpuproof.core.agent.workload.frames import source_index

    assert [source_index(frame, 4) for frame in range(9)] == [0, 1, 2, 3, 2, 1, 0, 1, 2]


def test_frames_differ_and_the_box_is_full_of_contrast(workload):
    clip, side = workload.inputs.clip, workload.preset.box
    boxes = [clip.frames[n, y : y + side, x : x + side].float() for n, (y, x) in enumerate(clip.places.tolist())]
    assert all(float(box.std()) >= 20.0 for box in boxes)
    assert len({bytes(frame[::16, ::16].contiguous().view(-1).tolist()) for frame in clip.frames}) == clip.length


def test_the_mouth_follows_the_speech(workload):
    import torch

    from gpuproof.core.agent.workload.frames import make_clip

    open_mouth = make_clip(workload.preset._replace(source_frames=1), _speech(1.0))
    shut_mouth = make_clip(workload.preset._replace(source_frames=1), _speech(0.0))
    y, x = (int(value) for value in open_mouth.places[0])
    side = workload.preset.box
    rows, columns = slice(y + side // 2, y + side), slice(x, x + side)
    difference = open_mouth.frames[0].int() - shut_mouth.frames[0].int()
    assert int((difference[rows, columns] != 0).sum()) > 1000
    difference[rows, columns] = 0
    assert not torch.any(difference)


def _speech(envelope):
    import torch

    from gpuproof.core.agent.workload.audio import Speech

    return Speech(torch.zeros(16000), torch.full((16000,), envelope))


def test_bytes_are_the_same_on_every_run(workload):
    from gpuproof.core.agent.workload.inputs import make_inputs

    again = make_inputs(workload.preset._replace(source_frames=2), 32)
    assert again.clip.frames.equal(workload.inputs.clip.frames[:2])
    assert again.mel.equal(workload.inputs.mel)


def test_runs_name_the_same_frames_as_the_sources(workload):
    from gpuproof.core.agent.workload.frames import cycle_of
    from gpuproof.core.agent.workload.inputs import batch_at

    cycle = cycle_of(workload.inputs.clip.frames)
    for number, size in ((0, 64), (1, 16), (3, 48)):
        batch = batch_at(workload.inputs, number, size)
        assert sum(count for _, _, count in batch.runs) == size
        assert len(batch.runs) <= 4
        for place, first, count in batch.runs:
            expected = workload.inputs.clip.frames[batch.rows[place : place + count]]
            assert cycle[first : first + count].equal(expected)


def test_a_batch_repeats_the_clip(workload):
    from gpuproof.core.agent.workload.inputs import batch_at

    first, third = batch_at(workload.inputs, 0, 16), batch_at(workload.inputs, 2, 16)
    assert first.sources == third.sources
    assert first.mel.equal(third.mel)
    assert first.places.shape == (16, 2)


def test_drawing_can_be_stopped(workload):
    from gpuproof.core.agent.workload.frames import make_clip
    from gpuproof.core.agent.workload.reporting import Stopped

    def stop(share):
        raise Stopped

    with pytest.raises(Stopped):
        make_clip(workload.preset, _speech(0.0), stop)
