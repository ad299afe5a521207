/** `npx pnpm bench:lifecycle`: the same events through the same charts, stepped in several ways, in one process and one run. */
import { HELP, readOptions } from './lifecycle/options.ts'
import { formatReport } from './lifecycle/report.ts'
import { run } from './lifecycle/run.ts'

const read = readOptions(process.argv.slice(2))
if (read.type === 'help') process.stdout.write(HELP)
if (read.type === 'wrong') {
  process.stderr.write(`${read.problem}\n\n${HELP}`)
  process.exitCode = 2
}
if (read.type === 'run') {
  const { options } = read
  const report = run(options, (line) => process.stderr.write(`${line}\n`))
  process.stdout.write(`${formatReport(report)}\n`)
  if (options.isJson) process.stdout.write(`${JSON.stringify(report)}\n`)
  process.exitCode = report.difference === null ? 0 : 1
}
