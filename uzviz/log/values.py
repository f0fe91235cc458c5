"""What a run logs besides scalars, as messages and back: histograms, images, text, tensors, graph,
hyperparameters."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from uzviz import records
from uzviz.errors import InputError
from uzviz.log import schema

Number = bool | int | float | str


class Picture(NamedTuple):
    """An image as it is stored: encoded, in most cases as PNG."""

    width: int
    height: int
    data: bytes

    def pixels(self) -> np.ndarray:
        """The picture as an array [height, width, channels] of uint8."""
        import io

        from PIL import Image

        try:
            return np.atleast_3d(np.asarray(Image.open(io.BytesIO(self.data))))
        except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
            raise InputError(f"An image of the log cannot be decoded: {error}.") from None


def plugin_of(value: Any) -> str:
    """The plugin that a value names; "" for none."""
    return value.metadata.plugin_data.plugin_name


def kind_of(value: Any, plugin: str) -> str:
    """What a value is: scalars, histograms, images, text, hparams or tensors."""
    if value.HasField("simple_value"):
        return "scalars"
    if value.HasField("histo"):
        return "histograms"
    if value.HasField("image"):
        return "images"
    return plugin if plugin in {"scalars", "histograms", "images", "text", "hparams"} else "tensors"


MOST_NUMBERS = 1 << 27
"""Numbers of a tensor that are written as fewer, the last of which stands for the rest."""
FIELDS = ("float_val", "double_val", "int_val", "int64_val", "bool_val", "half_val", "uint32_val",
          "uint64_val")  # fmt: skip


MOST_DIMENSIONS = 32


def array_of(tensor: Any, most: int = MOST_NUMBERS) -> np.ndarray:
    """A tensor's numbers, or its byte strings. Of those written as fewer it makes ``most`` at most.

    Raises
    ------
    ValueError
        for types and shapes that don't fit what the tensor holds.
    """
    shape = shape_of(tensor)
    if tensor.dtype == schema.STRING:
        strings = np.empty(len(tensor.string_val), object)
        strings[:] = list(tensor.string_val)
        return strings.reshape(shape)
    if tensor.dtype not in schema.TYPES:
        raise ValueError(f"tensors of type {tensor.dtype} are not read")
    dtype = np.dtype(schema.TYPES[tensor.dtype])
    if tensor.tensor_content:
        return np.frombuffer(tensor.tensor_content, dtype.newbyteorder("<")).reshape(shape)
    found = next((v for name in FIELDS if len(v := getattr(tensor, name))), [0])
    with np.errstate(
        invalid="ignore"
    ):  # a field of another type may hold what is no number of this one
        if dtype == np.float16:
            given = np.array(found, np.int64).astype(np.uint16).view(np.float16)
        else:
            given = np.array(found).astype(dtype)
    wanted = math.prod(shape)
    if len(given) < wanted <= most:
        given = np.append(given, np.full(wanted - len(given), given[-1]))
    return given[: min(wanted, 1)].reshape(shape) if len(given) == 1 else given.reshape(shape)


def shape_of(tensor: Any) -> list[int]:
    """The shape that a tensor claims.

    Raises
    ------
    ValueError
        for one that no array has.
    """
    count = len(tensor.tensor_shape.dim)
    if count > MOST_DIMENSIONS:
        raise ValueError(f"a tensor has {count:,} dimensions")
    shape = [d.size for d in tensor.tensor_shape.dim]
    if min(shape, default=0) < 0:
        raise ValueError(f"a tensor has the shape {shape}")
    return shape


def _strings(tensor: Any) -> list[bytes]:
    if tensor.dtype != schema.STRING:
        raise ValueError(f"strings were expected, but a tensor has the type {tensor.dtype}")
    return list(tensor.string_val)


def tensor_of(x: Any) -> Any:
    """An array of numbers, or of byte strings, as a tensor.

    Raises
    ------
    ValueError
        for a type that TensorBoard has no number for.
    """
    x = np.asarray(x)
    shape = {"dim": [{"size": n} for n in x.shape]}
    if x.dtype.kind in "OSU":
        if not all(isinstance(s, (str, bytes)) for s in x.ravel().tolist()):
            raise ValueError("arrays of other things than numbers and texts are not logged")
        strings = [s.encode() if isinstance(s, str) else s for s in x.ravel().tolist()]
        return schema.Tensor(dtype=schema.STRING, tensor_shape=shape, string_val=strings)
    if x.dtype.name.startswith(("bfloat", "float8", "float4")):
        x = x.astype(np.float32)
    number = next((n for n, name in schema.TYPES.items() if name == x.dtype.name), None)
    if number is None:
        raise ValueError(f"arrays of type {x.dtype} are not logged")
    little = np.ascontiguousarray(x, x.dtype.newbyteorder("<"))
    return schema.Tensor(dtype=number, tensor_shape=shape, tensor_content=little.tobytes())


def scalar_of(value: Any) -> float:
    """The number of a scalar, stored as such or as a tensor."""
    if value.HasField("simple_value"):
        return value.simple_value
    shape = shape_of(value.tensor)
    if math.prod(shape) != 1:
        raise ValueError(f"a scalar has the shape {shape}")
    return float(array_of(value.tensor).reshape(()))


def histogram_of(value: Any, most: int = MOST_NUMBERS) -> records.Histogram:
    """A histogram, of TensorBoard's first kind (limits, counts) or second (rows left, right, count);
    ``most`` as for :func:`array_of`."""
    if not value.HasField("histo"):
        rows = array_of(value.tensor, most).astype(float).reshape(-1, 3)
        edges = np.append(rows[:, 0], rows[-1:, 1]) if len(rows) else np.zeros(0)
        return records.Histogram(edges, rows[:, 2])
    h = value.histo
    if len(h.bucket_limit) != len(h.bucket):
        raise ValueError(f"{len(h.bucket_limit)} limits stand beside {len(h.bucket)} counts")
    right = np.clip(np.array(h.bucket_limit), h.min, h.max)
    return records.Histogram(np.concatenate([[h.min], right]), np.array(h.bucket))


def pictures_of(value: Any) -> list[Picture]:
    """The images of a value: one of TensorBoard's first kind, any number of its second."""
    if value.HasField("image"):
        i = value.image
        return [Picture(i.width, i.height, i.encoded_image_string)]
    width, height, *data = _strings(value.tensor)
    return [Picture(int(width), int(height), x) for x in data]


