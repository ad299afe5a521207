/** Reads the text of a file that people name, without reading more than any rule file can have. */
import { closeSync, openSync, readSync } from 'node:fs'

/** One byte more than the 262,144 characters that a rule set may have can take. */
const RULE_FILE_MAX_BYTES = 1_048_577

/** The text of a rule file; of a larger one its beginning, which is refused for its length. */
export function readRuleText(path: string, maxBytes = RULE_FILE_MAX_BYTES): string {
  const file = openSync(path, 'r')
  try {
    const bytes = Buffer.alloc(maxBytes)
    let length = 0
    for (;;) {
      const count = readSync(file, bytes, length, maxBytes - length, null)
      length += count
      if (count === 0 || length === maxBytes) return bytes.toString('utf8', 0, length)
    }
  } finally {
    closeSync(file)
  }
}
