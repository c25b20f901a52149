import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { renderDiagnostics } from '../../src/compiler/diagnostics/render.ts';
import { compile } from '../../src/compiler/driver/compile.ts';
import { plainSpec, wholeSpec } from '../support/mutable-specs.ts';
import { specHost } from '../support/spec-host.ts';

// One mistake, one message, at its place.

const path = 'specs/example.cmrnet';

/** What is exchanged in a sound spec, the code of the one message, the text that it marks, and words of its help. */
type Mistake = readonly [
  title: string,
  from: string,
  to: string,
  code: string,
  marked: string,
  help?: string | undefined,
  text?: string,
];

const text: readonly Mistake[] = [
  ['a declaration misspelt', 'network Small', 'netwrok Small', 'CMR103', 'netwrok', '`network`'],
  ['a statement misspelt', 'let near', 'lett near', 'CMR103', 'lett', '`let`'],
  ['`vary` misspelt', '  vary (', '  vray (', 'CMR103', 'vray', '`vary`'],
  ['no edition', 'cmrnet 1\n', '', 'CMR112', 'block', 'cmrnet 1'],
  ['an edition of the future', 'cmrnet 1', 'cmrnet 2', 'CMR113', '2', 'cmrnet 1'],
  ['a stage without `}`', 'rates = [1, 3])\n  }\n', 'rates = [1, 3])\n', 'CMR120', '{', 'add `}`'],
  ['settings without `}`', '10% .. 10%\n  }\n', '10% .. 10%\n', 'CMR120', '{', 'add `}`'],
  ['a block without `}`', 'w, channels]\n}\n', 'w, channels]\n', 'CMR120', '{', 'add `}`'],
  [
    'the last `}` left out',
    '  report segmentation.dsc\n}\n',
    '  report segmentation.dsc\n',
    'CMR120',
    '{',
    'end',
  ],
  [
    'a stage with `}` twice',
    'rates = [1, 3])\n  }\n',
    'rates = [1, 3])\n  }\n  }\n',
    'CMR121',
    '}',
    'remove',
  ],
  ['a stage without `{`', 'stage encoder {', 'stage encoder', 'CMR126', 'stage encoder', 'add `{`'],
  [
    'a network without `{`',
    '= 0.1) {',
    '= 0.1)',
    'CMR126',
    'network Small(width: int in 4 .. 64 = 8, slope: real = 0.1)',
  ],
  [
    'parameters that share a type',
    '(channels: int, rate',
    '(channels, rate',
    'CMR123',
    'channels',
    'channels: int',
  ],
  ['a default without a type', 'slope: real = 0.1', 'slope = 0.1', 'CMR123', 'slope', 'another type'],
  [
    'typographic quotes',
    '"healthy", "diseased"',
    '“healthy”, "diseased"',
    'CMR118',
    '“healthy”',
    'double quotes',
  ],
  ['single quotes', 'positive = "healthy"', "positive = 'healthy'", 'CMR107', "'healthy'", 'double quotes'],
  ['a string without its end', 'positive = "healthy"', 'positive = "healthy', 'CMR106', '"healthy'],
  ['a semicolon', 'epochs      = 4', 'epochs      = 4;', 'CMR105', ';', 'remove'],
  ['a comment of Python', 'epochs      = 4', '# epochs\n    epochs      = 4', 'CMR111', '# epochs', '`//`'],
  ['a number without its first digit', 'slope: real = 0.1', 'slope: real = .1', 'CMR119', '.1', '0.1'],
  ['a unit apart', '-15deg .. 15deg', '-15deg .. 15 deg', 'CMR110', 'deg', '15deg'],
  ['a pipe without its `>`', '|> max_pool(2)', '| max_pool(2)', 'CMR101', '|', '`|>`'],
  ['a comma left out', '[accuracy, auc]', '[accuracy auc]', 'CMR101', 'auc', 'add `,`'],
  ['`=` in an input', 'image: [64, 64, 1]', 'image = [64, 64, 1]', 'CMR101', '=', '`:`'],
  ['`:` in a setting', 'epochs      = 4', 'epochs: 4', 'CMR101', ':', '`=`'],
  [
    'a sum behind a pipe',
    'head diagnosis: label = encoder.second |> global_avg_pool()',
    'head diagnosis: label = encoder.second |> global_avg_pool() + 1',
    'CMR125',
    '+',
    'parentheses',
  ],
  [
    '`if` as a statement',
    '  output near',
    '  if channels > 3 {\n    let y = x\n  } else {\n    let y = near\n  }\n  output near',
    'CMR122',
    'if',
    'parameter of type `block`',
  ],
  [
    '`if` as a value',
    'let far  = x |> Unit(channels, rate = rates[1])',
    'let far = if channels then x else near',
    'CMR122',
    'if',
  ],
  [
    '`for`',
    '  output near',
    '  for r in rates {\n    x = x |> Unit(r)\n  }\n  output near',
    'CMR122',
    'for',
    '`serial',
  ],
  ['`return`', 'output near + far : [h, w, channels]', 'return near + far', 'CMR122', 'return', '`output`'],
  ['a reserved word as a name', 'let near =', 'let input =', 'CMR104', 'input'],
];

