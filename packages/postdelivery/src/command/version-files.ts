/** One version of rules, as `diff` and `backtest` are told it: a file, or a folder with all that is in force together. */
import { readFileSync } from 'node:fs'
import {
  type RuleSet,
  type RuleSetFile,
  type Vocabulary,
  validateRuleSets,
} from '@postdelivery/rules'
import type { CommandContext } from './command-definition.ts'
import { CommandError } from './command-error.ts'
import { EXIT } from './exit-codes.ts'
import { findRulesInForce } from './find-files.ts'

/** Rule sets with their texts. */
export interface VersionFiles {
  readonly files: readonly RuleSetFile[]
  readonly ruleSets: readonly RuleSet[]
}

/** No rule set's text is larger in UTF-8. */
const FILE_MAX_BYTES = 1_048_576

/** Reads and checks one version. Throws: `CommandError` when it is not there or not good. */
export function readVersion(
  context: Pick<CommandContext, 'resolve'>,
  path: string,
  vocabulary: Vocabulary,
): VersionFiles {
  const files = findRulesInForce(context, path).map(({ file, path: absolute }) => {
    const bytes = readFileSync(absolute)
    if (bytes.length > FILE_MAX_BYTES)
      throw new CommandError(EXIT.usage, `\`${file}\` is larger than ${FILE_MAX_BYTES} bytes`)
    return { file, text: bytes.toString('utf8') }
  })
  const checked = validateRuleSets(files, vocabulary)
  if (checked.ok) return { files, ruleSets: checked.ruleSets }
  const errors = checked.issues.filter(({ severity }) => severity === 'error')
  const [first] = errors
  const message = `\`${first?.file}\` has mistakes: ${first?.path} ${first?.message}`
  throw new CommandError(EXIT.findings, message, {
    hint: `\`postdelivery lint ${path}\` shows all ${errors.length}`,
  })
}
