/** `npx pnpm torture`: real processes killed, real files torn, real answers lost, and both books compared. */
import { writeFileSync } from 'node:fs'
import { HELP, readOptions, type TortureOptions } from './options.ts'
import { describeReport } from './report.ts'
import { runTorture } from './run.ts'

const WRONG_USE = 2
/** Exit code of a run that was broken off, as shells give it for Ctrl-C. */
const BROKEN_OFF = 130

const read = readOptions(process.argv.slice(2))
if (read.type === 'help') process.stdout.write(HELP)
if (read.type === 'wrong') {
  process.stderr.write(`torture: ${read.problem}\n\n${HELP}`)
  process.exitCode = WRONG_USE
}
if (read.type === 'run') {
  const code = await torture(read.options)
  // Everything is said; a broken connection that the runtime still holds must not keep the process.
  process.stdout.write('', () => process.exit(code))
}

async function torture(options: TortureOptions): Promise<number> {
  const controller = new AbortController()
  const stop = (): void => controller.abort()
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  const { signal } = controller
  const say = (line: string): void => {
    process.stderr.write(`${line}\n`)
  }
  try {
    const { report, keptFolder } = await runTorture(options, { say, signal })
    process.stdout.write(`${describeReport(report)}\n`)
    if (keptFolder !== null) process.stdout.write(`the files are kept in ${keptFolder}\n`)
    if (options.reportPath !== null)
      writeFileSync(options.reportPath, `${JSON.stringify(report, null, 2)}\n`)
    if (options.isJson) process.stdout.write(`${JSON.stringify(report)}\n`)
    return report.violations === 0 ? 0 : 1
  } catch (error) {
    // What was under way when it was broken off may end in any way.
    if (!signal.aborted) throw error
    say('torture: broken off')
    return BROKEN_OFF
  }
}
