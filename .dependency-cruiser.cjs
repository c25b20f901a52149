// The walls of the architecture, checked by `npm run layers`. See ARCHITECTURE.md.
const only = (name, path, allowed, comment) => ({
  name,
  severity: 'error',
  comment,
  from: { path },
  to: { path: '^(grammar|src|cli|schemas)/', pathNot: [path, ...allowed] },
});
/**
 * Rooms of a folder from the ground up: a file imports from its own room and from rooms below, types included. What lies
 * in no room is imported by nobody, but for the folder's entry. A file named as a room belongs to it.
 */
const floors = (root, rooms, entry = '') => [
  ...rooms.slice(0, -1).map((room, floor) => ({
    name: `floor-of-${root}/${room}`,
    severity: 'error',
    from: { path: `^${root}/${room}(/|\\.)` },
    to: { path: `^${root}/(${rooms.slice(floor + 1).join('|')})(/|\\.)` },
  })),
  {
    name: `rooms-of-${root}`,
    severity: 'error',
    from: {},
    to: { path: `^${root}/`, pathNot: [`^${root}/(${rooms.join('|')})(/|\\.)`, `^${root}/${entry}$`] },
  },
];
const source = '^src/compiler/source/';
const diagnostics = '^src/compiler/diagnostics/';
const ir = '^src/compiler/ir/';
const plan = '^src/compiler/plan/';

const runtimeFloors = [
  'threads',
  'storage',
  'random',
  'statistics',
  'images',
  'heart',
  'kernels',
  'data',
  'metrics',
  'engines',
  'runs',
  'train',
  'process',
  'predict',
  'studies',
  'report',
];

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    only('source-is-a-leaf', source, []),
    only('diagnostics', diagnostics, [source]),
    only('grammar', '^grammar/', [], 'the grammar knows chevrotain and nothing else'),
    only('syntax', '^src/compiler/syntax/', [source, diagnostics, '^grammar/']),
    only('ir', ir, [source, diagnostics], 'the graph never sees the syntax'),
    only('plan', plan, [source, ir, '^src/compiler/targets/tfjs/plan\\.ts$'], 'plain data'),
    only('reference', '^src/compiler/reference/', [ir, '^src/compiler/semantics/']),
    only(
      'semantics',
      '^src/compiler/semantics/',
      [source, diagnostics, '^src/compiler/syntax/', plan, ir],
      'meaning reads the tree and the signatures of operations',
    ),
    ...floors('src/compiler/semantics', [
      'program',
      'values',
      'names',
      'settings',
      'experiments',
      'studies',
      'provenance',
      'rules',
    ]),
    only('lower', '^src/compiler/lower/', [
      source,
      diagnostics,
      ir,
      '^src/compiler/(semantics|syntax|passes)/',
      plan,
    ]),
    only('passes', '^src/compiler/passes/', [source, diagnostics, ir]),
    only('interpret', '^src/compiler/interpret/', [source, diagnostics, ir, plan]),
    only(
      'step',
      '^src/compiler/step/',
      [ir, '^src/compiler/interpret/(tensor|random)\\.ts$', plan],
      'a step knows the graph, the loss and the optimizer, and no target',
    ),
    only('cost', '^src/compiler/cost/', [], 'rates of kinds of work: a leaf'),
    only('targets', '^src/compiler/targets/', [
      source,
      diagnostics,
      ir,
      plan,
      '^src/compiler/(cost|passes|step|interpret)/',
    ]),
    only(
      'diff',
      '^src/compiler/diff/',
      [
        diagnostics,
        ir,
        '^src/compiler/passes/',
        plan,
        '^src/compiler/step/lower/optimizer\\.ts$',
        '^src/compiler/targets/summary/rows\\.ts$',
      ],
      'a difference is told from what experiments are resolved to, never from their text',
    ),
    only('runtime', '^src/runtime/', ['^src/compiler/index\\.ts$']),
    ...floors('src/runtime', runtimeFloors, 'index\\.ts'),
    only('cli', '^cli/', ['^src/compiler/index\\.ts$', '^src/runtime/index\\.ts$']),
    ...floors('cli', [
      'text',
      'output',
      'environment',
      'completion',
      'runs',
      'study',
      'tui',
      'commands',
      'command-line',
    ]),
    ...floors('cli/commands', [
      'language',
      'data',
      'training',
      'steering',
      'studies',
      'engines',
      'interface',
      'program',
    ]),
    ...floors('cli/tui', [
      'theme',
      'drawing',
      'widgets',
      'state',
      'session',
      'keys',
      'views',
      'update',
      'world',
      'app',
    ]),
    {
      name: 'chevrotain-stays-in-the-grammar',
      severity: 'error',
      from: { pathNot: ['^grammar/', '^src/compiler/syntax/parse\\.ts$'] },
      to: { path: 'node_modules/chevrotain' },
    },
    {
      name: 'tensorflow-stays-in-the-runtime',
      severity: 'error',
      from: { pathNot: '^src/runtime/' },
      to: { path: 'node_modules/@tensorflow' },
    },
    {
      name: 'ink-stays-in-the-interface',
      severity: 'error',
      from: { pathNot: '^cli/tui/' },
      to: { path: 'node_modules/(ink|react)/' },
    },
    {
      name: 'the-compiler-does-no-io',
      severity: 'error',
      from: { path: '^(src/compiler|grammar)/', pathNot: 'generate\\.ts$' },
      to: { dependencyTypes: ['core'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
  },
};
