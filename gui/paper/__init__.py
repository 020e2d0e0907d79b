"""Reports on paper: a child that draws PDF and PNG with Qt, without a screen (``python -m gpuproof.gui.paper``).

It reads one JSON layout on stdin and writes the finished bytes on stdout. It decides nothing: what is shown, in which
words and order, is settled by ``gpuproof.core.report.export.paper``.
"""