const meaning: readonly Mistake[] = [
  ['a name misspelt', 'near + far :', 'near + farr :', 'CMR201', 'farr', '`far`'],
  ['an operation misspelt', 'max_pool(2)', 'maxpool(2)', 'CMR201', 'maxpool', '`max_pool`'],
  ['an operation of another library', '|> relu()', '|> silu()', 'CMR201', 'silu', '`swish`'],
  ['a function that there is not', 'Twice(width)', 'Twice(maximum(4, width))', 'CMR201', 'maximum'],
  [
    'a name of another stage',
    'concat(up, encoder.first)',
    'concat(up, first)',
    'CMR201',
    'first',
    '`encoder.first`',
  ],
  [
    'a member of a stage misspelt',
    'concat(up, encoder.first)',
    'concat(up, encoder.frist)',
    'CMR322',
    'frist',
    '`first`',
  ],
  ['use before definition', 'let near = x |>', 'let near = far |>', 'CMR201', 'far', 'below its declaration'],
  [
    'a name declared twice',
    '  output near',
    '  let near = x\n  output near',
    'CMR202',
    'near',
    'another name',
  ],
  [
    'the dilation of a convolution',
    'conv(channels, rate = rate',
    'conv(channels, dilation = rate',
    'CMR302',
    'dilation',
    '`rate`',
  ],
  [
    'an activation of a convolution',
    'dense(1)',
    'dense(1, activation = 1)',
    'CMR302',
    'activation',
    'operation of its own',
  ],
  ['an argument missing', 'dense(1)', 'dense()', 'CMR303', 'dense()'],
  ['an argument too many', 'max_pool(2)', 'max_pool(2, 2, "same", 1)', 'CMR304', '1'],
  ['a type of another language', 'seg_weight: real', 'seg_weight: float', 'CMR317', 'float', '`real`'],
  ['a value out of its bounds', 'model.width = 16', 'model.width = 128', 'CMR308', '128'],
  [
    'an operation without parentheses',
    '|> batch_norm() |>',
    '|> batch_norm |>',
    'CMR315',
    'batch_norm',
    'batch_norm()',
  ],
  ['a layer with parentheses', '|> merge\n', '|> merge()\n', 'CMR316', 'merge()', '`merge`'],
  [
    'a list where a tensor is needed',
    'first |> max_pool(2) |> serial',
    'chain0 |> serial',
    'CMR201',
    'chain0',
  ],
  [
    'a list fed to a block',
    'concat(...butlast(chain), last(chain)) |>',
    'chain |>',
    'CMR301',
    'chain',
    '`last(list)`',
  ],
  ['maps of two sizes', 'depth_to_space(2)', 'depth_to_space(4)', 'CMR412', 'encoder.first'],
  [
    'a head of a kind that there is not',
    'head segmentation: mask',
    'head segmentation: segmentation',
    'CMR217',
    'segmentation',
  ],
  ['a head misspelt in the loss', 'bce(diagnosis)', 'bce(diagnoses)', 'CMR201', 'diagnoses', '`diagnosis`'],
  ['a head misspelt in `evaluate`', 'diagnosis    = [', 'diagnosi = [', 'CMR501', 'diagnosi', '`diagnosis`'],
  [
    'a loss of the wrong head',
    'bce(diagnosis)',
    'dice(diagnosis)',
    'CMR503',
    'diagnosis',
    'dice(segmentation)',
  ],
  [
    'a loss that suits no sigmoid',
    'bce(diagnosis)',
    'cross_entropy(diagnosis)',
    'CMR503',
    'cross_entropy(diagnosis)',
    'bce(diagnosis)',
  ],
  [
    'a product of losses',
    '+ (1 - seg_weight) * bce',
    '* bce',
    'CMR504',
    'seg_weight * bce(segmentation) * bce(diagnosis)',
  ],
  ['a metric of another name', '[dsc, jaccard]', '[dsc, iou]', 'CMR201', 'iou', '`jaccard`'],
  ['a metric of another head', '[accuracy, auc]', '[accuracy, dsc]', 'CMR506', 'dsc'],
  ['an optimizer without parentheses', 'rmsprop(lr = 0.003)', 'adam', 'CMR301', 'adam', '`adam('],
  [
    'an optimizer that there is not',
    'rmsprop(lr = 0.003)',
    'adamw(lr = 0.003)',
    'CMR201',
    'adamw',
    '`weight_decay`',
  ],
  ['`learning_rate`', 'lr = 0.003', 'learning_rate = 0.003', 'CMR302', 'learning_rate', '`lr`'],
  ['a setting misspelt', 'epochs      = 4', 'epohcs = 4', 'CMR501', 'epohcs', '`epochs`'],
  ['a setting without its section', 'model.width = 16', 'epochs = 16', 'CMR602', 'epochs', '`train.epochs`'],
  ['a parameter without `model`', 'model.width = 16', 'width = 16', 'CMR602', 'width', '`model.width`'],
  ['a word in quotes', 'head_bias   = zero', 'head_bias = "zero"', 'CMR301', '"zero"', '`zero`'],
  ['an angle without its unit', '-15deg .. 15deg', '-15 .. 15', 'CMR306', '-15 .. 15', 'deg'],
  [
    'no classes for a label head',
    '  classes  = ["healthy", "diseased"]\n  positive = "healthy"\n',
    '',
    'CMR509',
    'diagnosis',
    '`classes',
  ],
  ['a class misspelt', 'positive = "healthy"', 'positive = "healthi"', 'CMR507', '"healthi"', '`healthy`'],
  ['a base misspelt', 'variant Wide of First', 'variant Wide of Frist', 'CMR201', 'Frist', '`First`'],
  [
    'a path varied twice',
    'vary (model.width, train.batch) in [(8, 4), (16, 8)]',
    'vary train.batch in [4, 8]\n  vary train.batch in 2 .. 40',
    'CMR608',
    'train.batch',
  ],
  [
    'a metric in a report misspelt',
    'report segmentation.dsc, diagnosis.auc',
    'report segmentation.dcs',
    'CMR201',
    'dcs',
    '`dsc`',
  ],
  [
    'a size mistake in every cell',
    'resize(32, 32)',
    'resize(48, 48)',
    'CMR508',
    'Pixels(width = 8)',
    'center(32, 32)',
    plainSpec,
  ],
  [
    'a channel too few for the structures',
    'conv(3, kernel = 1)',
    'conv(2, kernel = 1)',
    'CMR509',
    'heart',
    undefined,
    plainSpec,
  ],
];

const single = suite('single mistakes');

for (const [title, from, to, code, marked, help, original = wholeSpec] of [...text, ...meaning]) {
  single(`${title}: one message, at its place`, () => {
    assert.ok(original.includes(from), 'the spec has no such text');
    const changed = original.replace(from, () => to);
    const { diagnostics, sources } = compile(path, specHost({ [path]: changed }));
    const told = diagnostics.filter(({ severity }) => severity !== 'note');
    const shown = renderDiagnostics(told, sources);
    assert.is(told.length, 1, shown);
    const [item] = told as [(typeof told)[number]];
    assert.is(item.code, code, shown);
    assert.is(changed.slice(item.primary.span.start, item.primary.span.end), marked, shown);
    if (help !== undefined)
      assert.ok(
        item.help.some(({ message }) => message.includes(help)),
        shown,
      );
  });
}

single('there are more than sixty of them', () => assert.ok(text.length + meaning.length >= 60));

single.run();
