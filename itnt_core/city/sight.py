# mypy: disable-error-code="no-untyped-def"
"""Compiled kernels of the line of sight: walk the cells under a ray, test polygon edges only where it flies low.

The method is the grid walk of Amanatides and Woo (1987) in plan, with the tallest roof of each cell as a lid. The test
of one building is exact up to `TOUCH_M`: on the part of the ray below the roof, and above the underside of a part in
the air, either an edge is properly crossed, or no edge is and one point per stretch between touched corners decides.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

TOUCH_M = 1e-7  # closer than this to a wall is touching it; rounding of a ray from 1,000 km is a thousand times less

_OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}
# Counting references to the arrays on every inner call would cost a third of the time; nothing inside allocates.
_INNER_OPTIONS: dict[str, Any] = {**_OPTIONS, "_nrt": False}
_entry, _compiled = numba.njit(**_OPTIONS), numba.njit(**_INNER_OPTIONS)


@_compiled
def _is_strictly_inside(x, y, vertices, first, last):
    """Tell whether a point is inside the ring by more than TOUCH_M (even-odd rule)."""
    inside = False
    px, py = vertices[last - 1, 0], vertices[last - 1, 1]
    for k in range(first, last):
        qx, qy = vertices[k, 0], vertices[k, 1]
        ex, ey = qx - px, qy - py
        length_squared = ex * ex + ey * ey
        along = 0.0
        if length_squared > 0.0:
            along = min(1.0, max(0.0, ((x - px) * ex + (y - py) * ey) / length_squared))
        gap_x, gap_y = px + along * ex - x, py + along * ey - y
        if gap_x * gap_x + gap_y * gap_y <= TOUCH_M * TOUCH_M:
            return False
        if (py > y) != (qy > y) and x < px + (y - py) / (qy - py) * ex:
            inside = not inside
        px, py = qx, qy
    return inside


@_compiled
def _stretch_is_inside(ax, ay, dx, dy, t0, t1, length, vertices, first, last):
    """Tell whether a stretch between two touched corners is inside; no edge is properly crossed within t0..t1."""
    step = TOUCH_M / length
    begin = t0
    while True:
        end = t1
        for k in range(first, last):
            x, y = vertices[k, 0] - ax, vertices[k, 1] - ay
            if abs(dx * y - dy * x) <= TOUCH_M * length:
                t = (dx * x + dy * y) / (length * length)
                if begin + step < t < end:
                    end = t
        middle = 0.5 * (begin + end)
        if _is_strictly_inside(ax + middle * dx, ay + middle * dy, vertices, first, last):
            return True
        if end >= t1:
            return False
        begin = end


@_compiled
def _crosses(ax, ay, dx, dy, t0, t1, length, vertices, first, last):
    """Tell whether the plan segment a + t d, t0 <= t <= t1, meets the open interior of the ring."""
    if length <= TOUCH_M:
        return _is_strictly_inside(ax, ay, vertices, first, last)
    step = TOUCH_M / length
    middle = 0.5 * (t0 + t1)
    touches_line, inside = False, False
    px, py = vertices[last - 1, 0] - ax, vertices[last - 1, 1] - ay
    p_side = (dx * py - dy * px) / length
    for k in range(first, last):
        qx, qy = vertices[k, 0] - ax, vertices[k, 1] - ay
        q_side = (dx * qy - dy * qx) / length
        if abs(q_side) <= TOUCH_M:
            touches_line = True
        elif abs(p_side) > TOUCH_M and (p_side > 0.0) != (q_side > 0.0):
            share = p_side / (p_side - q_side)
            t = (dx * (px + share * (qx - px)) + dy * (py + share * (qy - py))) / (length * length)
            if t0 + step < t < t1 - step:
                return True
            if t > middle:
                inside = not inside
        px, py, p_side = qx, qy, q_side
    if touches_line:
        return _stretch_is_inside(ax, ay, dx, dy, t0, t1, length, vertices, first, last)
    return inside


@_compiled
def _span_below(height, slope, lid):
    """Return the part (t0, t1) of 0..1 where height + t slope is below the lid; t1 < t0 where it never is."""
    if slope == 0.0 or (height < lid and height + slope < lid):
        return (0.0, 1.0) if height < lid else (1.0, 0.0)
    t = (lid - height) / slope
    if slope > 0.0:
        return (0.0, min(t, 1.0)) if t > 0.0 else (1.0, 0.0)
    return (max(t, 0.0), 1.0) if t < 1.0 else (1.0, 0.0)


@_compiled
def _slab(start, slope, low, high, t0, t1):
    """Clip t0..t1 to low <= start + t slope <= high."""
    if slope == 0.0:
        return (t0, t1) if low <= start <= high else (1.0, 0.0)
    enter, leave = (low - start) / slope, (high - start) / slope
    return max(t0, min(enter, leave)), min(t1, max(enter, leave))


@_compiled
def _next_border(position, slope, index, origin, cell):
    """Return t at the next cell border along one axis, the t between borders, and the step of the index."""
    if slope == 0.0:
        return np.inf, np.inf, 0
    if slope > 0.0:
        return (origin + (index + 1) * cell - position) / slope, cell / slope, 1
    return (origin + index * cell - position) / slope, -cell / slope, -1


@_compiled
def _cell_blocks(ray, length, enter, leave, lowest, cell, vertices, starts, bases, cell_starts, members, boxes):
    """Tell whether a building listed in the cell blocks the ray (ax, ay, az, dx, dy, dz)."""
    ax, ay, az, dx, dy, dz = ray
    x0, x1, y0, y1 = ax + enter * dx, ax + leave * dx, ay + enter * dy, ay + leave * dy
    west, east = min(x0, x1) - TOUCH_M, max(x0, x1) + TOUCH_M
    south, north = min(y0, y1) - TOUCH_M, max(y0, y1) + TOUCH_M
    for k in range(cell_starts[cell], cell_starts[cell + 1]):
        if boxes[k, 4] <= lowest:
            return False  # the tallest come first
        if boxes[k, 0] > east or boxes[k, 2] < west or boxes[k, 1] > north or boxes[k, 3] < south:
            continue
        b = members[k]
        t0, t1 = _span_below(az, dz, boxes[k, 4])
        # A part in the air: above its underside is below it, upside down. Where there is none this is not compiled in.
        if bases is not None and bases[b] > 0.0:
            above0, above1 = _span_below(-az, -dz, -bases[b])
            t0, t1 = max(t0, above0), min(t1, above1)
        if t0 <= t1 and _crosses(ax, ay, dx, dy, t0, t1, length, vertices, starts[b], starts[b + 1]):
            return True
    return False


@_compiled
def _is_clear(
    ray, vertices, starts, bases, origin, cell_m, columns, rows, cell_starts, members, boxes, cell_roofs, tallest
):
    """Walk the cells under the part of the ray below the tallest roof, in order, until one blocks."""
    ax, ay, az, dx, dy, dz = ray
    t, stop = _span_below(az, dz, tallest)
    t, stop = _slab(ax, dx, origin[0], origin[0] + columns * cell_m, t, stop)
    t, stop = _slab(ay, dy, origin[1], origin[1] + rows * cell_m, t, stop)
    if t > stop:
        return True
    length = np.hypot(dx, dy)
    column = min(max(int(np.floor((ax + t * dx - origin[0]) / cell_m)), 0), columns - 1)
    row = min(max(int(np.floor((ay + t * dy - origin[1]) / cell_m)), 0), rows - 1)
    border_x, width_x, step_x = _next_border(ax, dx, column, origin[0], cell_m)
    border_y, width_y, step_y = _next_border(ay, dy, row, origin[1], cell_m)
    while 0 <= column < columns and 0 <= row < rows:
        leave = min(border_x, border_y, stop)
        lowest = min(az + t * dz, az + leave * dz)
        if step_x == 0 and step_y == 0:
            lowest = min(az, az + dz)
        cell = row * columns + column
        if cell_roofs[cell] > lowest and _cell_blocks(
            ray, length, t, leave, lowest, cell, vertices, starts, bases, cell_starts, members, boxes
        ):
            return False
        if leave >= stop:
            return True
        t = leave
        if border_x <= border_y:
            column, border_x = column + step_x, border_x + width_x
        else:
            row, border_y = row + step_y, border_y + width_y
    return True


@_entry
def clear_rays(
    start, end, vertices, starts, bases, origin, cell_m, columns, rows, cell_starts, members, boxes, cell_roofs, tallest
):
    """Tell which segments start (n, 3) to end (n, 3) no prism blocks."""
    clear = np.ones(start.shape[0], dtype=np.bool_)
    for i in range(start.shape[0]):
        dx, dy, dz = end[i, 0] - start[i, 0], end[i, 1] - start[i, 1], end[i, 2] - start[i, 2]
        ray = (start[i, 0], start[i, 1], start[i, 2], dx, dy, dz)
        clear[i] = _is_clear(
            ray,
            vertices,
            starts,
            bases,
            origin,
            cell_m,
            columns,
            rows,
            cell_starts,
            members,
            boxes,
            cell_roofs,
            tallest,
        )
    return clear


@_entry
def point_roofs_m(
    points, vertices, starts, bases, origin, cell_m, columns, rows, cell_starts, members, boxes, cell_roofs, tallest
):
    """Find the tallest roof over each point (n, 2), 0.0 where there is none."""
    answer = np.zeros(points.shape[0])
    for i in range(points.shape[0]):
        x, y = points[i, 0], points[i, 1]
        column, row = np.floor((x - origin[0]) / cell_m), np.floor((y - origin[1]) / cell_m)
        if column < 0 or row < 0 or column >= columns or row >= rows:
            continue
        cell = int(row) * columns + int(column)
        for k in range(cell_starts[cell], cell_starts[cell + 1]):
            b = members[k]
            boxed = boxes[k, 0] <= x <= boxes[k, 2] and boxes[k, 1] <= y <= boxes[k, 3]
            if boxed and _is_strictly_inside(x, y, vertices, starts[b], starts[b + 1]):
                answer[i] = boxes[k, 4]
                break  # the tallest come first
    return answer
