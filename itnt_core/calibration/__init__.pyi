from .budgets import BudgetLine, LinkBudget, budgets
from .direct_to_cell import DirectToCell, direct_to_cell

__all__ = [
    "BudgetLine",
    "DirectToCell",
    "LinkBudget",
    "budgets",
    "direct_to_cell",
]
