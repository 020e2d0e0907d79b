"""Loads the dated tables of ``assets/knowledge``: torch releases, CUDA and drivers, GPUs, applications."""
