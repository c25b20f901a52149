/** What a piece of text means; the only place that knows its colour is this file. */
export type Role = keyof typeof dark;

export type Rgb = readonly [red: number, green: number, blue: number];

/** Truecolour, the nearest of 256, and an SGR code of the 16 every terminal has. */
export interface Paint {
  readonly rgb: Rgb | null;
  readonly sgr: string;
  /** Drawn behind the text. */
  readonly ground?: Rgb;
}

/** Series are told apart by the colours of Okabe and Ito, which most colour-blind people can. */
export const dark = {
  plain: { rgb: null, sgr: '' },
  title: { rgb: null, sgr: '1' },
  quiet: { rgb: [138, 146, 158], sgr: '2' },
  frame: { rgb: [104, 112, 126], sgr: '90' },
  key: { rgb: [120, 190, 255], sgr: '96' },
  here: { rgb: [255, 255, 255], sgr: '7', ground: [45, 74, 110] },
  train: { rgb: [86, 180, 233], sgr: '96' },
  heldOut: { rgb: [230, 159, 0], sgr: '93' },
  reported: { rgb: [204, 150, 190], sgr: '95' },
  good: { rgb: [60, 190, 140], sgr: '92' },
  warning: { rgb: [240, 190, 60], sgr: '93' },
  bad: { rgb: [255, 115, 85], sgr: '91' },
  series1: { rgb: [86, 180, 233], sgr: '96' },
  series2: { rgb: [230, 159, 0], sgr: '93' },
  series3: { rgb: [0, 190, 140], sgr: '92' },
  series4: { rgb: [225, 145, 190], sgr: '95' },
  series5: { rgb: [240, 228, 66], sgr: '33' },
  series6: { rgb: [235, 110, 40], sgr: '91' },
  series7: { rgb: [90, 130, 235], sgr: '94' },
  series8: { rgb: [170, 170, 170], sgr: '37' },
  correct: { rgb: [70, 130, 255], sgr: '94' },
  missed: { rgb: [255, 70, 60], sgr: '91' },
  false: { rgb: [60, 200, 90], sgr: '92' },
} as const satisfies Record<string, Paint>;

export const light: Record<Role, Paint> = {
  ...dark,
  quiet: { rgb: [100, 105, 115], sgr: '2' },
  frame: { rgb: [125, 130, 140], sgr: '37' },
  key: { rgb: [0, 92, 175], sgr: '34' },
  here: { rgb: [0, 0, 0], sgr: '7', ground: [200, 220, 245] },
  train: { rgb: [0, 108, 170], sgr: '34' },
  heldOut: { rgb: [172, 77, 0], sgr: '33' },
  reported: { rgb: [150, 70, 125], sgr: '35' },
  good: { rgb: [0, 120, 82], sgr: '32' },
  warning: { rgb: [145, 95, 0], sgr: '33' },
  bad: { rgb: [190, 40, 20], sgr: '31' },
  series1: { rgb: [0, 108, 170], sgr: '34' },
  series2: { rgb: [172, 77, 0], sgr: '33' },
  series3: { rgb: [0, 120, 86], sgr: '32' },
  series4: { rgb: [160, 75, 125], sgr: '35' },
  series5: { rgb: [122, 100, 0], sgr: '33' },
  series6: { rgb: [200, 60, 0], sgr: '31' },
  series7: { rgb: [60, 90, 200], sgr: '34' },
  series8: { rgb: [90, 90, 90], sgr: '30' },
};

/** The colours of right, missed and invented pixels: those of the paper's figure 4, or ones that colour-blind people tell apart. */
export const verdicts = {
  paper: { correct: [70, 130, 255], missed: [255, 70, 60], false: [60, 200, 90] },
  safe: { correct: [86, 180, 233], missed: [235, 95, 0], false: [240, 228, 66] },
} as const satisfies Record<string, Record<'correct' | 'missed' | 'false', Rgb>>;

/** Of these colours so much is left where they are text on a light ground, which they are too bright for. */
export const verdictOnLight = 0.5;

/** Everything that has a colour, for whoever looks at all of them. */
export const roles = Object.keys(dark) as readonly Role[];

/** The role of the n-th of several series, from 0 on, and a mark that tells it apart without colour. */
export function seriesRole(index: number): Role {
  return `series${(index % 8) + 1}` as Role;
}

export const seriesMarks = ['o', 'x', '+', '*', '#', '@', '%', '&'] as const;
