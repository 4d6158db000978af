"""Median diffraction around a site by rays, for maps that follow the mouse.

The ground is drawn once along rays that leave the site at even angles, close enough that every pixel has one within a
fraction of a pixel. A pixel takes the profile of its nearest ray, stretched to its own distance, and its own height; what
is greatest along it is found many points at a time, and the closed formulas are done many pixels at a time, both in
single precision.

The loss is that of `own_profiles.diffraction_loss_db`: P.526-15 section 4.5 with the heights of P.1812-6 section 4.3.4, the
smooth Earth's part by P.1812-6 Attachment 4. The benchmark `radio` gives their difference.
"""

from __future__ import annotations

import math

import numba
import numpy as np
import numpy.typing as npt

from dinh.engines.compiled import compiled
from dinh.engines.radio.fast_math import exp2, log2, log10
from dinh.engines.radio.maps.ground import Grid
from dinh.engines.radio.maps.own_profiles import SHORTEST_PIXELS, step_of
from dinh.engines.radio.maps.window import Window
from dinh.engines.radio.p526 import LAND
from dinh.engines.radio.p1812.geometry import effective_radius_km
from dinh.engines.radio.p1812.path_loss import FREQUENCY, HEIGHT, TEMPERATE, Climate, Polarisation

type Row = npt.NDArray[np.float32]
type Single = np.float32


_HEIGHT, _SURFACE, _SEEN, _STEEP, _TOP, _AREA, _MOMENT, _LAYERS = range(8)
_NEAR = 5
"""So many points before a pixel are always drawn by its own profile."""


@compiled(fast=True, inline=True)
def _knife_edge(nu: Single) -> Single:
    clear = nu - np.float32(0.1)
    loss = np.float32(6.9) + np.float32(20.0) * log10(np.sqrt(clear * clear + np.float32(1.0)) + clear)
    return loss if nu > np.float32(-0.78) else np.float32(0.0)


@compiled(fast=True, inline=True)
def _completed(edge: Single, distance: Single) -> Single:
    return edge + (np.float32(1.0) - exp2(edge * np.float32(-0.24044917))) * (
        np.float32(10.0) + np.float32(0.02) * distance
    )


@compiled(fast=True, inline=True)
def _height_gain(b: Single, floor: Single) -> Single:
    low = b + np.float32(0.1) * b * b * b
    less = max(b - np.float32(1.1), np.float32(0.9))
    decades = log10(less if b > np.float32(2.0) else low)
    far = np.float32(17.6) * np.sqrt(less) - np.float32(5.0) * decades - np.float32(8.0)
    near = np.float32(20.0) * decades
    return max(far if b > np.float32(2.0) else near, floor)


