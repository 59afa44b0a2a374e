"""The dashboard as a package: ``itnt-studio`` serves it.

A checkout keeps it at its top (``dashboard.py``, ``pages/``, ``assets/``); a wheel has the same files in ``app`` here.
"""
