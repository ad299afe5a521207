/** Texts from outside in the formats of CI systems. */

/** A text as it may stand in XML, in attributes as well. */
export const xml = (text: string): string =>
  text
    .replaceAll(/[^\P{Cc}\n\t]|\p{Surrogate}/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;')

interface Annotation {
  readonly severity: 'error' | 'warning'
  readonly file: string
  readonly line: number
  readonly column: number
  readonly title: string
  readonly message: string
}

/** A note that GitHub shows beside a file. Source: its workflow commands. */
export const annotation = ({ severity, file, line, column, title, message }: Annotation): string =>
  `::${severity} file=${property(file)},line=${line},col=${column},title=${property(title)}::${escapedData(message)}`

const escapedData = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')

const property = (text: string): string =>
  escapedData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
