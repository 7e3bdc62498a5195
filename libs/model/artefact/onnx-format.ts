import protobuf from 'protobufjs';

/**
 * The part of the ONNX interchange format (field numbers of onnx.proto, IR version 8 to 10) that linear and embedding
 * models need. Sub-graphs, sequence types and functions are declared as bytes: their presence can be seen and refused
 * without following a nesting that a hostile file could make as deep as it likes.
 */
const schema = `
syntax = "proto2";
package onnx;
message Attribute {
  optional string name = 1;
  optional float f = 2;
  optional int64 i = 3;
  optional bytes s = 4;
  optional Tensor t = 5;
  optional bytes g = 6;
  repeated float floats = 7;
  repeated int64 ints = 8;
  repeated bytes strings = 9;
  repeated bytes tensors = 10;
  repeated bytes graphs = 11;
  optional int32 type = 20;
  optional string ref_attr_name = 21;
}
message Node {
  repeated string input = 1;
  repeated string output = 2;
  optional string name = 3;
  optional string op_type = 4;
  repeated Attribute attribute = 5;
  optional string domain = 7;
}
message ExternalEntry { optional string key = 1; optional string value = 2; }
message Tensor {
  repeated int64 dims = 1;
  optional int32 data_type = 2;
  repeated float float_data = 4 [packed = true];
  repeated int32 int32_data = 5 [packed = true];
  repeated int64 int64_data = 7 [packed = true];
  optional string name = 8;
  optional bytes raw_data = 9;
  repeated ExternalEntry external_data = 13;
  optional int32 data_location = 14;
}
message Dimension { optional int64 dim_value = 1; optional string dim_param = 2; }
message Shape { repeated Dimension dim = 1; }
message TensorType { optional int32 elem_type = 1; optional Shape shape = 2; }
message Type { optional TensorType tensor_type = 1; optional bytes sequence_type = 4; optional bytes map_type = 5; optional bytes sparse_tensor_type = 8; optional bytes optional_type = 9; }
message ValueInfo { optional string name = 1; optional Type type = 2; }
message Graph {
  repeated Node node = 1;
  optional string name = 2;
  repeated Tensor initializer = 5;
  repeated ValueInfo input = 11;
  repeated ValueInfo output = 12;
  repeated bytes sparse_initializer = 15;
}
message OperatorSet { optional string domain = 1; optional int64 version = 2; }
message Model {
  optional int64 ir_version = 1;
  optional string producer_name = 2;
  optional string producer_version = 3;
  optional string domain = 4;
  optional int64 model_version = 5;
  optional Graph graph = 7;
  repeated OperatorSet opset_import = 8;
  repeated bytes training_info = 20;
  repeated bytes functions = 25;
}
`;

export interface OnnxAttribute {
  readonly name: string;
  readonly type: number;
  readonly i?: number;
  readonly ints?: readonly number[];
  readonly t?: OnnxTensor;
  readonly g?: Uint8Array;
  readonly graphs?: readonly Uint8Array[];
  readonly tensors?: readonly Uint8Array[];
  readonly refAttrName?: string;
}

export interface OnnxNode {
  readonly opType: string;
  readonly domain?: string;
  readonly name?: string;
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly attribute?: readonly OnnxAttribute[];
}

export interface OnnxTensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly dataType: number;
  readonly rawData?: Uint8Array;
  readonly floatData?: readonly number[];
  readonly int32Data?: readonly number[];
  readonly int64Data?: readonly number[];
  readonly externalData?: readonly { readonly key?: string; readonly value?: string }[];
  readonly dataLocation?: number;
}

export interface OnnxValueInfo {
  readonly name: string;
  readonly type?: {
    readonly tensorType?: {
      readonly elemType?: number;
      readonly shape?: { readonly dim?: readonly { readonly dimValue?: number; readonly dimParam?: string }[] };
    };
  };
}

export interface OnnxGraph {
  readonly name?: string;
  readonly node: readonly OnnxNode[];
  readonly initializer: readonly OnnxTensor[];
  readonly input: readonly OnnxValueInfo[];
  readonly output: readonly OnnxValueInfo[];
  readonly sparseInitializer?: readonly Uint8Array[];
}

export interface OnnxModel {
  readonly irVersion: number;
  readonly producerName?: string;
  readonly producerVersion?: string;
  readonly graph: OnnxGraph;
  readonly opsetImport: readonly { readonly domain?: string; readonly version: number }[];
  readonly trainingInfo?: readonly Uint8Array[];
  readonly functions?: readonly Uint8Array[];
}

/** Element types of ONNX tensors. */
export const onnxType = { float: 1, uint8: 2, int8: 3, int32: 6, int64: 7 } as const;
/** Types of node attributes. */
export const onnxAttributeType = { int: 2, graph: 5, ints: 7 } as const;

const modelType = protobuf.parse(schema).root.lookupType('onnx.Model');

/** Bytes of a model file; equal models give equal bytes. */
export function encodeOnnx(model: OnnxModel): Uint8Array {
  return modelType.encode(modelType.fromObject(model)).finish();
}

/** Parses a model file. Throws on bytes that are no such file; values are not judged here. */
export function decodeOnnx(bytes: Uint8Array): OnnxModel {
  // Missing lists become empty ones, so that a reader need not ask twice.
  return modelType.toObject(modelType.decode(bytes), { longs: Number, arrays: true }) as OnnxModel;
}
