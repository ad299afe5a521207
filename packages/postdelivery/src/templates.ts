/** The rule sets that come with the package: for situations that every merchant has, to copy and adapt. */
import { fileURLToPath } from 'node:url'

/** The names of the templates, the most common situation first. */
export const TEMPLATE_NAMES = [
  'return-received',
  'partial-return',
  'damaged-goods',
  'wrong-item',
  'late-delivery',
  'lost-parcel',
  'invoice-not-received',
  'customer-content',
  'authorization-about-to-expire',
  'due-date-before-return-window-ends',
] as const

/** Says where a template is: a folder with `NAME.rules.json`, `NAME.tests.json` and `README.md`. */
export const templateFolder = (name: (typeof TEMPLATE_NAMES)[number]): string =>
  fileURLToPath(new URL(`../templates/${name}`, import.meta.url))
