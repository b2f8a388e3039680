"""The file of a fitted estimator: arrays and JSON in one .npz, without pickle, under a digest of all of it."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from lemmata.solvers.clustering._run import Engine
from lemmata.solvers.clustering.graph import Graph
from lemmata.solvers.clustering.path import CarpSettings, ClusterPath
from lemmata.solvers.engine.outcome import Outcome

_FORMAT = 2
_PATH_ARRAYS = ("points", "penalties", "fused", "fusion_at", "fusion_edge", "fusion_size")
_GRAPH_ARRAYS = ("edges", "weights", "nodes")


class SavedFileError(ValueError):
    """A file was not written by ``ConvexClustering.save``, or by another version of it, or is damaged."""


class Saved(NamedTuple):
    """What a file holds: the parameters of the estimator, phi as used, the names of the columns or None, the path."""

    parameters: dict[str, Any]
    phi: float
    columns: list[str] | None
    path: ClusterPath


def write(file: Path, saved: Saved) -> None:
    """Write to the very name given.

    Raises:
        OSError: the file cannot be written.
    """
    path, settings = saved.path, saved.path.settings
    header = json.dumps(
        {
            "format": _FORMAT,
            "parameters": saved.parameters,
            "phi": saved.phi,
            "columns": saved.columns,
            "settings": {name: getattr(settings, name) for name in settings.__dataclass_fields__},
            "n": path.graph.n,
            "ended": path.ended,
            "steps": path.steps,
            "outcome": path.outcome.name,
            "engine": path.engine,
        },
        default=_plain,
    )
    nodes = np.zeros(0, dtype=np.int64) if path.graph.nodes is None else path.graph.nodes
    arrays = {name: getattr(path, name) for name in _PATH_ARRAYS}
    arrays |= {"edges": path.graph.edges, "weights": path.graph.weights, "nodes": nodes, "header": np.array(header)}
    with file.open("wb") as stream:  # given a name, NumPy would append .npz to it
        np.savez_compressed(stream, digest=np.array(_digest(arrays)), **arrays)


def read(file: Path) -> Saved:
    """Read what ``write`` wrote; nothing in the file is run.

    Raises:
        OSError: the file cannot be read.
        SavedFileError: it is not such a file, or its content is not what was written.
    """
    content = file.read_bytes()
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        header = json.loads(str(arrays["header"]))
        version = int(header["format"])
    except Exception as error:  # a damaged archive raises a dozen kinds, zlib.error and MemoryError among them
        raise SavedFileError(
            f"{file} was not written by ConvexClustering.save, or is damaged ({error}); expected its .npz. Save the "
            "model again."
        ) from error
    if version != _FORMAT:
        raise SavedFileError(
            f"{file} has format {version}; expected {_FORMAT}. Load it with the version that wrote it, or fit again."
        )
    if str(arrays.pop("digest", "")) != _digest(arrays):
        raise SavedFileError(
            f"{file} is damaged: its content is not what ConvexClustering.save wrote. Save the model again."
        )
    return _saved(file, header, arrays)


def _saved(file: Path, header: dict[str, Any], arrays: dict[str, Any]) -> Saved:
    if missing := {*_PATH_ARRAYS, *_GRAPH_ARRAYS} - set(arrays):
        raise SavedFileError(f"{file} lacks {', '.join(sorted(missing))}; expected a file of ConvexClustering.save.")
    try:
        nodes = arrays["nodes"] if arrays["nodes"].size else None
        engine: Engine = header["engine"]
        path = ClusterPath(
            graph=Graph(edges=arrays["edges"], weights=arrays["weights"], n=int(header["n"]), nodes=nodes),
            settings=CarpSettings(**header["settings"]),
            ended=bool(header["ended"]),
            steps=int(header["steps"]),
            outcome=Outcome[header["outcome"]],
            engine=engine,
            **{name: arrays[name] for name in _PATH_ARRAYS},
        )
        path.graph.of_nodes(path.points)
        return Saved(dict(header["parameters"]), float(header["phi"]), header["columns"], path)
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise SavedFileError(f"{file} holds no fitted path ({error}); expected that of one estimator.") from error


def _digest(arrays: dict[str, Any]) -> str:
    """Of names, types, shapes and entries."""
    found = hashlib.sha256()
    for name in sorted(arrays):
        array = np.asarray(arrays[name])
        found.update(f"{name} {array.dtype.str} {array.shape}\n".encode())
        found.update(np.ascontiguousarray(array).tobytes())
    return found.hexdigest()


def _plain(value: object) -> object:
    """NumPy's numbers as Python's, for JSON."""
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"cannot save a parameter of type {type(value).__name__}; expected numbers, strings or None")
