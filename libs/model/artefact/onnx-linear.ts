import { decodeOnnx, encodeOnnx, onnxAttributeType, onnxType } from './onnx-format.js';
import type { OnnxModel, OnnxNode, OnnxTensor, OnnxValueInfo } from './onnx-format.js';
import { smallestNorm } from './linear-model.js';
import type { LinearModel } from './linear-model.js';

/** The contract of every text model (model 9.3): `ids` int64[B, L] and `weights` float[B, L] in, both [B, K] out. */
export const onnxContract = {
  inputs: { ids: onnxType.int64, weights: onnxType.float },
  outputs: { logits: onnxType.float, probs: onnxType.float },
} as const;

const opset = 18;
const irVersion = 8;

/**
 * The linear model as an ONNX graph. The graph divides by the norm of the weights itself, so that callers can pass the
 * integer term weights and the sums stay exact; weights that are already of unit length give the same logits but for
 * rounding. Padding has weight 0 and any valid id.
 */
export function exportLinearOnnx(model: LinearModel, release: string): Uint8Array {
  const columns = model.categories.length;
  const onnx: OnnxModel = {
    irVersion,
    producerName: 'tidegate',
    producerVersion: release,
    opsetImport: [{ domain: '', version: opset }],
    graph: {
      name: 'hashed-linear',
      node: [
        node('Gather', ['table', 'ids'], 'rows', [{ name: 'axis', type: onnxAttributeType.int, i: 0 }]),
        node('Cast', ['rows'], 'entries', [{ name: 'to', type: onnxAttributeType.int, i: onnxType.float }]),
        node('Unsqueeze', ['weights', 'axis1'], 'terms'),
        node('MatMul', ['terms', 'entries'], 'sums3'),
        node('Squeeze', ['sums3', 'axis1'], 'sums'),
        node('ReduceSumSquare', ['weights', 'axis1'], 'squares', [
          { name: 'keepdims', type: onnxAttributeType.int, i: 1 },
        ]),
        node('Sqrt', ['squares'], 'length'),
        node('Max', ['length', 'smallest_norm'], 'norm'),
        node('Div', ['sums', 'norm'], 'unit'),
        node('Mul', ['unit', 'scales'], 'scaled'),
        node('Add', ['scaled', 'biases'], 'logits'),
        node('Sigmoid', ['logits'], 'probs'),
      ],
      initializer: [
        { name: 'table', dataType: onnxType.int8, dims: [model.buckets, columns], rawData: bytesOf(model.table) },
        floats('scales', model.scales),
        floats('biases', model.biases),
        floats('smallest_norm', Float32Array.of(smallestNorm)),
        { name: 'axis1', dataType: onnxType.int64, dims: [1], rawData: bytesOf(BigInt64Array.of(1n)) },
      ],
      input: [value('ids', onnxType.int64, ['B', 'L']), value('weights', onnxType.float, ['B', 'L'])],
      output: [value('logits', onnxType.float, ['B', columns]), value('probs', onnxType.float, ['B', columns])],
    },
  };
  return encodeOnnx(onnx);
}

/** The linear parts of a graph that `exportLinearOnnx` wrote. Throws when a part is missing or of the wrong size. */
export function readLinearOnnx(bytes: Uint8Array, terms: Uint8Array, categories: readonly string[]): LinearModel {
  const { graph } = decodeOnnx(bytes);
  const part = (name: string, dataType: number): Uint8Array => {
    const tensor = graph.initializer.find((candidate) => candidate.name === name);
    if (tensor?.rawData === undefined || tensor.dataType !== dataType) {
      throw new Error(`model.onnx: initializer "${name}" of a hashed linear model is missing or of another type`);
    }
    return Uint8Array.from(tensor.rawData);
  };
  const table = new Int8Array(part('table', onnxType.int8).buffer);
  const scales = new Float32Array(part('scales', onnxType.float).buffer);
  const biases = new Float32Array(part('biases', onnxType.float).buffer);
  const columns = categories.length;
  if (scales.length !== columns || biases.length !== columns || table.length !== terms.length * columns) {
    throw new Error(
      `model.onnx: table of ${table.length} entries does not fit ${terms.length} buckets and ${columns} categories`,
    );
  }
  return { buckets: terms.length, categories, terms, table, scales, biases };
}

function node(
  opType: string,
  input: readonly string[],
  output: string,
  attribute: OnnxNode['attribute'] = [],
): OnnxNode {
  return { opType, input, output: [output], attribute };
}

function floats(name: string, values: Float32Array): OnnxTensor {
  return { name, dataType: onnxType.float, dims: [values.length], rawData: bytesOf(values) };
}

function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

function value(name: string, elemType: number, shape: readonly (string | number)[]): OnnxValueInfo {
  return {
    name,
    type: {
      tensorType: {
        elemType,
        shape: { dim: shape.map((size) => (typeof size === 'string' ? { dimParam: size } : { dimValue: size })) },
      },
    },
  };
}
