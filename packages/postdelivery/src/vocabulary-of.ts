/** The words of a merchant's rules: the built-in facts and those of the configuration. */
import { err, ok, type Result } from '@postdelivery/core'
import { createVocabulary, type Vocabulary } from '@postdelivery/rules'
import type { ConfigProblem } from './config-error.ts'
import type { OwnFacts } from './event-input.ts'

/** Makes the vocabulary of declared facts. Returns: all problems with pointers into the configuration otherwise. */
export function vocabularyOf(facts: OwnFacts): Result<Vocabulary, readonly ConfigProblem[]> {
  const vocabulary = createVocabulary(facts)
  if (vocabulary.ok) return ok(vocabulary.value)
  return err(
    vocabulary.error.map(({ code, path, message, hint }) => ({
      path: `/facts${path}`,
      code,
      message,
      ...(hint === undefined ? {} : { hint }),
    })),
  )
}
