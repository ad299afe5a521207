/** What a setting may be, as a check with words for it. */

export interface SettingCheck {
  readonly passes: (value: unknown) => boolean
  /** Completes the sentence "`name` is ...". */
  readonly words: string
}

/** Words for what a check lets through. */
export const allowed = (check: SettingCheck): string => check.words

/** true or false. */
export const flag: SettingCheck = {
  passes: (value) => typeof value === 'boolean',
  words: 'true or false',
}

/** A text that is not empty. */
export const text: SettingCheck = {
  passes: (value) => typeof value === 'string' && value !== '',
  words: 'a text',
}

/** A whole number from `min` on. */
export const count = (min: number): SettingCheck => ({
  passes: (value) => Number.isSafeInteger(value) && Number(value) >= min,
  words: `a whole number from ${min} on`,
})

/** One of the listed values. */
export const oneOf = (...choices: readonly (string | number)[]): SettingCheck => ({
  passes: (value) => choices.some((choice) => choice === value),
  words: `one of ${choices.map((choice) => JSON.stringify(choice)).join(', ')}`,
})

/** Null, or what another check lets through. */
export const orNull = (check: SettingCheck): SettingCheck => ({
  passes: (value) => value === null || check.passes(value),
  words: `${check.words}, or null`,
})
