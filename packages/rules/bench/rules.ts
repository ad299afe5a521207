/** `npx pnpm bench:rules`: the same rules over the same facts in every engine, in one process and one run. */
import { HELP, readOptions } from './rules/options.ts'
import { formatReport } from './rules/report.ts'
import { run } from './rules/run.ts'

const read = readOptions(process.argv.slice(2))
if (read.type === 'help') process.stdout.write(HELP)
if (read.type === 'wrong') {
  process.stderr.write(`${read.problem}\n\n${HELP}`)
  process.exitCode = 2
}
if (read.type === 'run') {
  const { options } = read
  const report = await run(options, (line) => process.stderr.write(`${line}\n`))
  process.stdout.write(`${formatReport(report)}\n`)
  if (options.isJson) process.stdout.write(`${JSON.stringify(report)}\n`)
  process.exitCode = report.outcomesAgree ? 0 : 1
}
