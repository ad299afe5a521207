/** Values that can be found again wherever they end up, and the places in which they must not. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { inspect } from 'node:util'

/** Personal data as Klarna has it: kept nowhere, shown masked. The number says which field it was. */
const personal = (index: number): string => `c4nA${String(index).padStart(2, '0')}`

/** Credentials, and what other people's code throws: shown nowhere. */
export const SECRETS = {
  username: 'c4nA70user',
  password: 'c4nA71-password',
  vault: 'c4nA72 vault down',
  loader: 'c4nA73 table of customers',
  notifier: 'c4nA74 mail to nobody',
  telemetry: 'c4nA75 collector',
  eventSecret: 'c4nA76-event-secret-0123456789abcdef',
} as const

/** What the merchant itself writes into events: kept with them, and told to nobody but those who ask for the order. */
export const OWN = { by: 'c4nB01@shop.example', why: 'c4nB02', data: 'c4nB03', tracking: 'c4nB04' }

const address = (from: number) => ({
  given_name: personal(from),
  family_name: personal(from + 1),
  title: personal(from + 2),
  attention: personal(from + 3),
  organization_name: personal(from + 4),
  street_address: personal(from + 5),
  street_address2: personal(from + 6),
  postal_code: `1x${personal(from + 7)}`.slice(0, 10),
  // A masked view keeps the city.
  city: 'Provstad',
  region: personal(from + 8),
  country: 'SE',
  email: `${personal(from + 9)}@shop.example`,
  phone: `+46 70 ${personal(from + 10)} 12`,
})

/** The members of an order at Klarna that hold personal data, or whatever a shop put there. */
export const PERSONAL_MEMBERS = {
  billing_address: address(10),
  shipping_address: address(30),
  customer: {
    date_of_birth: `1980-01-01 ${personal(50)}`,
    national_identification_number: `19800101-${personal(51)}`,
  },
  merchant_data: personal(52),
  merchant_reference2: personal(53),
}

/** What Klarna might say to developers about one of them. */
export const CHATTY = `customer ${personal(10)} ${personal(11)}, ${personal(19)}@shop.example, ${personal(51)}`

/** Every way in which a value becomes text, to any depth, with what its errors carry. */
export function printed(value: unknown): string {
  const texts = [
    inspect(value, { depth: 20, showHidden: true, getters: true, maxArrayLength: null }),
    inspect(value, {
      depth: 20,
      customInspect: false,
      maxStringLength: null,
      maxArrayLength: null,
    }),
    String(value),
    JSON.stringify(value) ?? '',
  ]
  if (value instanceof Error)
    texts.push(value.message, String(value.stack), printed(value.cause ?? ''))
  return texts.join('\n')
}

const BASIC = Buffer.from(`${SECRETS.username}:${SECRETS.password}`).toString('base64')

/** The canaries in a text, each once. `c4nA` must be nowhere; `c4nB` is the merchant's own. */
export function canariesIn(text: string): readonly string[] {
  const found = text.match(/c4n[AB]\d\d/g) ?? []
  return [...new Set([...found, ...(text.includes(BASIC) ? ['the authorization header'] : [])])]
}

/** Every text of every table, by table and column. */
export function rowsOf(path: string): ReadonlyMap<string, string> {
  const database = new DatabaseSync(path, { readOnly: true })
  try {
    const tables = database
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
      .all()
    const texts = new Map<string, string>()
    for (const { name } of tables) {
      for (const row of database.prepare(`SELECT * FROM "${String(name)}"`).all()) {
        for (const [column, value] of Object.entries(row)) {
          const place = `${String(name)}.${column}`
          texts.set(place, `${texts.get(place) ?? ''}\n${String(value)}`)
        }
      }
    }
    return texts
  } finally {
    database.close()
  }
}

/** The raw bytes of every file of a folder, the write-ahead log and what was deleted included. */
export async function bytesOf(folder: string): Promise<string> {
  const names = await readdir(folder)
  const files = await Promise.all(names.map((name) => readFile(join(folder, name), 'latin1')))
  return files.join('\n')
}
