/** The parts of the proof: what is run, how much of it on every change, and how much before a release. */

export interface Part {
  readonly name: 'sim' | 'crashes' | 'bugs' | 'torture'
  /** The program, below this package's `src`. */
  readonly program: string
  /** Arguments of a run on every change. */
  readonly everyChange: readonly string[]
  /** Arguments of each slice before a release, and how many slices there are. */
  readonly slice: (number: number) => readonly string[]
  readonly sliceCount: number
}

export const PARTS: readonly Part[] = [
  {
    name: 'sim',
    program: 'sim/main.ts',
    everyChange: ['--histories', '5000'],
    slice: (number) => ['--histories', '20000', '--seed', `release-${number}`],
    sliceCount: 50,
  },
  {
    name: 'crashes',
    program: 'sim/main.ts',
    everyChange: ['--crashes'],
    slice: (number) => ['--crashes', '--pairs', '36000', '--seed', `release-${number}`],
    sliceCount: 20,
  },
  {
    name: 'bugs',
    program: 'sim/main.ts',
    everyChange: ['--bugs', '--histories', '5000'],
    slice: (number) => ['--bugs', '--histories', '20000', '--seed', `release-${number}`],
    sliceCount: 3,
  },
  {
    name: 'torture',
    program: 'torture/main.ts',
    everyChange: [],
    slice: (number) => [
      ...['--kills', '1000', '--torn', '50000', '--calls', '25000'],
      ...['--seed', `release-${number}`],
    ],
    sliceCount: 20,
  },
]