@compiled(fast=True)
def _close(
    first: int, last: int, radius: Single, frequency: Single, wavelength: Single, k0: Single,
    antenna: Single, ground: Single, last_above: Single, distance: Row, height: Row, nu: Row, over: Row, share: Row,
    area: Row, moment: Row, loss: Row,
) -> None:  # fmt: skip
    """The closed part for the pixels [first, last) of a row: from Bullington's nu and the smooth surface to the loss."""
    one, half, two = np.float32(1.0), np.float32(0.5), np.float32(2.0)
    cube_of_frequency = exp2(log2(frequency) / np.float32(3.0))
    bulge = np.float32(500.0) / radius
    lowest, closest = np.float32(0.01), np.float32(0.001)
    three, almost_three, four, twelve = np.float32(3.0), np.float32(3.0001), np.float32(4.0), np.float32(12.0)
    for j in range(first, last):
        d = distance[j]
        bull = _completed(_knife_edge(nu[j]), d)
        smooth_first = (two * area[j] * d - moment[j]) / (d * d) - over[j] * share[j]
        smooth_last = (moment[j] - area[j] * d) / (d * d) - over[j] * (one - share[j])
        a = max(antenna - min(smooth_first, ground), lowest)
        b = max(height[j] + last_above - min(smooth_last, height[j]), lowest)
        root_a, root_b = np.sqrt(a), np.sqrt(b)
        beyond = d >= np.sqrt(two * radius * np.float32(0.001)) * (root_a + root_b)
        # The point of least clearance over a smooth Earth: the middle root of a cubic, by Newton from its series.
        together = a + b
        c = (a - b) / together
        m = np.float32(250.0) * d * d / (radius * together)
        m1 = m + one
        z = np.float32(1.5) * c * np.sqrt(np.float32(3.0) * m / (m1 * m1 * m1))
        z = min(max(z, -one), one)
        y = z * (np.float32(0.33333333) + np.float32(0.04938272) * z * z)
        y -= (four * y * y * y - three * y + z) / (twelve * y * y - almost_three)
        y -= (four * y * y * y - three * y + z) / (twelve * y * y - almost_three)
        y -= (four * y * y * y - three * y + z) / (twelve * y * y - almost_three)
        root = two * np.sqrt(m1 / (np.float32(3.0) * m)) * y
        near = half * d * (one + min(max(root, np.float32(-0.999)), np.float32(0.999)))
        rest = d - near
        clearance = ((a - bulge * near * near) * rest + (b - bulge * rest * rest) * near) / d
        needed = np.float32(17.456) * np.sqrt(near * rest * wavelength / d)
        # Bullington's nu over the smooth Earth: Attachment 4 within the horizon, tangents beyond it.
        within_nu = -clearance * np.sqrt(np.float32(0.002) * d / (wavelength * near * rest))
        x = min(max(np.sqrt(a / bulge), closest * d), (one - closest) * d)
        forth = -a / x + bulge * (d - x)
        x = min(max(np.sqrt(b / bulge), closest * d), (one - closest) * d)
        back = -b / x + bulge * (d - x)
        at = min(max((b - a + back * d) / max(forth + back, np.float32(1e-6)), closest * d), (one - closest) * d)
        beyond_nu = (a + forth * at - (a * (d - at) + b * at) / d) * np.sqrt(
            np.float32(0.002) * d / (wavelength * at * (d - at))
        )
        bull_smooth = _completed(_knife_edge(beyond_nu if beyond else within_nu), d)
        # First term of the residue series, over the real radius or the one that just touches.
        fitting = np.float32(500.0) * (d / (root_a + root_b)) * (d / (root_a + root_b))
        octaves = log2(radius if beyond else fitting)
        q = exp2(octaves * np.float32(-0.33333333))
        k = k0 * q
        k2 = k * k
        k4 = k2 * k2
        beta = (one + np.float32(1.6) * k2 + np.float32(0.67) * k4) / (
            one + np.float32(4.5) * k2 + np.float32(1.53) * k4
        )
        long = np.float32(21.88) * beta * cube_of_frequency * q * q * d
        scale = np.float32(0.9575) * beta * beta * cube_of_frequency * cube_of_frequency * q
        octaves = log2(long)
        decibels = np.float32(3.0102999566) * octaves
        far = np.float32(17.6) * long - np.float32(11.0) - decibels
        close = two * decibels + np.float32(5.6488) * exp2(np.float32(1.425) * octaves)
        floor = two + np.float32(6.0205999133) * log2(k)
        first_term = (
            (far if long >= np.float32(1.6) else close)
            - _height_gain(scale * a, floor)
            - _height_gain(scale * b, floor)
        )
        weight = max(one - clearance / needed, np.float32(0.0))
        sphere = first_term if beyond else weight * max(first_term, np.float32(0.0))
        loss[j] = bull + max(sphere - bull_smooth, np.float32(0.0))


