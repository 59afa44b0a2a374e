"""Starting runs: methods and their settings, costs, what a sweep varies."""
