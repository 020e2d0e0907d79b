"""Reports in the forms that others can read: each export is redacted and passes the gate before it leaves."""

from __future__ import annotations

from typing import Literal

from gpuproof.core.report.model import Privacy, Report

Format = Literal["json", "html", "md", "txt", "pdf", "png", "csv"]
FORMATS: tuple[Format, ...] = ("json", "html", "md", "txt", "pdf", "png", "csv")


def export(report: Report, form: str, language: str = "en", *, privacy: Privacy = "share") -> bytes:
    """Return the redacted report in a format (``json``, ``html`` ...), in the words of a language."""
    from gpuproof.core.report.privacy.gate import through_gate
    from gpuproof.core.report.privacy.redact import redact

    redacted = redact(report, privacy)
    if form not in FORMATS:
        from gpuproof.core.report.export.added import export_by_plugin

        return through_gate(export_by_plugin(redacted, form, language), report, privacy)
    if form in ("pdf", "png"):
        from gpuproof.core.report.export.paper import draw, layout_bytes

        return draw(through_gate(layout_bytes(redacted, form, language), report, privacy), form)
    return through_gate(_text_export(redacted, form, language), report, privacy)


def pages_for_print(report: Report, language: str = "en", *, privacy: Privacy = "share") -> bytes:
    """Return the layout of the PDF, redacted and through the gate, for a program that paints it on paper itself."""
    from gpuproof.core.report.export.paper import layout_bytes
    from gpuproof.core.report.privacy.gate import through_gate
    from gpuproof.core.report.privacy.redact import redact

    return through_gate(layout_bytes(redact(report, privacy), "pdf", language), report, privacy)


def _text_export(report: Report, form: str, language: str) -> bytes:
    if form == "html":
        from gpuproof.core.report.export.page import page

        return page(report, language).encode()
    if form == "json":
        from gpuproof.core.report.document import to_bytes

        return to_bytes(report)
    if form == "csv":
        from gpuproof.core.report.export.table import table

        return table(report).encode()
    from gpuproof.core.report.export.written import markdown, plain_text

    return (markdown(report, language) if form == "md" else plain_text(report, language)).encode()