@compiled(fast=True, inline=True)
def _turn(x: Single, y: Single) -> Single:
    """Clockwise angle from the north of (x east, y north) in turns, 0 to 1; error below 1e-6."""
    across, along = abs(x), abs(y)
    small, large = min(across, along), max(max(across, along), np.float32(1e-20))
    t = small / large
    s = t * t
    p = np.float32(0.00127433817)
    p = p * s + np.float32(-0.005959236)
    p = p * s + np.float32(0.0134253703)
    p = p * s + np.float32(-0.0215052952)
    p = p * s + np.float32(0.0316516545)
    p = p * s + np.float32(-0.0530415891)
    p = p * s + np.float32(0.15915485)
    turn = t * p
    turn = np.float32(0.25) - turn if across > along else turn
    turn = np.float32(0.5) - turn if y < np.float32(0.0) else turn
    return np.float32(np.float32(1.0) - turn if x < np.float32(0.0) else turn)


@compiled(fast=True, inline=True)
def _between(grid: Grid, row: Single, column: Single) -> Single:
    """The grid between four pixels; points outside take its edge."""
    rows, columns = grid.shape
    row = min(max(row, np.float32(0.0)), np.float32(rows - 1))
    column = min(max(column, np.float32(0.0)), np.float32(columns - 1))
    top, left = min(np.int32(row), np.int32(rows - 2)), min(np.int32(column), np.int32(columns - 2))
    down, right = row - np.float32(top), column - np.float32(left)
    upper = grid[top, left] + right * (grid[top, left + 1] - grid[top, left])
    lower = grid[top + 1, left] + right * (grid[top + 1, left + 1] - grid[top + 1, left])
    return np.float32(upper + down * (lower - upper))


@compiled(fast=True)
def _terrain_back(
    until: int, height: Row, antenna: Single, receiver: Single, line: Single, step: Single, one_back: Row
) -> tuple[Single, Single]:  # fmt: skip
    """Steepest slope over the terrain seen from the receiver, and the greatest height over the straight line."""
    off = len(one_back) - until
    found, over = np.float32(-1e30), np.float32(-1e30)
    scale, rise = np.float32(1.0) / step, line * step
    for i in range(1, until):
        found = max(found, (height[i] - receiver) * (one_back[off + i] * scale))
        over = max(over, height[i] - antenna - rise * np.float32(i))
    return found, over


@compiled(fast=True)
def _greatest_nu(
    until: int, total: Single, surface: Row, antenna: Single, line: Single, bulge: Single, step: Single, roots: Row
) -> Single:  # fmt: skip
    """Greatest of height over the line of sight in m, divided by the root of both distances in km, along the ray."""
    found = np.float32(-1e30)
    for i in range(1, until):
        here = np.float32(i) * step
        rest = total - here
        over = surface[i] - antenna + here * (bulge * rest - line)
        found = max(found, over * roots[i] / np.sqrt(rest))
    return found


@compiled(parallel=True, fast=True)
def _draw_rays(
    height_m: Grid, surface_m: Grid, site_row: float, site_column: float, step_rows: float, step_columns: float,
    rays: int, rings: int, step_km: float, antenna_m: float, bulge_m_km: float,
) -> Grid:  # fmt: skip
    """What each ray meets, of shape (rays, `_LAYERS`, rings + 2): terrain and surface; of all points before, the steepest
    slope over the bent surface and over the terrain, and the highest surface; the integrals of the smooth Earth."""
    drawn = np.empty((rays, _LAYERS, rings + 2), dtype=np.float32)
    step, antenna, bulge = np.float32(step_km), np.float32(antenna_m), np.float32(bulge_m_km)
    two = np.float32(2.0)
    for ray in numba.prange(rays):
        angle = 2.0 * math.pi * ray / rays
        go_row, go_column = np.float32(-math.cos(angle) * step_rows), np.float32(math.sin(angle) * step_columns)
        first_row, first_column = np.float32(site_row), np.float32(site_column)
        height, surface = drawn[ray, _HEIGHT], drawn[ray, _SURFACE]
        for i in range(rings + 2):
            row, column = first_row + np.float32(i) * go_row, first_column + np.float32(i) * go_column
            height[i] = _between(height_m, row, column)
            surface[i] = _between(surface_m, row, column)
        seen, steep, top = np.float32(-1e30), np.float32(-1e30), np.float32(-1e30)
        area, moment = np.float32(0.0), np.float32(0.0)
        for j in range(rings + 2):
            here, before = np.float32(j) * step, np.float32(j - 1) * step
            drawn[ray, _SEEN, j], drawn[ray, _STEEP, j], drawn[ray, _TOP, j] = seen, steep, top
            if j > 0:
                area += step * (height[j] + height[j - 1])
                moment += step * (height[j] * (two * here + before) + height[j - 1] * (here + two * before))
                seen = max(seen, (surface[j] - antenna) / here - bulge * here)
                steep = max(steep, (height[j] - antenna) / here)
                top = max(top, surface[j])
            drawn[ray, _AREA, j], drawn[ray, _MOMENT, j] = area, moment
    return drawn


