import { decodeOnnx, onnxAttributeType, onnxContract } from '#model';
import type { OnnxModel, OnnxTensor } from '#model';

export interface ModelLimits {
  readonly maxBytes: number;
  readonly maxNodes: number;
  readonly minOpset: number;
  readonly maxOpset: number;
}

export const defaultModelLimits: ModelLimits = {
  maxBytes: 64 * 1024 * 1024,
  maxNodes: 256,
  minOpset: 13,
  maxOpset: 21,
};

export type ModelRefusal =
  | 'TOO_LARGE'
  | 'NOT_ONNX'
  | 'EXTERNAL_DATA'
  | 'CUSTOM_DOMAIN'
  | 'OPSET'
  | 'TOO_MANY_NODES'
  | 'OPERATOR'
  | 'SUBGRAPH'
  | 'TENSOR'
  | 'CONTRACT';

/** A model file that must not reach the native runtime (streaming 5). */
export class ModelRefusedError extends Error {
  constructor(
    readonly code: ModelRefusal,
    detail: string,
  ) {
    super(`model.onnx refused (${code}): ${detail}`);
    this.name = 'ModelRefusedError';
  }
}

/**
 * Operators of linear and embedding models. None can loop, branch, load a file or make a tensor larger than its inputs
 * announce: ConstantOfShape, Expand, Tile, Range, Loop, If and Scan stay out for that reason.
 */
const allowedOperators: ReadonlySet<string> = new Set([
  'Add', 'Cast', 'Clip', 'Concat', 'Div', 'Exp', 'Gather', 'Gemm', 'Identity', 'LayerNormalization', 'Log', 'MatMul',
  'Max', 'Min', 'Mul', 'Neg', 'ReduceMax', 'ReduceMean', 'ReduceSum', 'ReduceSumSquare', 'Relu', 'Reshape', 'Sigmoid',
  'Softmax', 'Sqrt', 'Squeeze', 'Sub', 'Tanh', 'Transpose', 'Unsqueeze',
]); // prettier-ignore

/** Bytes of one element by ONNX type; other types are refused. */
const elementBytes: Readonly<Record<number, number>> = { 1: 4, 2: 1, 3: 1, 6: 4, 7: 8, 9: 1, 10: 2, 11: 8 };

/**
 * Parses a model file and refuses what streaming 5 names, before any native code sees a byte of it: external data,
 * custom-op domains, functions, sub-graphs, operators outside the list, tensors whose shape belies their size, another
 * opset, too many nodes or bytes, or inputs and outputs outside the contract of model 9.3.
 * Returns the number of output columns. Throws `ModelRefusedError`.
 */
export function guardModel(bytes: Uint8Array, limits: ModelLimits = defaultModelLimits): { columns: number } {
  if (bytes.byteLength > limits.maxBytes) {
    throw new ModelRefusedError('TOO_LARGE', `${bytes.byteLength} bytes, at most ${limits.maxBytes}`);
  }
  const model = parse(bytes);
  guardOperatorSets(model, limits);
  const { graph } = model;
  if ((model.functions ?? []).length > 0 || (model.trainingInfo ?? []).length > 0) {
    throw new ModelRefusedError('SUBGRAPH', 'functions and training graphs are not supported');
  }
  if (graph.node.length > limits.maxNodes) {
    throw new ModelRefusedError('TOO_MANY_NODES', `${graph.node.length} nodes, at most ${limits.maxNodes}`);
  }
  if ((graph.sparseInitializer ?? []).length > 0) throw new ModelRefusedError('TENSOR', 'sparse initialisers');
  for (const tensor of graph.initializer) guardTensor(tensor, bytes.byteLength);
  for (const { opType, domain = '', attribute = [] } of graph.node) {
    if (domain !== '' && domain !== 'ai.onnx') throw new ModelRefusedError('CUSTOM_DOMAIN', `domain "${domain}"`);
    if (!allowedOperators.has(opType)) throw new ModelRefusedError('OPERATOR', `operator "${opType}"`);
    for (const { type, g, graphs = [], t, tensors = [], refAttrName } of attribute) {
      if (type === onnxAttributeType.graph || g !== undefined || graphs.length > 0 || refAttrName !== undefined) {
        throw new ModelRefusedError('SUBGRAPH', `operator "${opType}" carries a graph`);
      }
      if (tensors.length > 0) throw new ModelRefusedError('TENSOR', `operator "${opType}" carries a list of tensors`);
      if (t !== undefined) guardTensor(t, bytes.byteLength);
    }
  }
  return { columns: guardContract(model) };
}

