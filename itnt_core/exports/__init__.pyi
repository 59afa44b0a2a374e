from .asking import OPTION_WORDS, ExportError, ExportFormat, ExportOptions, ExportSource
from .export_process import export_apart
from .layers import LAYERS, horizontal_crs, layer_frames, one_table
from .registry import BUILT_IN_FORMATS, EXPORT_FORMATS, export, find_format, format_of_file, register_export_format

__all__ = [
    "BUILT_IN_FORMATS",
    "EXPORT_FORMATS",
    "LAYERS",
    "OPTION_WORDS",
    "ExportError",
    "ExportFormat",
    "ExportOptions",
    "ExportSource",
    "export",
    "export_apart",
    "find_format",
    "format_of_file",
    "horizontal_crs",
    "layer_frames",
    "one_table",
    "register_export_format",
]
