"""Phrases that turn the meaning of a line: conditions, denials, helpers, codecs, errors; English and Chinese."""

from __future__ import annotations

import re

# words around a device name that make it a request, a condition, an option's help or another thing than the model
NOT_APPLIED = re.compile(
    r"(?i)\boffload|map_location|\bif\b|\bwhether\b|\busage:|--help|\bchoose (?:from|between)\b|\bplease\b|n't\b"
    r"|\bdefault: |\bshould\b|\btry(?:ing)? to\b|\bcan(?:not)?\b|\bcould\b|\bunable\b|\bfail|\bnot\b|\bno\b|\bneeds?\b"
    r"|\brequested\b|\brequires?\b|\bsupports?\b|\brecommend|\bwant\b|\bhow to\b|\bpip install\b|\bwithout\b"
    r"|\bmust\b|\binvalid\b|\bunknown\b"
    r"|\bself\.|^\s*--?\w[\w-]*\s|\bproviders?\b|\bdef \w+\(|^\s*(?:File \"|#|>>> |import |from |return )"
    r"|\bwould\b|\bmight\b|\bmay\b|\bwhen\b|\bbefore (?:running|using)\b"
    r"|^\s*(?:feat|fix|chore|docs|refactor|ci)(?:\(\w+\))?!?: ",
    re.ASCII,
)
ZH_NOT_APPLIED = re.compile(
    r"--\w|^\s*\d+[.、]\s|如果|是否|若|请(?!耐心|稍)|建议|可以|可选|需要|推荐|怎么|如何|为什么|吗|？|\?|能否|应该|尝试|准备"
)
ZH_DENIED = re.compile(r"未|无法|不能|没有|不支持|不可用|失败|没")
# parts of an application that run on the CPU by design or by choice
HELPER = re.compile(
    r"(?i)\b(vae|clip|text[ _]?encoder\w*|t5\w*|tokeni[sz]er|vad|pyannote|safety[ _]checker"
    r"|vision[ _]?tower|image[ _]?encoder|post-?process\w*|pre-?process\w*|demucs|denoiser"
    r"|face[ _-]?(?:detect\w*|analy\w*|parser)"
    r"|landmarks?|mediapipe|task_runner|tf_?lite|xnnpack|preview|torch generator|generator: device"
    r"|data ?loader|sampler|random|noise|rng|seed)\b",
    re.ASCII,
)
CODEC = re.compile(
    r"(?i)ffmpeg|nvenc|nvdec|cuvid|hwaccel|vaapi|\b(?:(?:video|hardware) (?:en|de)cod\w+"
    r"|(?:en|de)cod(?:ing|e) (?:the )?video|video reader|decord)\b",
    re.ASCII,
)
GPU_PROVIDER = re.compile(r"(?i)(?:cuda|tensorrt|nvtensorrtrtx|dml|rocm|migraphx|coreml|webgpu|qnn)\w*")
FATAL = re.compile(
    r"\b\w*(?:Error|Exception)\b\s*[:(]|\[Fatal\]|^F\d{4} |"
    r"\bERROR\b|\berror: |\bFATAL\b|\bCRITICAL\b|\braise \b|\[E\b|level=ERROR",
    re.ASCII,
)
