"""The loss around a point: directions, grids, paths in a plane, curvature."""

from uzviz.landscapes.curvature import (
    Density,
    Sharpness,
    Spectrum,
    Trace,
    density,
    eigenvalues,
    sharpness,
    trace,
)
from uzviz.landscapes.directions import (
    NORMALISATIONS,
    Directions,
    axes,
    curved,
    own,
    principal,
    random,
    towards,
)
from uzviz.landscapes.grids import MAPS, Grid, coarse_to_fine, coordinates, mapped
from uzviz.landscapes.ground import Ground
from uzviz.landscapes.landscape import DIRECTIONS, Landscape, around, planned
from uzviz.landscapes.particles import Particle, bound, free
from uzviz.landscapes.planes import Interpolation, at, interpolation, project
from uzviz.landscapes.ruggedness import Roughness, roughness
from uzviz.records import Projection

__all__ = [
    "DIRECTIONS", "MAPS", "NORMALISATIONS", "Density", "Directions", "Grid", "Ground", "Interpolation", "Landscape",
    "Particle", "Projection", "Roughness", "Sharpness", "Spectrum", "Trace", "around", "at", "axes", "bound", "coarse_to_fine",
    "coordinates", "curved", "density", "eigenvalues", "free", "interpolation", "mapped", "own", "planned", "principal",
    "project", "random", "roughness", "sharpness", "towards", "trace",
]  # fmt: skip