def texts_of(value: Any) -> list[str]:
    """The texts of a value."""
    return [x.decode(errors="replace") for x in _strings(value.tensor)]


def histogram(tag: str, h: records.Histogram) -> Any:
    """A histogram as TensorBoard's rows (left, right, count)."""
    edges, counts = np.asarray(h.edges, np.float64), np.asarray(h.counts, np.float64)
    rows = np.stack([edges[:-1], edges[1:], counts], axis=-1)
    return _value(tag, "histograms", rows)


def images(tag: str, pictures: Sequence[np.ndarray]) -> Any:
    """Arrays [height, width] or [height, width, 1, 3 or 4], encoded as PNG.

    Numbers that are no uint8 are shown from black, the smallest of a picture, to white.
    """
    encoded = [_png(x) for x in pictures]
    first = pictures[0]
    sizes = [str(first.shape[1]).encode(), str(first.shape[0]).encode()]
    return _value(tag, "images", np.array([*sizes, *encoded], object))


def text(tag: str, words: str) -> Any:
    """A text; TensorBoard shows it as Markdown."""
    return _value(tag, "text", np.array([words.encode()], object))


def tensor(tag: str, x: Any) -> Any:
    """Any array, under our own plugin's name."""
    return _value(tag, "uzviz", x)


def _value(tag: str, plugin: str, x: Any) -> Any:
    of = {"scalars": 1, "histograms": 2, "text": 2, "images": 3}
    metadata = {"plugin_data": {"plugin_name": plugin}, "data_class": of.get(plugin, 2)}
    return schema.Value(tag=tag, tensor=tensor_of(x), metadata=metadata)


def _png(x: np.ndarray) -> bytes:
    import io

    from PIL import Image

    x = np.asarray(x)
    if x.dtype != np.uint8:
        finite = np.where(np.isfinite(x), x, 0).astype(float)
        low, high = finite.min(), finite.max()
        x = np.round(255 * (finite - low) / (high - low if high > low else 1)).astype(np.uint8)
    made = Image.fromarray(x[:, :, 0] if x.ndim == 3 and x.shape[2] == 1 else x)
    out = io.BytesIO()
    made.save(out, "PNG", compress_level=1)  # three times as fast as the usual 6, a quarter larger
    return out.getvalue()


SHAPES, DTYPE, PARAMETERS, FLOPS = ("_output_shapes", "dtype", "parameters", "flops")
"""Attributes of a node; TensorBoard draws the shapes along the edges."""


