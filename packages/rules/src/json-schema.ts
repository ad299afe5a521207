/** The little of JSON Schema's vocabulary that is written here, as data. */

/** A JSON Schema (2020-12), or a part of one. */
export type JsonSchema = { readonly [keyword: string]: unknown }

/** `if`, `then` and `else`, which no object literal may spell: a `then` property looks like a promise. */
export const when = (
  condition: JsonSchema,
  consequence: JsonSchema,
  alternative?: JsonSchema,
): JsonSchema =>
  Object.fromEntries([
    ['if', condition],
    ['then', consequence],
    ...(alternative === undefined ? [] : [['else', alternative] as const]),
  ])

/** An object with these fields and no others. */
export const objectOf = (
  properties: Readonly<Record<string, JsonSchema>>,
  required: readonly string[],
): JsonSchema => ({
  type: 'object',
  properties,
  ...(required.length === 0 ? {} : { required }),
  additionalProperties: false,
})

/** A text that is not empty. */
export const text = (maxLength: number, description: string): JsonSchema => ({
  type: 'string',
  minLength: 1,
  maxLength,
  description,
})
