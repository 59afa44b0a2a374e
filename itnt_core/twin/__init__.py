"""Digital-twin-aided dynamic spectrum sharing: traffic, forecasts, DT-JointRA, RT-Refine, roll-out, schemes.

A reconstruction from an abstract (Nguyen-Kha et al., Digital-Twin-Aided Dynamic Spectrum Sharing and Resource
Management in Integrated Satellite-Terrestrial Networks): what it does not state is this project's own.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