def graph(g: records.Graph) -> bytes:
    """A graph as TensorFlow's GraphDef."""
    return schema.Graph(node=[_node(node) for node in g.nodes]).SerializeToString()


def graph_of(data: bytes) -> records.Graph:
    """A GraphDef, ours or anyone's; what it doesn't say of a node is empty or 0."""
    return records.Graph(tuple(map(_node_of, schema.Graph.FromString(data).node)))


def _node(node: records.Node) -> Any:
    number = next((n for n, name in schema.TYPES.items() if name == node.dtype), 0)
    shapes = [{"dim": [{"size": n} for n in shape]} for shape in node.shapes]
    found = {SHAPES: {"list": {"shape": shapes}}, DTYPE: {"type": number}}
    found |= {PARAMETERS: {"i": node.parameters}} if node.parameters else {}
    found |= {FLOPS: {"i": node.flops}} if node.flops else {}
    return {
        "name": node.name,
        "op": node.op,
        "input": node.inputs,
        "attr": [{"key": key, "value": value} for key, value in found.items()],
    }


def _node_of(node: Any) -> records.Node:
    found = {entry.key: entry.value for entry in node.attr}
    nothing = schema.AttributeValue()
    listed = found.get(SHAPES, nothing).list.shape
    kinds = [found[name].type for name in (DTYPE, "T") if name in found]
    return records.Node(
        node.name,
        node.op,
        tuple(node.input),
        tuple(tuple(d.size for d in shape.dim) for shape in listed),
        schema.TYPES.get(kinds[0], "") if kinds else "",
        found.get(PARAMETERS, nothing).i,
        found.get(FLOPS, nothing).i,
    )


START_TAG = "_hparams_/session_start_info"
END_TAG = "_hparams_/session_end_info"
EXPERIMENT_TAG = "_hparams_/experiment"
STARTED, STOPPED = 1, 2
"""TensorBoard's numbers for a session that starts, so that what lies at its step and beyond is void, and
for one that stops."""
ENDED = {"finished": 1, "diverged": 2, "interrupted": 0}
"""TensorBoard's numbers for how a run ended: success, failure, unknown."""


def session_start(hyperparameters: Mapping[str, Number], group: str, began: float) -> Any:
    """The hyperparameters of a run; runs of one group differ in their seed alone."""
    entries = [{"key": k, "value": _plain(v)} for k, v in hyperparameters.items()]
    start = {"hparams": entries, "group_name": group, "start_time_secs": began}
    return _hparams(START_TAG, session_start_info=start)


def session_end(status: str, ended: float) -> Any:
    """How a run ended."""
    return _hparams(
        END_TAG, session_end_info={"status": ENDED.get(status, 2), "end_time_secs": ended}
    )


def experiment(hyperparameters: Mapping[str, Number], metrics: Sequence[str]) -> Any:
    """What the columns of TensorBoard's HPARAMS page are."""
    types = {str: 1, bool: 2}
    infos = [{"name": k, "type": types.get(type(v), 3)} for k, v in hyperparameters.items()]
    shown = [{"name": {"tag": m}, "display_name": m} for m in metrics]
    return _hparams(EXPERIMENT_TAG, experiment={"hparam_infos": infos, "metric_infos": shown})


def session_of(value: Any) -> Any:
    """What a value of TensorBoard's HPARAMS page says."""
    return schema.HParams.FromString(value.metadata.plugin_data.content)


def hyperparameters_of(content: Any) -> dict[str, Number]:
    """The hyperparameters of a session, where it says them."""
    if not content.HasField("session_start_info"):
        return {}
    kinds = ("number_value", "string_value", "bool_value")
    found = {}
    for entry in content.session_start_info.hparams:
        kind = next((k for k in kinds if entry.value.HasField(k)), None)
        if kind is not None:
            found[text_of(entry.key)] = text_of(getattr(entry.value, kind))
    return found


def text_of(x: Any) -> Any:
    """A text that protobuf could not decode, as far as it can be; all else as it is."""
    return x.decode(errors="replace") if isinstance(x, bytes) else x


def _plain(value: Number) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"bool_value": value}
    return {"string_value": value} if isinstance(value, str) else {"number_value": float(value)}


def _hparams(tag: str, **content: Any) -> Any:
    plugin = {
        "plugin_name": "hparams",
        "content": schema.HParams(version=0, **content).SerializeToString(),
    }
    null = schema.Tensor(dtype=1, tensor_shape={}, float_val=[0.0])
    return schema.Value(tag=tag, metadata={"plugin_data": plugin}, tensor=null)