@compiled(parallel=True, fast=True)
def _map(
    height_m: Grid, surface_m: Grid, drawn: Grid, site_row: float, site_column: float,
    pixel_x_m: float, pixel_y_m: float, radius_m: float, step_m: float, antenna_m: float, ground_m: float,
    last_above_m: float, radius_km: float, frequency_ghz: float, k0: float,
) -> Grid:  # fmt: skip
    rows, columns = height_m.shape
    rays, rings = drawn.shape[0], drawn.shape[2] - 2
    loss = np.full((rows, columns), np.nan, dtype=np.float32)
    antenna, last_above = np.float32(antenna_m), np.float32(last_above_m)
    wavelength = np.float32(0.2998 / frequency_ghz)
    bulge = np.float32(500.0 / radius_km)
    pixel = np.float32(0.001 * step_m)
    shortest = np.float32(SHORTEST_PIXELS)
    roots = np.zeros(rings + 2, dtype=np.float32)
    one_back = np.zeros(rings + 2, dtype=np.float32)
    for i in range(1, rings + 2):
        roots[i] = 1.0 / math.sqrt(i * pixel)
        one_back[rings + 2 - i] = 1.0 / i
    for row in numba.prange(rows):
        y = np.float32((site_row - row) * pixel_y_m)
        reach = radius_m * radius_m - float(y) * float(y)
        if reach < 0.0:
            continue
        half = math.sqrt(reach) / pixel_x_m
        first = max(0, math.ceil(site_column - half))
        last = min(columns, math.floor(site_column + half) + 1)
        if last <= first:
            continue
        work = np.zeros((6, columns), dtype=np.float32)
        distance, nu, over, share, area, moment = work[0], work[1], work[2], work[3], work[4], work[5]
        for column in range(first, last):
            x = np.float32((column - site_column) * pixel_x_m)
            ring = max(np.sqrt(x * x + y * y) / np.float32(step_m), shortest)
            ray = int(_turn(x, y) * np.float32(rays) + np.float32(0.5)) % rays
            count = max(int(ring + np.float32(0.5)), 2)
            here = height_m[row, column]
            receiver = here + last_above
            d = ring * pixel
            step = d / np.float32(count)
            line = (receiver - antenna) / d
            part = np.float32(1.0) / np.float32(count)
            go_row = (np.float32(row) - np.float32(site_row)) * part
            go_column = (np.float32(column) - np.float32(site_column)) * part
            # The nearest points by the pixel's own profile, those beyond by the ray.
            until = max(count - _NEAR, 1)
            seen = drawn[ray, _SEEN, until] + bulge * d
            back, greatest = np.float32(-1e30), np.float32(-1e30)
            i = count - 1
            while i >= until:
                far = np.float32(i) * step
                rest = d - far
                over_sea = _between(surface_m, np.float32(site_row) + np.float32(i) * go_row, np.float32(site_column) + np.float32(i) * go_column)  # fmt: skip
                seen = max(seen, (over_sea - antenna) / far + bulge * rest)
                back = max(back, (over_sea - receiver) / rest + bulge * far)
                greatest = max(greatest, (over_sea - antenna + far * (bulge * rest - line)) / np.sqrt(far * rest))
                i -= 1
            if seen < line:
                greatest = max(
                    greatest, _greatest_nu(until, d, drawn[ray, _SURFACE], antenna, line, bulge, pixel, roots)
                )
                nu[column] = greatest * np.sqrt(np.float32(0.002) * d / wavelength)
            else:
                while i >= 1:
                    far = np.float32(i) * step
                    rest = d - far
                    # Nothing farther rises above what was found: the search ends.
                    if max(drawn[ray, _TOP, i + 2] - receiver, np.float32(0.0)) / rest + bulge * far < back:
                        break
                    over_sea = _between(surface_m, np.float32(site_row) + np.float32(i) * go_row, np.float32(site_column) + np.float32(i) * go_column)  # fmt: skip
                    back = max(back, (over_sea - receiver) / rest + bulge * far)
                    i -= 1
                at = (receiver - antenna + back * d) / (seen + back)
                rise = antenna + seen * at - (antenna * (d - at) + receiver * at) / d
                nu[column] = rise * np.sqrt(np.float32(0.002) * d / (wavelength * at * (d - at)))
                steep = drawn[ray, _STEEP, count]
                if steep > line:
                    from_last, above = _terrain_back(
                        count, drawn[ray, _HEIGHT], antenna, receiver, line, pixel, one_back
                    )
                    over[column] = above
                    share[column] = (steep - line) / ((steep - line) + (from_last + line))
            distance[column] = d
            inner = int(ring)
            before, reached = np.float32(inner) * pixel, drawn[ray, _HEIGHT, inner]
            area[column] = drawn[ray, _AREA, inner] + (d - before) * (here + reached)
            moment[column] = drawn[ray, _MOMENT, inner] + (d - before) * (
                here * (np.float32(2.0) * d + before) + reached * (d + np.float32(2.0) * before)
            )
        _close(
            first, last, np.float32(radius_km), np.float32(frequency_ghz), wavelength, np.float32(k0), antenna,
            np.float32(ground_m), last_above, distance, height_m[row], nu, over, share, area, moment, loss[row],
        )  # fmt: skip
    return loss


