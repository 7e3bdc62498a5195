import { encodeOnnx, exportLinearOnnx, decodeOnnx, onnxAttributeType, onnxType } from '#model';
import type { OnnxGraph, OnnxModel, OnnxNode } from '#model';
import { defaultModelLimits, guardModel, ModelRefusedError } from './model-guard.js';

const good = exportLinearOnnx(
  {
    buckets: 16,
    categories: ['H', 'V'],
    terms: new Uint8Array(16).fill(1),
    table: new Int8Array(32),
    scales: Float32Array.of(1, 1),
    biases: Float32Array.of(0, 0),
  },
  '0.1.0',
);

function refusal(bytes: Uint8Array, limits = defaultModelLimits): string {
  try {
    guardModel(bytes, limits);
  } catch (error) {
    if (error instanceof ModelRefusedError) return error.code;
    throw error;
  }
  return 'ACCEPTED';
}

function changed(change: (model: OnnxModel) => Partial<OnnxModel>): Uint8Array {
  const model = decodeOnnx(good);
  return encodeOnnx({ ...model, ...change(model) });
}

function changedGraph(change: (graph: OnnxGraph) => Partial<OnnxGraph>): Uint8Array {
  return changed(({ graph }) => ({ graph: { ...graph, ...change(graph) } }));
}

function withNode(node: Partial<OnnxNode>): Uint8Array {
  return changedGraph((graph) => ({
    node: [...graph.node, { opType: 'Identity', input: ['unit'], output: ['x'], attribute: [], ...node }],
  }));
}

describe('model guard', () => {
  it('accepts what the exporter writes and reads its columns', () => {
    expect(guardModel(good)).toEqual({ columns: 2 });
  });

  it('refuses tensors in other files', () => {
    const bytes = changedGraph(({ initializer }) => ({
      initializer: initializer.map((tensor) => ({
        ...tensor,
        dataLocation: 1,
        externalData: [{ key: 'location', value: '/etc/passwd' }],
      })),
    }));
    expect(refusal(bytes)).toBe('EXTERNAL_DATA');
  });

  it('refuses operators of custom domains, in nodes and in imports', () => {
    expect(refusal(withNode({ domain: 'com.example' }))).toBe('CUSTOM_DOMAIN');
    const imported = changed(() => ({
      opsetImport: [
        { domain: '', version: 18 },
        { domain: 'x', version: 1 },
      ],
    }));
    expect(refusal(imported)).toBe('CUSTOM_DOMAIN');
  });

  it.each(['Loop', 'If', 'Scan', 'ConstantOfShape', 'Expand', 'Tile', 'RandomNormal'])(
    'refuses operator %s',
    (opType) => {
      expect(refusal(withNode({ opType }))).toBe('OPERATOR');
    },
  );

  it('refuses graphs inside attributes, however deep, without following them', () => {
    const attribute = [{ name: 'body', type: onnxAttributeType.graph, g: new Uint8Array(1000).fill(0x0a) }];
    expect(refusal(withNode({ attribute }))).toBe('SUBGRAPH');
  });

  it('refuses functions', () => {
    expect(refusal(changed(() => ({ functions: [Uint8Array.of(1)] })))).toBe('SUBGRAPH');
  });

  it('refuses a tensor that announces more than it holds', () => {
    const bytes = changedGraph(({ initializer }) => ({
      initializer: [
        ...initializer,
        { name: 'bomb', dims: [2 ** 40], dataType: onnxType.float, rawData: new Uint8Array(4) },
      ],
    }));
    expect(refusal(bytes)).toBe('TENSOR');
  });

  it('refuses other opsets, too many nodes and too many bytes', () => {
    expect(refusal(changed(() => ({ opsetImport: [{ domain: '', version: 99 }] })))).toBe('OPSET');
    expect(refusal(good, { ...defaultModelLimits, maxNodes: 3 })).toBe('TOO_MANY_NODES');
    expect(refusal(good, { ...defaultModelLimits, maxBytes: 10 })).toBe('TOO_LARGE');
  });

  it('refuses inputs and outputs outside the contract', () => {
    expect(refusal(changedGraph(({ output }) => ({ output: output.slice(1) })))).toBe('CONTRACT');
    expect(refusal(changedGraph(({ input }) => ({ input: [...input, ...input] })))).toBe('CONTRACT');
  });

  it('refuses truncated, empty and random bytes', () => {
    expect(refusal(good.subarray(0, good.length >> 1))).not.toBe('ACCEPTED');
    expect(refusal(new Uint8Array())).toBe('NOT_ONNX');
    expect(refusal(Uint8Array.from({ length: 4096 }, (_, i) => (i * 2654435761) >>> 24))).toBe('NOT_ONNX');
  });
});
