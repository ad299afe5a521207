/** Tries the packed command on the Node.js that runs this, as a process: help, a new folder, its rules, the shells. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const home = new URL('./node_modules/postdelivery/', import.meta.url)
const { bin, version } = JSON.parse(readFileSync(new URL('package.json', home), 'utf8'))
const main = new URL(bin.postdelivery, home).pathname
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
// A folder without an installation gets the package that the command belongs to; Node.js before 22.18 cannot lend it.
const canLend = major > 22 || minor >= 18
const folder = mkdtempSync(join(canLend ? tmpdir() : process.cwd(), 'postdelivery-command-'))

const run = (...args) =>
  spawnSync(process.execPath, [main, ...args], { encoding: 'utf8', cwd: folder })

function mustRun(...args) {
  const { status, stdout, stderr } = run(...args)
  assert.equal(status, 0, `postdelivery ${args.join(' ')}:\n${stdout}${stderr}`)
  return stdout
}

assert.equal(mustRun('--version'), `${version}\n`)
const help = mustRun('--help')
assert.match(help, /orders list/)
assert.match(mustRun('completion', 'bash'), /complete .*postdelivery/)
assert.equal(run('nope').status, 2)

mustRun('init', 'shop')
const config = `shop/postdelivery.config.${canLend ? 'ts' : 'mjs'}`
assert.ok(existsSync(join(folder, config)))
if (help.includes(' lint ')) {
  mustRun('lint', 'shop/rules')
  writeFileSync(join(folder, 'shop/rules/bad.rules.json'), '{')
  assert.equal(run('lint', 'shop/rules').status, 1)
  rmSync(join(folder, 'shop/rules/bad.rules.json'))
}
if (help.includes(' test ')) mustRun('test', 'shop/rules')

const { status, stdout } = run('doctor', '--config', config, '--json')
const { findings } = JSON.parse(stdout)
assert.equal(status, 3, stdout)
assert.deepEqual(
  findings.filter((finding) => finding.status === 'wrong').map(({ name }) => name),
  ['credentials'],
)
rmSync(folder, { recursive: true })
