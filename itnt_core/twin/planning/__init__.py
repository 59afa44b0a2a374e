"""Planning a window: DT-JointRA by penalised binaries and convex surrogates, and RT-Refine's corrections."""
