/** The words of the rules that a command works on. */
import type { Vocabulary } from '@postdelivery/rules'
import { ConfigError } from '../config-error.ts'
import { vocabularyOf } from '../vocabulary-of.ts'
import type { CommandContext } from './command-definition.ts'

/**
 * The facts that rules may name: the built-in ones, and those of the configuration nearest to the first path.
 *
 * Throws: `ConfigError` when facts are declared wrong; `CommandError` for a configuration of another user.
 */
export async function readVocabulary(
  { loadConfigIfAny }: Pick<CommandContext, 'loadConfigIfAny'>,
  [near]: readonly string[],
): Promise<Vocabulary> {
  const loaded = await loadConfigIfAny(near)
  const vocabulary = vocabularyOf(loaded?.config.facts ?? [])
  if (!vocabulary.ok) throw new ConfigError(vocabulary.error)
  return vocabulary.value
}
