/** The generated sections about the proof: the last runs' figures, the invariants, the faults, the bugs that were found. */
import { readFileSync } from 'node:fs'
import { code, codes, table } from './markdown.ts'
import type { Sections } from './markers.ts'

interface SimReport {
  readonly histories: number
  readonly simulatedYears: number
  readonly events: number
  readonly crashes: number
  readonly calls: number
  readonly effects: number
  readonly violations: number
  readonly seed: string
  readonly seconds: number
  readonly toldTwice: number
  readonly differing: number
  readonly wantedMarks: number
  readonly missingMarks: readonly string[]
}

interface CrashReport {
  readonly scenarios: number
  readonly singleCrashes: number
  readonly pairs: number
  readonly violations: number
  readonly seconds: number
}

interface BugReport {
  readonly bugs: number
  readonly bugsFound: number
  readonly seconds: number
  readonly found: readonly {
    readonly name: string
    readonly invariant: string | null
    readonly historyCount: number
  }[]
}

interface TortureReport {
  readonly kills: number
  readonly tornImages: number
  readonly lostAnswers: number
  readonly proxiedCalls: number
  readonly acknowledgedEvents: number
  readonly violations: number
  readonly seed: string
  readonly seconds: number
}

/**
 * All sections that the proof gives.
 *
 * The reports are read where the last run left them, the tables where the proof keeps them.
 */
export async function reliabilitySections(proof: URL): Promise<Sections> {
  const report = <Report>(name: string): Report =>
    // Written by the proof's own programs.
    JSON.parse(readFileSync(new URL(`reports/${name}.json`, proof), 'utf8')) as Report
  const load = async (path: string): Promise<Readonly<Record<string, unknown>>> =>
    (await import(new URL(`src/${path}`, proof).href)) as Readonly<Record<string, unknown>>
  const { INVARIANTS } = (await load('world/invariants.ts')) as {
    readonly INVARIANTS: readonly { readonly id: string; readonly says: string }[]
  }
  const { CALL_FAULTS } = (await load('world/call-faults.ts')) as {
    readonly CALL_FAULTS: Readonly<Record<string, { readonly hits: string }>>
  }
  const { BUGS } = (await load('sim/bugs.ts')) as {
    readonly BUGS: readonly { readonly name: string; readonly says: string }[]
  }
  return new Map([
    ['proof-figures', figures(report('sim'), report('crashes'), report('bugs'), report('torture'))],
    [
      'proof-invariants',
      table(
        ['', 'What must be true'],
        INVARIANTS.map(({ id, says }) => [id, says]),
      ),
    ],
    ['proof-faults', faultLines(CALL_FAULTS)],
    ['proof-bugs', bugTable(BUGS, report<BugReport>('bugs'))],
  ])
}

function figures(
  sim: SimReport,
  crashes: CrashReport,
  bugs: BugReport,
  torture: TortureReport,
): readonly string[] {
  return table(
    ['Part', 'What was done', 'Violations', 'Seconds'],
    [
      [
        'random stories',
        `${count(sim.histories)} stories, ${sim.simulatedYears.toFixed(1)} simulated years, ${count(sim.events)} events, ${count(sim.crashes)} crashes, ${count(sim.calls)} calls to Klarna, ${count(sim.effects)} effects there; seed ${code(sim.seed)}`,
        String(sim.violations),
        whole(sim.seconds),
      ],
      [
        'told twice',
        `${count(sim.toldTwice)} stories, of which ${sim.differing} went another way`,
        String(sim.differing),
        '',
      ],
      [
        'rare states',
        `${sim.wantedMarks} wanted, ${sim.missingMarks.length} not reached often enough`,
        String(sim.missingMarks.length),
        '',
      ],
      [
        'every place of a crash',
        `${crashes.scenarios} canonical stories, ${count(crashes.singleCrashes)} single crashes, ${count(crashes.pairs)} pairs`,
        String(crashes.violations),
        whole(crashes.seconds),
      ],
      [
        'planted bugs',
        `${bugs.bugsFound} of ${bugs.bugs} found`,
        String(bugs.bugs - bugs.bugsFound),
        whole(bugs.seconds),
      ],
      [
        'torture',
        `${count(torture.kills)} kills by SIGKILL, ${count(torture.tornImages)} torn images of the database, ${count(torture.proxiedCalls)} calls through a lossy proxy with ${count(torture.lostAnswers)} answers lost after the work was done, ${count(torture.acknowledgedEvents)} acknowledged events; seed ${code(torture.seed)}`,
        String(torture.violations),
        whole(torture.seconds),
      ],
    ],
  )
}

function faultLines(
  faults: Readonly<Record<string, { readonly hits: string }>>,
): readonly string[] {
  const hitting = (what: string): readonly string[] =>
    Object.entries(faults)
      .filter(([, fault]) => fault.hits === what)
      .map(([name]) => name)
  return table(
    ['Hits', 'Faults'],
    [
      ['any call', codes(hitting('all'))],
      ['writes', codes(hitting('writes'))],
      ['reads', codes(hitting('reads'))],
    ],
  )
}

const bugTable = (
  bugs: readonly { readonly name: string; readonly says: string }[],
  { found }: BugReport,
): readonly string[] =>
  table(
    ['Bug', 'What is wrong', 'Seen by', 'Stories until then'],
    bugs.map(({ name, says }) => {
      const how = found.find((each) => each.name === name)
      return [code(name), says, how?.invariant ?? 'nothing', count(how?.historyCount ?? 0)]
    }),
  )

const whole = (seconds: number): string => String(Math.round(seconds))

/** 12200 as `12 200`: a figure that is read, not typed. */
const count = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ' ')
