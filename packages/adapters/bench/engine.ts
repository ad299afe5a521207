/** `npx pnpm bench:engine`: the embedded engine beside a bare loop, in one process and one run. */
import { HELP, readOptions } from './engine/options.ts'
import { formatReport } from './engine/report.ts'
import { run } from './engine/run.ts'

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

  const atOnceMax = Math.max(...options.cycleCounts.keys())
  const { ratioMin } = options
  const isSlow =
    ratioMin !== null &&
    report.settings.some(({ atOnce, ratio }) => atOnce === atOnceMax && ratio < ratioMin)
  if (isSlow) process.stderr.write(`the ratio at ${atOnceMax} at once is below ${ratioMin}\n`)
  process.exitCode = report.booksAgree && !isSlow ? 0 : 1
}
