"""The messages of TensorBoard's event files, by their numbers on the wire.

Facts of TensorFlow's event.proto, summary.proto, tensor.proto, graph.proto and the HPARAMS
plugin's plugin_data.proto; protobuf does the rest. Enumerations are written as their numbers and
maps as their entries, which is the same on the wire.
"""

from __future__ import annotations

from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

MESSAGES = {
    "Event": "1 double wall_time, 2 int64 step, 3 string file_version, 4 bytes graph_def, "
    "5 Summary summary, 7 SessionLog session_log",
    "SessionLog": "1 int32 status, 2 string checkpoint_path, 3 string msg",
    "Summary": "1 *Value value",
    "Value": "1 string tag, 2 float simple_value, 4 Image image, 5 Histogram histo, "
    "8 Tensor tensor, 9 Metadata metadata",
    "Metadata": "1 Plugin plugin_data, 2 string display_name, 3 string summary_description, "
    "4 int32 data_class",
    "Plugin": "1 string plugin_name, 2 bytes content",
    "Image": "1 int32 height, 2 int32 width, 3 int32 colorspace, 4 bytes encoded_image_string",
    "Histogram": "1 double min, 2 double max, 3 double num, 4 double sum, 5 double sum_squares, "
    "6 *double bucket_limit, 7 *double bucket",
    "Tensor": "1 int32 dtype, 2 Shape tensor_shape, 4 bytes tensor_content, 5 *float float_val, "
    "6 *double double_val, 7 *int32 int_val, 8 *bytes string_val, 10 *int64 int64_val, "
    "11 *bool bool_val, 13 *int32 half_val, 16 *uint32 uint32_val, 17 *uint64 uint64_val",
    "Shape": "2 *Dimension dim, 3 bool unknown_rank",
    "Dimension": "1 int64 size",
    "HParams": "1 int32 version, 2 Experiment experiment, 3 SessionStart session_start_info, "
    "4 SessionEnd session_end_info",
    "Experiment": "1 string description, 3 double time_created_secs, 4 *HParam hparam_infos, "
    "5 *Metric metric_infos, 6 string name",
    "HParam": "1 string name, 3 string description, 4 int32 type",
    "Metric": "1 MetricName name, 3 string display_name",
    "MetricName": "1 string group, 2 string tag",
    "SessionStart": "1 *HParamEntry hparams, 4 string group_name, 5 double start_time_secs",
    "HParamEntry": "1 string key, 2 Plain value",
    "Plain": "1 int32 null_value, 2 double number_value, 3 string string_value, 4 bool bool_value",
    "SessionEnd": "1 int32 status, 2 double end_time_secs",
    "Graph": "1 *Node node, 4 Versions versions",
    "Versions": "1 int32 producer",
    "Node": "1 string name, 2 string op, 3 *string input, 4 string device, 5 *Attribute attr",
    "Attribute": "1 string key, 2 AttributeValue value",
    "AttributeValue": "1 AttributeList list, 2 bytes s, 3 int64 i, 4 float f, 5 bool b, "
    "6 int32 type, 7 Shape shape",
    "AttributeList": "2 *bytes s, 3 *int64 i, 4 *float f, 6 *int32 type, 7 *Shape shape",
}
"""Fields as "number type name"; a star stands before the type of a repeated one."""


def _made() -> dict[str, Any]:
    field = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(name="uzviz/event.proto", package="uzviz")
    for message, fields in MESSAGES.items():
        made = file.message_type.add(name=message)
        for text in fields.split(", "):
            number, kind, name = text.split()
            label = field.LABEL_REPEATED if kind[0] == "*" else field.LABEL_OPTIONAL
            kind = kind.lstrip("*")
            if kind in MESSAGES:
                made.field.add(name=name, number=int(number), label=label,
                               type=field.TYPE_MESSAGE, type_name=f".uzviz.{kind}")  # fmt: skip
                continue
            of = getattr(field, f"TYPE_{kind.upper()}")
            packed = {"options": descriptor_pb2.FieldOptions(packed=True)}
            numeric = kind not in {"string", "bytes"} and label == field.LABEL_REPEATED
            made.field.add(name=name, number=int(number), label=label, type=of,
                           **(packed if numeric else {}))  # fmt: skip
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file) if hasattr(pool, "Add") else pool.AddSerializedFile(file.SerializeToString())
    return message_factory.GetMessageClassesForFiles([file.name], pool)


_CLASSES = {name.removeprefix("uzviz."): cls for name, cls in _made().items()}

Event: Any = _CLASSES["Event"]
HParams: Any = _CLASSES["HParams"]
Graph: Any = _CLASSES["Graph"]
AttributeValue: Any = _CLASSES["AttributeValue"]
Tensor: Any = _CLASSES["Tensor"]
Value: Any = _CLASSES["Value"]

TYPES = {1: "float32", 2: "float64", 3: "int32", 4: "uint8", 5: "int16", 6: "int8", 9: "int64",
         10: "bool", 17: "uint16", 19: "float16", 22: "uint32", 23: "uint64"}  # fmt: skip
"""Numeric types of a tensor, as NumPy calls them."""
STRING = 7
"""The type of a tensor of byte strings."""
