"""What pyproject.toml cannot say: the wheel carries the app at the top of the checkout as ``itnt_studio/app``."""

from setuptools import find_packages, setup

APP = "itnt_studio.app"
PAGES = ["pages", *(f"pages.{name}" for name in find_packages("pages"))]
TOOLS = ("node_modules/*", "test/*", "types/*", "*.json", "*.mjs")  # what looks after the map's modules

setup(
    script_name="setup.py",  # this file, which lies beside dashboard.py and is no part of the app
    packages=[
        *find_packages(include=["itnt_core*", "itnt_studio*"]),
        APP,
        *(f"{APP}.{name}" for name in PAGES),
    ],
    package_dir={APP: "."},
    package_data={APP: ["assets/**", ".streamlit/config.toml"], "itnt_core.data": ["*/*"], "": ["*.pyi"]},
    exclude_package_data={
        APP: [f"assets/map3d/{name}" for name in TOOLS],
        "itnt_core.data": ["__pycache__/*"],
    },
    include_package_data=False,  # or whatever the source archive holds would go into the app
)
