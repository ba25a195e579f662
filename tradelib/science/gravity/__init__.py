"""What size and distance predict, and how far above that a pair trades."""

from tradelib.science.gravity.ceiling import Ceiling
from tradelib.science.gravity.fit import GravityFit, fit_gravity
from tradelib.science.gravity.model import GravityModel
from tradelib.science.gravity.potential import Potential, fitted_potential
from tradelib.science.gravity.potential import potentials as potentials

__all__ = ["Ceiling", "GravityFit", "GravityModel", "Potential", "fit_gravity", "fitted_potential"]
