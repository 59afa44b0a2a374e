"""An independent judge: the equations of network-model.md, section 3, as plain loops over plain numbers."""

from math import log2


def radiated(power_w, limit_w, b, k, serving):
    """Return what a station radiates on a subchannel when all always send: idle ones share what is left."""
    if k in serving:
        return power_w[b][k]
    count = len(power_w[b])
    left = limit_w[b] - sum(power_w[b][n] for n in serving)
    return min(max(left, 0.0) / (count - len(serving)), limit_w[b] / count)


def judge(
    gains, power_w, station, subchannel, noise_w, bandwidth_hz, slot_s, cap, floor_db, everybody_radiates, limit_w
):
    """Return SINR and rate per (slot, user), data service in Mbit and outage, all from nested lists.

    ``gains[t][u][b][k]``, ``power_w[t][b][k]``, ``limit_w[b]``; ``station[t][u]`` is -1 for a user who is not served.
    """
    floor = 10.0 ** (floor_db / 10.0)
    sinrs, rates, interferences, missed, count, bits = [], [], [], 0, 0, 0.0
    for t in range(len(station)):
        users = range(len(station[t]))
        in_use = {(station[t][u], subchannel[t][u]) for u in users if station[t][u] != -1}
        sinrs.append([])
        rates.append([])
        interferences.append([])
        for u in users:
            count += 1
            b, k = station[t][u], subchannel[t][u]
            if b == -1:
                sinrs[t].append(0.0)
                rates[t].append(0.0)
                interferences[t].append([0.0] * len(power_w[t]))
                missed += 1
                continue
            heard = []
            for other in range(len(power_w[t])):
                serving = {n for station_, n in in_use if station_ == other}
                sent = radiated(power_w[t], limit_w, other, k, serving)
                radiates = everybody_radiates or (other, k) in in_use
                heard.append(sent * gains[t][u][other][k] if other != b and radiates else 0.0)
            gamma = power_w[t][b][k] * gains[t][u][b][k] / (sum(heard) + noise_w)
            efficiency = log2(1.0 + gamma)
            if cap is not None and efficiency > cap:
                efficiency = cap
            sinrs[t].append(gamma)
            rates[t].append(bandwidth_hz * efficiency)
            interferences[t].append(heard)
            bits += bandwidth_hz * efficiency * slot_s
            if gamma < floor:
                missed += 1
    return sinrs, rates, interferences, bits / 1e6, missed / count
