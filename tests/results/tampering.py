"""Changing one thing of a result, whatever it is: each entry of a manifest, each array, coordinate and attribute."""

from dataclasses import replace

import numpy as np


def leaves(value, path=()):
    """Yield the path to every entry of a manifest that holds a plain value or a list."""
    if isinstance(value, dict) and value:
        for key, part in value.items():
            yield from leaves(part, (*path, key))
    else:
        yield path


def another(value):
    """Return a value of the same kind that is not the value."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, float):
        return 0.5 * value if value else 1.0
    if isinstance(value, str):
        return f"{value}x"
    return [*value, "x"] if isinstance(value, list) else {"x": 1} if isinstance(value, dict) else 1


def with_entry(result, path):
    """Return the result with another value in one entry of its manifest."""

    def changed(part, steps):
        return {**part, steps[0]: changed(part[steps[0]], steps[1:])} if steps else another(part)

    return replace(result, manifest=changed(result.manifest, path))


def changes_of_arrays(dataset):
    """Yield (what is changed, the dataset with it changed): values, attributes and names, one at a time."""
    for name in map(str, dataset.variables):
        if dataset[name].size:
            yield name, with_values(dataset, name)
        for attribute in dataset[name].attrs:
            yield f"{name}: {attribute}", with_attribute(dataset, name, attribute)
        yield f"{name}: a new attribute", with_attribute(dataset, name, "new")
        if name not in dataset.dims:
            yield f"{name} renamed", dataset.rename({name: f"{name}_x"})
    for attribute in dataset.attrs:
        yield attribute, dataset.assign_attrs({attribute: another(dataset.attrs[attribute])})


def with_values(dataset, name):
    """Return the dataset with the first number or text of an array changed; a number that is none becomes one."""
    array = dataset[name]
    values = array.values.copy()
    first = values.flat[0]
    if values.dtype.kind in "UO":
        values = values.astype(object)
        values.flat[0] = f"{first}x"
    else:
        values.flat[0] = 1.0 if values.dtype.kind == "f" and np.isnan(first) else first + 1
    copied = dataset.copy()
    changed = array.copy(data=values)
    return copied.assign_coords({name: changed}) if name in dataset.coords else copied.assign({name: changed})


def with_attribute(dataset, name, attribute):
    """Return the dataset with another value of one attribute of an array."""
    copied = dataset.copy()
    copied[name] = copied[name].copy()
    copied[name].attrs = {**dataset[name].attrs, attribute: f"{dataset[name].attrs.get(attribute)}x"}
    return copied