function parse(bytes: Uint8Array): OnnxModel {
  let model: Partial<OnnxModel>;
  try {
    model = decodeOnnx(bytes);
  } catch {
    throw new ModelRefusedError('NOT_ONNX', 'the bytes are no model file; is the download complete?');
  }
  if (model.graph === undefined || model.irVersion === undefined) {
    throw new ModelRefusedError('NOT_ONNX', 'the file has no graph');
  }
  return model as OnnxModel;
}

function guardOperatorSets(model: OnnxModel, limits: ModelLimits): void {
  for (const { domain = '', version } of model.opsetImport) {
    if (domain !== '' && domain !== 'ai.onnx') throw new ModelRefusedError('CUSTOM_DOMAIN', `domain "${domain}"`);
    if (!(version >= limits.minOpset && version <= limits.maxOpset)) {
      throw new ModelRefusedError('OPSET', `opset ${version}, supported ${limits.minOpset} to ${limits.maxOpset}`);
    }
  }
  if (model.opsetImport.length !== 1) throw new ModelRefusedError('OPSET', 'exactly one operator set is expected');
}

function guardTensor(tensor: OnnxTensor, fileBytes: number): void {
  const name = tensor.name;
  if ((tensor.externalData ?? []).length > 0 || (tensor.dataLocation ?? 0) !== 0) {
    throw new ModelRefusedError('EXTERNAL_DATA', `tensor "${name}" lies in another file`);
  }
  const size = elementBytes[tensor.dataType];
  if (size === undefined) throw new ModelRefusedError('TENSOR', `tensor "${name}" has type ${tensor.dataType}`);
  let elements = 1;
  for (const dimension of tensor.dims) {
    if (!(dimension >= 0)) throw new ModelRefusedError('TENSOR', `tensor "${name}" has a negative dimension`);
    elements *= dimension;
  }
  const listed = (tensor.floatData ?? []).length + (tensor.int32Data ?? []).length + (tensor.int64Data ?? []).length;
  const held = tensor.rawData === undefined || tensor.rawData.length === 0 ? listed : tensor.rawData.length / size;
  if (elements > fileBytes || held !== elements) {
    throw new ModelRefusedError('TENSOR', `tensor "${name}" announces ${elements} elements and holds ${held}`);
  }
}

function guardContract({ graph }: OnnxModel): number {
  const types = (values: typeof graph.input): Record<string, number | undefined> =>
    Object.fromEntries(values.map(({ name, type }) => [name, type?.tensorType?.elemType]));
  for (const [kind, values, contract] of [
    ['input', graph.input, onnxContract.inputs],
    ['output', graph.output, onnxContract.outputs],
  ] as const) {
    const found = types(values);
    const wanted = Object.entries(contract);
    for (const [name, type] of wanted) {
      if (found[name] !== type)
        throw new ModelRefusedError('CONTRACT', `${kind} "${name}" is missing or of another type`);
    }
    if (values.length !== wanted.length) {
      throw new ModelRefusedError('CONTRACT', `${values.length} ${kind}s, expected ${wanted.length}`);
    }
  }
  const logits = graph.output.find(({ name }) => name === 'logits')?.type?.tensorType?.shape?.dim ?? [];
  const columns = logits[1]?.dimValue;
  if (logits.length !== 2 || columns === undefined || columns < 1 || columns > 1024) {
    throw new ModelRefusedError('CONTRACT', 'output "logits" must have the shape [B, K] with a fixed K from 1 to 1024');
  }
  return columns;
}