def diffraction_loss_db(
    window: Window,
    *,
    frequency_ghz: float,
    receiver_height_m: float,
    polarisation: Polarisation = "vertical",
    climate: Climate = TEMPERATE,
    density: float = 1.0,
) -> Grid:
    """Median delta-Bullington loss at each pixel of the window, dB, NaN beyond the radius.

    `density`: rays per pixel at the edge of the radius, rounded up. Raises OutOfRange for frequency and height.
    """
    FREQUENCY.require(frequency_ghz)
    HEIGHT.require(receiver_height_m)
    step_m = step_of(window)
    rings = math.ceil(window.radius_m / step_m) + 1
    rays = math.ceil(2 * math.pi * rings * density)
    permittivity, loss_tangent = LAND[0], 18.0 * LAND[1] / frequency_ghz
    k0 = 0.036 * math.pow(frequency_ghz, -1 / 3) * math.pow((permittivity - 1) ** 2 + loss_tangent**2, -0.25)
    if polarisation == "vertical":
        k0 *= math.sqrt(permittivity**2 + loss_tangent**2)
    height, surface = window.height_m, window.surface_m
    radius_km = effective_radius_km(climate.lapse_rate)
    drawn = _draw_rays(
        height, surface, window.site_row, window.site_column, step_m / window.pixel_y_m, step_m / window.pixel_x_m, rays,
        rings, step_m / 1000, window.antenna_m, 500.0 / radius_km,
    )  # fmt: skip
    return _map(
        height, surface, drawn, window.site_row, window.site_column, window.pixel_x_m, window.pixel_y_m, window.radius_m,
        step_m, window.antenna_m, window.ground_m, receiver_height_m, radius_km, frequency_ghz, k0,
    )  # fmt: skip
