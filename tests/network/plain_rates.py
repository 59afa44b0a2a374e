"""What links carry, written down from the standards in plain numbers and loops; nothing of the program is asked."""

from math import floor, log2, log10

# TS 38.214, table 5.2.2.1-3: bits of the modulation, code rate x 1024; and MathWorks' SINR in dB for each.
CQI = [
    (2, 78, -3.46),
    (2, 193, 1.54),
    (2, 449, 6.54),
    (4, 378, 11.05),
    (4, 490, 13.54),
    (4, 616, 16.04),
    (6, 466, 17.54),
    (6, 567, 20.04),
    (6, 666, 22.04),
    (6, 772, 24.43),
    (6, 873, 26.93),
    (8, 711, 27.43),
    (8, 797, 29.43),
    (8, 885, 32.43),
    (8, 948, 35.43),
]
NAMES = ("shannon_capped", "truncated_shannon", "nr_cqi")


def efficiency(bits, rate):
    """Return modulation times code rate as the standard prints it: four places, halves up."""
    return floor(bits * rate / 1024.0 * 1e4 + 0.5) / 1e4


def carried(name, cap, sinr):
    """Return the bit/s/Hz of a link at a linear SINR by a rate law; ``cap`` None for none."""
    if name == "truncated_shannon":  # TR 36.942, annex A.1
        return min(0.6 * log2(1.0 + sinr), 4.4) if sinr > 0.0 and 10.0 * log10(sinr) >= -10.0 else 0.0
    if name == "nr_cqi":
        reached = [efficiency(*one) for *one, db in CQI if sinr > 0.0 and 10.0 * log10(sinr) >= db]
        return max(reached, default=0.0)
    return log2(1.0 + sinr) if cap is None else min(log2(1.0 + sinr), cap)
