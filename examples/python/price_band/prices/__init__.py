"""Prices as exact decimal numbers."""
from .amount import to_text
from .middle import median
