const door = (name, library, folder, reason) => ({
  name: `one-door-${name}`,
  comment: reason,
  severity: 'error',
  from: { pathNot: `^${folder}/` },
  to: { path: `node_modules/${library}(/|$)` },
});

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'not-to-unresolvable',
      comment:
        'Under the condition `source`, by which our own aliases resolve, that package names files that it does not publish.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^react-aria-components$' },
    },
    {
      name: 'libraries-never-import-apps',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^apps/' },
    },
    {
      name: 'apps-import-no-apps',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'stages-never-import-each-other',
      severity: 'error',
      from: { path: '^libs/flow/([^/]+)/' },
      to: { path: '^libs/flow/', pathNot: '^libs/flow/$1/' },
    },
    {
      name: 'domain-is-pure',
      comment:
        'The domain imports only contracts, stream, model and policy; technology comes in through the Nest shell, for jobs through *.job.ts, and through the *.main.ts of child processes.',
      severity: 'error',
      from: { path: '^libs/flow/', pathNot: '\\.(module|controller|job|main|spec)\\.ts$' },
      to: { path: '^libs/', pathNot: '^libs/(flow|model|policy|platform/(contracts|stream))/' },
    },
    {
      name: 'model-and-policy-know-no-technology',
      severity: 'error',
      from: { path: '^libs/(model|policy)/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^libs/(flow|platform)/', pathNot: '^libs/platform/contracts/' },
    },
    {
      name: 'stream-knows-no-broker',
      severity: 'error',
      from: { path: '^libs/platform/stream/' },
      to: { path: '^libs/', pathNot: '^libs/platform/(stream|contracts|testing)/' },
    },
    door('kafkajs', 'kafkajs', 'libs/platform/kafka', 'so that another client can replace it'),
    door('registry', '@kafkajs/confluent-schema-registry', 'libs/platform/kafka', 'as kafkajs'),
    door('clickhouse', '@clickhouse/client', 'libs/platform/clickhouse', 'queries live in one place'),
    door('onnx', 'onnxruntime-node', 'libs/platform/inference', 'models are loaded behind one guard'),
    door('flystorage', '@flystorage', 'libs/platform/artefacts', 'so that another storage, or library, can replace it'),
    door('chdb', 'chdb', 'libs/platform/stack', 'the embedded engine is a part of the stack'),
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'node', 'default', 'types'],
    },
  },
};
