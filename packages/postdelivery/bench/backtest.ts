/** `npx pnpm bench:backtest`: a million past orders under two versions of fifty rules, on all cores. */
import { HELP, readOptions } from './backtest/options.ts'
import { formatReport } from './backtest/report.ts'
import { run } from './backtest/run.ts'

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
  process.exitCode = report.isEqual ? 0 : 1
}
